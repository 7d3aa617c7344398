"""Every change leaves its entry, chained to the one before it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import database
from app.domain.audit import FIRST, entry_hash
from app.models import AuditEntry
from app.operations.audit import Chain, End, ends, lock_each, record
from app.operations.consents import record_consent, record_withdrawal
from app.operations.sightings import record_sighting
from app.operations.treatments import record_treatment
from tests.fixtures.study import COMMAND, DAY_0, MORNING, TinyStudy


def test_the_hash_covers_the_entry_and_the_one_before() -> None:
    # authority: sha256sum of 64 zeros, a line feed and {"a":1,"b":"é"} in UTF-8
    assert (
        entry_hash(FIRST, {"b": "é", "a": 1})
        == "7d5e9a9278f1a0a992148a90d6682a840674a323d8f1d955d7e2c15a04fab679"
    )
    assert entry_hash("1" * 64, {"a": 1}) != entry_hash(FIRST, {"a": 1})


def test_each_recording_leaves_one_entry_and_a_repetition_none(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")

    def everything() -> None:
        with database.writing(tiny.url) as session:
            common = {"participant_id": participant_id, "actor": COMMAND, "now": MORNING}
            record_consent(session, version="1", consented_on=DAY_0 - timedelta(days=1), **common)  # type: ignore[arg-type]  # fields by name
            record_treatment(session, lot="LOT-1", route="vein", given_on=DAY_0, **common)  # type: ignore[arg-type]  # fields by name
            record_sighting(session, seen_on=DAY_0, how="call", untransplanted=True, **common)  # type: ignore[arg-type]  # fields by name

    everything()
    everything()
    with database.writing(tiny.url) as session:
        record_withdrawal(
            session,
            participant_id=participant_id,
            scope="contact",
            withdrawn_on=DAY_0,
            reason="too many letters",
            actor=COMMAND,
            now=MORNING,
        )
    with database.reading(tiny.url) as session:
        chain = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.chain == f"participant:{participant_id}")
            .order_by(AuditEntry.position)
        ).all()
    assert [entry.action for entry in chain] == [
        "participant.enrol",
        "participant.randomise",
        "consent.record",
        "treatment.record",
        "sighting.record",
        "withdrawal.record",
    ]
    assert [entry.position for entry in chain] == [1, 2, 3, 4, 5, 6]
    assert chain[-1].reason == "too many letters"


def test_a_change_that_fails_leaves_neither_itself_nor_an_entry(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")

    def fail_after_the_change() -> None:
        with database.writing(tiny.url) as session:
            record_consent(
                session,
                participant_id=participant_id,
                version="1",
                consented_on=DAY_0 - timedelta(days=1),
                actor=COMMAND,
                now=MORNING,
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_the_change()
    with database.reading(tiny.url) as session:
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.chain == f"participant:{participant_id}")
        )
        assert "consent.record" not in set(actions)


def test_writers_of_one_chain_wait_for_each_other(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            for step in range(5):
                with database.writing(tiny.url) as session:
                    record(
                        session,
                        chain=Chain("participant", participant_id),
                        actor=COMMAND,
                        action="test.write",
                        subject=f"{number}.{step}",
                        now=MORNING,
                    )
        except Exception as failure:
            failures.append(failure)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    with database.reading(tiny.url) as session:
        positions = session.scalars(
            select(AuditEntry.position)
            .where(AuditEntry.chain == f"participant:{participant_id}")
            .order_by(AuditEntry.position)
        ).all()
    assert positions == list(range(1, 23))  # enrolled, randomised, and four writers of five entries each


@pytest.mark.parametrize("number", [1, 2, 3])
def test_where_chains_end_is_told_whether_few_or_many_are_asked_for(tiny: TinyStudy, number: int) -> None:
    someone = tiny.enrol("P-1")
    chains = [Chain("participant", someone), Chain("study", tiny.study_id), Chain("participant", 0)][:number]
    with database.writing(tiny.url) as session:
        lock_each(session, of="participant", ids=[someone, 0, -1][:number])
        in_order = select(AuditEntry).order_by(AuditEntry.position)
        written = {each.chain: End(each.position, each.hash) for each in session.scalars(in_order)}
        assert {f"participant:{someone}", f"study:{tiny.study_id}"} <= written.keys()
        assert ends(session, chains) == {chain: written.get(str(chain), End()) for chain in chains}
