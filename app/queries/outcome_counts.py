"""Outcomes counted by the database: the rule of `app.domain.outcomes` for all participants at once.

It stands there for one participant, and here as one statement; tests/queries/test_outcome_counts.py holds the
two equal. What comes back has a row for each arm, day and outcome, however many participants there are.
"""

from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Date, FromClause, Subquery, case, func, null, select
from sqlalchemy.orm import Session, aliased, join

from app import database
from app.models import Participant
from app.queries.asked_outcome import AskedOutcome, Days, Rows
from app.queries.civil_days import DaysBetween, Earliest, Latest, lend_civil_date
from app.queries.known_events import ends, known_events


class OutcomeCount(NamedTuple):
    """How many of an arm had an outcome so many days after day 0: 0 censored, 1 the event, 2 what competes.

    `days` is negative where an event stands before day 0.
    """

    arm: str
    days: int
    outcome: int
    participants: int


def participant_ids(session: Session, *, study_id: int | None = None) -> tuple[int, int] | None:
    """Return the first and the last id among a study's participants, or of all; None where there are none."""
    ids = select(func.min(Participant.id), func.max(Participant.id))
    if study_id is not None:
        ids = ids.where(Participant.study_id == study_id)
    first, last = tuple[int | None, int | None](session.execute(ids).one())
    return None if first is None or last is None else (first, last)


def outcome_counts(session: Session, asked: AskedOutcome) -> list[OutcomeCount]:
    """Return the counts of those who have a day 0, in no order."""
    lend_civil_date(session)
    database.merge_in_order(session)
    # OFFSET 0 lets each outcome be worked out once, before it is counted; without it both databases take the
    # statement apart. PostgreSQL would also make room for as many groups as participants.
    each = outcomes(asked).offset(0).subquery("outcome")
    keys = (each.c.arm, each.c.days, each.c.outcome)
    return [OutcomeCount(*row) for row in session.execute(select(*keys, func.count()).group_by(*keys))]


def outcomes(asked: AskedOutcome) -> Rows:
    """Return participant_id, arm, days and outcome of everyone who has a day 0."""
    person = aliased(Participant, name="person")
    known = known_events(asked)
    end = ends(asked, known)
    first, answered = _first_events(asked, known, end), _last_answers(asked, end)
    rows: FromClause = join(person, end, end.c.participant_id == person.id, isouter=True)
    rows = rows.outerjoin(first, first.c.participant_id == person.id)
    rows = rows.outerjoin(answered, answered.c.participant_id == person.id)
    origin_on: Any = person.randomised_on
    seen: list[ColumnElement[Any]] = [end.c.alive_on, first.c.alive_on, answered.c.on]
    if asked.origin == "first-infusion":
        infused = _first_infusions(asked)
        rows, origin_on = rows.join(infused, infused.c.participant_id == person.id), infused.c.on
        randomised_on = person.randomised_on
        seen.append(case((randomised_on <= func.coalesce(end.c.limit_on, asked.cutoff), randomised_on)))
    for source in (asked.sightings(), asked.infusions()):
        day, rows = _last_day(source, person.id, end.c.limit_on, rows, asked)
        seen.append(day)
    last_on = Latest(origin_on, func.coalesce(end.c.withdrawn_on, asked.cutoff))
    event_on, outcome = _event(asked, first, last_on)
    on = func.coalesce(event_on, Latest(origin_on, *seen), type_=Date())
    return (
        select(
            person.id.label("participant_id"),
            person.arm,
            DaysBetween(on, origin_on).label("days"),
            outcome.label("outcome"),
        )
        .select_from(rows)
        .where(
            person.study_id == asked.study_id,
            person.enrolled_on <= asked.cutoff,
            person.randomised_on <= asked.cutoff,
            asked.within(person.id),
        )
    )


def _first_events(asked: AskedOutcome, known: CTE, end: CTE) -> Subquery:
    """The first day of each kind of outcome, and the last one on which an event shows someone alive."""
    limit_on = func.coalesce(end.c.limit_on, asked.cutoff)
    shown_on = case(
        (known.c.kind == "death", null()),
        ((known.c.kind == "hospital stay") & (known.c.ended_on <= limit_on), known.c.ended_on),
        (known.c.started_on <= limit_on, known.c.started_on),
    )
    alive_on = func.max(shown_on, type_=Date()).label("alive_on")
    firsts = [
        func.min(case((known.c.kind.in_(kinds), known.c.started_on)), type_=Date()).label(
            f"outcome_{outcome}"
        )
        for outcome, kinds in asked.kinds.items()
    ]
    return (
        select(known.c.participant_id, alive_on, *firsts)
        .outerjoin_from(known, end, end.c.participant_id == known.c.participant_id)
        .where(known.c.counts)
        .group_by(known.c.participant_id)
        .subquery("first")
    )


def _event(asked: AskedOutcome, first: Subquery, last_on: ColumnElement[Any]) -> tuple[Any, Any]:
    """The day of the event that decides and what it is; where even the first lies too late, none does."""
    days = [first.c[f"outcome_{outcome}"] for outcome in asked.kinds]
    if len(days) == 1:
        (on,), (outcome,) = days, asked.kinds
        return case((on <= last_on, on)), case((on <= last_on, outcome), else_=0)
    (transplant_on, death_on), (transplanted, dead) = days, asked.kinds
    first_on = Earliest(transplant_on, death_on)
    goes_first = transplant_on <= func.coalesce(death_on, transplant_on)
    known = case(
        (goes_first & (transplant_on <= last_on), transplanted), (death_on <= last_on, dead), else_=0
    )
    return case((first_on <= last_on, first_on)), known


def _last_day(
    source: Days,
    person_id: Any,  # noqa: ANN401 - a column of an alias
    limit_on: ColumnElement[Any],
    rows: FromClause,
    asked: AskedOutcome,
) -> tuple[ColumnElement[Any], FromClause]:
    """The last day of a source that counts, and the rows joined with what it needs.

    That is one look into an index for each participant. PostgreSQL takes far less time for one pass over the
    whole index, and looks again for those alone whose last day comes too late.
    """
    within = source.day <= func.coalesce(limit_on, asked.cutoff)
    own = source.only(source.participant_id == person_id, within).with_only_columns(source.day)
    looked_up = own.order_by(source.day.desc()).limit(1).scalar_subquery()
    if asked.dialect != "postgresql":
        return looked_up, rows
    every = source.only().subquery()
    last_on = func.max(every.c.on, type_=Date()).label("on")
    last = select(every.c.participant_id, last_on).group_by(every.c.participant_id).subquery()
    joined = rows.outerjoin(last, last.c.participant_id == person_id)
    return case((last.c.on > limit_on, looked_up), else_=last.c.on), joined


def _last_answers(asked: AskedOutcome, end: CTE) -> Subquery:
    given = asked.answers().only().subquery("given")
    limit_on = func.coalesce(end.c.limit_on, asked.cutoff)
    return (
        select(given.c.participant_id, func.max(given.c.on, type_=Date()).label("on"))
        .outerjoin_from(given, end, end.c.participant_id == given.c.participant_id)
        .where(given.c.on <= limit_on)
        .group_by(given.c.participant_id)
        .subquery("answered")
    )


def _first_infusions(asked: AskedOutcome) -> Subquery:
    infused = asked.infusions().only().subquery()
    first_on = func.min(infused.c.on, type_=Date()).label("on")
    return select(infused.c.participant_id, first_on).group_by(infused.c.participant_id).subquery("infused")
