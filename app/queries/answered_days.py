"""On which civil days participants answered: of each response the last answer of every day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.schedule import civil_date
from app.models import Answer, Occasion, Participant, Response

AT_ONCE = 500
"""Responses that one statement names."""


def last_of_days(
    session: Session, *, where: ColumnElement[bool], zones: Mapping[int, ZoneInfo]
) -> dict[tuple[int, int, date], int]:
    """Return the ids of the answers by participant, response and day; `zones` by participant.

    Nearly every response is answered within a day: of these the database gives the last answer alone.
    """
    place = func.row_number().over(
        partition_by=Answer.response_id, order_by=(Answer.answered_at.desc(), Answer.id.desc())
    )
    first_at = func.min(Answer.answered_at).over(partition_by=Answer.response_id)
    ends = (
        select(
            Occasion.participant_id,
            Answer.response_id,
            Answer.id,
            Answer.answered_at,
            first_at.label("first_at"),
            place.label("place"),
        )
        .join(Response, Response.id == Answer.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(where)
        .subquery()
    )
    last: dict[tuple[int, int, date], int] = {}
    owners: dict[int, int] = {}
    for owner, response_id, answer_id, answered_at, begun_at, _ in session.execute(
        select(ends).where(ends.c.place == 1)
    ):
        zone = zones[owner]
        on = civil_date(answered_at, zone)
        if civil_date(begun_at, zone) == on:
            last[owner, response_id, on] = answer_id
        else:
            owners[response_id] = owner
    longer = list(owners)
    for start in range(0, len(longer), AT_ONCE):
        for response_id, answer_id, answered_at in _all(session, longer[start : start + AT_ONCE]):
            owner = owners[response_id]
            last[owner, response_id, civil_date(answered_at, zones[owner])] = answer_id
    return last


def _all(session: Session, responses: Sequence[int]) -> Sequence[tuple[int, int, datetime]]:
    """Every answer of some responses, in the order in which they were given."""
    found = session.execute(
        select(Answer.response_id, Answer.id, Answer.answered_at)
        .where(Answer.response_id.in_(responses))
        .order_by(Answer.answered_at, Answer.id)
    )
    return [(response_id, answer_id, answered_at) for response_id, answer_id, answered_at in found]
