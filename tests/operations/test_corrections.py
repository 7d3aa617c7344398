"""A correction stands beside the answer, is decided by someone else, and changes nothing that was sent."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import database
from app.domain.actor import Actor
from app.domain.answer import BadAnswer
from app.errors import Code, Refusal
from app.models import Answer, AuditEntry, Correction
from app.operations.corrections import decide_correction, request_correction
from app.queries import audit, corrections
from tests.fixtures.phone import NewPhone
from tests.fixtures.study import MORNING, TinyStudy

LATER = MORNING + timedelta(days=1)


def staff(tiny: TinyStudy, number: int, site: str | None = "mad") -> Actor:
    """Return a member of staff."""
    return Actor("account", number, "Someone", "coordinator", tiny.study_id, site)


def ask(tiny: TinyStudy, actor: Actor, *, raw: str = "1", item: str = "itch", reason: str = "called") -> int:
    """Ask for a correction of the response of participant 1."""
    with database.writing(tiny.url) as session:
        return request_correction(
            session,
            participant_id=1,
            response_id=1,
            item=item,
            raw=raw,
            source="participant",
            reason=reason,
            actor=actor,
            now=LATER,
        )


def decide(tiny: TinyStudy, correction_id: int, actor: Actor) -> None:
    """Accept it."""
    with database.writing(tiny.url) as session:
        decide_correction(
            session, correction_id=correction_id, decision="accepted", note="", actor=actor, now=LATER
        )


@pytest.fixture
def sent(tiny: TinyStudy, new_phone: NewPhone) -> TinyStudy:
    """One response that was sent: itch 3, sleep 0."""
    phone = new_phone("P-1").open()
    phone.press(phone.survey(), "send", itch="3", sleep="0")
    return tiny


def test_the_request_stands_beside_the_answer_and_another_accepts_it(sent: TinyStudy) -> None:
    with database.reading(sent.url) as session:
        before = session.execute(select(Answer.item, Answer.value)).all()
    correction_id = ask(sent, staff(sent, 1))
    assert ask(sent, staff(sent, 1)) == correction_id  # the button pressed twice
    with pytest.raises(Refusal) as own:
        decide(sent, correction_id, staff(sent, 1))
    assert own.value.code == Code.NOT_ALLOWED
    decide(sent, correction_id, staff(sent, 2))
    with pytest.raises(Refusal, match="already-recorded"):
        decide(sent, correction_id, staff(sent, 3))
    with database.reading(sent.url) as session:
        (row,) = corrections.listed(session, actor=staff(sent, 9), study_id=sent.study_id)
        assert (row.original, row.value, row.state, row.decided_by) == (3, 1, "accepted", "account:2")
        assert session.execute(select(Answer.item, Answer.value)).all() == before
        actions = session.scalars(select(AuditEntry.action)).all()
        assert actions.count("correction.request") == actions.count("correction.decide") == 1
        assert not corrections.listed(session, actor=staff(sent, 9, "cai"), study_id=sent.study_id)
        assert not list(audit.verify(session))


@pytest.mark.parametrize(
    ("raw", "item", "reason", "code"),
    [
        ("3", "itch", "called", Code.ALREADY_RECORDED),  # what stands there
        ("1", "itch", " ", Code.REASON_NEEDED),
    ],
)
def test_what_cannot_be_asked_for(sent: TinyStudy, raw: str, item: str, reason: str, code: Code) -> None:
    with pytest.raises(Refusal) as refused:
        ask(sent, staff(sent, 1), raw=raw, item=item, reason=reason)
    assert refused.value.code == code


def test_a_second_request_waits_for_the_first(sent: TinyStudy) -> None:
    first = ask(sent, staff(sent, 1))
    with pytest.raises(Refusal, match="already-recorded"):
        ask(sent, staff(sent, 1), raw="2")
    decide(sent, first, staff(sent, 2))
    assert ask(sent, staff(sent, 1), raw="2") != first


def test_a_value_that_the_item_cannot_take_is_refused(sent: TinyStudy) -> None:
    with pytest.raises(BadAnswer):
        ask(sent, staff(sent, 1), raw="9")
    with pytest.raises(BadAnswer):
        ask(sent, staff(sent, 1), item="age")
    with database.reading(sent.url) as session:
        assert session.scalars(select(Correction)).first() is None


def test_what_was_not_sent_is_changed_on_the_phone_and_another_site_finds_nothing(
    tiny: TinyStudy, new_phone: NewPhone
) -> None:
    phone = new_phone("P-1").open()
    phone.save(phone.survey(), do="save", itch="3")
    with pytest.raises(Refusal) as refused:
        ask(tiny, staff(tiny, 1))
    assert refused.value.code == Code.OCCASION_NOT_OPEN
    with pytest.raises(Refusal) as refused:
        ask(tiny, staff(tiny, 1, "cai"))
    assert refused.value.code == Code.NOT_FOUND


def test_an_entry_cut_from_the_trail_is_missed(sent: TinyStudy) -> None:
    with database.writing(sent.url) as session:
        session.add(
            Correction(
                response_id=1,
                item="itch",
                value=1,
                source="typing",
                reason="slipped in",
                requested_at=LATER,
                requested_by="account:1",
            )
        )
        session.flush()
        assert "participant:1: no entry tells of correction 1" in list(audit.verify(session))
