"""Mails about alerts that nobody ended in time: sent between the transactions that claim and record."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from app import database, i18n
from app.config import Config
from app.delivery import email
from app.delivery.email import Message
from app.delivery.outcomes import NotSentError, UncertainError
from app.delivery.reminders import WRITTEN
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.i18n import gettext
from app.operations import escalations
from app.operations.escalations import LATER, OwedMail
from app.queries import studies

ESCALATOR = Actor("command", name="alerts")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Escalated:
    """What one round did: alerts escalated, alerts whose site has nobody to tell, and how the mails fared."""

    alerts: int = 0
    nobody: int = 0
    sent: int = 0
    written: int = 0
    failed: int = 0
    uncertain: int = 0

    @property
    def anything(self) -> bool:
        """Return whether there is something to say of it."""
        return any((self.alerts, self.sent, self.written, self.failed, self.uncertain))


def escalate_overdue(
    config: Config, *, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False
) -> Escalated:
    """Escalate what is overdue in every study, and send the mails that are owed: one to each for all."""
    result = _planned(config, clock, stop)
    tried: tuple[int, ...] = ()
    down = False
    while not stop() and not down:
        with database.writing(config.database_url) as session:
            mail = escalations.claim(session, now=clock(), actor=ESCALATOR, tried=tried)
        if mail is None:
            break
        tried += mail.ids
        result, down = _send(mail, result, config, clock)
    return result


def _planned(config: Config, clock: Callable[[], datetime], stop: Callable[[], bool]) -> Escalated:
    done = nobody = 0
    with database.reading(config.database_url) as session:
        late = [
            alert_id
            for code in studies.codes(session)
            for alert_id in escalations.overdue(
                session, study_id=studies.current(session, code=code).study_id, now=clock()
            )
        ]
    for alert_id in late:
        if stop():
            break
        with database.writing(config.database_url) as session:
            told = escalations.escalate(session, alert_id=alert_id, now=clock(), actor=ESCALATOR)
        done, nobody = done + told, nobody + (not told)
    return Escalated(alerts=done, nobody=nobody)


def _send(
    mail: OwedMail, result: Escalated, config: Config, clock: Callable[[], datetime]
) -> tuple[Escalated, bool]:
    """Send one mail; return the result, and whether the server is of no use now."""
    try:
        outcome = email.send(_message(mail, config), config=config, now=clock())
    except UncertainError as fault:
        log.warning("escalation mails %s: nobody knows whether they left: %s", mail.ids, fault)
        return replace(result, uncertain=result.uncertain + 1), False
    except NotSentError as fault:
        again = "waiting" if fault.server else LATER  # no fault of this mail, or of this one alone
        _record(mail, again if fault.temporary else "failed", fault.reason, config, clock)
        return replace(result, failed=result.failed + 1), fault.server
    except Refusal as fault:
        down = fault.code is Code.NOT_CONFIGURED
        _record(mail, "waiting" if down else "failed", str(fault), config, clock)
        return replace(result, failed=result.failed + 1), down
    if outcome == "written":
        _record(mail, "failed", WRITTEN, config, clock)
        return replace(result, written=result.written + 1), False
    _record(mail, "sent", "", config, clock)
    return replace(result, sent=result.sent + 1), False


def _record(mail: OwedMail, fate: str, reason: str, config: Config, clock: Callable[[], datetime]) -> None:
    with database.writing(config.database_url) as session:
        escalations.end(session, ids=mail.ids, fate=fate, reason=reason, now=clock(), actor=ESCALATOR)


def _message(mail: OwedMail, config: Config) -> Message:
    with i18n.speaking(mail.language):
        # Translators: subject of an e-mail to staff. It must not name an illness, a treatment or a person.
        subject = gettext("Something is overdue in your study's queue")
        paragraphs = (
            gettext(
                "Waiting past their deadline, without anyone having said what became of them: %(number)s.",
                number=i18n.format_number(len(mail.ids)),
            ),
            gettext("Please look at the queue today:"),
            f"{config.public_url}/staff/alerts?study={mail.study}",
            gettext("This went to the coordinators of the site and to the administrators of the study."),
        )
    return Message(mail.address, subject, "\n\n".join(paragraphs) + "\n", mail.language)
