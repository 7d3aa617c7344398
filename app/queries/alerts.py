"""Alerts that were raised: for the staff who look at them, and for the participant who reads what to do."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, false, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.alerts import (
    ALERT_STATES,
    TOLD_FOR,
    AlertState,
    AlertStep,
    AlertStepKind,
    alert_state,
    deadline,
    disposition_of,
    met,
    owner_of,
)
from app.domain.answer import AnswerValue
from app.domain.response import GivenAnswer, Respondent, counting
from app.domain.study import AlertRule
from app.errors import Code, Refusal
from app.models import Alert, Answer, Occasion, Participant, Response
from app.models import AlertStep as StoredStep
from app.queries import studies

AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class RaisedAlert:
    """An alert as staff see it: whose answers, what was done, where it stands; never the arm."""

    id: int
    participant_id: int
    participant: str
    site: str
    time_zone: ZoneInfo
    rule: str
    visit: str
    instrument: str
    response_id: int
    instrument_version_id: int
    wording_id: int
    respondent: Respondent
    answers: Mapping[str, AnswerValue]
    raised_at: datetime
    deadline_at: datetime
    steps: tuple[AlertStep, ...]
    state: AlertState

    @property
    def owner_id(self) -> int | None:
        """Return the account that it was given to, or None."""
        return owner_of(self.steps)

    @property
    def ended(self) -> AlertStep | None:
        """Return the disposition that counts, or None."""
        return disposition_of(self.steps)


@dataclass(frozen=True)
class AlertPage:
    """One page of the queue; `counts` is over everything that the site filter lets through."""

    rows: Sequence[RaisedAlert]
    total: int
    page: int
    pages: int
    counts: Mapping[AlertState, int]


class Asked(TypedDict):
    """Which alerts: `state` None means all that are not closed, `owner_id` those given to one account."""

    actor: Actor
    study_id: int
    now: datetime
    state: AlertState | None
    site: str | None
    owner_id: int | None


@dataclass(frozen=True)
class _Standing:
    alert_id: int
    deadline_at: datetime
    state: AlertState
    owner_id: int | None


def queue(
    session: Session,
    *,
    actor: Actor,
    study_id: int,
    now: datetime,
    state: AlertState | None = None,
    site: str | None = None,
    owner_id: int | None = None,
    page: int = 1,
    per_page: int = 50,
) -> AlertPage:
    """Return one page of the alerts that the actor may see, by deadline; closed ones the newest first.

    `state` None means all that are not closed; `owner_id` those given to one account.
    """
    seen = _seen(actor, study_id, site)
    closed = session.scalar(select(func.count(Alert.id)).join(Participant).where(seen, _CLOSED)) or 0
    waiting = _waiting(session, study_id=study_id, seen=seen, now=now)
    counts: dict[AlertState, int] = {
        each: sum(row.state == each for row in waiting) for each in ALERT_STATES
    } | {"closed": closed}
    if state == "closed":
        total, found = closed, select(Alert.id).join(Participant).where(seen, _CLOSED)
        if owner_id is not None:
            found = found.where(_owner() == owner_id)
            total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
        page, pages = _paged(page, total, per_page)
        newest = found.order_by(Alert.raised_at.desc(), Alert.id.desc())
        ids = list(session.scalars(newest.limit(per_page).offset((page - 1) * per_page)))
    else:
        wanted = [
            row
            for row in waiting
            if state in (None, row.state) and (owner_id is None or row.owner_id == owner_id)
        ]
        page, pages = _paged(page, len(wanted), per_page)
        total = len(wanted)
        ids = [row.alert_id for row in wanted[(page - 1) * per_page : page * per_page]]
    whole = {row.id: row for row in _whole(session, Alert.id.in_(ids), study_id=study_id, now=now)}
    return AlertPage([whole[alert_id] for alert_id in ids], total, page, pages, counts)


def everything(session: Session, **asked: Unpack[Asked]) -> Iterator[RaisedAlert]:
    """Give all that `queue` gives page by page, in the same order."""
    page, pages = 1, 1
    while page <= pages:
        found = queue(session, **asked, page=page, per_page=AT_ONCE)
        yield from found.rows
        page, pages = page + 1, found.pages


def of_participant(
    session: Session, *, actor: Actor, study_id: int, participant_id: int, now: datetime
) -> list[RaisedAlert]:
    """Return all alerts of one participant that the actor may see, newest first."""
    mine = and_(_seen(actor, study_id, None), Alert.participant_id == participant_id)
    return _whole(session, mine, study_id=study_id, now=now)


def one(session: Session, *, actor: Actor, study_id: int, alert_id: int, now: datetime) -> RaisedAlert:
    """Return an alert; NOT_FOUND also outside what the actor may see."""
    mine = and_(_seen(actor, study_id, None), Alert.id == alert_id)
    found = _whole(session, mine, study_id=study_id, now=now)
    if not found:
        raise Refusal(Code.NOT_FOUND, f"alert {alert_id}")
    return found[0]


_CLOSED = exists().where(StoredStep.alert_id == Alert.id, StoredStep.kind == "disposition")
_ESCALATED = exists().where(StoredStep.alert_id == Alert.id, StoredStep.kind == "escalated")


def _owner() -> ScalarSelect[int | None]:
    given = select(StoredStep.owner_id).where(StoredStep.alert_id == Alert.id, StoredStep.kind == "assigned")
    return given.order_by(StoredStep.id.desc()).limit(1).scalar_subquery()


def _seen(actor: Actor, study_id: int, site: str | None) -> ColumnElement[bool]:
    if actor.study_id not in (None, study_id):
        return false()
    conditions = [Participant.study_id == study_id]
    conditions += [Participant.site == wanted for wanted in (actor.site, site) if wanted]
    return and_(*conditions)


def _waiting(session: Session, *, study_id: int, seen: ColumnElement[bool], now: datetime) -> list[_Standing]:
    """Return where all that is not closed stands, the earliest deadline first."""
    study = studies.current(session, study_id=study_id).study
    rows = session.execute(
        select(Alert.id, Alert.rule, Alert.raised_at, _ESCALATED, _owner())
        .join(Participant, Participant.id == Alert.participant_id)
        .where(seen, ~_CLOSED)
    )
    found = []
    for alert_id, rule, raised_at, escalated, owner_id in rows:
        due = deadline(study, rule, raised_at)
        steps: tuple[AlertStepKind, ...] = ("escalated",) if escalated else ()
        state = alert_state(deadline_at=due, steps=steps, now=now)
        found.append(_Standing(alert_id, due, state, owner_id))
    return sorted(found, key=lambda row: (row.deadline_at, row.alert_id))


def _paged(page: int, total: int, per_page: int) -> tuple[int, int]:
    pages = max(1, -(-total // per_page))
    return min(max(page, 1), pages), pages


def _whole(
    session: Session, where: ColumnElement[bool], *, study_id: int, now: datetime
) -> list[RaisedAlert]:
    study = studies.current(session, study_id=study_id).study
    rows = session.execute(
        select(Alert, Participant, Occasion.visit, Response)
        .join(Participant, Participant.id == Alert.participant_id)
        .join(Response, Response.id == Alert.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(where)
        .order_by(Alert.raised_at.desc(), Alert.id.desc())
    ).all()
    steps = steps_of(session, alert_ids=[alert.id for alert, *_ in rows])
    found = []
    for alert, participant, visit, response in rows:
        done = steps.get(alert.id, ())
        due = deadline(study, alert.rule, alert.raised_at)
        found.append(
            RaisedAlert(
                id=alert.id,
                participant_id=participant.id,
                participant=participant.code,
                site=participant.site,
                time_zone=ZoneInfo(participant.time_zone),
                rule=alert.rule,
                visit=visit,
                instrument=response.instrument,
                response_id=response.id,
                instrument_version_id=response.instrument_version_id,
                wording_id=response.wording_id,
                respondent=response.respondent,
                answers=alert.answers,
                raised_at=alert.raised_at,
                deadline_at=due,
                steps=done,
                state=alert_state(deadline_at=due, steps=[step.kind for step in done], now=now),
            )
        )
    return found


def steps_of(session: Session, *, alert_ids: Collection[int]) -> dict[int, tuple[AlertStep, ...]]:
    """Return what was done about alerts, in the order in which it was done."""
    rows = session.scalars(
        select(StoredStep).where(StoredStep.alert_id.in_(alert_ids)).order_by(StoredStep.id)
    )
    found: dict[int, list[AlertStep]] = defaultdict(list)
    for row in rows:
        found[row.alert_id].append(
            AlertStep(
                kind=row.kind,
                at=row.done_at,
                by=row.done_by,
                owner_id=row.owner_id,
                disposition=row.disposition,
                note=row.note,
            )
        )
    return {alert_id: tuple(done) for alert_id, done in found.items()}


def standing(session: Session, *, study_id: int, participant_id: int, now: datetime) -> tuple[AlertRule, ...]:
    """Return the rules that tell the participant what to do: met lately, and not taken back since."""
    rules = studies.current(session, study_id=study_id).study.alerts
    if not rules:
        return ()
    rows = session.execute(
        select(Alert.rule, Response)
        .join(Response, Response.id == Alert.response_id)
        .where(Alert.participant_id == participant_id, Alert.raised_at > now - TOLD_FOR)
    ).all()
    told = set()
    for code, response in rows:
        answers = _answers(session, response)
        instrument = studies.instrument(session, response.instrument_version_id)
        told |= {rule.code for rule in met(rules, instrument, answers) if rule.code == code}
    return tuple(rule for rule in rules if rule.code in told)


def _answers(session: Session, response: Response) -> dict[str, AnswerValue]:
    rows = session.execute(
        select(Answer.item, Answer.value, Answer.answered_at)
        .where(Answer.response_id == response.id)
        .order_by(Answer.id)
    )
    return counting([GivenAnswer(*row) for row in rows], response.submitted_at)
