"""Alarming answers as staff read them: whose, when, what was answered, and what was done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.alerts import AlertStep, disposition_of, dispositions, rule_of
from app.domain.study import Disposition
from app.i18n import gettext
from app.queries import alert_mails, alerts, colleagues
from app.queries.alert_mails import ToldOf
from app.queries.alerts import RaisedAlert
from app.web.speech import said
from app.web.staff import words
from app.web.staff.asked import Asked
from app.web.staff.desk import Desk


@dataclass(frozen=True)
class ShownStep:
    """One thing that was done, in words."""

    title: str
    note: str
    at: datetime
    by: str


@dataclass(frozen=True)
class ShownAlert:
    """An alert in words; `answers` are questions with what was answered."""

    row: RaisedAlert
    visit: str
    owner: str
    disposition: str
    answers: tuple[tuple[str, str], ...]
    steps: tuple[ShownStep, ...]
    mails: tuple[ToldOf, ...]


def pressing(desk: Desk, number: int) -> tuple[int, list[ShownAlert]]:
    """Return how many have not ended, and the first of them by their deadlines."""
    found = alerts.queue(
        desk.session, actor=desk.actor, study_id=desk.study_id, now=desk.now, per_page=number
    )
    return found.total, shown(desk, found.rows)


def of_participant(desk: Desk, participant_id: int) -> list[ShownAlert]:
    """Return all of one participant's, newest first."""
    found = alerts.of_participant(
        desk.session,
        actor=desk.actor,
        study_id=desk.study_id,
        participant_id=participant_id,
        now=desk.now,
    )
    return shown(desk, found)


def shown(desk: Desk, found: Sequence[RaisedAlert]) -> list[ShownAlert]:
    """Return alerts in the words of the language in use."""
    mails = alert_mails.of_alerts(desk.session, alert_ids=[row.id for row in found])
    owners = {step.owner_id for row in found for step in row.steps if step.owner_id is not None}
    names = colleagues.names(desk.session, account_ids=owners)
    asked = {
        key: Asked.of(desk.session, *key)
        for key in {(row.instrument_version_id, row.wording_id) for row in found}
    }
    return [_shown(desk, row, asked, names, tuple(mails.get(row.id, ()))) for row in found]


def disposition_words(each: Disposition) -> str:
    """Return a disposition in the language in use: the study's words, or ours for those that are built in."""
    built_in = words.DISPOSITIONS.get(each.code)
    return str(built_in) if built_in and set(each.text) == {"en"} else said(each.text)


def _shown(
    desk: Desk,
    row: RaisedAlert,
    versions: Mapping[tuple[int, int], Asked],
    names: dict[int, str],
    mails: tuple[ToldOf, ...],
) -> ShownAlert:
    asked = versions[row.instrument_version_id, row.wording_id]
    visits = {visit.code: said(visit.title) for visit in desk.study.schedule}
    ends = {each.code: disposition_words(each) for each in dispositions(desk.study, row.rule)}
    ended = disposition_of(row.steps)
    return ShownAlert(
        row=row,
        visit=visits.get(row.visit, row.visit),
        owner=_owner(desk, row, names),
        disposition="" if ended is None else _end(ends, ended.disposition),
        answers=tuple(
            (asked.question(item), asked.answer_with_grade(item, row.answers)) for item in row.answers
        ),
        steps=tuple(_step(step, names, ends) for step in row.steps),
        mails=mails,
    )


def _owner(desk: Desk, row: RaisedAlert, names: dict[int, str]) -> str:
    if row.owner_id is not None:
        return names.get(row.owner_id, "")
    rule = rule_of(desk.study, row.rule)
    return str(words.OWNERS[rule.owner if rule else "coordinator"])


def _end(ends: dict[str, str], code: str | None) -> str:
    return ends.get(code or "", code or "")


def _step(step: AlertStep, names: dict[int, str], ends: dict[str, str]) -> ShownStep:
    if step.kind == "assigned":
        title = gettext("Given to %(name)s", name=names.get(step.owner_id or 0, ""))
    elif step.kind == "disposition":
        title = _end(ends, step.disposition)
    else:
        title = str(words.ALERT_STEPS[step.kind])
    return ShownStep(title, step.note, step.at, step.by)
