"""The conversation with a mail server, step by step: what is known of a message's fate is known exactly."""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from app.delivery.outcomes import NotSentError, UncertainError
from app.errors import Code, Refusal

TIMEOUT = 30  # seconds for each step
MOST_ON_A_LINE = 100
"""Servers end longer conversations by themselves, and not always politely."""
ACCEPTED, REFUSED, CLOSING = 250, 400, 421
FORM = "smtp://user:password@host:587?starttls, smtp://host:25 or smtps://user:password@host:465"
OUR_FAULT = b"5.7."
"""How the enhanced codes begin by which a server refuses us (policy, relaying), not the address."""
_ENHANCED = re.compile(rb"\b([245]\.\d{1,3}\.\d{1,3})\b")


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


class Line:
    """A connection to a mail server, opened by the first message and kept for those that follow.

    For one sender alone: two threads need a line each.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: smtplib.SMTP | None = None
        self._served = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """End the conversation; the next message opens another one."""
        connection, self._connection, self._served = self._connection, None, 0
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def hand_over(self, written: bytes, *, sender: str, to: str) -> None:
        """Give one message to the server; returns once the server has answered for it.

        A server ends a conversation that was idle or long enough. Where it does so before it has heard
        anything of this message, that is said again on a new connection, and nothing has left twice.
        """
        if self._served >= MOST_ON_A_LINE:
            self.hang_up()
        kept = self._connection is not None
        try:
            try:
                self._announce(sender, to)
            except _HungUpError:
                if not kept:
                    raise
                self.hang_up()
                self._announce(sender, to)
        except _HungUpError as fault:
            self.hang_up()
            # On a new connection, before it knew for whom the message is: that is about us.
            about_us = fault.what == "sender"
            raise NotSentError(f"connection lost: {fault}", temporary=True, server=about_us) from fault
        self._deliver(written)
        self._served += 1

    def _announce(self, sender: str, to: str) -> None:
        connection = self._connection = self._connection or _connected(server(self._url))
        # smtplib's own `mail` and `rcpt` take apart and put together addresses that are known to be plain.
        for said, what in ((f"MAIL FROM:<{sender}>", "sender"), (f"RCPT TO:<{to}>", "recipient")):
            try:
                answer = connection.docmd(said)
            except (smtplib.SMTPException, OSError) as fault:
                raise _HungUpError(type(fault).__name__, what) from fault
            if answer[0] == CLOSING:
                raise _HungUpError(str(CLOSING), what)
            try:
                _accepted(answer, what)
            except NotSentError:
                self._forget()
                raise

    def _deliver(self, written: bytes) -> None:
        connection = self._connection
        assert connection is not None  # noqa: S101 - _announce has opened it
        try:
            answer = connection.data(written)
        except smtplib.SMTPDataError as fault:
            self._forget()
            raise _refused((fault.smtp_code, _as_bytes(fault.smtp_error)), "message") from fault
        except (smtplib.SMTPException, OSError) as fault:
            self.hang_up()
            raise UncertainError(type(fault).__name__) from fault
        if answer[0] < REFUSED and not _is_yes(answer):
            self.hang_up()
            raise UncertainError(f"answer {answer[0]}")  # neither yes nor no
        if answer[0] == CLOSING:
            self.hang_up()
        _accepted(answer, "message")

    def _forget(self) -> None:
        """Take back what was announced, so that the next message begins anew; or begin a new conversation."""
        try:
            forgotten = self._connection is not None and self._connection.rset()[0] == ACCEPTED
        except (smtplib.SMTPException, OSError):
            forgotten = False
        if not forgotten:
            self.hang_up()


class _HungUpError(Exception):
    """The server ended the conversation before it was given the message: at `sender` or `recipient`."""

    def __init__(self, reason: str, what: str) -> None:
        super().__init__(reason)
        self.what = what


def _connected(to: Server) -> smtplib.SMTP:
    # Reading what all certificates rest on takes 20 ms and more: not for a conversation without any.
    context = ssl.create_default_context() if to.tls or to.starttls else None
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
    return connection


def _accepted(answer: tuple[int, bytes], what: str) -> None:
    if not _is_yes(answer):
        raise _refused(answer, what)


def _is_yes(answer: tuple[int, bytes]) -> bool:
    return 200 <= answer[0] < 300


def _refused(answer: tuple[int, bytes], what: str) -> NotSentError:
    """Return what a no means: of the sender, that the server takes no message of ours until that is mended.

    The code alone is kept: the words of servers repeat the address, which stands in no table but one.
    """
    code, words = answer
    found = _ENHANCED.search(words)
    detail = f"{code} {found[1].decode()}" if found else str(code)
    hard = code >= 500
    us = what == "sender" or (what == "recipient" and found is not None and found[1].startswith(OUR_FAULT))
    return NotSentError(
        f"{what} refused: {detail}",
        temporary=not hard or us,
        server=what == "sender",
        bounced=hard and what == "recipient" and not us,
    )


def _as_bytes(words: str | bytes) -> bytes:
    return words if isinstance(words, bytes) else words.encode()
