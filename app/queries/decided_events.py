"""What readers decided about events: the rules of `app.domain.adjudication` as a statement."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, and_, case, func, or_, select, union_all
from sqlalchemy.orm import aliased

from app.domain.adjudication import EventKind
from app.domain.study import Adjudication
from app.models import Event, Reading
from app.queries.civil_days import DaysBetween

Found: TypeAlias = Select[*tuple[Any, ...]]
_IMPORT = "import:"


def decided_events(events: Found, asked: Adjudication, kinds: Sequence[EventKind], *, dialect: str) -> Found:
    """Return those events that no reader refuted or called the duplicate of another one.

    `events` gives rows of the table. Of each there is id, participant_id, kind, started and ended as they
    were reported, and decision, agreed_started_on and agreed_ended_on of the reading that counts; NULL
    where none does.
    """
    panel = [kind for kind in kinds if asked.rule(kind).readings > 1]
    alone = [kind for kind in kinds if kind not in panel]
    parts = []
    if alone:
        parts.append(_by_last_reading(events.where(Event.kind.in_(alone)), dialect))
    if panel:
        parts.append(_by_two_readers(events.where(Event.kind.in_(panel)), asked.tolerance_days))
    return parts[0] if len(parts) == 1 else select(union_all(*parts).subquery())


def _decided(event: Subquery, joined: FromClause, reading: Any) -> Found:  # noqa: ANN401 - columns of either
    return (
        select(
            event.c.id,
            event.c.participant_id,
            event.c.kind,
            event.c.started,
            event.c.ended,
            reading.decision,
            reading.agreed_started_on,
            reading.agreed_ended_on,
        )
        .select_from(joined)
        .where(or_(reading.decision.is_(None), reading.decision.not_in(("refuted", "duplicate"))))
    )


def _by_last_reading(events: Found, dialect: str) -> Found:
    event = events.subquery()
    one, other = aliased(Reading), aliased(Reading)
    if dialect != "postgresql":  # it looks into the index for each event
        own = select(other.id).where(other.event_id == event.c.id)
        newest = own.order_by(other.id.desc()).limit(1).scalar_subquery()
        return _decided(event, event.outerjoin(one, one.id == newest), one)
    later = select(other.id).where(other.event_id == one.event_id, other.id > one.id).exists()
    columns = (one.event_id, one.decision, one.agreed_started_on, one.agreed_ended_on)
    last = select(*columns).where(~later).subquery("last")
    return _decided(event, event.outerjoin(last, last.c.event_id == event.c.id), last.c)


def _by_two_readers(events: Found, tolerance_days: int) -> Found:
    """The first two readers since the last import have to agree, or else a third one decides."""
    event, seats, brought = events.subquery(), _seats(), _brought()
    one, two, counting = aliased(Reading), aliased(Reading), aliased(Reading)
    counting_id = case(
        (seats.c.third_id.is_not(None), seats.c.third_id),
        (seats.c.second_id.is_(None), brought.c.id),
        (two.decision == "needs information", two.id),
        (one.decision == "needs information", one.id),
        (_agree(one, two, tolerance_days), one.id),
    )
    joined = (
        event.outerjoin(seats, seats.c.event_id == event.c.id)
        .outerjoin(brought, brought.c.event_id == event.c.id)
        .outerjoin(one, one.id == seats.c.first_id)
        .outerjoin(two, two.id == seats.c.second_id)
        .outerjoin(counting, counting.id == counting_id)
    )
    return _decided(event, joined, counting)


def _was_brought() -> ColumnElement[bool]:
    return func.substr(Reading.read_by, 1, len(_IMPORT)) == _IMPORT


def _brought() -> Subquery:
    """The last reading of each event that came with an import."""
    last = func.max(Reading.id).label("id")
    return select(Reading.event_id, last).where(_was_brought()).group_by(Reading.event_id).subquery()


def _seats() -> Subquery:
    """The last reading of each of the first three readers since the last import.

    A later reading of the same reader takes the place of their earlier one, and keeps its place in the order.
    """
    imported = case((_was_brought(), Reading.id), else_=0)
    since = select(
        Reading.event_id,
        Reading.id,
        Reading.read_by,
        func.max(imported).over(partition_by=Reading.event_id).label("brought_id"),
    ).subquery()
    readers = (
        select(
            since.c.event_id, func.min(since.c.id).label("first_id"), func.max(since.c.id).label("last_id")
        )
        .where(since.c.id > since.c.brought_id)
        .group_by(since.c.event_id, since.c.read_by)
        .subquery()
    )
    place = func.row_number().over(partition_by=readers.c.event_id, order_by=readers.c.first_id)
    seated = select(readers.c.event_id, readers.c.last_id, place.label("place")).subquery()
    names = ("first_id", "second_id", "third_id")
    return (
        select(
            seated.c.event_id,
            *(
                func.max(case((seated.c.place == number, seated.c.last_id))).label(name)
                for number, name in enumerate(names, start=1)
            ),
        )
        .group_by(seated.c.event_id)
        .subquery()
    )


def _agree(one: type[Reading], two: type[Reading], tolerance_days: int) -> ColumnElement[bool]:
    return and_(
        one.decision == two.decision,
        one.duplicate_of_id.is_not_distinct_from(two.duplicate_of_id),
        _near(one.agreed_started_on, two.agreed_started_on, tolerance_days),
        _near(one.agreed_ended_on, two.agreed_ended_on, tolerance_days),
    )


def _near(one: Any, two: Any, tolerance_days: int) -> ColumnElement[bool]:  # noqa: ANN401 - attributes of aliases
    return or_(and_(one.is_(None), two.is_(None)), func.abs(DaysBetween(one, two)) <= tolerance_days)
