"""Reminders leave in the reader's language; what became of each is recorded, and nothing goes out twice."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from app import database
from app.delivery import email
from app.delivery.reminders import SendResult, preview, send_due
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import stop_token
from app.operations.reminders import plan, plan_by_hand
from app.queries import access
from tests.delivery.sender import clock, ends, plan_all, settings
from tests.fixtures import mail
from tests.fixtures.mail import Mailbox
from tests.fixtures.study import COMMAND, LINK_KEYS, MORNING, TinyStudy
from tests.operations.test_reminders import die, occasion


def test_each_reader_gets_one_in_their_language_with_a_link_that_works(
    tiny: TinyStudy, mailbox: Mailbox
) -> None:
    english = tiny.enrol("P-1", email="one@example.org")
    tiny.enrol("P-2", email="two@example.org", language="ar", site="cai")
    assert plan_all(tiny) == 2
    assert send_due(settings(tiny), clock=clock) == SendResult(sent=2)
    assert send_due(settings(tiny), clock=clock) == SendResult()
    assert ends(tiny) == [("sent", None), ("sent", None)]
    [letter], [arabic] = mailbox.to("one@example.org"), mailbox.to("two@example.org")
    assert (letter.subject, arabic.subject) == ("Your questions", "أسئلتك")
    assert arabic.text().startswith("يرجى الإجابة: http://127.0.0.1:8000/p/")
    words, _, ending = letter.text().strip().rpartition("\n\n")
    token = words.rpartition("/p/")[2]
    with database.reading(tiny.url) as session:
        state = access.link(session, token=token, keys=LINK_KEYS, now=MORNING)
    assert state is not None
    assert (state.participant_id, state.usable) == (english, True)
    stop = f"http://127.0.0.1:8000/stop/{stop_token.sign(english, LINK_KEYS)}"
    assert ending == f"To get no more reminders: {stop}"
    assert letter.message["List-Unsubscribe"] == f"<{stop}>"
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_link_handed_out_before_is_the_one_in_the_mail(tiny: TinyStudy, mailbox: Mailbox) -> None:
    tiny.enrol("P-1")
    config_ = settings(tiny)
    for day in range(2):
        with database.writing(tiny.url) as session:
            ids = plan_by_hand(session, occasion_ids=[1], now=MORNING.replace(day=5 + day), actor=COMMAND)
        assert send_due(config_, clock=lambda day=day: MORNING.replace(day=5 + day), ids=ids).sent == 1  # type: ignore[misc]  # a default binds the day
    first, second = mailbox.wait(2)
    assert first.text() == second.text()


def test_a_refused_recipient_is_failed_and_the_others_are_served(tiny: TinyStudy, mailbox: Mailbox) -> None:
    mailbox.refuse = {
        "one@example.org": "550 5.1.1 no one@example.org here",
        "two@example.org": "450 4.2.0 later",
    }
    for number, address in enumerate(["one@example.org", "two@example.org", "three@example.org"]):
        tiny.enrol(f"P-{number}", email=address)
    plan_all(tiny)
    assert send_due(settings(tiny), clock=clock) == SendResult(sent=1, failed=1, bounced=1)
    assert ends(tiny) == [
        ("bounced", "recipient refused: 550 5.1.1"),
        ("failed", "temporary: recipient refused: 450 4.2.0"),
        ("sent", None),
    ]


@contextmanager
def closed_port() -> Iterator[int]:
    """Give a port on which nobody listens, and let the guard of the tests allow it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused, and no one else can take it
        port: int = taken.getsockname()[1]
        mail._ports_of_mailboxes.add(port)
        yield port
        mail._ports_of_mailboxes.remove(port)


def test_with_the_server_down_one_fails_for_a_while_and_the_rest_waits(
    tiny: TinyStudy, mailbox: Mailbox
) -> None:
    for number in range(3):
        tiny.enrol(f"P-{number}", email=f"p{number}@example.org")
    plan_all(tiny)
    with closed_port() as port:
        down = replace(settings(tiny), smtp_url=f"smtp://127.0.0.1:{port}")
        assert send_due(down, clock=clock) == SendResult(failed=1, down=frozenset({"email"}))
    assert [state for state, _ in ends(tiny)] == ["failed", "planned", "planned"]
    # The server is back: nothing was lost.
    an_hour_later = MORNING.replace(hour=10)
    with database.writing(tiny.url) as session:
        assert plan(session, study_id=tiny.study_id, now=an_hour_later, actor=COMMAND) == 1
    assert send_due(settings(tiny), clock=lambda: an_hour_later).sent == 3
    assert sorted(letter.recipients for letter in mailbox.wait(3)) == [
        (f"p{n}@example.org",) for n in range(3)
    ]


