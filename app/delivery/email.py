"""E-mail: plain text, by SMTP, or into the outbox folder where no mail server is set."""

import os
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, make_msgid, parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from email_validator import EmailNotValidError, validate_email

from app.config import Config
from app.delivery import smtp
from app.delivery.outcomes import NotSentError, UncertainError, before_leaving
from app.errors import Code, Refusal
from app.operations.link_mails import MailFate

Outcome = Literal["sent", "written"]


class _Policy(EmailPolicy):
    """Writes the address to stop as it is: Python would encode one that is longer than a line."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name == "List-Unsubscribe":
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return _folded(name, value)


# Every line is ASCII on the way: no server on it can bend Arabic or Hindi.
_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


# Most headers are the same from one message to the next, and reading and folding them is dear.
@lru_cache(maxsize=64)
def _folded(name: str, value: str) -> bytes:
    return EmailPolicy.fold_binary(_POLICY, name, value)


@lru_cache(maxsize=64)
def _header(name: str, value: str) -> str:
    return cast(str, _POLICY.header_factory(name, value))


_bare = lru_cache(maxsize=8)(lambda sender: parseaddr(sender)[1])


@dataclass(frozen=True)
class Message:
    """One message to one reader; `stop` is the address that ends all further ones, for mail programs."""

    to: str
    subject: str
    body: str
    language: str
    stop: str | None = None


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
    sender, to = _bare(config.mail_from), str(made["To"])
    if line is not None:
        line.hand_over(made, sender=sender, to=to)
        return "sent"
    with smtp.Line(config.smtp_url) as own:
        own.hand_over(made, sender=sender, to=to)
    return "sent"


def attempt(message: Message, *, config: Config, now: datetime) -> tuple[MailFate, str]:
    """Send one message and return what became of it, and why where it did not go well."""
    try:
        return send(message, config=config, now=now), ""
    except UncertainError as fault:
        return "uncertain", str(fault)
    except (NotSentError, Refusal) as fault:
        return "failed", str(fault)


def composed(message: Message, *, sender: str, now: datetime) -> EmailMessage:
    """Return the message as it travels: text alone, nothing that tells when or whether it is read."""
    _refuse_control_characters("address", message.to)
    _refuse_control_characters("subject", message.subject)
    made = EmailMessage(policy=_POLICY)
    made["From"] = _header("From", sender)
    made["To"] = _address(message.to)
    made["Subject"] = _header("Subject", message.subject)
    made["Date"] = _header("Date", format_datetime(now))
    made["Message-ID"] = make_msgid(domain=_bare(sender).rpartition("@")[2] or "localhost")
    made["Auto-Submitted"] = _header(
        "Auto-Submitted", "auto-generated"
    )  # so that no out-of-office notice answers
    if message.stop is not None:
        _refuse_control_characters("stop", message.stop)
        made["List-Unsubscribe"] = f"<{message.stop}>"
        made["List-Unsubscribe-Post"] = _header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    made.set_content(message.body, subtype="plain", charset="utf-8")
    made["Content-Language"] = message.language  # only now: setting the content clears what is said of it
    return made


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
    # Line feeds, and the separators that some servers take for one.
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text):
        raise Refusal(Code.FAULTY_INPUT, f"{what}: holds a line break or another control character")


def _write(made: EmailMessage, outbox: Path) -> None:
    outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = made["Message-ID"].strip("<>").replace("/", "_")
    draft = outbox / f"{name}.draft"
    with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.as_bytes())
    draft.rename(outbox / f"{name}.eml")
