"""Deaths and withdrawals: what ends the expectation of answers, and what forbids writing to someone."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adjudication import Event as ReportedEvent
from app.domain.adjudication import Reading as MadeReading
from app.domain.adjudication import settled
from app.models import Event, Reading, Withdrawal
from app.models.consent import WithdrawalScope


@dataclass(frozen=True)
class Ending:
    """What has ended for one participant; a death counts from its report on, unless it was refuted."""

    dead_on: date | None = None
    withdrawals: dict[WithdrawalScope, date] = field(default_factory=dict)

    @property
    def ended_on(self) -> date | None:
        """Return the first day on which no more answers are expected."""
        days = [self.dead_on, self.withdrawals.get("answers"), self.withdrawals.get("follow-up")]
        return min((day for day in days if day is not None), default=None)


NOTHING_ENDED = Ending()


def endings(session: Session, *, participant_ids: Collection[int]) -> dict[int, Ending]:
    """Return the endings of those participants for whom something has ended."""
    dead_on = _dead_on(session, participant_ids)
    withdrawals: dict[int, dict[WithdrawalScope, date]] = defaultdict(dict)
    for row in session.execute(
        select(Withdrawal.participant_id, Withdrawal.scope, Withdrawal.withdrawn_on).where(
            Withdrawal.participant_id.in_(participant_ids)
        )
    ):
        withdrawals[row.participant_id][row.scope] = row.withdrawn_on
    return {
        key: Ending(dead_on.get(key), withdrawals.get(key, {})) for key in dead_on.keys() | withdrawals.keys()
    }


def ending(session: Session, *, participant_id: int) -> Ending:
    """Return what has ended for one participant."""
    return endings(session, participant_ids=[participant_id]).get(participant_id, NOTHING_ENDED)


def _dead_on(session: Session, participant_ids: Collection[int]) -> dict[int, date]:
    deaths = {
        event.id: event
        for event in session.scalars(
            select(Event).where(Event.participant_id.in_(participant_ids), Event.kind == "death")
        )
    }
    if not deaths:
        return {}
    readings: dict[int, list[MadeReading]] = defaultdict(list)
    for reading in session.scalars(select(Reading).where(Reading.event_id.in_(deaths)).order_by(Reading.id)):
        readings[reading.event_id].append(
            MadeReading(id=reading.id, decision=reading.decision, agreed_started_on=reading.agreed_started_on)
        )
    dead_on: dict[int, date] = {}
    for event in deaths.values():
        reported = ReportedEvent(id=event.id, kind=event.kind, started=event.started)
        counted = settled(reported, readings[event.id], events="all")
        if counted is not None:
            earlier = dead_on.get(event.participant_id, counted.started_on)
            dead_on[event.participant_id] = min(earlier, counted.started_on)
    return dead_on
