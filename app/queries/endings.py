"""Deaths, withdrawals, transplants: what ends the expectation of answers, and what forbids to write."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import Session

from app.domain.adjudication import EventKind, settled
from app.domain.schedule import Ends
from app.models import Event, Participant, Reading, Withdrawal
from app.models.consent import WithdrawalScope
from app.queries import made_readings, studies

ENDING_KINDS: tuple[EventKind, ...] = ("death", "transplant")
"""The kinds of events that can end the expectation of answers."""

Whose = Collection[int] | Select[int]


@dataclass(frozen=True)
class Ending:
    """What has ended for one participant; a death counts from its report on, unless it was refuted.

    So does a transplant, in a study that expects no more answers after one; in others it ends nothing.
    """

    dead_on: date | None = None
    withdrawals: dict[WithdrawalScope, date] = field(default_factory=dict)
    transplanted_on: date | None = None

    @property
    def ended_on(self) -> date | None:
        """Return the day of a death, or of the withdrawal of answers or of follow-up before it."""
        days = [self.dead_on, self.ends.withdrawn_on]
        return min((day for day in days if day is not None), default=None)

    @property
    def ends(self) -> Ends:
        """Return what decides which answers are expected."""
        days = [self.withdrawals.get("answers"), self.withdrawals.get("follow-up")]
        return Ends(
            dead_on=self.dead_on,
            withdrawn_on=min((day for day in days if day is not None), default=None),
            transplanted_on=self.transplanted_on,
        )


NOTHING_ENDED = Ending()


def endings(session: Session, *, participant_ids: Whose) -> dict[int, Ending]:
    """Return the endings of those participants for whom something has ended.

    `participant_ids` may be a statement that gives them: for many they are not sent one by one.
    """
    events = _first_events(session, participant_ids)
    dead_on, transplanted_on = events["death"], events["transplant"]
    withdrawals: dict[int, dict[WithdrawalScope, date]] = defaultdict(dict)
    for row in session.execute(
        select(Withdrawal.participant_id, Withdrawal.scope, Withdrawal.withdrawn_on).where(
            Withdrawal.participant_id.in_(participant_ids)
        )
    ):
        withdrawals[row.participant_id][row.scope] = row.withdrawn_on
    return {
        key: Ending(dead_on.get(key), withdrawals.get(key, {}), transplanted_on.get(key))
        for key in dead_on.keys() | withdrawals.keys() | transplanted_on.keys()
    }


def may_have_ended() -> ColumnElement[bool]:
    """Return, for a statement on participants, what must hold of everyone whom `endings` names."""
    return what_may_have_ended().is_not(None)


def what_may_have_ended() -> ColumnElement[int | None]:
    """Return, for a statement on participants, NULL where `endings` names nobody.

    Subqueries for one row are looked up row by row; for EXISTS, PostgreSQL may read whole tables instead.
    """
    withdrew = select(literal(1)).where(Withdrawal.participant_id == Participant.id)
    ended = select(literal(1)).where(Event.participant_id == Participant.id, Event.kind.in_(ENDING_KINDS))
    return func.coalesce(
        *(each.correlate(Participant).limit(1).scalar_subquery() for each in (withdrew, ended))
    )


def ending(session: Session, *, participant_id: int) -> Ending:
    """Return what has ended for one participant."""
    return endings(session, participant_ids=[participant_id]).get(participant_id, NOTHING_ENDED)


def _first_events(session: Session, whose: Whose) -> Mapping[EventKind, dict[int, date]]:
    """Return the day of each first death, and transplant that ends the visits, without those refuted."""
    first: dict[EventKind, dict[int, date]] = {"death": {}, "transplant": {}}
    of_these = and_(Event.participant_id.in_(whose), Event.kind.in_(ENDING_KINDS))
    events = session.execute(
        select(Event, Participant.study_id)
        .join(Participant, Participant.id == Event.participant_id)
        .where(of_these)
    ).all()
    if not events:
        return first
    readings = made_readings.by_event(
        session.scalars(
            select(Reading).join(Event, Event.id == Reading.event_id).where(of_these).order_by(Reading.id)
        )
    )
    known = {
        study_id: studies.current(session, study_id=study_id).study
        for study_id in {study_id for _, study_id in events}
    }
    for event, study_id in events:
        key, study = event.participant_id, known[study_id]
        if event.kind == "transplant" and study.after_transplant == "continue":
            continue
        rule = study.adjudication.rule(event.kind)
        reported = made_readings.reported(event)
        counted = settled(reported, readings[event.id], events="all", rule=rule)
        if counted is not None:
            of_kind = first[event.kind]
            of_kind[key] = min(of_kind.get(key, counted.started_on), counted.started_on)
    return first
