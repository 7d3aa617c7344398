"""Reminders leave: each claimed in one transaction, sent with none open, recorded in the next one."""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import database, i18n
from app.config import Config
from app.delivery import email, smtp
from app.delivery.email import Message
from app.delivery.smtp import NotSentError, UncertainError
from app.domain.actor import Actor
from app.domain.reminders import NotOwed, filled
from app.errors import Code, Refusal
from app.formats import link_token, stop_token
from app.i18n import gettext
from app.models import Occasion
from app.operations.reminder_claims import SENDER, OwedReminder, Place
from app.operations.reminder_look import Sight, claim_seen, look, places
from app.operations.reminders import Fate, record_fate
from app.queries.reminders import Draft, draft, standings

WRITTEN = "written to the outbox folder, not sent: SMTP_URL is not set"

AHEAD = 25
"""At how many messages a sender looks at once."""

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between the tries to record what became of a message while the database is away."""

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
    with smtp.Line(config.smtp_url or "") as line:
        sender = _Sender(config, clock, ids, actor, line)
        try:
            while not stop() and (ahead := sender.look()):
                sender.work_through(ahead, stop)
        finally:
            sender.settle()
    return sender.result


class _Sender:
    """Looks ahead at a few messages, then claims, hands over and records them one by one."""

    def __init__(
        self,
        config: Config,
        clock: Callable[[], datetime],
        ids: Collection[int] | None,
        actor: Actor,
        line: smtp.Line,
    ) -> None:
        self.result = SendResult()
        self._config, self._clock, self._ids, self._actor, self._line = config, clock, ids, actor, line
        self._fate: Fate | None = None
        self._places: Sequence[Place] | None = None
        self._in_vain: set[int] = set()

    def look(self) -> list[Sight]:
        """Return some that wait; none where the server is down, or none but those that were tried in vain."""
        self.settle()
        if self.result.server_down:
            return []
        with database.reading(self._config.database_url) as session:
            if self._places is None:
                self._places = places(session)
            seen = look(
                session,
                now=self._clock(),
                limit=AHEAD,
                contact_keys=self._config.contact_keys,
                among=self._places,
                ids=self._ids,
            )
        return seen if any(each.reminder_id not in self._in_vain for each in seen) else []

    def work_through(self, ahead: Sequence[Sight], stop: Callable[[], bool]) -> None:
        """Send these, as long as no other sender turns out to be at work on the same ones."""
        for sight in ahead:
            if stop() or self.result.server_down:
                return
            owed = self._claim(sight)
            if owed is not None:
                self._hand_over(owed)
                continue
            self._in_vain.add(sight.reminder_id)
            if sight.owed is not None:
                return

    def settle(self) -> None:
        """Record what became of the last message, also where the database is away for a moment."""
        if self._fate is None:
            return
        fate, self._fate = self._fate, None
        for pause in (*PAUSES, None):
            try:
                with database.writing(self._config.database_url) as session:
                    record_fate(session, fate, now=self._clock(), actor=self._actor)
            except Refusal:
                return  # recorded already: the answer of the database was lost, not what it had been told
            except DBAPIError:
                if pause is None:
                    raise
                time.sleep(pause)
            else:
                return

    def _claim(self, sight: Sight) -> OwedReminder | None:
        with database.writing(self._config.database_url) as session:
            owed = claim_seen(
                session,
                sight,
                now=self._clock(),
                contact_keys=self._config.contact_keys,
                actor=self._actor,
                after=self._fate,
            )
        self._fate = None
        return owed

    def _hand_over(self, owed: OwedReminder) -> None:
        result = self.result
        try:
            message = _message(owed, self._config)
            outcome = email.send(message, config=self._config, now=self._clock(), line=self._line)
        except UncertainError as fault:
            log.warning("reminder %s: nobody knows whether it left: %s", owed.reminder_id, fault)
            self.result = replace(result, uncertain=result.uncertain + 1)
        except NotSentError as fault:
            self._fate = _failed(owed, fault.reason, temporary=fault.temporary)
            self.result = replace(result, failed=result.failed + 1, server_down=fault.server)
        except Refusal as fault:
            unset = fault.code is Code.NOT_CONFIGURED
            self._fate = _failed(owed, str(fault), temporary=unset)
            self.result = replace(result, failed=result.failed + 1, server_down=unset)
        else:
            if outcome == "written":
                self._fate = _failed(owed, WRITTEN, temporary=False)
                self.result = replace(result, written=result.written + 1)
            else:
                self._fate = Fate(reminder_id=owed.reminder_id, participant_id=owed.participant_id)
                self.result = replace(result, sent=result.sent + 1)


def _failed(owed: OwedReminder, failure: str, *, temporary: bool) -> Fate:
    return Fate(
        reminder_id=owed.reminder_id,
        participant_id=owed.participant_id,
        failure=failure,
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
