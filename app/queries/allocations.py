"""Randomisation as staff may see it: how many were randomised in each stratum, and whether a list is used."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.randomisation import Stratum
from app.formats import allocation_list
from app.models import Allocation, AllocationList, Participant


@dataclass(frozen=True)
class ListRow:
    """A list without what it says: its hash shows later that it was not changed."""

    number: int
    source: str
    content_hash: str
    added_at: datetime


def lists(session: Session, *, study_id: int) -> list[ListRow]:
    """Return a study's lists in the order of their use."""
    rows = session.execute(
        select(
            AllocationList.number,
            AllocationList.source,
            AllocationList.content_hash,
            AllocationList.added_at,
        )
        .where(AllocationList.study_id == study_id)
        .order_by(AllocationList.number)
    )
    return [ListRow(*row) for row in rows]


def randomised(session: Session, *, study_id: int) -> dict[Stratum, int]:
    """Return how many participants were randomised from the lists in each stratum, whatever their arm."""
    rows = session.execute(
        select(Allocation.site, Allocation.level, func.count())
        .join(AllocationList, AllocationList.id == Allocation.list_id)
        .where(AllocationList.study_id == study_id)
        .group_by(Allocation.site, Allocation.level)
        .order_by(Allocation.site, Allocation.level)
    )
    return {Stratum(site, level): number for site, level, number in rows}


def levels(session: Session, *, study_id: int) -> dict[int, str]:
    """Return the level of the factor by participant, for those who were randomised from the lists."""
    rows = session.execute(
        select(Allocation.participant_id, Allocation.level)
        .join(AllocationList, AllocationList.id == Allocation.list_id)
        .where(AllocationList.study_id == study_id)
    )
    return {participant_id: level for participant_id, level in rows}  # noqa: C416 - rows are no tuples to mypy


def verify(session: Session, *, study_id: int, keys: tuple[str, ...]) -> Iterator[str]:
    """Give a sentence for every arm that is not the list's, every gap, and every list that was changed."""
    stored = session.scalars(select(AllocationList).where(AllocationList.study_id == study_id))
    for each in stored.all():
        opened = allocation_list.unseal(each.sealed, keys)
        if opened.content_hash != each.content_hash:
            yield f"list {each.number} is not what was added"
        expected: dict[Stratum, int] = {}
        for place, code, arm in session.execute(
            select(Allocation, Participant.code, Participant.arm)
            .join(Participant, Participant.id == Allocation.participant_id)
            .where(Allocation.list_id == each.id)
            .order_by(Allocation.site, Allocation.level, Allocation.position)
        ):
            stratum = Stratum(place.site, place.level)
            expected[stratum] = expected.get(stratum, 0) + 1
            if place.position != expected[stratum]:
                yield f"list {each.number}, {stratum.site} {stratum.level}: no one at {expected[stratum]}"
                expected[stratum] = place.position
            if opened.arm(stratum, place.position) != arm:
                yield f"participant {code}: not the arm of place {place.position} of list {each.number}"
