"""A message arrives as it was written, in every script, and says no more about itself than it must."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import config
from app.delivery.email import Message, composed, send
from app.delivery.outcomes import NotSentError
from app.delivery.smtp import server
from app.errors import Code, Refusal
from tests.fixtures.mail import Mailbox

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
WORDS = {
    "en": ("Your questions", "Please answer: https://example.org/p/abc"),
    "es": ("Sus preguntas de hoy: ¿cómo está?", "Le pedimos que responda: https://example.org/p/abc"),
    "zh-Hans": ("您的问卷", "请回答:https://example.org/p/abc"),
    "hi": ("आपके प्रश्न", "कृपया उत्तर दें: https://example.org/p/abc"),
    "ar": ("أسئلتك", "يرجى الإجابة: https://example.org/p/abc"),
}
LINE = "سطر طويل " * 300


@pytest.mark.parametrize("language", WORDS)
def test_arrives_word_for_word(mailbox: Mailbox, language: str) -> None:
    subject, body = WORDS[language]
    message = Message("one@example.org", subject, f"{body}\n\n{LINE}\n", language)
    assert send(message, config=config.load(), now=NOW) == "sent"
    [letter] = mailbox.wait()
    assert (letter.sender, letter.recipients) == ("hepatica@localhost", ("one@example.org",))
    assert (letter.subject, letter.text()) == (subject, f"{body}\n\n{LINE}\n")
    assert letter.message["Content-Language"] == language


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("Please answer.\n.\n..\nFrom here: trailing blanks  \n", "7bit"),
        (f"{'a' * 998}\n", "7bit"),  # RFC 5321, 4.5.3.1.6: a line has 1000 octets with its end
        (f"{'a' * 999}\n", "quoted-printable"),
        ("a\0b\n", "quoted-printable"),
        ("Le pedimos que responda: ¿cómo está? = \t\n.\n", "quoted-printable"),
        ("يرجى الإجابة\n", "base64"),
        ("", "7bit"),
    ],
)
def test_a_text_travels_in_short_lines_of_ascii_and_python_reads_it_again(body: str, encoding: str) -> None:
    made = composed(Message("one@example.org", "Subject", body, "en"), sender="h@example.org", now=NOW)
    assert made.written.isascii()
    assert max(map(len, made.written.split(b"\r\n"))) <= 998
    assert b"\n" not in made.written.replace(b"\r\n", b"")
    read = email.message_from_bytes(made.written, policy=email.policy.default)
    assert (read["Content-Transfer-Encoding"], read.defects) == (encoding, [])
    assert read.get_content().replace("\r\n", "\n") == body


def test_headers_are_those_of_a_machine_and_nothing_follows_the_reader(mailbox: Mailbox) -> None:
    send(Message("one@example.org", *WORDS["ar"], "ar"), config=config.load(), now=NOW)
    [letter] = mailbox.wait()
    made = letter.message
    assert made["Date"] == "Mon, 05 Jan 2026 09:30:00 +0000"
    assert made["Auto-Submitted"] == "auto-generated"
    assert str(made["Message-ID"]).endswith("@localhost>")
    assert (made.get_content_type(), made.get_content_charset(), made.is_multipart()) == (
        "text/plain",
        "utf-8",
        False,
    )
    assert made.as_bytes().isascii()
    asked = {"Disposition-Notification-To", "Return-Receipt-To", "List-Unsubscribe", "Cc", "Bcc"}
    assert asked.isdisjoint(made.keys())


def test_the_address_to_stop_is_for_mail_programs_and_travels_in_one_line(mailbox: Mailbox) -> None:
    stop = f"https://trial.example.org/stop/{'long' * 30}"
    send(Message("one@example.org", *WORDS["ar"], "ar", stop), config=config.load(), now=NOW)
    [letter] = mailbox.wait()
    lines = letter.raw.splitlines()
    assert f"List-Unsubscribe: <{stop}>".encode() in lines  # an encoded word is read by no mail program
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    with pytest.raises(Refusal, match="stop"):
        send(Message("one@example.org", "S", "B", "en", f"{stop}\nBcc: x"), config=config.load(), now=NOW)


@pytest.mark.parametrize("sign", ["\n", "\r", "\r\n", "\0", "\u2028", "\u0085"])
def test_a_header_cannot_be_forged(sign: str) -> None:
    for message in (
        Message(f"one@example.org{sign}Bcc: two@example.org", "Subject", "Body", "en"),
        Message("one@example.org", f"Subject{sign}Bcc: two@example.org", "Body", "en"),
    ):
        with pytest.raises(Refusal) as refused:
            composed(message, sender="Hepatica <h@example.org>", now=NOW)
        assert refused.value.code is Code.FAULTY_INPUT


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b, c@d", "a b@example.org", "<a@example.org>", "a@example.org>", "méd@example.org"],
)
def test_what_is_not_one_address_takes_no_mail(address: str) -> None:
    with pytest.raises(NotSentError) as fault:
        composed(Message(address, "Subject", "Body", "en"), sender="h@example.org", now=NOW)
    assert (fault.value.temporary, fault.value.server, fault.value.bounced) == (False, False, True)
    assert fault.value.reason == "not one e-mail address that mail servers take"


@pytest.mark.parametrize(
    ("answer", "reason", "temporary"),
    [
        ("550 5.1.1 <one@example.org> unknown", "recipient refused: 550 5.1.1", False),
        ("451 4.7.1 come back later", "recipient refused: 451 4.7.1", True),
        ("552 full", "recipient refused: 552", False),
    ],
)
def test_a_refused_recipient_is_told_without_the_address(
    mailbox: Mailbox, answer: str, reason: str, temporary: bool
) -> None:
    mailbox.refuse["one@example.org"] = answer
    with pytest.raises(NotSentError) as fault:
        send(Message("one@example.org", "S", "B", "en"), config=config.load(), now=NOW)
    assert (fault.value.reason, fault.value.temporary, fault.value.server) == (reason, temporary, False)
    assert mailbox.letters == []


def test_a_domain_in_another_script_is_written_as_it_travels(mailbox: Mailbox) -> None:
    # authority: "españa.es" in Punycode, as IANA's registry writes it
    send(Message("one@españa.es", "S", "B", "en"), config=config.load(), now=NOW)
    assert mailbox.wait()[0].recipients == ("one@xn--espaa-rta.es",)


def test_without_a_server_it_is_written_and_not_called_sent(tmp_path: Path) -> None:
    settings = replace(config.load(), smtp_url=None, outbox=tmp_path / "outbox")
    assert send(Message("one@example.org", *WORDS["hi"], "hi"), config=settings, now=NOW) == "written"
    [written] = settings.outbox.iterdir()
    assert (written.suffix, written.stat().st_mode & 0o777) == (".eml", 0o600)
    read = email.message_from_bytes(written.read_bytes(), policy=email.policy.default)
    assert (read["Subject"], read.get_content().strip()) == WORDS["hi"]


def test_the_address_of_a_server_is_read() -> None:
    found = server("smtp://user:p%40ss@mail.example.org?starttls")
    assert (found.host, found.port, found.username, found.password) == (
        "mail.example.org",
        587,
        "user",
        "p@ss",
    )
    assert (found.tls, found.starttls) == (False, True)
    assert (server("smtps://mail.example.org").port, server("smtp://mail.example.org").port) == (465, 25)
    assert server("smtp://mail.example.org:2525?starttls").port == 2525


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://m:x",
        "smtp://user:pass@mail.example.org",
    ],
)
def test_a_server_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(Refusal, match="SMTP_URL") as refused:
        server(url)
    assert refused.value.code is Code.NOT_CONFIGURED
