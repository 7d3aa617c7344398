"""How many questionnaires are there of those expected and of those randomised, by site and visit; no arm.

SISAQOL's two rates, counted as `analysis` counts them: *completion* is of the forms expected (due by the day,
from someone alive and taking part), *available data* of everyone randomised. Sums are made by the database;
only what is missing of those who may have died or withdrawn is looked at one by one, because when something
ended is settled by readers' decisions (`endings`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.missed import MISSED_BECAUSE, MissedBecause
from app.domain.schedule import NotExpected, Window, why_not_expected
from app.domain.study import Study
from app.models import MissedReason, Occasion, Participant, Response
from app.queries import studies
from app.queries.endings import NOTHING_ENDED, endings, may_have_ended
from app.queries.missed_reasons import NEWEST
from app.queries.occasion_states import ROWS_AT_ONCE, Sent
from app.queries.roster import within

Key = tuple[str, str]  # site, visit


@dataclass(frozen=True, kw_only=True)
class Completion:
    """The forms of one visit at one site (or of all sites), on one day.

    `due` forms were due by the day; of these `completed` are there, and none is expected of those who `died`,
    `withdrew` or were `transplanted` (where the study then asks no more); `open` can still be answered,
    `missed` cannot, `because` of what was recorded. `available` forms are there, also those sent before they
    were due, of the `randomised` ones: as many as if everyone randomised had answered.
    """

    site: str
    visit: str
    randomised: int = 0
    available: int = 0
    due: int = 0
    completed: int = 0
    open: int = 0
    missed: int = 0
    died: int = 0
    withdrew: int = 0
    transplanted: int = 0
    because: Mapping[MissedBecause, int] = field(default_factory=dict)

    @property
    def expected(self) -> int:
        """Return of how many forms completion is counted."""
        return self.due - self.died - self.withdrew - self.transplanted

    @property
    def rate(self) -> float | None:
        """Return completion, None where nothing was expected."""
        return self.completed / self.expected if self.expected else None

    @property
    def available_rate(self) -> float | None:
        """Return available data, None where nobody is randomised."""
        return self.available / self.randomised if self.randomised else None


def completion(
    session: Session, *, actor: Actor, study_id: int, today: date, site: str | None = None
) -> list[Completion]:
    """Return a row for each site and visit of which something was due by the day, or is there already."""
    study = studies.current(session, study_id=study_id).study
    whose = within(actor, study_id)
    if site is not None:
        whose = and_(whose, Participant.site == site)
    randomised = _randomised(session, whose)
    rows = _planned(session, study, whose, today)
    for key, available, completed, given_when_closed in _given(session, study, whose, today):
        row = rows[key]
        rows[key] = replace(
            row, available=available, completed=completed, missed=row.missed - given_when_closed
        )
    for row in rows.values():
        rows[row.site, row.visit] = replace(row, open=row.due - row.completed - row.missed)
    for key, why, closed, number in _ended(session, study, whose, today):
        row = rows[key]
        rows[key] = replace(
            row,
            died=row.died + (number if why == "dead" else 0),
            withdrew=row.withdrew + (number if why == "withdrawn" else 0),
            transplanted=row.transplanted + (number if why == "transplanted" else 0),
            missed=row.missed - (number if closed else 0),
            open=row.open - (0 if closed else number),
        )
    for key, reason, number in _because(session, study, whose, today):
        if key in rows:
            rows[key] = replace(rows[key], because={**rows[key].because, reason: number})
    order = [visit.code for visit in study.schedule]
    forms = {visit.code: len(visit.instruments) for visit in study.schedule}
    found = [
        replace(row, randomised=randomised.get(row.site, 0) * forms[row.visit])
        for row in rows.values()
        if row.due or row.available
    ]
    return sorted(found, key=lambda row: (row.site, order.index(row.visit)))


def by_visit(rows: Iterable[Completion]) -> list[Completion]:
    """Return the sums over all sites, visit by visit; their site is empty."""
    return _sums(replace(row, site="") for row in rows)


def by_site(rows: Iterable[Completion]) -> list[Completion]:
    """Return the sums over all visits, site by site; their visit is empty."""
    return _sums(replace(row, visit="") for row in rows)


def _sums(rows: Iterable[Completion]) -> list[Completion]:
    sums: dict[Key, Completion] = {}
    for row in rows:
        so_far = sums.get((row.site, row.visit))
        if so_far is None:
            sums[row.site, row.visit] = row
        else:
            numbers = {name: getattr(so_far, name) + getattr(row, name) for name in NUMBERS}
            because = {
                reason: so_far.because.get(reason, 0) + row.because.get(reason, 0)
                for reason in MISSED_BECAUSE
                if reason in so_far.because or reason in row.because
            }
            sums[row.site, row.visit] = replace(so_far, because=because, **numbers)
    return list(sums.values())


NUMBERS = (
    "randomised",
    "available",
    "due",
    "completed",
    "open",
    "missed",
    "died",
    "withdrew",
    "transplanted",
)


def _randomised(session: Session, whose: ColumnElement[bool]) -> dict[str, int]:
    found = session.execute(
        select(Participant.site, func.count())
        .where(whose, Participant.randomised_on.is_not(None))
        .group_by(Participant.site)
    )
    return {site: number for site, number in found}  # noqa: C416 - a Result is no mapping


def _planned(
    session: Session, study: Study, whose: ColumnElement[bool], today: date
) -> dict[Key, Completion]:
    """Count what was planned; `missed` is everything that has closed, whether it was answered or not."""
    found = session.execute(
        select(
            Participant.site,
            Occasion.visit,
            func.sum(case((Occasion.due_on <= today, 1), else_=0)),
            func.sum(case((Occasion.closes_on < today, 1), else_=0)),
        )
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(whose)
        .group_by(Participant.site, Occasion.visit)
    )
    forms = {visit.code: len(visit.instruments) for visit in study.schedule}
    return {
        (site, visit): Completion(
            site=site,
            visit=visit,
            due=due * forms[visit],
            missed=closed * forms[visit],
        )
        for site, visit, due, closed in found
        if visit in forms
    }


def _given(
    session: Session, study: Study, whose: ColumnElement[bool], today: date
) -> Iterator[tuple[Key, int, int, int]]:
    """Count what is there: of each site and visit all of it, what was due, and what has closed since."""
    asked = [
        and_(Occasion.visit.in_(visits), Response.instrument.in_(instruments))
        for instruments, visits in Sent(study).groups.items()
    ]
    if not asked:
        return
    found = session.execute(
        select(
            Participant.site,
            Occasion.visit,
            func.count(),
            func.sum(case((Occasion.due_on <= today, 1), else_=0)),
            func.sum(case((Occasion.closes_on < today, 1), else_=0)),
        )
        .select_from(Response)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(whose, Response.submitted_at.is_not(None), or_(*asked))
        .group_by(Participant.site, Occasion.visit)
    )
    for site, visit, number, due, closed in found:
        yield (site, visit), number, due, closed


def _because(
    session: Session, study: Study, whose: ColumnElement[bool], today: date
) -> Iterator[tuple[Key, MissedBecause, int]]:
    """Count what was missed by the reason that was recorded last."""
    sent = Sent(study)
    found = session.execute(
        select(Participant.site, Occasion.visit, MissedReason.reason, func.sum(sent.missing))
        .select_from(MissedReason)
        .join(Occasion, Occasion.id == MissedReason.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(whose, MissedReason.id.in_(NEWEST), Occasion.closes_on < today, sent.incomplete)
        .group_by(Participant.site, Occasion.visit, MissedReason.reason)
    )
    for site, visit, reason, number in found:
        yield (site, visit), reason, number


def _ended(
    session: Session, study: Study, whose: ColumnElement[bool], today: date
) -> Iterator[tuple[Key, NotExpected, bool, int]]:
    """Go through what is due, missing and not expected: why, whether it has closed, and how many."""
    sent = Sent(study)
    ended = endings(session, participant_ids=select(Participant.id).where(whose))
    missing = session.execute(
        select(
            Occasion.participant_id,
            Participant.site,
            Occasion.visit,
            Occasion.opens_on,
            Occasion.due_on,
            Occasion.closes_on,
            sent.missing,
        )
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(whose, Occasion.due_on <= today, may_have_ended(), sent.incomplete)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for participant_id, site, visit, opens_on, due_on, closes_on, forms in missing:
        ends = ended.get(participant_id, NOTHING_ENDED).ends
        why = why_not_expected(Window(opens_on, due_on, closes_on), ends, today=today)
        if why is not None:
            yield (site, visit), why, closes_on < today, forms
