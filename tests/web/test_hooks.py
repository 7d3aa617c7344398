"""A gateway reports bounces and answers: signed, fresh, once; nobody else can, and nobody learns anything."""

import hmac
import json
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import database
from app.delivery.reminders import send_due
from app.models import AuditEntry, ContactHash
from app.queries.contact_preferences import preference
from app.web import create_app
from app.web.hooks import sign
from tests.delivery.sender import ends, plan_all, settings
from tests.fixtures.mail import Mailbox
from tests.fixtures.phone import Clock, configured
from tests.fixtures.study import MORNING, TinyStudy

KEY = "a hook key of at least thirty-two signs"
ADDRESS = "someone@example.org"


@pytest.fixture
def app(tiny: TinyStudy, time: Clock) -> Flask:
    return create_app(replace(configured(tiny.url), hook_key=KEY))


def post(
    app: Flask,
    channel: str,
    *,
    time: Clock,
    key: str = KEY,
    stamp: str | None = None,
    signature: str | None = None,
    **said: object,
) -> TestResponse:
    body = json.dumps(said).encode()
    stamp = stamp or str(int(time.at.timestamp()))
    signed = sign(channel, body, stamp=stamp, key=key) if signature is None else signature
    headers = {"Hepatica-Timestamp": stamp, "Hepatica-Signature": signed}
    return app.test_client().post(
        f"/hooks/{channel}", data=body, headers=headers, content_type="application/json"
    )


def stopped(tiny: TinyStudy, participant_id: int) -> bool:
    with database.reading(tiny.url) as session:
        return preference(session, participant_id=participant_id).stopped


def bounced(tiny: TinyStudy) -> list[tuple[int, str]]:
    with database.reading(tiny.url) as session:
        rows = session.scalars(select(ContactHash).where(ContactHash.bounced_at.is_not(None)))
        return [(row.participant_id, row.kind) for row in rows]


def test_stop_from_a_phone_stops_and_start_starts(app: Flask, tiny: TinyStudy, time: Clock) -> None:
    theirs, other = tiny.enrol("P-1", phone="0034 600-111-222"), tiny.enrol("P-2", phone="+34 600 111 223")
    answer = post(app, "sms", time=time, kind="reply", contact="34600111222", text="Parar!")
    assert (answer.status_code, answer.data) == (204, b"")
    assert (stopped(tiny, theirs), stopped(tiny, other)) == (True, False)
    post(app, "sms", time=time, kind="reply", contact="+34600111222", text="I feel ill")
    assert stopped(tiny, theirs)
    post(app, "sms", time=time, kind="reply", contact="+34600111222", text="start")
    assert not stopped(tiny, theirs)
    post(app, "sms", time=time, kind="stop", contact="+34600111222")
    assert stopped(tiny, theirs)
    with database.reading(tiny.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "preference.stop")).first()
        assert entry is not None
        assert (entry.actor, entry.reason) == (f"participant:{theirs}", "by an answer to a message")
        everything = [str(vars(each)) for each in session.scalars(select(AuditEntry))]
    assert not any("600111222" in each or "feel ill" in each for each in everything)


def test_a_later_bounce_marks_the_message_and_closes_the_address(
    app: Flask, tiny: TinyStudy, time: Clock, mailbox: Mailbox
) -> None:
    participant_id = tiny.enrol("P-1")
    plan_all(tiny)
    assert send_due(settings(tiny), clock=lambda: MORNING).sent == 1
    assert post(app, "email", time=time, kind="bounce", contact="Someone@Example.org").status_code == 204
    assert bounced(tiny) == [(participant_id, "email")]
    assert ends(tiny) == [("bounced", "reported after sending: the address takes no messages")]
    time.pass_by(minutes=1)
    post(app, "email", time=time, kind="bounce", contact=ADDRESS)
    assert plan_all(tiny) == 0
    with database.reading(tiny.url) as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("%.bounce"))).all()
    assert sorted(actions) == ["contact.bounce", "reminder.bounce"]


