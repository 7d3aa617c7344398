"""From when on nothing more is expected of anyone, and why an occasion is not, as statements.

`endings` and the rule of `app.domain.schedule` say it for one participant at a time; tests/queries/
test_completion.py holds the two equal.
"""

from datetime import date

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    Subquery,
    case,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)

from app.domain.study import Study
from app.models import Event, Occasion, Withdrawal
from app.queries.civil_days import DayBefore, Earliest, FirstDay
from app.queries.decided_events import Found, decided_events
from app.queries.endings import ENDING_KINDS


def ends(study: Study, *, participant_ids: Select[int], dialect: str) -> Subquery:
    """Return participant_id, dead_on, withdrawn_on and transplanted_on (see `Ends`) of all who have any."""
    kinds = tuple(kind for kind in ENDING_KINDS if kind == "death" or study.after_transplant != "continue")
    reported: Found = select(Event.id, Event.participant_id, Event.kind, Event.started, Event.ended)
    reported = reported.where(Event.participant_id.in_(participant_ids))
    event = decided_events(reported, study.adjudication, kinds, dialect=dialect).subquery("decided")
    on = func.coalesce(event.c.agreed_started_on, FirstDay(type_coerce(event.c.started, String)))
    each = union_all(
        select(
            event.c.participant_id,
            case((event.c.kind == "death", on)).label("dead_on"),
            null().label("withdrawn_on"),
            case((event.c.kind == "transplant", on)).label("transplanted_on"),
        ),
        select(Withdrawal.participant_id, null(), Withdrawal.withdrawn_on, null()).where(
            Withdrawal.scope.in_(("answers", "follow-up")), Withdrawal.participant_id.in_(participant_ids)
        ),
    ).subquery()
    days = ("dead_on", "withdrawn_on", "transplanted_on")
    return (
        select(each.c.participant_id, *(func.min(each.c[day], type_=Date()).label(day) for day in days))
        .group_by(each.c.participant_id)
        .subquery("ends")
    )


def why_not_expected(end: Subquery, *, today: date) -> ColumnElement[str | None]:
    """Return `app.domain.schedule.why_not_expected` of an occasion joined with its participant's `ends`."""
    day = literal(today, Date())
    closed_by = Earliest(Occasion.closes_on, day)
    opened_after = Earliest(DayBefore(Occasion.opens_on), day)
    come = {
        "dead": case((end.c.dead_on <= closed_by, end.c.dead_on)),
        "withdrawn": case((end.c.withdrawn_on <= closed_by, end.c.withdrawn_on)),
        "transplanted": case((end.c.transplanted_on <= opened_after, end.c.transplanted_on)),
    }
    first_on = Earliest(*come.values())
    why = case(*((on == first_on, word) for word, on in come.items()))
    return case((end.c.participant_id.is_not(None), why))
