"""E-mail: plain text, by SMTP, or into the outbox folder where no mail server is set."""

import base64
import binascii
import os
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, make_msgid, parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Literal

from email_validator import EmailNotValidError, validate_email

from app.config import Config
from app.delivery import smtp
from app.delivery.outcomes import NotSentError, UncertainError, before_leaving
from app.errors import Code, Refusal
from app.operations.link_mails import MailFate

Outcome = Literal["sent", "written"]


# Every line is ASCII on the way: no server on it can bend Arabic or Hindi.
_POLICY = EmailPolicy(linesep="\r\n", cte_type="7bit")

LONGEST_LINE = 998
"""Of a message on its way, without its end (RFC 5321, 4.5.3.1.6)."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Line feeds and all other control characters (Cc), and the separators that some servers take for one."""

_bare = lru_cache(maxsize=8)(lambda sender: parseaddr(sender)[1])


@dataclass(frozen=True)
class Message:
    """One message to one reader; `stop` is the address that ends all further ones, for mail programs."""

    to: str
    subject: str
    body: str
    language: str
    stop: str | None = None


@dataclass(frozen=True)
class Letter:
    """A message as it travels: its one recipient in ASCII, its Message-ID, and all of its bytes."""

    to: str
    number: str
    written: bytes


def send(message: Message, *, config: Config, now: datetime, line: smtp.Line | None = None) -> Outcome:
    """Hand a message to the mail server, or write it to the outbox: "written" is not sent.

    `line` is a conversation with the server that goes on after this message; without it, one of its own.
    Raises NotSentError where it surely was not sent (`bounced` where the address takes none), UncertainError
    where nobody can know, and Refusal FAULTY_INPUT for an address or subject that could forge headers. No
    transaction may be open.
    """
    with before_leaving("message"):
        made = composed(message, sender=config.mail_from, now=now)
    if config.smtp_url is None:
        with before_leaving("outbox"):
            _write(made, config.outbox)
        return "written"
    sender = _bare(config.mail_from)
    if line is not None:
        line.hand_over(made.written, sender=sender, to=made.to)
        return "sent"
    with smtp.Line(config.smtp_url) as own:
        own.hand_over(made.written, sender=sender, to=made.to)
    return "sent"


def attempt(message: Message, *, config: Config, now: datetime) -> tuple[MailFate, str]:
    """Send one message and return what became of it, and why where it did not go well."""
    try:
        return send(message, config=config, now=now), ""
    except UncertainError as fault:
        return "uncertain", str(fault)
    except (NotSentError, Refusal) as fault:
        return "failed", str(fault)


def composed(message: Message, *, sender: str, now: datetime) -> Letter:
    """Return the message as it travels: text alone, nothing that tells when or whether it is read.

    What is the same in many messages is composed by Python's library and kept, because that is dear; the rest
    is ASCII that needs no folding.
    """
    _refuse_control_characters("address", message.to)
    _refuse_control_characters("subject", message.subject)
    to = _address(message.to)
    number = make_msgid(domain=_bare(sender).rpartition("@")[2] or "localhost")
    headers = [f"To: {to}", f"Date: {format_datetime(now)}", f"Message-ID: {number}"]
    if message.stop is not None:
        _refuse_control_characters("stop", message.stop)
        # Folded or encoded, no mail program would read it.
        headers.append(f"List-Unsubscribe: <{message.stop}>")
        headers.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    encoding, body = _encoded(message.body)
    headers += [f"Content-Transfer-Encoding: {encoding}", "", ""]
    head = _head(sender, message.subject, message.language)
    return Letter(to, number, head + "\r\n".join(headers).encode("ascii") + body)


@lru_cache(maxsize=256)
def _head(sender: str, subject: str, language: str) -> bytes:
    """Return the headers that many messages share, in lines that end."""
    made = EmailMessage(policy=_POLICY)
    made["From"] = sender
    made["Subject"] = subject
    made["Auto-Submitted"] = "auto-generated"  # so that no out-of-office notice answers
    made["MIME-Version"] = "1.0"
    made["Content-Type"] = 'text/plain; charset="utf-8"'
    made["Content-Language"] = language
    return made.as_bytes().removesuffix(b"\r\n")


def _encoded(body: str) -> tuple[str, bytes]:
    """Return how a text travels, and as what: as it is, or in whichever encoding is the shorter one."""
    lines = body.encode().splitlines()
    plain = b"".join(line + b"\r\n" for line in lines)
    if plain.isascii() and b"\0" not in plain and max(map(len, lines), default=0) <= LONGEST_LINE:
        return "7bit", plain
    quoted = binascii.b2a_qp(plain)
    based = base64.encodebytes(plain).replace(b"\n", b"\r\n")
    return ("quoted-printable", quoted) if len(quoted) <= len(based) else ("base64", based)


def _address(text: str) -> str:
    """Return one address in ASCII; a domain in another script is written as it travels."""
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as fault:
        # What is wrong with it says what it is: the words of the library go no further.
        reason = "not one e-mail address that mail servers take"
        raise NotSentError(reason, temporary=False, bounced=True) from fault
    return found.ascii_email or found.normalized


def _refuse_control_characters(what: str, text: str) -> None:
    if _CONTROL.search(text):
        raise Refusal(Code.FAULTY_INPUT, f"{what}: holds a line break or another control character")


def _write(made: Letter, outbox: Path) -> None:
    outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = made.number.strip("<>").replace("/", "_")
    draft = outbox / f"{name}.draft"
    with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.written)
    draft.rename(outbox / f"{name}.eml")
