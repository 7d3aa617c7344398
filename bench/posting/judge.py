"""What the database tells of each message, held against what the mail server has accepted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app import database
from app.domain.actor import Actor
from app.models import Occasion, Participant, Reminder
from app.queries import reminders as queries
from app.queries.worklist import ReminderState, reminder_state

SYSTEM = Actor("command", name="bench")


@dataclass(frozen=True, kw_only=True)
class Told:
    """One message as the database tells of it; `listed` is whether staff are shown it as of unknown fate."""

    to: str
    state: ReminderState
    reason: str | None = None
    claimed_at: datetime | None = None
    listed: bool = False


@dataclass
class Verdict:
    """What is wrong, a sentence each; `listed` messages are of unknown fate and shown to a human."""

    double: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    too_late: list[str] = field(default_factory=list)
    listed: int = 0
    waiting: int = 0

    @property
    def objections(self) -> list[str]:
        return [*self.double, *self.forgotten, *self.too_late]


def judged(
    told: Collection[Told],
    accepted: Mapping[str, int],
    *,
    owed: Collection[str],
    stopped: Mapping[str, datetime],
) -> Verdict:
    """Judge a run. `owed` are the addresses that are to hear once, `stopped` since when some may not."""
    verdict = Verdict()
    known = {each.to for each in told}
    verdict.forgotten += [f"{to}: no message was planned" for to in owed if to not in known]
    verdict.double += [f"{to}: accepted, and no message is known" for to in accepted if to not in known]
    for each in told:
        _judge(each, accepted.get(each.to, 0), stopped.get(each.to), verdict)
    return verdict


def _judge(told: Told, times: int, stopped_at: datetime | None, verdict: Verdict) -> None:
    verdict.listed += told.state == "unknown" and told.listed
    verdict.waiting += told.state == "planned"
    if times > 1:
        verdict.double.append(f"{told.to}: accepted {times} times")
    if times and told.state not in ("sent", "unknown"):
        verdict.double.append(f"{told.to}: accepted, and recorded as {told.state} ({told.reason})")
    if not times and told.state == "sent":
        verdict.forgotten.append(f"{told.to}: recorded as sent, and never accepted")
    if told.state == "unknown" and not told.listed:
        verdict.forgotten.append(f"{told.to}: of unknown fate, and shown to nobody")
    if told.state in ("failed", "dropped") and not told.reason:
        verdict.forgotten.append(f"{told.to}: {told.state} without a reason")
    if stopped_at and told.claimed_at and told.claimed_at > stopped_at and told.state in ("sent", "unknown"):
        verdict.too_late.append(f"{told.to}: taken at {told.claimed_at}, after the stop of {stopped_at}")


def told(url: str, study_id: int, addresses: Mapping[int, str]) -> list[Told]:
    """Return what a database tells of every message; `addresses` are by participant."""
    with database.reading(url) as session:
        listed = {row.id for row in queries.unclear(session, actor=SYSTEM, study_id=study_id)}
        found = session.execute(
            select(Reminder, Participant.id)
            .join(Occasion, Occasion.id == Reminder.occasion_id)
            .join(Participant, Participant.id == Occasion.participant_id)
            .execution_options(yield_per=1000)
        )
        return [
            Told(
                to=addresses[participant_id],
                state=reminder_state(reminder)[1],
                reason=reminder.failure,
                claimed_at=reminder.claimed_at,
                listed=reminder.id in listed,
            )
            for reminder, participant_id in found
        ]
