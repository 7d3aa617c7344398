"""Answers are saved as they are given, kept for ever, and sent once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import database
from app.domain.partial_date import PartialDate
from app.errors import Code, Refusal
from app.formats import link_token
from app.models import Answer, AuditEntry, Occasion, Response
from app.operations.answers import Saved, save_answers
from app.operations.consents import record_withdrawal
from app.operations.events import report_event
from app.operations.links import Opened, issue_link, open_link
from app.operations.responses import Submitted, submit_response
from app.queries import access, responses
from tests.fixtures.study import COMMAND, CONTACT_KEYS, LINK_KEYS, MORNING, TinyStudy


class Phone:
    """A participant's phone as the operations see it."""

    def __init__(self, tiny: TinyStudy, participant_id: int) -> None:
        self.tiny = tiny
        self.participant_id = participant_id
        with database.writing(tiny.url) as session:
            link_id = issue_link(session, participant_id=participant_id, actor=COMMAND, now=MORNING)
            opened = open_link(
                session,
                token=link_token.sign(link_id, LINK_KEYS),
                birth_year="1958",
                address="127.0.0.1",
                now=MORNING,
                link_keys=LINK_KEYS,
                contact_keys=CONTACT_KEYS,
            )
            assert isinstance(opened, Opened)
            self.secret = opened.secret
            self.occasion_id = session.scalars(
                select(Occasion.id).where(Occasion.participant_id == participant_id, Occasion.visit == "d0")
            ).one()

    def save(self, answers: dict[str, str], now: datetime = MORNING, language: str = "en") -> Saved:
        with database.writing(self.tiny.url) as session:
            visitor = access.signed_in(session, secret=self.secret, now=now, lock=True)
            assert visitor is not None
            return save_answers(
                session,
                visitor=visitor,
                occasion_id=self.occasion_id,
                instrument="itch",
                raw=answers,
                now=now,
                language=language,
            )

    def send(self, answers: dict[str, str], submission_id: str = "one") -> Submitted:
        with database.writing(self.tiny.url) as session:
            visitor = access.signed_in(session, secret=self.secret, now=MORNING, lock=True)
            assert visitor is not None
            return submit_response(
                session,
                visitor=visitor,
                occasion_id=self.occasion_id,
                instrument="itch",
                raw=answers,
                submission_id=submission_id,
                now=MORNING,
                language="en",
            )


@pytest.fixture
def phone(tiny: TinyStudy) -> Phone:
    return Phone(tiny, tiny.enrol("P-1"))


def count(tiny: TinyStudy, model: type) -> int:
    with database.reading(tiny.url) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_each_answer_is_there_afterwards_and_the_newest_counts(phone: Phone) -> None:
    phone.save({"itch": "3"})
    phone.save({"sleep": "declined"})
    assert phone.save({"itch": "1"}).answers == {"itch": 1, "sleep": "declined"}
    with database.reading(phone.tiny.url) as session:
        given = session.execute(select(Answer.item, Answer.value).order_by(Answer.id)).all()
    assert [tuple(row) for row in given] == [("itch", 3), ("sleep", "declined"), ("itch", 1)]


def test_the_same_answer_again_adds_neither_a_value_nor_an_entry(phone: Phone) -> None:
    phone.save({"itch": "3"})
    before = count(phone.tiny, Answer), count(phone.tiny, AuditEntry)
    phone.save({"itch": "٣"})
    assert (count(phone.tiny, Answer), count(phone.tiny, AuditEntry)) == before


def test_a_bad_value_is_named_and_the_good_one_beside_it_is_kept(phone: Phone) -> None:
    saved = phone.save({"itch": "7", "sleep": "2", "mood": "1"})
    assert saved.answers == {"sleep": 2}
    assert saved.faults.keys() == {"itch", "mood"}
    assert saved.faults["itch"].allowed == "one of 0, 1, 2, 3, 4"


def test_an_answer_taken_back_is_gone_and_its_history_is_not(phone: Phone) -> None:
    phone.save({"itch": "3"})
    assert phone.save({"itch": ""}).answers == {"itch": None}
    assert count(phone.tiny, Answer) == 2


def test_sending_twice_gives_one_response_and_the_same_receipt(phone: Phone) -> None:
    first = phone.send({"itch": "3", "sleep": "2"})
    second = phone.send({"itch": "3", "sleep": "2"}, submission_id="two")
    assert not first.again
    assert second.again
    assert first.receipt == second.receipt is not None
    assert count(phone.tiny, Response) == 1
    assert count(phone.tiny, Answer) == 2


