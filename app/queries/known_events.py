"""Events as the analysis counts them, and what ends the time that someone is followed, as statements."""

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    String,
    Subquery,
    and_,
    case,
    false,
    func,
    null,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)

from app.domain.adjudication import EVENT_KINDS
from app.models import Event, Reading, Sighting
from app.queries.asked_outcome import AskedOutcome
from app.queries.civil_days import DayBefore, Earliest, FirstDay, IsoText, Latest
from app.queries.decided_events import decided_events

WHOLE = len("2026-03-05")


def known_events(asked: AskedOutcome) -> CTE:
    """Return events that count, on the days on which they do (`app.domain.adjudication.settled`).

    Columns: event_id, participant_id, kind, counts, started_on, ended_on. Where a transplant that no one
    confirmed or refuted matters, it is there too, and does not count.
    """
    decided = decided_events(asked.reported_events(), asked.adjudication, EVENT_KINDS, dialect=asked.dialect)
    event = decided.subquery("decided")
    rows: FromClause = event
    confirmed = event.c.decision == "confirmed"
    wanted: ColumnElement[bool] = confirmed
    counts: ColumnElement[bool] = func.coalesce(confirmed, false())
    reported_on: ColumnElement[Any] = FirstDay(type_coerce(event.c.started, String))
    if asked.events == "all":
        seen = _last_signs(asked)
        rows, reported_on = (
            event.outerjoin(seen, seen.c.event_id == event.c.id),
            func.coalesce(seen.c.on, reported_on),
        )
        wanted = counts = true()
    elif asked.frees_of_transplant:
        wanted = or_(confirmed, event.c.kind == "transplant")
    started_on = func.coalesce(event.c.agreed_started_on, reported_on)  # agreed on where it was confirmed
    told_end = FirstDay(type_coerce(event.c.ended, String))
    ended_on = func.coalesce(
        case((confirmed, event.c.agreed_ended_on)),
        case((event.c.ended.is_not(None), Latest(told_end, started_on))),
    )
    return (
        select(
            event.c.id.label("event_id"),
            event.c.participant_id,
            event.c.kind,
            counts.label("counts"),
            started_on.label("started_on"),
            ended_on.label("ended_on"),
        )
        .select_from(rows)
        .where(wanted)
        .cte("known_event")
    )


def _last_signs(asked: AskedOutcome) -> Subquery:
    """For each event on a partly known date, the last day of that time on which something counts as a sign.

    It is not taken to have happened before that day: for a death the last sign of life, for others day 0.
    A sign after the cut-off shows that the death came later still, unless nothing counts that was not known.
    """
    known = asked if asked.as_known else replace(asked, cutoff_on=None)
    partly = asked.reported_events().where(func.length(Event.started) < WHOLE).subquery()
    text = type_coerce(partly.c.started, String)
    signs = []
    for source, any_kind in (
        (asked.randomisations(), True),
        (known.infusions(), False),
        (known.sightings(), False),
        (known.answers(), False),
    ):
        day = source.only().subquery()
        within = func.substr(IsoText(day.c.on), 1, func.length(text)) == text
        rows = select(partly.c.id, day.c.on).join(day, day.c.participant_id == partly.c.participant_id)
        signs.append(rows.where(within if any_kind else and_(within, partly.c.kind == "death")))
    sign = union_all(*signs).subquery()
    last = func.max(sign.c.on, type_=Date()).label("on")
    return select(sign.c.id.label("event_id"), last).group_by(sign.c.id).subquery("last_sign")


def ends(asked: AskedOutcome, known: CTE) -> CTE:
    """Return what ends the time that someone is followed, or known to be free of a transplant.

    Columns: participant_id, withdrawn_on (from follow-up), limit_on (the last day that counts as a sign of
    life, and of life without a transplant where that matters), alive_on (the withdrawal as such a sign).
    """
    withdrawn = asked.withdrawals().only().subquery("withdrawn")
    parts = [
        select(
            withdrawn.c.participant_id,
            withdrawn.c.on.label("withdrawn_on"),
            withdrawn.c.on.label("limit_on"),
        )
    ]
    if asked.frees_of_transplant:
        told = asked.sightings().only(Sighting.untransplanted.is_(False)).subquery("told")
        parts.append(select(told.c.participant_id, null(), DayBefore(told.c.on)))
    if asked.frees_of_transplant and asked.events == "confirmed":
        first_on = Earliest(known.c.started_on, Reading.agreed_started_on)  # what a reader ever said of it
        parts.append(
            select(known.c.participant_id, null(), DayBefore(first_on))
            .outerjoin_from(known, Reading, Reading.event_id == known.c.event_id)
            .where(~known.c.counts, first_on <= asked.cutoff)
        )
    end = union_all(*parts).subquery("end")
    withdrawn_on = func.min(end.c.withdrawn_on, type_=Date())
    limit_on = func.min(end.c.limit_on, type_=Date())
    return (
        select(
            end.c.participant_id,
            withdrawn_on.label("withdrawn_on"),
            limit_on.label("limit_on"),
            case((withdrawn_on <= limit_on, withdrawn_on)).label("alive_on"),
        )
        .group_by(end.c.participant_id)
        .cte("ends")
    )
