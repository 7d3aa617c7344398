"""A death stops every message at once, whoever reports it; one that is refuted lets them start again."""

from datetime import timedelta

import pytest

from app import database
from app.delivery import email
from app.delivery.reminders import SendResult, send_due
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.errors import Code, Refusal
from app.operations.events import report_event
from app.operations.link_mails import prepare_link_mail
from app.operations.readings import read_event
from app.operations.reminders import plan, plan_by_hand
from app.queries import link_requests
from tests.delivery.sender import clock, ends, plan_all, settings
from tests.fixtures.mail import Mailbox
from tests.fixtures.study import COMMAND, CONTACT_KEYS, MORNING, TinyStudy
from tests.operations.test_reminders import occasion


def died(tiny: TinyStudy, participant_id: int, actor: Actor = COMMAND) -> int:
    """Report a death; only the year is known."""
    with database.writing(tiny.url) as session:
        return report_event(
            session,
            participant_id=participant_id,
            kind="death",
            started=PartialDate(2026),
            report_id="d",
            actor=actor,
            now=MORNING,
        )


@pytest.mark.parametrize("by", ["staff", "a relative on the participant's phone"])
def test_what_waits_is_dropped_and_nothing_new_is_made(tiny: TinyStudy, mailbox: Mailbox, by: str) -> None:
    participant_id = tiny.enrol("P-1")
    assert plan_all(tiny) == 1
    actor = COMMAND if by == "staff" else Actor("proxy", participant_id)
    event_id = died(tiny, participant_id, actor)
    assert send_due(settings(tiny), clock=clock) == SendResult()
    assert ends(tiny)[0][0] == "dropped"
    assert plan_all(tiny) == 0
    with database.writing(tiny.url) as session, pytest.raises(Refusal) as refusal:
        prepare_link_mail(
            session, participant_id=participant_id, actor=COMMAND, now=MORNING, contact_keys=CONTACT_KEYS
        )
    assert refusal.value.code == Code.DEAD
    with database.reading(tiny.url) as session:
        assert link_requests.open_requests(session, actor=COMMAND, study_id=tiny.study_id) == []
    assert mailbox.letters == []
    refuted(tiny, event_id)
    an_hour_later = MORNING + timedelta(hours=1)
    with database.writing(tiny.url) as session:
        assert plan(session, study_id=tiny.study_id, now=an_hour_later, actor=COMMAND) == 1
    assert send_due(settings(tiny), clock=lambda: an_hour_later).sent == 1


def refuted(tiny: TinyStudy, event_id: int) -> None:
    """Refute a death."""
    with database.writing(tiny.url) as session:
        read_event(session, event_id=event_id, decision="refuted", actor=COMMAND, now=MORNING)


def test_one_asked_for_by_hand_is_not_sent(tiny: TinyStudy, mailbox: Mailbox) -> None:
    participant_id = tiny.enrol("P-1")
    died(tiny, participant_id)
    with database.writing(tiny.url) as session:
        ids = plan_by_hand(session, occasion_ids=[occasion(tiny, participant_id)], now=MORNING, actor=COMMAND)
    assert send_due(settings(tiny), clock=clock, ids=ids) == SendResult()
    assert mailbox.letters == []


def test_one_reported_while_others_are_sent_stops_what_is_still_to_come(
    tiny: TinyStudy, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [tiny.enrol(f"P-{number}", email=f"p{number}@example.org") for number in range(3)]
    plan_all(tiny)
    send = email.send

    def send_and_hear(*given: object, **also: object) -> object:
        died(tiny, people[2])
        return send(*given, **also)  # type: ignore[arg-type]

    monkeypatch.setattr(email, "send", send_and_hear)
    assert send_due(settings(tiny), clock=clock) == SendResult(sent=2)
    assert {recipient for letter in mailbox.wait(2) for recipient in letter.recipients} == {
        "p0@example.org",
        "p1@example.org",
    }


def test_a_death_that_is_a_duplicate_of_a_refuted_one_stops_nothing(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    event_id = died(tiny, participant_id)
    with database.writing(tiny.url) as session:
        again = report_event(
            session,
            participant_id=participant_id,
            kind="death",
            started=PartialDate(2026, 1, 2),
            report_id="again",
            actor=COMMAND,
            now=MORNING,
        )
        read_event(
            session,
            event_id=again,
            decision="duplicate",
            duplicate_of=event_id,
            actor=COMMAND,
            now=MORNING,
        )
    assert plan_all(tiny) == 0
    refuted(tiny, event_id)
    assert plan_all(tiny) == 1
