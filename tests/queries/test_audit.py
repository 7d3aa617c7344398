"""The trail shows every break, belongs to its study, and keeps the arm to itself."""

# ruff: noqa: S608 - what tampers with the trail is built from the words of this file alone

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app import database
from app.operations.contacts import read_contact
from app.operations.treatments import record_treatment
from app.queries import audit
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, MORNING, TinyStudy

CHAIN = "participant:1"


@pytest.fixture
def followed(tiny: TinyStudy) -> TinyStudy:
    """Two participants; the first has a trail of six entries, the last four of them alike."""
    first = tiny.enrol("P-1")
    tiny.enrol("P-2")
    assert first == 1
    for hours in range(4):
        with database.writing(tiny.url) as session:
            read_contact(
                session,
                participant_id=first,
                actor=COMMAND,
                now=MORNING + timedelta(hours=hours),
                contact_keys=CONTACT_KEYS,
            )
    return tiny


def faults(study: TinyStudy, known: audit.Known | None = None) -> list[str]:
    with database.reading(study.url) as session:
        return list(audit.verify(session, known=known))


def tamper(study: TinyStudy, *statements: str) -> None:
    """Do what only the owner of the database can: switch the triggers off, and then anything."""
    with database.engine(study.url).begin() as connection:
        _switch_off(connection)
        for statement in statements:
            connection.execute(text(statement))


def _switch_off(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        return
    for change in ("update", "delete"):
        connection.execute(text(f"DROP TRIGGER audit_entry_no_{change}"))


def test_a_sound_trail_has_no_fault(followed: TinyStudy) -> None:
    assert faults(followed) == []


AT_4 = f"WHERE chain = '{CHAIN}' AND position = 4"


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'because'",
        "actor = 'account:9'",
        "action = 'contact.change'",
        "subject = 'participant:2'",
        "at = '2026-01-05 10:00:01+00:00'",
        """old = '{"a": 1}'""",
        """new = '{"a": 1}'""",
        f"hash = '{'0' * 64}'",
    ],
)
def test_a_changed_entry_is_found(followed: TinyStudy, change: str) -> None:
    tamper(followed, f"UPDATE audit_entry SET {change} {AT_4}")
    assert faults(followed)[0].startswith(f"{CHAIN}: entry 4 is not what was recorded")


def test_a_deleted_entry_is_found(followed: TinyStudy) -> None:
    tamper(followed, f"DELETE FROM audit_entry {AT_4}")
    assert faults(followed) == [f"{CHAIN}: missing between entries 3 and 5"]


def test_a_deleted_beginning_is_found(followed: TinyStudy) -> None:
    tamper(followed, f"DELETE FROM audit_entry WHERE chain = '{CHAIN}' AND position = 1")
    assert faults(followed) == [f"{CHAIN}: missing between entries 0 and 2"]


def test_a_deleted_entry_behind_which_the_rest_moved_up_is_found(followed: TinyStudy) -> None:
    tamper(
        followed,
        f"DELETE FROM audit_entry {AT_4}",
        f"UPDATE audit_entry SET position = 4 WHERE chain = '{CHAIN}' AND position = 5",
        f"UPDATE audit_entry SET position = 5 WHERE chain = '{CHAIN}' AND position = 6",
    )
    assert faults(followed)[0] == f"{CHAIN}: entry 4 is not what was recorded (contact.read)"


def test_a_swapped_pair_is_found(followed: TinyStudy) -> None:
    swap = "UPDATE audit_entry SET position = {} WHERE chain = '{}' AND position = {}"
    tamper(followed, *(swap.format(to, CHAIN, at) for to, at in ((99, 4), (4, 5), (5, 99))))
    found = faults(followed)
    assert f"{CHAIN}: entry 4 is not what was recorded (contact.read)" in found
    assert f"{CHAIN}: entry 5 is not what was recorded (contact.read)" in found


