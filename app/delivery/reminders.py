"""Reminders leave: each claimed in one transaction, sent with none open, recorded in the next one."""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import database, i18n
from app.config import Config
from app.delivery import email, smtp
from app.delivery.email import Message, Outcome
from app.delivery.outcomes import NotSentError, UncertainError, before_leaving
from app.domain.actor import Actor
from app.domain.channels import KIND_OF
from app.domain.reminders import NotOwed, filled
from app.domain.study import Channel
from app.errors import Code, Refusal
from app.formats import link_token, stop_token
from app.i18n import gettext
from app.models import Occasion
from app.operations import audit
from app.operations.audit import Chain
from app.operations.contact_hashes import check_keys, mark_bounced
from app.operations.push_subscriptions import end_subscriptions
from app.operations.reminder_claims import SENDER, OwedReminder, Place, Route
from app.operations.reminder_fates import End, Fate, record_fate
from app.operations.reminder_look import Sight, claim_seen, look, places
from app.queries.reminders import Draft, draft, standings

WRITTEN = "written to the outbox folder, not sent: SMTP_URL is not set"

AHEAD = 50
"""At how many messages a sender looks at once."""

PATIENCE = 8.0
"""Seconds for which what became of a message is kept while the database is away, unless told otherwise."""

LONGEST_PAUSE = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SendResult:
    """How many messages fared how; `written` were not sent, what goes by a channel in `down` still waits."""

    sent: int = 0
    written: int = 0
    failed: int = 0
    bounced: int = 0
    uncertain: int = 0
    down: frozenset[str] = frozenset()

    @property
    def server_down(self) -> bool:
        """Return whether something still waits for a server."""
        return bool(self.down)


@dataclass(frozen=True)
class Preview:
    """What would be sent about an occasion and by which channel, or why nothing would be."""

    occasion_id: int
    participant_code: str
    language: str
    channel: Channel
    subject: str
    body: str
    text: str
    not_owed: NotOwed | None


