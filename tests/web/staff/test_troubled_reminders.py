"""What failed, bounced or is of unknown fate comes to staff, who decide about each, with a reason, once."""

import csv
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import database
from app.delivery.reminders import send_due
from app.models import AuditEntry, ContactHash, Reminder
from app.operations.reminder_claims import claim
from app.queries.troubled_reminders import AT_WORK
from tests.delivery.sender import plan_all, settings
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.mail import Mailbox
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock
from tests.fixtures.study import CONTACT_KEYS, MORNING, TinyStudy


@pytest.fixture
def trouble(tiny: TinyStudy, mailbox: Mailbox, time: Clock) -> TinyStudy:
    """One message of each kind of trouble in Madrid, one that is tried again, one in Cairo."""
    for code in ("BOUNCED", "FAILED", "LATER"):
        tiny.enrol(code, email=f"{code.lower()}@example.org")
    tiny.enrol("CAIRO", site="cai", email="cairo@example.org")
    mailbox.refuse = {
        "bounced@example.org": "550 5.1.1 nobody",
        "failed@example.org": "550 5.7.1 not from you",
        "later@example.org": "450 4.2.0 later",
        "cairo@example.org": "550 5.1.1 nobody",
    }
    plan_all(tiny)
    send_due(settings(tiny), clock=lambda: MORNING)
    with database.writing(tiny.url) as session:  # as where the server takes no such message
        failed = session.scalars(select(Reminder).order_by(Reminder.id)).all()[1]
        failed.failure = "message refused: 554 5.6.0"
    tiny.enrol("UNKNOWN", email="unknown@example.org")
    plan_all(tiny)
    with database.writing(tiny.url) as session:
        claim(session, now=MORNING, limit=1, contact_keys=CONTACT_KEYS)
    time.pass_by(minutes=11)
    mailbox.refuse = {}
    return tiny


def reminder(tiny: TinyStudy, number: int) -> Reminder:
    with database.reading(tiny.url) as session:
        return session.scalars(select(Reminder).order_by(Reminder.id)).all()[number]


BOUNCED, FAILED, LATER, CAIRO, UNKNOWN = range(5)


def test_each_is_listed_with_what_to_do(coordinator: StaffBrowser, trouble: TinyStudy) -> None:
    page = coordinator.get("/reminders")
    rows = {text(each.find("./th")): text(each) for each in page.iter("tr") if each.find("./td") is not None}
    assert set(rows) == {"BOUNCED", "FAILED", "UNKNOWN"}
    assert "Check the address" in rows["BOUNCED"]
    assert "when the cause is gone" in rows["FAILED"]
    assert "Nobody knows whether this message left" in rows["UNKNOWN"]
    only = coordinator.get("/reminders", state="bounced")
    assert "FAILED" not in text(only.find(".//tbody"))


def test_what_a_sender_holds_right_now_is_not_called_lost(
    coordinator: StaffBrowser, trouble: TinyStudy, time: Clock
) -> None:
    time.at = MORNING + AT_WORK - timedelta(seconds=1)
    assert "UNKNOWN" not in text(coordinator.get("/reminders"))


def test_the_list_leaves_as_a_file_of_the_own_site(coordinator: StaffBrowser, trouble: TinyStudy) -> None:
    answer = coordinator.client.get("/staff/reminders?as=csv")
    rows = list(csv.DictReader(answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()))
    assert [(row["participant"], row["state"]) for row in rows] == [
        ("BOUNCED", "bounced"),
        ("FAILED", "failed"),
        ("UNKNOWN", "unknown"),
    ]
    assert "example.org" not in answer.get_data(as_text=True)


def test_it_is_left_with_a_reason(coordinator: StaffBrowser, trouble: TinyStudy) -> None:
    key = reminder(trouble, FAILED).id
    coordinator.get(f"/reminders/{key}")
    assert coordinator.post(f"/reminders/{key}", {"do": "leave", "reason": " "}).status_code == 422
    assert coordinator.post(f"/reminders/{key}", {"do": "leave", "reason": "called"}).status_code == 303
    assert "FAILED" not in text(coordinator.get("/reminders").find(".//tbody"))
    with database.reading(trouble.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "reminder.settle")).one()
        assert (entry.reason, entry.new, entry.actor) == (
            "called",
            {"decision": "leave"},
            coordinator.actor.label,
        )
    assert coordinator.post(f"/reminders/{key}", {"do": "leave", "reason": "again"}).status_code == 404


@pytest.mark.parametrize(
    ("number", "address"), [(BOUNCED, "bounced"), (UNKNOWN, "unknown"), (FAILED, "failed")]
)
def test_it_is_sent_again_once_and_the_address_trusted(
    coordinator: StaffBrowser, trouble: TinyStudy, mailbox: Mailbox, number: int, address: str
) -> None:
    key = reminder(trouble, number)
    form = {"do": "again", "reason": "the mailbox was full", "occasion": key.occasion_id}
    answer = coordinator.post(f"/reminders/{key.id}", form)
    assert answer.status_code == 303
    assert "Sent" in text(coordinator.get(answer.location.removeprefix("/staff")))
    assert coordinator.post(f"/reminders/{key.id}", form).status_code == 404
    assert len(mailbox.to(f"{address}@example.org")) == 1
    with database.reading(trouble.url) as session:
        assert (
            not session.scalars(
                select(ContactHash)
                .where(ContactHash.bounced_at.is_not(None))
                .where(ContactHash.participant_id == 1)
            ).all()
            or number != BOUNCED
        )


def test_nobody_decides_for_another_site_and_monitors_only_read(
    coordinator: StaffBrowser, new_staff: NewStaff, trouble: TinyStudy
) -> None:
    key = reminder(trouble, CAIRO).id
    coordinator.get(f"/reminders/{key}", status=404)
    assert coordinator.post(f"/reminders/{key}", {"do": "leave", "reason": "x"}).status_code == 404
    monitor = new_staff("monitor")
    page = monitor.get("/reminders")
    assert "CAIRO" in text(page)
    assert not [each for each in page.iter("a") if f"/reminders/{key}" in each.get("href", "")]
    assert monitor.post(f"/reminders/{key}", {"do": "leave", "reason": "x"}).status_code == 403


def test_a_visit_that_is_closed_is_not_reminded_of(
    new_staff: NewStaff, trouble: TinyStudy, time: Clock, mailbox: Mailbox
) -> None:
    time.pass_by(days=20)
    coordinator = new_staff("coordinator", site="mad")
    key = reminder(trouble, FAILED)
    page = coordinator.post(f"/reminders/{key.id}", {"do": "again", "reason": "x"})
    assert page.status_code == 422
    assert "leave it" in page.get_data(as_text=True)
    assert mailbox.letters == []
    assert "LATER" in text(coordinator.get("/reminders"))  # given up with its visit