def test_a_sender_that_dies_leaves_its_message_to_be_shown_and_not_sent_again(
    tiny: TinyStudy, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.enrol("P-1")
    plan_all(tiny)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr(email, "send", killed)
        with pytest.raises(KeyboardInterrupt):
            send_due(settings(tiny), clock=clock)
    assert ends(tiny) == [("unknown", None)]
    assert (plan_all(tiny), send_due(settings(tiny), clock=clock)) == (0, SendResult())
    assert mailbox.letters == []


def test_a_connection_that_breaks_after_the_handing_over_leaves_its_fate_unknown(
    tiny: TinyStudy, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.enrol("P-1")
    plan_all(tiny)

    async def takes_it_and_hangs_up(server: object, *_: object) -> str:
        server.transport.abort()  # type: ignore[attr-defined]  # aiosmtpd's SMTP
        return "250 OK"

    monkeypatch.setattr(
        Mailbox, "handle_DATA", lambda _box, server, *rest: takes_it_and_hangs_up(server, *rest)
    )
    assert send_due(settings(tiny), clock=clock) == SendResult(uncertain=1)
    assert ends(tiny) == [("unknown", None)]


def test_without_a_server_they_are_written_and_not_called_sent(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    plan_all(tiny)
    assert send_due(settings(tiny), clock=clock) == SendResult(written=1)
    assert ends(tiny) == [("failed", "written to the outbox folder, not sent: SMTP_URL is not set")]


def test_a_death_stops_what_a_running_sender_has_not_sent_yet(
    tiny: TinyStudy, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.enrol("P-1", email="one@example.org")
    second = tiny.enrol("P-2", email="two@example.org")
    plan_all(tiny)
    send = email.send

    def send_and_hear_of_a_death(*message: object, **named: object) -> object:
        if not mailbox.letters:
            die(tiny, second)
        return send(*message, **named)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(email, "send", send_and_hear_of_a_death)
    assert send_due(settings(tiny), clock=clock) == SendResult(sent=1)
    assert ends(tiny) == [("sent", None), ("dropped", "dead")]
    assert [letter.recipients for letter in mailbox.letters] == [("one@example.org",)]


def test_two_workers_at_once_send_each_exactly_once(tiny: TinyStudy, mailbox: Mailbox) -> None:
    addresses = [f"p{number}@example.org" for number in range(10)]
    for number, address in enumerate(addresses):
        tiny.enrol(f"P-{number}", email=address)
    plan_all(tiny)
    results: list[SendResult] = []
    workers = [
        threading.Thread(target=lambda: results.append(send_due(settings(tiny), clock=clock)))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(result.sent for result in results) == 10
    assert sorted(letter.recipients[0] for letter in mailbox.letters) == addresses
    assert ends(tiny) == [("sent", None)] * 10


def test_a_sender_stops_between_two_messages(tiny: TinyStudy, mailbox: Mailbox) -> None:
    for number in range(3):
        tiny.enrol(f"P-{number}", email=f"p{number}@example.org")
    plan_all(tiny)
    assert send_due(settings(tiny), clock=clock, stop=lambda: bool(mailbox.letters)) == SendResult(sent=1)
    assert [state for state, _ in ends(tiny)] == ["sent", "planned", "planned"]


def test_a_preview_shows_the_words_or_why_there_are_none_and_sends_nothing(
    tiny: TinyStudy, mailbox: Mailbox
) -> None:
    first, second = tiny.enrol("P-1", language="ar", site="cai"), tiny.enrol("P-2")
    die(tiny, second)
    ids = [occasion(tiny, first), occasion(tiny, second)]
    with database.reading(tiny.url) as session:
        arabic, dead = preview(
            session, occasion_ids=ids, now=MORNING, actor=COMMAND, public_url="https://example.org"
        )
        elsewhere = Actor("account", 1, "c", "coordinator", tiny.study_id, "mad")
        with pytest.raises(Refusal) as refused:
            preview(session, occasion_ids=ids, now=MORNING, actor=elsewhere, public_url="")
    assert refused.value.code is Code.NOT_FOUND
    assert (arabic.subject, arabic.body) == (
        "أسئلتك",
        "يرجى الإجابة: https://example.org/p/…\n\nلإيقاف جميع التذكيرات: https://example.org/stop/…\n",
    )
    assert (arabic.not_owed, dead.not_owed) == (None, "dead")
    assert (ends(tiny), mailbox.letters) == ([], [])


def test_a_wrong_smtp_url_loses_nothing(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    plan_all(tiny)
    wrong = replace(settings(tiny), smtp_url="mail.example.org")
    assert send_due(wrong, clock=clock) == SendResult(failed=1, down=frozenset({"email"}))
    [(state, failure)] = ends(tiny)
    assert state == "failed"
    assert str(failure).startswith("temporary: not-configured: SMTP_URL")
