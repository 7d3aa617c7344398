"""`hepatica alerts` and `hepatica queries`: what they say and do."""

import threading
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from app import clock, config, database
from app.cli import main
from app.cli.worker import look_after
from app.operations import escalations
from app.operations.accounts import add_account
from tests.fixtures.mail import Mailbox
from tests.fixtures.phone import Clock, NewPhone
from tests.fixtures.study import COMMAND, CONTACT_KEYS, LINK_KEYS, MORNING, TinyStudy

Hepatica = Callable[..., Result]


@pytest.fixture
def hepatica(
    alarming: TinyStudy, new_phone: NewPhone, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> Hepatica:
    """Run a command a day after an alert was raised in Madrid, where there is a coordinator."""
    for name, value in (
        ("DATABASE_URL", alarming.url),
        ("CONTACT_KEYS", ",".join(CONTACT_KEYS)),
        ("LINK_KEYS", ",".join(LINK_KEYS)),
    ):
        monkeypatch.setenv(name, value)
    with database.writing(alarming.url) as session:
        add_account(
            session,
            email="c@example.org",
            name="C",
            role="coordinator",
            study_id=alarming.study_id,
            site="mad",
            password="correct horse battery staple",
            actor=COMMAND,
            now=MORNING,
        )
    phone = new_phone("M-1", site="mad").open()
    phone.save(phone.survey(), itch="4", sleep="4")
    time.pass_by(days=1)
    assert clock.now() == time.at

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, catch_exceptions=False)

    return run


def test_a_late_alert_is_told_of_once(hepatica: Hepatica, mailbox: Mailbox) -> None:
    assert hepatica("alerts", "escalate").output == "Escalated: 1, mails sent: 1, failed: 0\n"
    assert hepatica("alerts", "escalate").output == "Escalated: 0, mails sent: 0, failed: 0\n"
    assert len(mailbox.to("c@example.org")) == 1


def test_without_a_mail_server_it_says_that_nothing_was_sent(hepatica: Hepatica) -> None:
    said = hepatica("alerts", "escalate").output
    assert said.startswith("Escalated: 1, mails sent: 0, failed: 0, written to ")
    assert "NOT sent, because SMTP_URL is not set: 1" in said


def test_what_a_crash_leaves_is_listed(hepatica: Hepatica, alarming: TinyStudy, time: Clock) -> None:
    with database.writing(alarming.url) as session:
        escalations.escalate(session, alert_id=1, now=time.at, actor=COMMAND)
        escalations.claim(session, now=time.at, actor=COMMAND)
    assert "unknown since 2026-01-06 09:00 UTC: alert 1 to account 1" in hepatica("alerts", "escalate").output


def test_the_worker_tells_of_it_too(hepatica: Hepatica, mailbox: Mailbox) -> None:
    look_after(config.load(), threading.Event(), checking=True)
    assert len(mailbox.to("c@example.org")) == 1


def test_checks_that_find_nothing(hepatica: Hepatica) -> None:
    assert hepatica("queries", "check").output == "Queries raised: 0\n"
    assert hepatica("queries", "check", "--study", "nowhere").exit_code == 2
