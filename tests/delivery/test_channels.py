"""The first channel that is open is used; what is known of a message's fate; nothing goes out twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select

from app import database, i18n
from app.config import PUSH_SERVICES, Config, new_vapid_key
from app.delivery.reminders import SendResult, send_due
from app.domain.reminders import MOST_TRIES
from app.domain.study import Channel
from app.errors import Code, Refusal
from app.formats.contact import ContactDetails
from app.formats.subscription import Subscription
from app.models import ContactHash, PushSubscription
from app.operations.contact_hashes import whose
from app.operations.contact_preferences import change_preferences
from app.operations.contacts import change_contact
from app.operations.push_subscriptions import subscribe
from app.operations.reminders import plan, plan_by_hand
from app.operations.studies import load_study
from tests.delivery.sender import clock, ends, plan_all, settings
from tests.fixtures.gateway import Gateway
from tests.fixtures.mail import Mailbox
from tests.fixtures.push_service import PushService
from tests.fixtures.study import COMMAND, CONTACT_KEYS, FOLDER, MORNING, STUDY, TinyStudy
from tests.operations.test_reminders import occasion

PHONE = "+34 600-111-222"
NUMBER = "+34600111222"


def with_channels(tiny: TinyStudy, *channels: Channel) -> TinyStudy:
    """Load the tiny study with these channels."""
    step = replace(
        STUDY.reminders[0],
        channel=None,
        channels=channels,
        text={"en": "Ready, {visit}: {link}", "ar": "أسئلتك جاهزة: {link}"},
    )
    folder = replace(FOLDER, study=replace(STUDY, reminders=(step,)))
    with database.writing(tiny.url) as session:
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    return tiny


@pytest.fixture
def three(tiny: TinyStudy) -> TinyStudy:
    return with_channels(tiny, "push", "email", "sms")


@pytest.fixture
def ready(three: TinyStudy, mailbox: Mailbox, gateway: Gateway, push_service: PushService) -> Config:
    """Return settings for every channel."""
    return replace(
        settings(three),
        sms_urls=(gateway.url,),
        vapid_private_key=push_service.key,
        vapid_subject="mailto:trial@example.org",
        push_services=(push_service.server.url.removeprefix("http://"),),
    )


def let_push(tiny: TinyStudy, participant_id: int, *browsers: Subscription) -> None:
    with database.writing(tiny.url) as session:
        for number, browser in enumerate(browsers):
            subscribe(
                session,
                participant_id=participant_id,
                subscription=browser,
                actor=COMMAND,
                now=MORNING + timedelta(seconds=number),
                contact_keys=CONTACT_KEYS,
            )


def by_channel(mailbox: Mailbox, gateway: Gateway, push_service: PushService) -> Sequence[int]:
    return (len(push_service.server.requests), len(mailbox.letters), len(gateway.texts))


def test_a_text_message_goes_once_to_the_number_in_its_readers_language(
    tiny: TinyStudy, gateway: Gateway
) -> None:
    with_channels(tiny, "sms")
    tiny.enrol("P-1", phone=PHONE)
    tiny.enrol("P-2", phone="٠٠٢٠ ١٠٠ ٥٥٥ ٦٦٦", language="ar", site="cai")
    plan_all(tiny)
    with_sms = replace(settings(tiny), smtp_url=None, sms_urls=(gateway.url,))
    assert send_due(with_sms, clock=clock) == SendResult(sent=2)
    assert send_due(with_sms, clock=clock) == SendResult()
    (number, words), (egyptian, arabic) = gateway.texts
    assert (number, egyptian) == (NUMBER, "+20100555666")
    assert words.startswith("Ready, Start: http://127.0.0.1:8000/p/")
    assert arabic.startswith("أسئلتك جاهزة: http")
    assert ends(tiny) == [("sent", None)] * 2


@pytest.mark.parametrize(
    ("answer", "result", "end"),
    [
        (
            429,
            SendResult(failed=1, down=frozenset({"sms"})),
            ("failed", "temporary: text message refused: HTTP 429"),
        ),
        (
            503,
            SendResult(failed=1, down=frozenset({"sms"})),
            ("failed", "temporary: text message refused: HTTP 503"),
        ),
        (
            401,
            SendResult(failed=1, down=frozenset({"sms"})),
            ("failed", "temporary: text message refused: HTTP 401"),
        ),
        (400, SendResult(failed=1), ("failed", "text message refused: HTTP 400")),
        # A gateway whose own server did not answer it may have handed the message on.
        (502, SendResult(uncertain=1), ("unknown", None)),
        (None, SendResult(uncertain=1), ("unknown", None)),
    ],
)
def test_what_is_known_of_a_text_message(
    tiny: TinyStudy, gateway: Gateway, answer: int | None, result: SendResult, end: tuple[str, str | None]
) -> None:
    with_channels(tiny, "sms")
    tiny.enrol("P-1", phone=PHONE)
    plan_all(tiny)
    gateway.server.answers = [answer]
    with_sms = replace(settings(tiny), sms_urls=(gateway.url,))
    assert send_due(with_sms, clock=clock) == result
    assert ends(tiny) == [end]
    assert send_due(with_sms, clock=clock) == SendResult()
    assert len(gateway.texts) == 1


def test_a_gateway_that_cannot_be_reached_hands_on_to_the_next(tiny: TinyStudy, gateway: Gateway) -> None:
    with_channels(tiny, "sms")
    tiny.enrol("P-1", phone=PHONE)
    plan_all(tiny)
    two = replace(settings(tiny), sms_urls=("json://127.0.0.1:9/?:to={to}", gateway.url))
    assert send_due(two, clock=clock) == SendResult(sent=1)
    assert len(gateway.texts) == 1


@pytest.mark.parametrize("url", ["nonsense://{to}", "json://127.0.0.1:9/"])
def test_a_wrong_sms_url_loses_nothing(tiny: TinyStudy, url: str) -> None:
    with_channels(tiny, "sms")
    tiny.enrol("P-1", phone=PHONE)
    plan_all(tiny)
    wrong = replace(settings(tiny), sms_urls=(url,))
    assert send_due(wrong, clock=clock) == SendResult(failed=1, down=frozenset({"sms"}))
    [(state, failure)] = ends(tiny)
    assert state == "failed"
    assert str(failure).startswith("temporary: not-configured: SMS_URL")


def test_what_is_no_number_bounces_without_a_request(tiny: TinyStudy, gateway: Gateway) -> None:
    with_channels(tiny, "sms")
    tiny.enrol("P-1", phone="ask his wife, 12")
    plan_all(tiny)
    assert send_due(replace(settings(tiny), sms_urls=(gateway.url,)), clock=clock) == SendResult(bounced=1)
    assert (ends(tiny), gateway.texts) == ([("bounced", "not a telephone number")], [])
    assert plan_all(tiny) == 0


def test_a_push_is_sealed_for_the_browser_and_leads_to_the_link(
    ready: Config, three: TinyStudy, push_service: PushService, mailbox: Mailbox, gateway: Gateway
) -> None:
    participant_id = three.enrol("P-1", phone=PHONE)
    let_push(three, participant_id, push_service.browser().subscription)
    plan_all(three)
    assert send_due(ready, clock=clock) == SendResult(sent=1)
    [(_, shown)] = push_service.shown
    assert (shown["title"], shown["body"], shown["lang"]) == ("Your questions", "Ready, Start", "en")
    assert shown["url"].startswith("http://127.0.0.1:8000/p/")
    assert b"questions" not in push_service.server.requests[0].body
    assert by_channel(mailbox, gateway, push_service) == (1, 0, 0)


@pytest.mark.parametrize("other", [True, False])
def test_a_browser_that_no_key_opens_is_passed_over_where_there_is_another_way(
    ready: Config, three: TinyStudy, push_service: PushService, mailbox: Mailbox, other: bool
) -> None:
    participant_id = three.enrol("P-1", email="p1@example.org" if other else None)
    with database.writing(three.url) as session:
        subscribe(
            session,
            participant_id=participant_id,
            subscription=push_service.browser().subscription,
            actor=COMMAND,
            now=MORNING,
            contact_keys=(Fernet.generate_key().decode(),),
        )
    plan_all(three)
    result = send_due(ready, clock=clock)
    assert (result.sent, len(mailbox.letters)) == ((1, 1) if other else (0, 0))
    [(state, failure)] = ends(three)
    assert state == ("sent" if other else "failed")
    assert other or "opens a push subscription" in (failure or "")
    assert plan_all(three) == 0


@pytest.mark.parametrize("gone", [404, 410])
def test_a_browser_that_is_gone_ends_its_subscription_and_the_next_way_is_taken(
    ready: Config,
    three: TinyStudy,
    push_service: PushService,
    mailbox: Mailbox,
    gateway: Gateway,
    gone: int,
) -> None:
    participant_id = three.enrol("P-1", phone=PHONE)
    let_push(three, participant_id, *(push_service.browser(name).subscription for name in ("old", "new")))
    plan_all(three)
    push_service.server.answers = [gone, gone]
    assert send_due(ready, clock=clock) == SendResult(sent=1)
    assert [request.path for request in push_service.server.requests] == ["/push/new", "/push/old"]
    assert by_channel(mailbox, gateway, push_service) == (2, 1, 0)
    with database.writing(three.url) as session:
        tomorrow = MORNING + timedelta(days=1)
        ids = plan_by_hand(
            session, occasion_ids=[occasion(three, participant_id)], now=tomorrow, actor=COMMAND
        )
    assert send_due(ready, clock=lambda: tomorrow, ids=ids) == SendResult(sent=1)
    assert by_channel(mailbox, gateway, push_service) == (2, 2, 0)


def test_a_subscription_that_is_behind_no_push_service_gets_nothing_and_ends(
    ready: Config, three: TinyStudy, push_service: PushService, mailbox: Mailbox, gateway: Gateway
) -> None:
    let_push(three, three.enrol("P-1", phone=PHONE), push_service.browser().subscription)
    plan_all(three)
    stricter = replace(ready, push_services=PUSH_SERVICES)
    assert send_due(stricter, clock=clock) == SendResult(sent=1)
    assert by_channel(mailbox, gateway, push_service) == (0, 1, 0)
    with database.reading(three.url) as session:
        assert session.scalars(select(PushSubscription.ended_at)).one() == MORNING


@pytest.mark.parametrize(
    ("answer", "result", "failure"),
    [
        (500, SendResult(uncertain=1), None),
        (None, SendResult(uncertain=1), None),
        (301, SendResult(failed=1), "push refused: HTTP 301"),
        (413, SendResult(failed=1), "push refused: HTTP 413"),
        (429, SendResult(failed=1), "temporary: push refused: HTTP 429"),
        (503, SendResult(failed=1), "temporary: push refused: HTTP 503"),
    ],
)
def test_what_is_known_of_a_push(
    ready: Config,
    three: TinyStudy,
    push_service: PushService,
    answer: int | None,
    result: SendResult,
    failure: str | None,
) -> None:
    let_push(three, three.enrol("P-1"), push_service.browser().subscription)
    plan_all(three)
    push_service.server.answers = [answer]
    assert send_due(ready, clock=clock) == result
    assert [failure_ for _, failure_ in ends(three)] == [failure]
    assert send_due(ready, clock=clock) == SendResult()
    assert len(push_service.server.requests) == 1


def test_a_browser_that_knows_another_key_ends_its_subscription_and_holds_up_no_other(
    three: TinyStudy, ready: Config, push_service: PushService, mailbox: Mailbox, gateway: Gateway
) -> None:
    with_other = replace(ready, vapid_private_key=new_vapid_key())
    let_push(three, three.enrol("P-1"), push_service.browser().subscription)
    plan_all(three)
    assert send_due(with_other, clock=clock) == SendResult(sent=1)
    assert by_channel(mailbox, gateway, push_service) == (1, 1, 0)


@pytest.mark.parametrize(
    ("answer", "result"),
    [(401, SendResult(sent=2)), (403, SendResult(sent=2)), (429, SendResult(sent=1, failed=1))],
)
def test_what_one_push_service_refuses_holds_up_no_other(
    ready: Config,
    three: TinyStudy,
    push_service: PushService,
    mailbox: Mailbox,
    answer: int,
    result: SendResult,
) -> None:
    for number in range(2):
        participant_id = three.enrol(f"P-{number}", email=f"p{number}@example.org")
        let_push(three, participant_id, push_service.browser(f"b{number}").subscription)
    plan_all(three)
    push_service.server.answers = [answer]
    assert send_due(ready, clock=clock) == result
    assert len(push_service.shown) >= 1
    assert len(mailbox.letters) == result.sent - 1


def test_a_setting_with_which_nothing_can_leave_leaves_nothing_of_unknown_fate(
    ready: Config, three: TinyStudy, mailbox: Mailbox, gateway: Gateway, push_service: PushService
) -> None:
    let_push(three, three.enrol("P-1"), push_service.browser().subscription)
    three.enrol("P-2", email="two@example.org")
    plan_all(three)
    wrong = replace(ready, vapid_subject="nobody", public_url="https://españa.example.org")  # not by `load`
    assert send_due(wrong, clock=clock) == SendResult(failed=2)
    assert ends(three) == [
        ("failed", "temporary: push: VapidException"),
        ("failed", "temporary: message: UnicodeEncodeError"),
    ]
    assert by_channel(mailbox, gateway, push_service) == (0, 0, 0)


@pytest.mark.parametrize("channel", ["push", "email", "sms"])
def test_words_that_cannot_be_made_leave_nothing_of_unknown_fate(
    tiny: TinyStudy,
    ready: Config,
    monkeypatch: pytest.MonkeyPatch,
    push_service: PushService,
    channel: Channel,
) -> None:
    with_channels(tiny, channel)
    let_push(tiny, tiny.enrol("P-1", phone=PHONE), push_service.browser().subscription)
    plan_all(tiny)
    monkeypatch.setattr(i18n, "format_day", lambda _: 1 / 0)
    assert send_due(ready, clock=clock) == SendResult(failed=1)
    assert ends(tiny) == [("failed", "temporary: words: ZeroDivisionError")]


def test_the_participants_choice_comes_first_where_it_can_be_used(
    ready: Config, three: TinyStudy, mailbox: Mailbox, gateway: Gateway, push_service: PushService
) -> None:
    chooser, without = three.enrol("P-1", phone=PHONE), three.enrol("P-2", email="two@example.org")
    with database.writing(three.url) as session:
        for each in (chooser, without):
            change_preferences(
                session,
                participant_id=each,
                channel="sms",
                hour=None,
                paused_until=None,
                actor=COMMAND,
                now=MORNING,
            )
    plan_all(three)
    assert send_due(ready, clock=clock) == SendResult(sent=2)
    assert [number for number, _ in gateway.texts] == [NUMBER]
    assert [letter.recipients for letter in mailbox.letters] == [("two@example.org",)]


def test_a_bounced_address_is_left_for_the_next_channel_and_used_again_once_changed(
    ready: Config, three: TinyStudy, mailbox: Mailbox, gateway: Gateway
) -> None:
    participant_id = three.enrol("P-1", phone=PHONE)
    mailbox.refuse = {"someone@example.org": "550 5.1.1 nobody"}
    plan_all(three)
    assert send_due(ready, clock=clock) == SendResult(sent=1)
    assert (len(gateway.texts), len(mailbox.letters)) == (1, 0)
    tomorrow = MORNING + timedelta(days=1)
    with database.writing(three.url) as session:
        change_contact(
            session,
            participant_id=participant_id,
            details=ContactDetails("Name", "right@example.org", PHONE, 1958),
            actor=COMMAND,
            now=tomorrow,
            contact_keys=CONTACT_KEYS,
        )
    with database.writing(three.url) as session:
        ids = plan_by_hand(
            session, occasion_ids=[occasion(three, participant_id)], now=tomorrow, actor=COMMAND
        )
    assert send_due(ready, clock=lambda: tomorrow, ids=ids) == SendResult(sent=1)
    assert [letter.recipients for letter in mailbox.letters] == [("right@example.org",)]


def test_an_address_that_no_mail_server_takes_is_left_for_the_next_channel(
    ready: Config, three: TinyStudy, mailbox: Mailbox, gateway: Gateway
) -> None:
    three.enrol("P-1", email="josé@example.org", phone=PHONE)
    plan_all(three)
    assert send_due(ready, clock=clock) == SendResult(sent=1)
    assert (len(gateway.texts), mailbox.letters) == (1, [])
    assert ends(three) == [("sent", None)]


def test_what_bounced_goes_again_once_there_is_another_address(tiny: TinyStudy, mailbox: Mailbox) -> None:
    participant_id = tiny.enrol("P-1")
    mailbox.refuse = {"someone@example.org": "550 5.1.1 nobody"}
    plan_all(tiny)
    assert send_due(settings(tiny), clock=clock) == SendResult(bounced=1)
    assert plan_all(tiny) == 0
    with database.writing(tiny.url) as session:
        change_contact(
            session,
            participant_id=participant_id,
            details=ContactDetails("Name", "right@example.org", None, 1958),
            actor=COMMAND,
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )
    assert plan_all(tiny) == 1
    assert send_due(settings(tiny), clock=clock) == SendResult(sent=1)


def test_a_refusal_of_us_is_no_bounce(tiny: TinyStudy, mailbox: Mailbox) -> None:
    tiny.enrol("P-1")
    mailbox.refuse = {"someone@example.org": "550 5.7.1 relaying denied"}
    plan_all(tiny)
    assert send_due(settings(tiny), clock=clock) == SendResult(failed=1)
    assert ends(tiny) == [("failed", "temporary: recipient refused: 550 5.7.1")]


def test_a_channel_that_is_down_holds_up_no_other(
    tiny: TinyStudy, mailbox: Mailbox, gateway: Gateway
) -> None:
    with_channels(tiny, "sms", "email")
    for number in range(3):
        tiny.enrol(f"P-{number}", phone=f"+3460011122{number}")
        tiny.enrol(f"Q-{number}", email=f"q{number}@example.org")
    plan_all(tiny)
    gateway.server.answers = [503]
    both = replace(settings(tiny), sms_urls=(gateway.url,))
    assert send_due(both, clock=clock) == SendResult(sent=3, failed=1, down=frozenset({"sms"}))
    assert sorted(state for state, _ in ends(tiny)) == [
        "failed",
        "planned",
        "planned",
        "sent",
        "sent",
        "sent",
    ]


def test_it_is_given_up_after_some_tries(tiny: TinyStudy, mailbox: Mailbox) -> None:
    tiny.enrol("P-1")
    mailbox.refuse = {"someone@example.org": "450 4.2.0 later"}
    plan_all(tiny)
    now, tried = MORNING, 0
    while now < MORNING + timedelta(days=7):
        tried += send_due(settings(tiny), clock=lambda now=now: now).failed  # type: ignore[misc]  # bound now
        now += timedelta(minutes=30)
        with database.writing(tiny.url) as session:
            plan(session, study_id=tiny.study_id, now=now, actor=COMMAND)
    assert tried == MOST_TRIES
    assert [state for state, _ in ends(tiny)] == ["failed"]


def test_with_another_installations_keys_nothing_is_touched(tiny: TinyStudy, mailbox: Mailbox) -> None:
    tiny.enrol("P-1")
    plan_all(tiny)
    another = replace(settings(tiny), contact_keys=(Fernet.generate_key().decode(),))
    with pytest.raises(Refusal) as refused:
        send_due(another, clock=clock)
    assert refused.value.code is Code.NOT_CONFIGURED
    assert ends(tiny) == [("planned", None)]
    assert send_due(settings(tiny), clock=clock) == SendResult(sent=1)


def test_the_hashes_of_those_enrolled_before_are_made_when_they_are_written_to(
    tiny: TinyStudy, mailbox: Mailbox
) -> None:
    participant_id = tiny.enrol("P-1")
    with database.writing(tiny.url) as session:
        session.execute(delete(ContactHash))
    plan_all(tiny)
    assert send_due(settings(tiny), clock=clock) == SendResult(sent=1)
    with database.reading(tiny.url) as session:
        found = whose(session, kind="email", address="SOMEONE@example.org ", contact_keys=CONTACT_KEYS)
    assert found == [participant_id]
