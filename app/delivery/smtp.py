"""The conversation with a mail server, step by step: what is known of a message's fate is known exactly."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from app.errors import Code, Refusal

TIMEOUT = 30  # seconds for each step
FORM = "smtp://user:password@host:587?starttls, smtp://host:25 or smtps://user:password@host:465"
_ENHANCED = re.compile(rb"\b([245]\.\d{1,3}\.\d{1,3})\b")


class NotSentError(Exception):
    """The message surely did not leave. `temporary`: it may later; `server`: nor would any other now."""

    def __init__(self, reason: str, *, temporary: bool, server: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.temporary = temporary
        self.server = server


class UncertainError(Exception):
    """The connection broke after the message was handed over and before the server said that it has it."""


@dataclass(frozen=True)
class Server:
    """Where and how to hand mail over."""

    host: str
    port: int
    username: str | None
    password: str
    tls: bool
    starttls: bool


def server(url: str) -> Server:
    """Read SMTP_URL; Refusal NOT_CONFIGURED for what cannot work or would send a password in the clear."""
    parts = urlsplit(url)
    starttls = "starttls" in parse_qs(parts.query, keep_blank_values=True)
    tls = parts.scheme == "smtps"
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == 0:
        raise Refusal(Code.NOT_CONFIGURED, f"SMTP_URL: write {FORM}")
    if parts.username and not (tls or starttls) and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise Refusal(Code.NOT_CONFIGURED, "SMTP_URL: a password needs smtps:// or ?starttls")
    return Server(
        host=parts.hostname,
        port=port or (465 if tls else 587 if starttls else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=starttls,
    )


def hand_over(message: EmailMessage, *, sender: str, to: str, url: str) -> None:
    """Give one message to the server; returns once the server has answered for it."""
    with _connected(server(url)) as connection:
        try:
            _accepted(connection.mail(sender), "sender")
            _accepted(connection.rcpt(to), "recipient")
        except (smtplib.SMTPException, OSError) as fault:
            raise NotSentError(f"connection lost: {type(fault).__name__}", temporary=True) from fault
        try:
            answer = connection.data(message.as_bytes())
        except smtplib.SMTPDataError as fault:
            raise _refused((fault.smtp_code, _as_bytes(fault.smtp_error)), "message") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise UncertainError(type(fault).__name__) from fault
        _accepted(answer, "message")


@contextmanager
def _connected(to: Server) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    connection: smtplib.SMTP | None = None
    try:
        if to.tls:
            connection = smtplib.SMTP_SSL(to.host, to.port, timeout=TIMEOUT, context=context)
        else:
            connection = smtplib.SMTP(to.host, to.port, timeout=TIMEOUT)
        if to.starttls:
            connection.starttls(context=context)
        connection.ehlo_or_helo_if_needed()
        if to.username is not None:
            connection.login(to.username, to.password)
    except (smtplib.SMTPException, OSError) as fault:
        if connection is not None:
            connection.close()
        reason = f"mail server {to.host}:{to.port}: {type(fault).__name__}"
        raise NotSentError(reason, temporary=True, server=True) from fault
    try:
        yield connection
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()


def _accepted(answer: tuple[int, bytes], what: str) -> None:
    if not 200 <= answer[0] < 300:
        raise _refused(answer, what)


def _refused(answer: tuple[int, bytes], what: str) -> NotSentError:
    # The code alone: the words of servers repeat the address, which stands in no table but one.
    code, words = answer
    found = _ENHANCED.search(words)
    detail = f"{code} {found[1].decode()}" if found else str(code)
    return NotSentError(f"{what} refused: {detail}", temporary=code < 500)


def _as_bytes(words: str | bytes) -> bytes:
    return words if isinstance(words, bytes) else words.encode()