def send_due(
    config: Config,
    *,
    clock: Callable[[], datetime],
    ids: Collection[int] | None = None,
    actor: Actor = SENDER,
    stop: Callable[[], bool] = lambda: False,
    patience: float = PATIENCE,
) -> SendResult:
    """Send every message that waits, one after the other, or of these `ids` alone.

    One at a time, so that a death or a withdrawal recorded a minute ago stops what is still to come, and a
    sender that dies leaves at most one message of unknown fate. Ends early when `stop` says so; what goes by
    a channel whose server is down waits.
    Refuses NOT_CONFIGURED, with nothing touched, where it is run with the keys of another installation.
    """
    with database.reading(config.database_url) as session:
        check_keys(session, contact_keys=config.contact_keys)
    with smtp.Line(config.smtp_url or "") as line:
        sender = _Sender(config, clock, ids, actor, line, patience)
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
        patience: float,
    ) -> None:
        self.result = SendResult()
        self._patience = patience
        self._config, self._clock, self._ids, self._actor, self._line = config, clock, ids, actor, line
        self._fate: Fate | None = None
        self._places: Sequence[Place] | None = None
        self._in_vain: set[int] = set()

    def look(self) -> list[Sight]:
        """Return some that wait for no server that is down; none where all of them were tried in vain."""
        self.settle()
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
                configured=self._config.channels,
                down=self.result.down,
            )
        return seen if any(each.reminder_id not in self._in_vain for each in seen) else []

    def work_through(self, ahead: Sequence[Sight], stop: Callable[[], bool]) -> None:
        """Send these, as long as no other sender turns out to be at work on the same ones."""
        for sight in ahead:
            if stop():
                return
            owed = self._claim(sight)
            if owed is not None:
                self._hand_over(owed)
                continue
            self._in_vain.add(sight.reminder_id)
            if sight.owed is not None and sight.owed.routes[0].channel not in self.result.down:
                return

    def settle(self) -> None:
        """Record what became of the last message, also where the database is away for a moment."""
        if self._fate is None:
            return
        fate, self._fate = self._fate, None
        pause, until = 0.5, time.monotonic() + self._patience
        while True:
            try:
                with database.writing(self._config.database_url) as session:
                    audit.lock(session, Chain("participant", fate.message.participant_id))
                    record_fate(session, fate, now=self._clock(), actor=self._actor)
            except Refusal:
                return  # recorded already: the answer of the database was lost, not what it had been told
            except DBAPIError:
                if time.monotonic() + pause > until:
                    raise
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
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
                configured=self._config.channels,
                down=self.result.down,
            )
        self._fate = None
        return owed

    def _hand_over(self, owed: OwedReminder) -> None:
        """Try one route after the other: the next one only where the one before takes no messages at all."""
        for place, route in enumerate(owed.routes, 1):
            try:
                outcome = self._send(owed, route)
            except UncertainError as fault:
                log.warning("reminder %s: nobody knows whether it left: %s", owed.reminder_id, fault)
                self.result = replace(self.result, uncertain=self.result.uncertain + 1)
            except NotSentError as fault:
                if fault.bounced:
                    self._record_bounce(owed, route, fault.reason)
                    if place < len(owed.routes):
                        continue
                self._fail(owed, route, fault)
            except Refusal as fault:
                unset = fault.code is Code.NOT_CONFIGURED
                self._fail(owed, route, NotSentError(str(fault), temporary=unset, server=unset))
            else:
                if outcome == "written":
                    self._fate = Fate(message=owed.by(), end="failed", reason=WRITTEN)
                    self.result = replace(self.result, written=self.result.written + 1)
                else:
                    self._fate = Fate(message=owed.by(route.channel), end="sent")
                    self.result = replace(self.result, sent=self.result.sent + 1)
            return

    def _send(self, owed: OwedReminder, route: Route) -> Outcome:
        with before_leaving("words"):
            leave = self._ready(owed, route)
        return leave() or "sent"

    def _ready(self, owed: OwedReminder, route: Route) -> Callable[[], Outcome | None]:
        """Return how it leaves by one channel; one branch for each file beside this one.

        What few installations use is imported by the first such message: it takes long to load.
        """
        config, words = self._config, owed.draft
        link = f"{config.public_url}/p/{link_token.sign(owed.link_id, config.link_keys)}"
        if (browser := route.browser) is not None:
            from app.delivery import push

            notice = push.Notification(*shown(words), url=link, language=words.language)
            return lambda: push.send(notice, browser, config=config)
        if route.channel == "sms":
            from app.delivery import sms

            text = sms.ShortMessage(route.address, short(words, link=link))
            return lambda: sms.send(text, urls=config.sms_urls)
        stop = f"{config.public_url}/stop/{stop_token.sign(owed.participant_id, config.link_keys)}"
        subject, body = rendered(words, link=link, stop=stop)
        message = Message(route.address, subject, body, words.language, stop)
        return lambda: email.send(message, config=config, now=self._clock(), line=self._line)

    def _fail(self, owed: OwedReminder, route: Route, fault: NotSentError) -> None:
        end: End = "bounced" if fault.bounced else "failed"
        self._fate = Fate(message=owed.by(), end=end, reason=fault.reason, temporary=fault.temporary)
        if fault.bounced:
            self.result = replace(self.result, bounced=self.result.bounced + 1)
            return
        down = self.result.down | ({route.channel} if fault.server else frozenset())
        self.result = replace(self.result, failed=self.result.failed + 1, down=down)

    def _record_bounce(self, owed: OwedReminder, route: Route, reason: str) -> None:
        """Write down that an address takes nothing, so that no later message goes there."""
        whose, now = owed.participant_id, self._clock()
        with database.writing(self._config.database_url) as session:
            if route.browser is not None:
                hashed = route.browser.hash
                end_subscriptions(
                    session,
                    participant_id=whose,
                    endpoint_hash=hashed,
                    actor=self._actor,
                    now=now,
                    reason=reason,
                )
            else:
                kind = KIND_OF[route.channel]
                mark_bounced(
                    session, participant_id=whose, kind=kind, actor=self._actor, now=now, reason=reason
                )


def rendered(words: Draft, *, link: str, stop: str) -> tuple[str, str]:
    """Return subject and body in the reader's language, with its own way of writing dates.

    Every body ends with how to get no more of them, whatever the study's text says.
    """
    with i18n.speaking(words.language):
        ending = gettext("To get no more reminders: %(address)s", address=stop)
    values = _values(words, link)
    return _filled(words.subject, values), f"{_filled(words.body, values).rstrip()}\n\n{ending}\n"


def short(words: Draft, *, link: str) -> str:
    """Return the one line for text messages."""
    return _filled(words.text, _values(words, link)).strip()


def shown(words: Draft) -> tuple[str, str]:
    """Return title and text of what a browser shows, which leads to the link by being pressed."""
    values = _values(words, "")
    return _filled(words.subject, values), _filled(words.text, values).strip(" :：\n")


def _values(words: Draft, link: str) -> dict[str, str]:
    with i18n.speaking(words.language):
        return {
            "link": link,
            "visit": words.visit,
            "due": i18n.format_day(words.due_on),
            "closes": i18n.format_day(words.closes_on),
            "site": words.site,
            "phone": i18n.isolated(words.phone),
        }


def _filled(text: str, values: Mapping[str, str]) -> str:
    try:
        return filled(text, values)
    except KeyError as unknown:
        raise Refusal(Code.FAULTY_INPUT, f"a reminder's text names {{{unknown.args[0]}}}") from None


def preview(
    session: Session,
    *,
    occasion_ids: Sequence[int],
    now: datetime,
    actor: Actor,
    public_url: str,
    configured: Collection[str] = ("email",),
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
        text = short(words, link=link) if words else ""
        way: Channel = next((way for way in each.ways if way in configured), "email")
        previews.append(
            Preview(each.occasion_id, each.code, each.language, way, subject, body, text, not_owed)
        )
    return previews