def test_an_entry_moved_to_another_chain_is_found(followed: TinyStudy) -> None:
    tamper(followed, f"UPDATE audit_entry SET chain = 'participant:2', position = 3 {AT_4}")
    assert faults(followed) == [
        f"{CHAIN}: missing between entries 3 and 5",
        "participant:2: entry 3 is not what was recorded (contact.read)",
    ]


def test_a_participant_without_a_trail_is_found(followed: TinyStudy) -> None:
    tamper(followed, f"DELETE FROM audit_entry WHERE chain = '{CHAIN}'")
    assert faults(followed) == ["participant:1: no trail of participant P-1"]


def test_a_trail_that_was_cut_off_is_found_with_an_earlier_copy(followed: TinyStudy) -> None:
    with database.reading(followed.url) as session:
        known = {(each.chain, each.position): each.hash for each in audit.entries(session)}
    tamper(followed, f"DELETE FROM audit_entry WHERE chain = '{CHAIN}' AND position > 4")
    assert faults(followed) == []  # by itself, a shorter trail is a sound trail
    assert faults(followed, known) == [
        f"{CHAIN}: entry 5 of the earlier copy is gone",
        f"{CHAIN}: entry 6 of the earlier copy is gone",
    ]


@pytest.mark.parametrize(
    "statement", [f"UPDATE audit_entry SET reason = 'x' {AT_4}", f"DELETE FROM audit_entry {AT_4}"]
)
def test_the_database_refuses_both(followed: TinyStudy, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="audit_entry is append-only"),
        database.engine(followed.url).begin() as connection,
    ):
        connection.execute(text(statement))


def test_entries_of_a_study_are_its_own_and_its_participants(followed: TinyStudy) -> None:
    with database.reading(followed.url) as session:
        own = list(audit.entries(session, study_id=followed.study_id))
        assert {each.chain for each in own} == {f"study:{followed.study_id}", CHAIN, "participant:2"}
        assert [each.id for each in own] == sorted(each.id for each in own)
        assert list(audit.entries(session, study_id=followed.study_id + 1)) == []
        assert [each.position for each in audit.entries(session, chain=CHAIN, limit=2)] == [1, 2]
        last = own[-1].id
        assert list(audit.entries(session, after=last)) == []


def holds(value: object, wanted: Callable[[object], bool]) -> bool:
    if isinstance(value, dict):
        return any(holds(each, wanted) for each in value.values())
    if isinstance(value, list):
        return any(holds(each, wanted) for each in value)
    return wanted(value)


def test_a_blinded_entry_tells_no_arm_and_an_open_one_does(followed: TinyStudy) -> None:
    with database.writing(followed.url) as session:
        record_treatment(
            session,
            participant_id=1,
            lot="LOT-1",
            route="peripheral vein",
            given_on=DAY_0,
            actor=COMMAND,
            now=MORNING,
        )
    with database.reading(followed.url) as session:
        found = list(audit.entries(session, chain=CHAIN))

    def telling(blinding: str) -> list[str]:
        said = [audit.blinded(each, blinding) for each in found]  # type: ignore[arg-type]  # each of the three words
        words = {"cells", "LOT-1", "peripheral vein"}
        return [each.action for each in said if holds([each.old, each.new], lambda value: value in words)]

    assert telling("none") == ["participant.randomise", "treatment.record"]
    assert telling("assessors") == telling("double") == []


def test_the_arm_is_hidden_at_any_depth() -> None:
    deep = audit.Entry(
        id=1,
        chain="study:1",
        position=1,
        at=MORNING,
        actor="import",
        action="data.import",
        subject="study:1",
        old=None,
        new={"arm": None, "participants": [{"arm": "cells", "treatments": [{"lot": "L", "given_on": "x"}]}]},
        reason="",
        hash="",
    )
    assert audit.blinded(deep, "double").new == {
        "arm": None,
        "participants": [{"arm": "(blinded)", "treatments": [{"lot": "(blinded)", "given_on": "x"}]}],
    }
