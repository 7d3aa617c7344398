"""Deaths and withdrawals: what ends the expectation of answers, and what forbids writing to someone."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adjudication import Rule, settled
from app.models import Event, Participant, Reading, Withdrawal
from app.models.consent import WithdrawalScope
from app.queries import made_readings, studies


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
    read = select(Reading).where(Reading.event_id.in_(deaths)).order_by(Reading.id)
    readings = made_readings.by_event(session.scalars(read))
    rules = _rules(session, {each.participant_id for each in deaths.values()})
    dead_on: dict[int, date] = {}
    for event in deaths.values():
        reported, rule = made_readings.reported(event), rules[event.participant_id]
        counted = settled(reported, readings[event.id], events="all", rule=rule)
        if counted is not None:
            earlier = dead_on.get(event.participant_id, counted.started_on)
            dead_on[event.participant_id] = min(earlier, counted.started_on)
    return dead_on


def _rules(session: Session, participant_ids: Collection[int]) -> dict[int, Rule]:
    """Return by which rule each participant's study decides about deaths."""
    found = session.execute(
        select(Participant.id, Participant.study_id).where(Participant.id.in_(participant_ids))
    )
    study_of = {row.id: row.study_id for row in found}
    rules = {
        study_id: studies.current(session, study_id=study_id).study.adjudication.rule("death")
        for study_id in set(study_of.values())
    }
    return {participant_id: rules[study_id] for participant_id, study_id in study_of.items()}