def test_a_report_is_taken_once(app: Flask, tiny: TinyStudy, time: Clock) -> None:
    participant_id = tiny.enrol("P-1", phone="+34600111222")
    said = {"kind": "reply", "contact": "+34600111222"}
    first = str(int(time.at.timestamp()))
    post(app, "sms", time=time, stamp=first, text="STOP", **said)
    post(app, "sms", time=time, text="START", **said)
    again = post(app, "sms", time=time, stamp=first, text="STOP", **said)
    assert (again.status_code, stopped(tiny, participant_id)) == (204, False)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_one_is_refused(app: Flask, tiny: TinyStudy, time: Clock, minutes: int) -> None:
    tiny.enrol("P-1")
    stamp = str(int(time.at.timestamp()) + 60 * minutes)
    assert post(app, "email", time=time, stamp=stamp, kind="bounce", contact=ADDRESS).status_code == 403
    assert bounced(tiny) == []


@pytest.mark.parametrize(
    "forged",
    [
        {"key": "another key that is long enough, too"},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "é"},
        {"stamp": "yesterday"},
        {"stamp": "-1"},
    ],
)
def test_a_forged_one_is_refused_without_a_word(
    app: Flask, tiny: TinyStudy, time: Clock, forged: dict[str, str]
) -> None:
    tiny.enrol("P-1")
    answer = post(app, "email", time=time, kind="bounce", contact=ADDRESS, **forged)
    assert (answer.status_code, answer.data, bounced(tiny)) == (403, b"", [])


def test_a_body_changed_on_the_way_is_refused(app: Flask, tiny: TinyStudy, time: Clock) -> None:
    tiny.enrol("P-1")
    stamp = str(int(time.at.timestamp()))
    body = json.dumps({"kind": "delivered", "contact": ADDRESS}).encode()
    signed = sign("email", body, stamp=stamp, key=KEY)
    answer = post(app, "email", time=time, stamp=stamp, signature=signed, kind="bounce", contact=ADDRESS)
    assert (answer.status_code, bounced(tiny)) == (403, [])


def test_one_sent_on_to_another_channel_is_refused(app: Flask, tiny: TinyStudy, time: Clock) -> None:
    tiny.enrol("P-1")
    said, stamp = {"kind": "bounce", "contact": ADDRESS}, str(int(time.at.timestamp()))
    signed = sign("sms", json.dumps(said).encode(), stamp=stamp, key=KEY)
    answer = post(app, "email", time=time, stamp=stamp, signature=signed, **said)
    assert (answer.status_code, bounced(tiny)) == (403, [])


def test_a_signature_is_made_as_the_page_for_gateways_says() -> None:
    text = b'1767603600.sms.{"kind": "stop", "contact": "+34600111222"}'
    made = sign("sms", text.removeprefix(b"1767603600.sms."), stamp="1767603600", key=KEY)
    assert made == hmac.new(KEY.encode(), text, "sha256").hexdigest()


def test_without_a_key_nobody_is_heard(tiny: TinyStudy, time: Clock) -> None:
    tiny.enrol("P-1")
    deaf = create_app(configured(tiny.url))
    assert post(deaf, "email", time=time, kind="bounce", contact=ADDRESS).status_code == 403


def test_an_unknown_address_is_answered_as_a_known_one(app: Flask, tiny: TinyStudy, time: Clock) -> None:
    tiny.enrol("P-1")
    known = post(app, "email", time=time, kind="bounce", contact=ADDRESS)
    unknown = post(app, "email", time=time, kind="bounce", contact="nobody@example.org")
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data) == (204, b"")


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("pigeon", {"kind": "bounce", "contact": ADDRESS}),
        ("push", {"kind": "bounce", "contact": ADDRESS}),
        ("email", {"kind": "burn", "contact": ADDRESS}),
        ("email", {"kind": "bounce"}),
        ("email", {"kind": "bounce", "contact": ["x"]}),
        ("email", {"kind": ["bounce"], "contact": ADDRESS}),
        ("sms", {"kind": "reply", "contact": ADDRESS, "text": 7}),
    ],
)
def test_what_is_signed_and_no_report(app: Flask, time: Clock, channel: str, said: dict[str, object]) -> None:
    assert post(app, channel, time=time, **said).status_code == 422  # type: ignore[arg-type]  # words
