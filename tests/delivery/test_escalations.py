"""An alert past its deadline: those in charge are mailed once, in neutral words, whatever breaks."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import database
from app.config import Config
from app.delivery.escalations import ESCALATOR, Escalated, escalate_overdue
from app.domain.actor import Role
from app.domain.alerts import MOST_TRIES
from app.models import Account, Alert, AlertMail, AlertStep, AuditEntry
from app.operations import escalations
from app.operations.accounts import add_account
from app.operations.alert_steps import close_alert
from app.queries import alert_mails
from app.queries.audit import verify
from tests.delivery.test_reminders import closed_port
from tests.fixtures.mail import Mailbox
from tests.fixtures.phone import Clock, NewPhone, configured
from tests.fixtures.study import COMMAND, MORNING, TinyStudy


@pytest.fixture
def config(alarming: TinyStudy, mailbox: Mailbox, tmp_path: Path) -> Config:
    """The settings with a mail server."""
    return replace(configured(alarming.url), smtp_url=mailbox.url, outbox=tmp_path / "outbox")


@pytest.fixture
def late(alarming: TinyStudy, new_phone: NewPhone, time: Clock) -> None:
    """Two alerts in Madrid and one in Cairo, a day old, and the staff of both."""
    staff: tuple[tuple[Role, str | None], ...] = (
        ("coordinator", "mad"),
        ("coordinator", "cai"),
        ("administrator", None),
        ("monitor", None),
    )
    for role, site in staff:
        add(alarming, role, site)
    for code, site in (("M-1", "mad"), ("M-2", "mad"), ("C-1", "cai")):
        phone = new_phone(code, site=site).open()
        phone.save(phone.survey(), itch="4", sleep="4")
    time.pass_by(hours=24)


def add(tiny: TinyStudy, role: Role, site: str | None) -> None:
    with database.writing(tiny.url) as session:
        add_account(
            session,
            email=f"{role}-{site}@example.org",
            name=f"{role} {site}",
            role=role,
            study_id=tiny.study_id,
            site=site,
            password="correct horse battery staple",
            actor=COMMAND,
            now=MORNING,
        )


def escalate(config: Config, time: Clock) -> Escalated:
    return escalate_overdue(config, clock=lambda: time.at)


def test_each_is_mailed_once_about_all_of_theirs(
    config: Config, late: None, time: Clock, mailbox: Mailbox, alarming: TinyStudy
) -> None:
    assert escalate(config, time) == Escalated(alerts=3, sent=3)
    assert escalate(config, time) == Escalated()
    time.pass_by(days=3)
    assert escalate(config, time) == Escalated()
    told = {letter.recipients[0]: letter.text() for letter in mailbox.letters}
    assert set(told) == {
        "coordinator-mad@example.org",
        "coordinator-cai@example.org",
        "administrator-none@example.org",
    }
    assert "what became of them: 2." in told["coordinator-mad@example.org"]
    assert "what became of them: 3." in told["administrator-none@example.org"]
    assert "http://localhost/staff/alerts?study=tiny" in told["coordinator-cai@example.org"]
    words = " ".join([*told.values(), *(letter.subject for letter in mailbox.letters)]).lower()
    assert not [word for word in ("m-1", "c-1", "itch", "sleep", "cells", "alarm", "madrid") if word in words]
    with database.reading(alarming.url) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "alert.mail")).all()
        assert [entry.new and entry.new["fate"] for entry in entries] == ["sent"] * 6
        assert list(verify(session)) == []


def test_before_the_deadline_and_after_a_disposition_nobody_is_told(
    config: Config, late: None, time: Clock, mailbox: Mailbox, alarming: TinyStudy
) -> None:
    with database.writing(alarming.url) as session:
        for alert_id in session.scalars(select(Alert.id)).all():
            close_alert(session, alert_id=alert_id, disposition="in-care", actor=COMMAND, now=time.at)
    assert escalate(config, time) == Escalated()
    assert mailbox.letters == []


def test_an_alert_that_ends_before_its_mail_leaves_is_dropped_from_it(
    config: Config, late: None, time: Clock, mailbox: Mailbox, alarming: TinyStudy
) -> None:
    mailbox.refuse = {
        f"{name}@example.org": "451 later"
        for name in ("coordinator-mad", "coordinator-cai", "administrator-none")
    }
    assert escalate(config, time) == Escalated(alerts=3, failed=3)
    with database.writing(alarming.url) as session:
        close_alert(session, alert_id=1, disposition="in-care", actor=COMMAND, now=time.at)
        session.execute(
            update(Account)
            .where(Account.email == "coordinator-cai@example.org")
            .values(deactivated_at=time.at)
        )
    mailbox.refuse = {}
    assert escalate(config, time) == Escalated()
    time.pass_by(minutes=15)
    assert escalate(config, time) == Escalated(sent=2)
    texts = [letter.text() for letter in mailbox.letters]
    assert sorted("became of them: 2." in each for each in texts) == [False, True]
    with database.reading(alarming.url) as session:
        dropped = session.scalars(select(AlertMail).where(AlertMail.dropped_at.is_not(None))).all()
        assert sorted(each.failure or "" for each in dropped) == [
            "ended meanwhile",
            "ended meanwhile",
            "the account is not in use",
        ]


def test_a_mail_that_is_put_off_again_and_again_is_given_up(
    config: Config, late: None, time: Clock, mailbox: Mailbox, alarming: TinyStudy
) -> None:
    mailbox.refuse = {"coordinator-cai@example.org": "451 later"}
    assert escalate(config, time) == Escalated(alerts=3, sent=2, failed=1)
    tried = [time.at]
    for _ in range(4 * 24):
        time.pass_by(minutes=15)
        if escalate(config, time).failed:
            tried.append(time.at)
    quarter = timedelta(minutes=15)
    assert [after - before for before, after in pairwise(tried)] == [quarter * 2**n for n in range(5)]
    assert len(tried) == MOST_TRIES
    with database.reading(alarming.url) as session:
        [mail] = session.scalars(select(AlertMail).where(AlertMail.failed_at.is_not(None)))
        assert (mail.tries, mail.failure, mail.failed_at) == (6, "recipient refused: 451", tried[-1])
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "alert.mail")).all()
        assert sorted(str(entry.new and entry.new["fate"]) for entry in entries) == ["failed"] + ["sent"] * 5
        assert list(verify(session)) == []


def test_a_server_that_is_down_counts_against_no_mail(
    config: Config, late: None, time: Clock, mailbox: Mailbox, alarming: TinyStudy
) -> None:
    with closed_port() as port:
        down = replace(config, smtp_url=f"smtp://127.0.0.1:{port}")
        assert escalate(down, time) == Escalated(alerts=3, failed=1)
        for _ in range(MOST_TRIES):
            assert escalate(down, time) == Escalated(failed=1)
    assert escalate(config, time) == Escalated(sent=3)


def test_what_a_crash_leaves_is_listed_and_not_sent_again(
    config: Config, late: None, time: Clock, mailbox: Mailbox, alarming: TinyStudy
) -> None:
    for alert_id in (1, 2, 3):
        with database.writing(alarming.url) as session:
            assert escalations.escalate(session, alert_id=alert_id, now=time.at, actor=ESCALATOR)
    with database.writing(alarming.url) as session:
        taken = escalations.claim(session, now=time.at, actor=ESCALATOR)
    assert taken is not None
    assert escalate(config, time) == Escalated(sent=2)
    assert taken.address not in [letter.recipients[0] for letter in mailbox.letters]
    with database.reading(alarming.url) as session:
        assert {row.alert_id for row in alert_mails.unclear(session)}
        assert len(alert_mails.unclear(session)) == len(taken.ids)


def test_two_senders_never_take_the_same(late: None, time: Clock, alarming: TinyStudy) -> None:
    for alert_id in (1, 2, 3):
        for _ in range(2):
            with database.writing(alarming.url) as session:
                escalations.escalate(session, alert_id=alert_id, now=time.at, actor=ESCALATOR)
    taken: list[int] = []
    while True:
        with database.writing(alarming.url) as session:
            mail = escalations.claim(session, now=time.at, actor=ESCALATOR)
        if mail is None:
            break
        taken += mail.ids
    assert len(taken) == len(set(taken)) == 6  # two each of two sites: Madrid's two, Cairo's one
    with database.reading(alarming.url) as session:
        assert session.scalars(select(AlertStep.alert_id).order_by(AlertStep.alert_id)).all() == [1, 2, 3]


def test_a_site_with_nobody_to_tell_waits_until_there_is_someone(
    config: Config, alarming: TinyStudy, new_phone: NewPhone, time: Clock, mailbox: Mailbox
) -> None:
    phone = new_phone("M-1", site="mad").open()
    phone.save(phone.survey(), itch="4", sleep="4")
    time.at += timedelta(hours=24)
    assert escalate(config, time) == Escalated(nobody=1)
    add(alarming, "coordinator", "mad")
    assert escalate(config, time) == Escalated(alerts=1, sent=1)


def test_many_at_once_tell_of_each_alert_once(
    config: Config, late: None, time: Clock, mailbox: Mailbox, alarming: TinyStudy
) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = [each.result() for each in [pool.submit(escalate, config, time) for _ in range(4)]]
    assert sum(each.alerts for each in done) >= 3  # one that came too late found it done
    told: Counter[str] = Counter()
    for letter in mailbox.letters:
        number = re.search(r"became of them: (\d+)\.", letter.text())
        assert number is not None
        told[letter.recipients[0]] += int(number[1])
    assert told == {
        "coordinator-mad@example.org": 2,
        "coordinator-cai@example.org": 1,
        "administrator-none@example.org": 3,
    }
    with database.reading(alarming.url) as session:
        assert session.scalars(select(AlertStep.alert_id).order_by(AlertStep.alert_id)).all() == [1, 2, 3]
        assert all(mail.sent_at for mail in session.scalars(select(AlertMail)))
        assert list(verify(session)) == []
