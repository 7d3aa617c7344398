"""What a sighting says of a transplant ends transplant-free survival: none of it may be lost."""

import pytest
from sqlalchemy import select

from app import database
from app.errors import Code, Refusal
from app.models import Sighting
from app.operations.sightings import record_sighting
from tests.fixtures.study import COMMAND, DAY_0, MORNING, TinyStudy


def call(tiny: TinyStudy, participant_id: int, *, untransplanted: bool | None) -> int:
    with database.writing(tiny.url) as session:
        return record_sighting(
            session,
            participant_id=participant_id,
            seen_on=DAY_0,
            how="call",
            untransplanted=untransplanted,
            actor=COMMAND,
            now=MORNING,
        )


@pytest.mark.parametrize("told", [True, False, None])
def test_the_same_sighting_again_changes_nothing(tiny: TinyStudy, told: bool | None) -> None:
    participant_id = tiny.enrol("P-1")
    first = call(tiny, participant_id, untransplanted=told)
    assert call(tiny, participant_id, untransplanted=told) == first


@pytest.mark.parametrize(("first", "second"), [(None, False), (True, False), (None, True), (False, None)])
def test_a_sighting_that_says_something_else_is_refused_and_not_swallowed(
    tiny: TinyStudy, first: bool | None, second: bool | None
) -> None:
    participant_id = tiny.enrol("P-1")
    call(tiny, participant_id, untransplanted=first)
    with pytest.raises(Refusal) as refusal:
        call(tiny, participant_id, untransplanted=second)
    assert refusal.value.code == Code.ALREADY_RECORDED
    assert str(DAY_0) in refusal.value.detail
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Sighting.untransplanted)).all() == [first]
