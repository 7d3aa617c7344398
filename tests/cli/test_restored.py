"""`hepatica database restored`: what was done since a backup was made does no harm."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import clock, database
from app.models import EmailChange, Link, Participant, PasswordLink
from app.operations.links import issue_link
from app.operations.restored import SIGNED
from tests.fixtures.command_line import hepatica
from tests.fixtures.mail import Mailbox
from tests.fixtures.study import COMMAND, CONTACT_KEYS, MORNING, TinyStudy

pytestmark = pytest.mark.usefixtures("at_database")


def test_nobody_is_reminded_twice(tiny: TinyStudy, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_KEYS", ",".join(CONTACT_KEYS))
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    for number in range(2):  # one was planned before the backup was made, one was not
        tiny.enrol(f"P-{number}", email=f"p{number}@example.org")
        if number == 0:
            hepatica("reminders", "plan")
    night = MORNING.replace(hour=23)
    monkeypatch.setattr(clock, "now", lambda: night)
    said = hepatica("database", "restored").stdout
    assert said.startswith("tiny: 2 messages may have left; staff decide about each\n")
    assert hepatica("database", "restored").stdout.startswith("tiny: 0 ")
    tomorrow = MORNING + timedelta(1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    tiny.enrol("P-2", email="p2@example.org", day_0=tomorrow.date(), now=tomorrow)
    hepatica("reminders", "plan")
    assert hepatica("reminders", "send").stdout == "Sent: 1, failed: 0\n"
    assert len(mailbox.to("p2@example.org")) == len(mailbox.letters) == 1
    assert "wait for someone to decide: unknown 2" in hepatica("reminders", "status").stdout


def test_no_id_is_given_again_where_the_database_can_skip_some(tiny: TinyStudy) -> None:
    first = tiny.enrol("P-1")
    with database.reading(tiny.url) as session:
        lost = (session.scalar(select(func.max(Link.id))) or 0) + 1  # what the next link would have been
    said = hepatica("database", "restored").stdout
    if tiny.url.startswith("sqlite"):
        assert "replace LINK_KEYS" in said
        return
    second = tiny.enrol("P-2")
    with database.writing(tiny.url) as session:
        given = [
            issue_link(session, participant_id=each, actor=COMMAND, now=MORNING) for each in (first, second)
        ]
    assert min(given) > lost + 1000
    assert second > first + 1000


def test_of_every_token_the_ids_are_skipped() -> None:
    tokens = {path.stem for path in (Path(__file__).parents[2] / "app" / "formats").glob("*_token.py")}
    holders = {
        "email_token": EmailChange,
        "link_token": Link,
        "password_token": PasswordLink,
        "stop_token": Participant,
    }
    assert tokens == holders.keys()
    assert set(SIGNED) == set(holders.values())
