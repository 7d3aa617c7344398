"""Arms drawn from a list: each place once, in the list's order, sealed, audited, shown to who says why."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import database
from app.domain.actor import Actor
from app.domain.randomisation import Design, Stratum, allocation
from app.domain.study import Factor, Level, Randomisation
from app.errors import Code, FaultyInput, Refusal
from app.models import Allocation, AllocationList, AuditEntry, Occasion, Participant
from app.operations.allocations import add_list, allocate_participant, generate_list, read_arm, reveal
from app.operations.participants import randomise_participant
from app.operations.studies import load_study
from app.queries import allocations
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, FOLDER, MORNING, STUDY, TinyStudy

SEED = "a seed for tests, long enough to be one"
BLOCKS = Design(arms=("cells", "usual"), blocks=(2, 4))
FACTOR = Factor(
    name="MELD", levels=(Level(code="low", name="Below 20"), Level(code="high", name="20 or more"))
)


def randomising(tiny: TinyStudy, factor: Factor | None = None) -> None:
    """Let the study draw its arms."""
    study = replace(STUDY, randomisation=Randomisation(blocks=(2, 4), factor=factor))
    with database.writing(tiny.url) as session:
        load_study(session, folder=replace(FOLDER, study=study), actor=COMMAND, now=MORNING)


def generated(tiny: TinyStudy) -> str:
    """Begin a sequence and return its hash."""
    with database.writing(tiny.url) as session:
        return generate_list(
            session, study_id=tiny.study_id, seed=SEED, actor=COMMAND, now=MORNING, keys=CONTACT_KEYS
        )


def imported(tiny: TinyStudy, file: Path, text: str) -> None:
    """Add a list made elsewhere."""
    file.write_text(text)
    with database.writing(tiny.url) as session:
        add_list(session, study_id=tiny.study_id, path=file, actor=COMMAND, now=MORNING, keys=CONTACT_KEYS)


def drawn(tiny: TinyStudy, code: str, *, level: str = "", site: str = "mad") -> str | None:
    """Enrol and randomise someone, and return their arm."""
    participant_id = tiny.enrol(code, site=site, arm=None)
    with database.writing(tiny.url) as session:
        allocate_participant(
            session,
            participant_id=participant_id,
            level=level,
            actor=COMMAND,
            now=MORNING,
            keys=CONTACT_KEYS,
        )
        return session.get_one(Participant, participant_id).arm


def test_arms_come_in_the_order_of_the_sequence_and_visits_are_planned(tiny: TinyStudy) -> None:
    randomising(tiny, FACTOR)
    generated(tiny)
    high = [drawn(tiny, f"H-{number}", level="high") for number in range(1, 7)]
    low = [drawn(tiny, f"L-{number}", level="low", site="cai") for number in range(1, 4)]
    assert high == [allocation(SEED, Stratum("mad", "high"), BLOCKS, place) for place in range(1, 7)]
    assert low == [allocation(SEED, Stratum("cai", "low"), BLOCKS, place) for place in range(1, 4)]
    with database.reading(tiny.url) as session:
        day_0 = session.scalars(select(Participant.randomised_on)).all()
        assert set(day_0) == {DAY_0}
        assert Counter(session.scalars(select(Occasion.visit))) == {"d0": 9, "w4": 9}
        found = allocations.randomised(session, study_id=tiny.study_id)
        assert found == {Stratum("cai", "low"): 3, Stratum("mad", "high"): 6}
        assert not list(allocations.verify(session, study_id=tiny.study_id, keys=CONTACT_KEYS))


def test_nothing_in_the_database_or_the_trail_tells_the_seed(tiny: TinyStudy) -> None:
    randomising(tiny)
    content_hash = generated(tiny)
    with database.reading(tiny.url) as session:
        stored = session.scalars(select(AllocationList)).one()
        assert SEED not in stored.sealed
        assert "cells" not in stored.sealed
        entry = session.scalars(select(AuditEntry).filter_by(action="allocation_list.add")).one()
    assert stored.content_hash == content_hash
    assert entry.new == {"source": "generated", "content_hash": content_hash, "rows": None}


def test_a_list_is_used_up_and_another_goes_on(tiny: TinyStudy, tmp_path: Path) -> None:
    randomising(tiny)
    imported(tiny, tmp_path / "one.csv", "site,arm\nmad,usual\ncai,cells\n")
    assert drawn(tiny, "M-1") == "usual"
    with pytest.raises(Refusal, match="no randomisation list has a place left") as refused:
        drawn(tiny, "M-2")
    assert refused.value.code == Code.NOT_CONFIGURED
    imported(tiny, tmp_path / "two.csv", "site,arm\nmad,cells\n")
    assert drawn(tiny, "M-3") == "cells"
    with database.reading(tiny.url) as session:
        assert not list(allocations.verify(session, study_id=tiny.study_id, keys=CONTACT_KEYS))


def test_a_faulty_list_is_refused_whole(tiny: TinyStudy, tmp_path: Path) -> None:
    randomising(tiny, FACTOR)
    with pytest.raises(FaultyInput) as refused:
        imported(
            tiny, tmp_path / "x.csv", "site,arm,level\nrome,cells,low\nmad,placebo,none\nmad,cells,low\n"
        )
    said = [str(fault) for fault in refused.value.faults]
    assert len(said) == 3
    assert 'row 2, column site: found "rome"; allowed: mad, cai' in said[0]
    with database.reading(tiny.url) as session:
        assert session.scalars(select(AllocationList)).first() is None


def test_a_second_sequence_is_refused(tiny: TinyStudy, tmp_path: Path) -> None:
    randomising(tiny)
    generated(tiny)
    with pytest.raises(Refusal, match="generated one has no end"):
        generated(tiny)
    with pytest.raises(Refusal, match="generated one has no end"):
        imported(tiny, tmp_path / "x.csv", "site,arm\nmad,usual\n")


def test_two_at_once_take_two_places(tiny: TinyStudy) -> None:
    randomising(tiny)
    generated(tiny)
    with ThreadPoolExecutor(4) as pool:
        arms = list(pool.map(lambda number: drawn(tiny, f"P-{number}"), range(8)))
    expected = [allocation(SEED, Stratum("mad"), BLOCKS, place) for place in range(1, 9)]
    assert Counter(arms) == Counter(expected)
    with database.reading(tiny.url) as session:
        places = session.scalars(select(Allocation.position).order_by(Allocation.position)).all()
        assert places == list(range(1, 9))
        assert not list(allocations.verify(session, study_id=tiny.study_id, keys=CONTACT_KEYS))


def test_nobody_is_randomised_twice_nor_by_a_typed_arm(tiny: TinyStudy) -> None:
    randomising(tiny)
    generated(tiny)
    participant_id = tiny.enrol("M-1", arm=None)
    staff = Actor("account", 1, "A coordinator", "coordinator", tiny.study_id, "mad")
    with database.writing(tiny.url) as session, pytest.raises(Refusal, match="drawn, not typed"):
        randomise_participant(
            session, participant_id=participant_id, arm="cells", randomised_on=DAY_0, actor=staff, now=MORNING
        )
    drawn(tiny, "M-2")
    with database.writing(tiny.url) as session:
        second = session.scalars(select(Participant.id).filter_by(code="M-2")).one()
        with pytest.raises(Refusal, match="already-recorded"):
            allocate_participant(
                session, participant_id=second, level="", actor=staff, now=MORNING, keys=CONTACT_KEYS
            )


def test_an_unknown_level_is_refused(tiny: TinyStudy) -> None:
    randomising(tiny, FACTOR)
    generated(tiny)
    with pytest.raises(Refusal, match="unknown-code"):
        drawn(tiny, "M-1", level="")


def test_an_arm_changed_in_the_database_is_found(tiny: TinyStudy) -> None:
    randomising(tiny)
    generated(tiny)
    other = {"cells": "usual", "usual": "cells"}[str(drawn(tiny, "M-1"))]
    with database.writing(tiny.url) as session:
        session.execute(update(Participant).values(arm=other))
        found = list(allocations.verify(session, study_id=tiny.study_id, keys=CONTACT_KEYS))
    assert found == ["participant M-1: not the arm of place 1 of list 1"]


def test_an_arm_is_read_with_a_reason_and_the_look_is_recorded(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("M-1", arm="cells")
    with database.writing(tiny.url) as session:
        with pytest.raises(Refusal, match="reason-needed"):
            read_arm(session, participant_id=participant_id, reason=" ", actor=COMMAND, now=MORNING)
        found = read_arm(
            session, participant_id=participant_id, reason="fever, emergency", actor=COMMAND, now=MORNING
        )
        entry = session.scalars(select(AuditEntry).filter_by(action="arm.read")).one()
    assert found == "cells"
    assert (entry.reason, entry.new) == ("fever, emergency", None)


def test_opening_the_lists_is_recorded(tiny: TinyStudy) -> None:
    randomising(tiny)
    generated(tiny)
    with database.writing(tiny.url) as session:
        ((_, opened),) = reveal(
            session, study_id=tiny.study_id, actor=COMMAND, now=MORNING, keys=CONTACT_KEYS
        )
        actions = session.scalars(select(AuditEntry.action)).all()
    assert opened.secret == SEED
    assert "allocation_list.reveal" in actions
