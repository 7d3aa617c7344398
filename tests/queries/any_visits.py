"""Occasions of participants as nobody would plan them, drawn by hypothesis, and written as rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.missed import MissedBecause
from app.domain.schedule import Window
from app.models import MissedReason, Occasion, Participant, Response, Wording
from tests.fixtures.study import MORNING
from tests.queries.any_courses import days

Row = dict[str, Any]

VISITS = {"one": ("itch",), "other": ("itch",), "both": ("itch", "more"), "nothing": ()}
"""The visits of the study and their instruments; `dropped` is neither a visit nor an instrument any more."""


@dataclass(frozen=True)
class AnyVisit:
    """An occasion, the instruments sent on it, those only begun, and why it was said to be missed."""

    visit: str
    window: Window
    sent: frozenset[str]
    begun: frozenset[str]
    because: Sequence[MissedBecause]


some_instruments = st.frozensets(st.sampled_from(["itch", "more", "dropped"]))
visits = st.lists(
    st.builds(
        AnyVisit,
        st.sampled_from([*VISITS, "dropped"]),
        st.lists(days, min_size=3, max_size=3).map(lambda three: Window(*sorted(three))),
        some_instruments,
        some_instruments,
        st.lists(st.sampled_from(["too ill", "refused"]), max_size=2),
    ),
    max_size=4,
    unique_by=lambda each: each.visit,
)


def write_visits(session: Session, of_each: Iterable[Sequence[AnyVisit]]) -> None:
    """Put occasions into the tables, of the participants in the order of their ids."""
    numbers = count(10_000)
    wording = session.scalars(select(Wording)).first()
    assert wording is not None
    asked = {"instrument_version_id": wording.instrument_version_id, "wording_id": wording.id}
    rows: dict[type[Any], list[Row]] = {Occasion: [], Response: [], MissedReason: []}
    whose = session.scalars(select(Participant.id).order_by(Participant.id)).all()
    for participant_id, visits in zip(whose, of_each, strict=True):
        for each in visits:
            key = next(numbers)
            rows[Occasion].append(_occasion(each) | {"id": key, "participant_id": participant_id})
            rows[Response] += [asked | row | {"occasion_id": key} for row in _responses(each, numbers)]
            rows[MissedReason] += [
                {"occasion_id": key, "reason": reason, "recorded_at": MORNING, "recorded_by": "account:1"}
                for reason in each.because
            ]
    for table, written in rows.items():
        if written:
            session.execute(insert(table), written)


def _occasion(each: AnyVisit) -> Row:
    window = each.window
    return {
        "visit": each.visit,
        "opens_on": window.opens_on,
        "due_on": window.due_on,
        "closes_on": window.closes_on,
    }


def _responses(each: AnyVisit, numbers: Iterator[int]) -> Iterator[Row]:
    for instrument in each.sent | each.begun:
        key, sent = next(numbers), instrument in each.sent
        yield {
            "id": key,
            "instrument": instrument,
            "started_at": MORNING,
            "submitted_at": MORNING if sent else None,
            "receipt": f"R{key}" if sent else None,
        }
