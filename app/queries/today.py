"""What waits for staff this morning: a short look at each queue, how many wait there and the first of them.

Each queue is one small function with the same arguments and its own rows; none tells the arm or a contact
detail. A number is exact unless `more` says that the queue goes on behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypedDict, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.adjudication import EVENT_KINDS, ONE_READING
from app.domain.schedule import ANSWERABLE, OccasionState
from app.models import Event, Occasion, Participant, Reading, Reminder
from app.queries import event_queue, events, link_requests, replies, roster, studies, worklist
from app.queries.events import EventRow
from app.queries.link_requests import OpenRequest
from app.queries.missing_forms import MissingForm, missing_forms
from app.queries.occasion_states import Standing, Wanted, look
from app.queries.replies import WaitingReply
from app.queries.roster import RosterRow, within
from app.queries.troubled_reminders import is_troubled
from app.queries.worklist import ReminderState, WorkRow, reminder_state

FIRST = 5
"""How many of a queue are shown at once."""
REMINDED_AT_ONCE = 50
"""How many can be reminded at once from here."""
MOST = 200

Row = TypeVar("Row")


class Asked(TypedDict):
    """What every queue is asked with."""

    session: Session
    actor: Actor
    study_id: int
    now: datetime


@dataclass(frozen=True)
class Waiting(Generic[Row]):
    """One queue: how many wait there, the first of them, and whether there are more than were counted."""

    number: int
    first: Sequence[Row]
    more: bool = False


@dataclass(frozen=True)
class Visits:
    """The visits in one state: the first of them, and those that can be reminded of theirs at once."""

    waiting: Waiting[WorkRow]
    remindable: Sequence[int]


@dataclass(frozen=True)
class FailedMessage:
    """A message that did not arrive, or of which nobody knows whether it left."""

    code: str
    visit: str
    channel: str
    state: ReminderState
    at: datetime


def visits(session: Session, *, actor: Actor, study_id: int, now: datetime) -> dict[OccasionState, Visits]:
    """Return what is overdue, due today and open, in the order in which it was due."""
    looked = look(session, actor=actor, study_id=study_id, now=now, wanted=Wanted(states=ANSWERABLE))
    by_state: dict[OccasionState, list[Standing]] = {"overdue": [], "due": [], "open": []}
    for each in looked.found:
        by_state[each.state].append(each)
    chosen = [each for found in by_state.values() for each in found[:REMINDED_AT_ONCE]]
    rows = {row.occasion_id: row for row in worklist.rows(session, study_id=study_id, found=chosen)}
    return {
        state: Visits(
            Waiting(len(found), [rows[each.occasion_id] for each in found[:FIRST]], more=not looked.whole),
            [each.occasion_id for each in found[:REMINDED_AT_ONCE] if rows[each.occasion_id].reachable],
        )
        for state, found in by_state.items()
    }


def to_confirm(session: Session, *, actor: Actor, study_id: int, now: datetime) -> Waiting[EventRow]:  # noqa: ARG001 - as every queue
    """Return the events that wait for a reading, the oldest report first."""
    asked = studies.current(session, study_id=study_id).study.adjudication
    if any(asked.rule(kind) != ONE_READING for kind in EVENT_KINDS):
        found = event_queue.queue(
            session, actor=actor, study_id=study_id, wish=event_queue.Wish(), per_page=FIRST
        )
        return Waiting(found.total, [each.event for each in found.rows])
    last = (
        select(Reading.decision)
        .where(Reading.event_id == Event.id)
        .order_by(Reading.id.desc())
        .limit(1)
        .correlate(Event)
        .scalar_subquery()
    )
    undecided = session.scalars(
        select(Event.id)
        .join(Participant, Participant.id == Event.participant_id)
        .where(within(actor, study_id), func.coalesce(last, "needs information") == "needs information")
        .order_by(Event.id)
        .limit(MOST + 1)
    ).all()
    first = events.some(session, actor=actor, event_ids=undecided[:FIRST])
    return Waiting(min(len(undecided), MOST), first, more=len(undecided) > MOST)


def messages(session: Session, *, actor: Actor, study_id: int, now: datetime) -> Waiting[FailedMessage]:
    """Return the messages about which someone has to decide, the newest first."""
    found = session.execute(
        select(Reminder, Occasion.visit, Participant.code)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(within(actor, study_id), is_troubled(now))
        .order_by(Reminder.id.desc())
        .limit(MOST + 1)
    ).all()
    rows = []
    for reminder, visit, code in found[:FIRST]:
        at, state = reminder_state(reminder)
        rows.append(FailedMessage(code, visit, reminder.channel, state, at))
    return Waiting(min(len(found), MOST), rows, more=len(found) > MOST)


def answers(session: Session, *, actor: Actor, study_id: int, now: datetime) -> Waiting[WaitingReply]:  # noqa: ARG001 - as every queue
    """Return the answers to messages that nobody has dealt with, the oldest first."""
    found = replies.waiting(session, actor=actor, study_id=study_id, limit=MOST + 1)
    return Waiting(min(len(found), MOST), found[:FIRST], more=len(found) > MOST)


def forms(session: Session, *, actor: Actor, study_id: int, now: datetime) -> Waiting[MissingForm]:
    """Return the forms that staff have not filled in, the first due first."""
    study = studies.current(session, study_id=study_id).study
    found, whole = missing_forms(session, actor=actor, study_id=study_id, study=study, now=now)
    return Waiting(len(found), found[:FIRST], more=not whole)


def asking(session: Session, *, actor: Actor, study_id: int, now: datetime) -> Waiting[OpenRequest]:  # noqa: ARG001 - as every queue
    """Return who asked for a new link and has none, the oldest request first."""
    found = link_requests.open_requests(session, actor=actor, study_id=study_id)
    return Waiting(len(found), found[:MOST])


def not_randomised(session: Session, *, actor: Actor, study_id: int, now: datetime) -> Waiting[RosterRow]:  # noqa: ARG001 - as every queue
    """Return who is enrolled and has no day 0, by code."""
    found = roster.roster(session, actor=actor, study_id=study_id, awaiting=True, per_page=FIRST)
    return Waiting(found.total, found.rows)