def test_what_a_second_sending_changes_is_kept_beside_the_response(phone: Phone) -> None:
    phone.send({"itch": "3"})
    assert phone.send({"itch": "4"}).again
    with database.reading(phone.tiny.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "response.submit_again")).one()
    assert (entry.old, entry.new) == ({"itch": 3}, {"itch": 4})
    assert count(phone.tiny, Answer) == 1


def test_nothing_is_saved_after_sending(phone: Phone) -> None:
    receipt = phone.send({"itch": "3"}).receipt
    with pytest.raises(Refusal) as refusal:
        phone.save({"itch": "4"})
    assert (refusal.value.code, refusal.value.detail) == (Code.ALREADY_SENT, receipt)


def test_two_tabs_that_send_at_once_make_one_response(phone: Phone) -> None:
    sent: list[Submitted] = []
    barrier = threading.Barrier(2)

    def tab(name: str) -> None:
        barrier.wait()
        sent.append(phone.send({"itch": "3", "sleep": "0"}, submission_id=name))

    tabs = [threading.Thread(target=tab, args=(name,)) for name in ("left", "right")]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert len({each.receipt for each in sent}) == 1
    assert sorted(each.again for each in sent) == [False, True]
    assert count(phone.tiny, Answer) == 2


def test_a_bad_value_stops_the_sending_and_keeps_the_draft(phone: Phone) -> None:
    sent = phone.send({"itch": "9", "sleep": "1"})
    assert sent.receipt is None
    assert sent.saved.faults.keys() == {"itch"}
    assert phone.send({"itch": "0"}).receipt is not None


def test_an_empty_questionnaire_can_be_sent(phone: Phone) -> None:
    assert phone.send({}).receipt is not None
    assert (count(phone.tiny, Response), count(phone.tiny, Answer)) == (1, 0)


@pytest.mark.parametrize("days", [-1, 8])
def test_outside_its_window_nothing_is_taken(phone: Phone, days: int) -> None:
    with pytest.raises(Refusal) as refusal:
        phone.save({"itch": "1"}, now=datetime(2026, 1, 5, 12, tzinfo=UTC) + timedelta(days=days))
    assert refusal.value.code == Code.OCCASION_NOT_OPEN
    assert count(phone.tiny, Answer) == 0


def test_after_a_withdrawal_or_a_reported_death_nothing_is_taken(tiny: TinyStudy) -> None:
    left, dead = Phone(tiny, tiny.enrol("P-1")), Phone(tiny, tiny.enrol("P-2"))
    with database.writing(tiny.url) as session:
        record_withdrawal(
            session,
            participant_id=left.participant_id,
            scope="answers",
            withdrawn_on=date(2026, 1, 5),
            reason="",
            actor=COMMAND,
            now=MORNING,
        )
        report_event(
            session,
            participant_id=dead.participant_id,
            kind="death",
            started=PartialDate(2026, 1, 5),
            report_id="r",
            actor=COMMAND,
            now=MORNING,
        )
    for phone in (left, dead):
        with pytest.raises(Refusal) as refusal:
            phone.save({"itch": "1"})
        assert (refusal.value.code, refusal.value.detail) == (Code.OCCASION_NOT_OPEN, "not expected")


def test_another_participants_occasion_is_not_found(tiny: TinyStudy) -> None:
    mine, theirs = Phone(tiny, tiny.enrol("P-1")), Phone(tiny, tiny.enrol("P-2"))
    mine.occasion_id = theirs.occasion_id
    with pytest.raises(Refusal) as refusal:
        mine.save({"itch": "1"})
    assert refusal.value.code == Code.NOT_FOUND


def test_the_language_may_change_in_the_middle(phone: Phone) -> None:
    phone.save({"itch": "3"})
    phone.save({"sleep": "1"}, language="ar")
    with database.reading(phone.tiny.url) as session:
        visitor = access.signed_in(session, secret=phone.secret, now=MORNING)
        assert visitor is not None
        shown = responses.questionnaire(
            session,
            visitor=visitor,
            occasion_id=phone.occasion_id,
            instrument="itch",
            language="ar",
            now=MORNING,
        )
        wordings = session.scalars(select(Answer.wording_id).order_by(Answer.id)).all()
    assert shown.answers == {"itch": 3, "sleep": 1}
    assert shown.wording.language == "ar"
    assert len(set(wordings)) == 2
