"""What people answer in their own words reaches staff, sealed, and every look at it is recorded."""

import pytest
from flask import Flask
from sqlalchemy import select

from app import database
from app.delivery.reminders import send_due
from app.models import AuditEntry, Reminder, Reply
from app.queries.audit import verify
from app.queries.reminders import status
from tests.delivery.sender import plan_all, settings
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.mail import Mailbox
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Clock
from tests.fixtures.study import MORNING, TinyStudy
from tests.web.test_hooks import ADDRESS, app, post

__all__ = ["app"]
WORDS = "My father died yesterday.\nPlease do not write any more" + " to him" * 1000  # whole, however long


@pytest.fixture
def answered(app: Flask, tiny: TinyStudy, time: Clock) -> int:
    """Someone in Madrid whose number answered."""
    participant_id = tiny.enrol("M-1", phone="+34600111222")
    sent = post(app, "sms", time=time, kind="reply", contact="+34600111222", text=f" {WORDS} ")
    assert (sent.status_code, sent.data) == (204, b"")
    return participant_id


def actions(tiny: TinyStudy, participant_id: int) -> list[str]:
    with database.reading(tiny.url) as session:
        assert list(verify(session)) == []
        found = select(AuditEntry.action).where(AuditEntry.chain == f"participant:{participant_id}")
        told = session.scalars(found.order_by(AuditEntry.id)).all()
    return [each for each in told if each.startswith("reply.")]


def test_a_coordinator_reads_it_and_deals_with_it(
    coordinator: StaffBrowser, answered: int, tiny: TinyStudy
) -> None:
    for address in ("/today", "/reminders"):
        page = coordinator.get(address)
        assert "Answers to messages" in text(page)
        assert "died" not in text(page)
        assert page.find(".//a[@href='/staff/replies/1']") is not None
    assert actions(tiny, answered) == ["reply.receive"]
    opened = coordinator.get("/replies/1")
    assert heading(opened) == "Answer of M-1"
    assert " ".join(WORDS.split()) in text(opened)
    assert actions(tiny, answered) == ["reply.receive", "reply.read"]
    for _ in range(2):  # pressed twice
        assert coordinator.post("/replies/1").location == "/staff/reminders"
    assert actions(tiny, answered) == ["reply.receive", "reply.read", "reply.settle"]
    assert "Answers to messages" not in text(coordinator.get("/today"))
    assert coordinator.get("/replies/1").findall(".//main//form") == []


def test_its_words_stand_nowhere_in_the_open(answered: int, tiny: TinyStudy) -> None:
    with database.reading(tiny.url) as session:
        kept = [str(vars(each)) for table in (Reply, AuditEntry) for each in session.scalars(select(table))]
    assert len(kept) > 2
    assert not any("father" in each or "600111222" in each for each in kept)


def test_a_monitor_sees_that_there_is_one_and_another_site_nothing(
    new_staff: NewStaff, answered: int, tiny: TinyStudy
) -> None:
    monitor, cairo = new_staff("monitor"), new_staff("coordinator", site="cai")
    page = monitor.get("/reminders")
    assert "Answers to messages" in text(page)
    assert page.find(".//a[@href='/staff/replies/1']") is None
    assert monitor.client.get("/staff/replies/1").status_code == 403
    assert "Answers to messages" not in text(cairo.get("/reminders"))
    for number in (1, 99):
        assert cairo.client.get(f"/staff/replies/{number}").status_code == 404
        assert cairo.post(f"/replies/{number}").status_code == 404
    assert actions(tiny, answered) == ["reply.receive"]


def test_an_empty_one_and_a_strangers_are_not_kept(app: Flask, tiny: TinyStudy, time: Clock) -> None:
    tiny.enrol("M-1", phone="+34600111222")
    post(app, "sms", time=time, kind="reply", contact="+34600111222", text="  ")
    post(app, "sms", time=time, kind="reply", contact="+34600111223", text=WORDS)
    post(app, "sms", time=time, kind="delivered", contact="+34600111222", text=WORDS)
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Reply)).all() == []


def test_a_delivery_is_noted_once_on_the_last_message_that_left(
    app: Flask, tiny: TinyStudy, time: Clock, mailbox: Mailbox
) -> None:
    tiny.enrol("M-1")
    post(app, "email", time=time, kind="delivered", contact=ADDRESS)  # nothing has left yet
    plan_all(tiny)
    assert send_due(settings(tiny), clock=lambda: MORNING).sent == 1
    for _ in range(2):
        time.pass_by(minutes=1)
        assert post(app, "email", time=time, kind="delivered", contact=ADDRESS).status_code == 204
    with database.reading(tiny.url) as session:
        (sent,) = session.scalars(select(Reminder))
        assert sent.delivered_at is not None
        assert sent.sent_at is not None
        counts = status(session, study_id=tiny.study_id).counts
        assert (counts["delivered"], counts["sent"]) == (1, 0)
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "reminder.deliver")).all()
        assert [each.actor for each in told] == ["command:hook email"]
        assert list(verify(session)) == []
    assert plan_all(tiny) == 0  # it counts as sent


def test_one_that_came_back_was_not_delivered(
    app: Flask, tiny: TinyStudy, time: Clock, mailbox: Mailbox
) -> None:
    tiny.enrol("M-1")
    plan_all(tiny)
    send_due(settings(tiny), clock=lambda: MORNING)
    post(app, "email", time=time, kind="bounce", contact=ADDRESS)
    post(app, "email", time=time, kind="delivered", contact=ADDRESS)
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Reminder.delivered_at)).all() == [None]
