"""Reminders leave: claimed and re-read in one transaction, sent with none open, recorded in another."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app import database, i18n
from app.config import Config
from app.delivery import email
from app.delivery.email import Message
from app.delivery.smtp import NotSentError, UncertainError
from app.domain.actor import Actor
from app.domain.reminders import NotOwed, filled
from app.errors import Code, Refusal
from app.formats import link_token, stop_token
from app.i18n import gettext
from app.models import Occasion
from app.operations import reminders
from app.operations.reminder_claims import SENDER, OwedReminder, claim
from app.queries.reminders import Draft, draft, standings

WRITTEN = "written to the outbox folder, not sent: SMTP_URL is not set"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SendResult:
    """How many messages fared how; `written` were not sent, `server_down` says that the rest still waits."""

    sent: int = 0
    written: int = 0
    failed: int = 0
    uncertain: int = 0
    server_down: bool = False


@dataclass(frozen=True)
class Preview:
    """What would be sent about an occasion, or why nothing would be."""

    occasion_id: int
    participant_code: str
    language: str
    subject: str
    body: str
    not_owed: NotOwed | None


def send_due(
    config: Config,
    *,
    clock: Callable[[], datetime],
    ids: Collection[int] | None = None,
    actor: Actor = SENDER,
    stop: Callable[[], bool] = lambda: False,
) -> SendResult:
    """Send every message that waits, one after the other, or of these `ids` alone.

    One at a time, so that a death or a withdrawal recorded a minute ago stops what is still to come, and a
    sender that dies leaves at most one message of unknown fate. Ends early when `stop` says so or the mail
    server is down.
    """
    result = SendResult()
    while not stop() and not result.server_down:
        with database.writing(config.database_url) as session:
            owed = claim(
                session, now=clock(), limit=1, contact_keys=config.contact_keys, ids=ids, actor=actor
            )
        if not owed:
            break
        result = _send_one(owed[0], result, config=config, clock=clock, actor=actor)
    return result


def _send_one(
    owed: OwedReminder,
    result: SendResult,
    *,
    config: Config,
    clock: Callable[[], datetime],
    actor: Actor,
) -> SendResult:
    try:
        message = _message(owed, config)
        outcome = email.send(message, config=config, now=clock())
    except UncertainError as fault:
        log.warning("reminder %s: nobody knows whether it left: %s", owed.reminder_id, fault)
        return replace(result, uncertain=result.uncertain + 1)
    except NotSentError as fault:
        _record_failed(owed, fault.reason, config, clock, actor, temporary=fault.temporary)
        return replace(result, failed=result.failed + 1, server_down=fault.server)
    except Refusal as fault:
        _record_failed(owed, str(fault), config, clock, actor, temporary=fault.code is Code.NOT_CONFIGURED)
        return replace(result, failed=result.failed + 1, server_down=fault.code is Code.NOT_CONFIGURED)
    if outcome == "written":
        _record_failed(owed, WRITTEN, config, clock, actor, temporary=False)
        return replace(result, written=result.written + 1)
    with database.writing(config.database_url) as session:
        reminders.record_sent(session, reminder_id=owed.reminder_id, now=clock(), actor=actor)
    return replace(result, sent=result.sent + 1)


def _record_failed(
    owed: OwedReminder,
    failure: str,
    config: Config,
    clock: Callable[[], datetime],
    actor: Actor,
    *,
    temporary: bool,
) -> None:
    with database.writing(config.database_url) as session:
        reminders.record_failed(
            session,
            reminder_id=owed.reminder_id,
            failure=failure,
            now=clock(),
            actor=actor,
            temporary=temporary,
        )


def _message(owed: OwedReminder, config: Config) -> Message:
    link = f"{config.public_url}/p/{link_token.sign(owed.link_id, config.link_keys)}"
    stop = f"{config.public_url}/stop/{stop_token.sign(owed.participant_id, config.link_keys)}"
    subject, body = rendered(owed.draft, link=link, stop=stop)
    return Message(owed.address, subject, body, owed.draft.language, stop)


def rendered(words: Draft, *, link: str, stop: str) -> tuple[str, str]:
    """Return subject and body in the reader's language, with its own way of writing dates.

    Every body ends with how to get no more of them, whatever the study's text says.
    """
    with i18n.speaking(words.language):
        values = {
            "link": link,
            "visit": words.visit,
            "due": i18n.format_day(words.due_on),
            "closes": i18n.format_day(words.closes_on),
            "site": words.site,
            "phone": i18n.isolated(words.phone),
        }
        ending = gettext("To get no more reminders: %(address)s", address=stop)
    try:
        return filled(words.subject, values), f"{filled(words.body, values).rstrip()}\n\n{ending}\n"
    except KeyError as unknown:
        raise Refusal(Code.FAULTY_INPUT, f"a reminder's text names {{{unknown.args[0]}}}") from None


def preview(
    session: Session, *, occasion_ids: Sequence[int], now: datetime, actor: Actor, public_url: str
) -> list[Preview]:
    """Return what would be sent about these occasions, the link left out; nothing is planned or sent."""
    found = standings(session, where=Occasion.id.in_(occasion_ids), now=now)
    seen = [each for each in found if actor.may_see(study_id=each.study_id, site=each.site)]
    if len(seen) < len(set(occasion_ids)):
        raise Refusal(Code.NOT_FOUND, "occasion")
    previews = []
    for each in seen:
        words = draft(each)
        link, stop = f"{public_url}/p/…", f"{public_url}/stop/…"
        subject, body = rendered(words, link=link, stop=stop) if words else ("", "")
        not_owed = each.not_owed or (None if words else "no words")
        previews.append(Preview(each.occasion_id, each.code, each.language, subject, body, not_owed))
    return previews
