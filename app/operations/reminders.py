"""Reminders are planned when they are owed, and again where what was in the way has passed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.reminders import (
    BY_HAND,
    FOR_NOW,
    MOST_TRIES,
    TEMPORARY,
    by_hand,
    leaves_at,
    retry_at,
    step_due_on,
)
from app.domain.study import ReminderStep
from app.errors import Code, Refusal
from app.models import Occasion, Participant, Reminder
from app.models.reminder import WAITING
from app.operations import audit
from app.operations.audit import Chain
from app.queries import studies
from app.queries.reminders import Standing, draft, standings
from app.queries.unplanned import failed_by_hand, told, unplanned

PLANNED_AT_ONCE = 500


@dataclass(frozen=True)
class _Wanted:
    """One message for one step, whatever the channel: nobody is reminded of one thing by two."""

    occasion_id: int
    step: str
    channel: str = field(compare=False)


def plan(
    session: Session,
    *,
    study_id: int,
    now: datetime,
    actor: Actor,
    occasion_ids: Collection[int] | None = None,
) -> int:
    """Add the messages that are owed today and not there yet, and free those to try again; return how many.

    For all occasions, or for these. Running it again adds nothing.
    """
    total = 0
    failed = failed_by_hand(session, study_id=study_id, now=now, ids=occasion_ids)
    lacking = sorted({*unplanned(session, study_id=study_id, now=now, ids=occasion_ids), *failed})
    for start in range(0, len(lacking), PLANNED_AT_ONCE):
        some = lacking[start : start + PLANNED_AT_ONCE]
        known = told(session, occasion_ids=some)
        wanted: dict[_Wanted, datetime] = {}
        for each in standings(session, where=Occasion.id.in_(some), now=now):
            if each.not_owed is not None or draft(each) is None:
                continue
            if each.step is not None and _is_new(each, each.step, known.get(each.occasion_id, ())):
                wanted[_Wanted(each.occasion_id, each.step.code, each.ways[0])] = _leaves_at(each, now)
            if each.occasion_id in failed:
                wanted[_Wanted(each.occasion_id, failed[each.occasion_id], each.ways[0])] = now
        total += len(_add(session, study_id, wanted, action="reminder.plan", now=now, actor=actor))
    return total


def _is_new(standing: Standing, step: ReminderStep, told: Collection[str]) -> bool:
    """Return whether a step falls on a later day than all about the visit that somebody was told already.

    Who chooses another channel after a message is not written to at once by that one as well.
    """
    days = [
        step_due_on(each, standing.window)
        for each in standing.study.reminders_of(standing.visit)
        if each.code in told
    ]
    return all(day < step_due_on(step, standing.window) for day in days)


def _leaves_at(standing: Standing, now: datetime) -> datetime:
    return leaves_at(
        now,
        standing.zone,
        hour=standing.preference.hour,
        closes_on=standing.window.closes_on,
        quiet=standing.study.quiet_hours,
    )


def move_waiting(session: Session, *, participant_id: int, hour: int | None, now: datetime) -> None:
    """Let what is planned for a participant leave at another hour; the caller leaves the audit entry.

    What a sender is claiming right now leaves as it is: to wait for it would be to wait for one another.
    """
    found = session.execute(
        select(Reminder, Occasion.closes_on, Participant.time_zone, Participant.study_id)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(Participant.id == participant_id, WAITING, Reminder.step.not_like(f"{BY_HAND}%"))
        .with_for_update(of=Reminder, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for reminder, closes_on, zone, study_id in found:
        quiet = studies.current(session, study_id=study_id).study.quiet_hours
        reminder.planned_at = leaves_at(now, ZoneInfo(zone), hour=hour, closes_on=closes_on, quiet=quiet)
    session.flush()


def plan_by_hand(
    session: Session, *, occasion_ids: Collection[int], now: datetime, actor: Actor
) -> list[int]:
    """Add one message for each of these occasions that may have one; return the ids of those that wait.

    One a day and occasion, however often someone presses; one that failed today waits again. Refuses
    occasions that the actor may not see.
    """
    found = standings(session, where=Occasion.id.in_(occasion_ids), now=now)
    seen = [each for each in found if actor.may_see(study_id=each.study_id, site=each.site)]
    if len(seen) < len(set(occasion_ids)):
        raise Refusal(Code.NOT_FOUND, "occasion")
    waiting: list[int] = []
    for study_id in sorted({each.study_id for each in seen}):
        ours = [each for each in seen if each.study_id == study_id and each.not_owed is None]
        wanted = {_by_hand(each): now for each in ours}
        _add(session, study_id, wanted, action="reminder.plan_by_hand", now=now, actor=actor, at_once=True)
        there = _there(session, wanted)
        waiting += [there[each].id for each in wanted if there[each].claimed_at is None]
    return waiting


def _by_hand(standing: Standing) -> _Wanted:
    if draft(standing) is None:
        raise Refusal(
            Code.NOT_CONFIGURED, f"no reminder in {standing.language} in study {standing.study.code}"
        )
    return _Wanted(standing.occasion_id, by_hand(standing.today), standing.ways[0])


def _there(session: Session, wanted: Iterable[_Wanted]) -> dict[_Wanted, Reminder]:
    found = session.scalars(
        select(Reminder)
        .where(Reminder.occasion_id.in_([each.occasion_id for each in wanted]))
        .execution_options(populate_existing=True)
    )
    return {_wish(each): each for each in found}


def _wish(reminder: Reminder) -> _Wanted:
    return _Wanted(reminder.occasion_id, reminder.step, reminder.channel)


def _missing(
    session: Session, wanted: Collection[_Wanted], now: datetime, *, at_once: bool
) -> tuple[list[_Wanted], list[Reminder]]:
    there = _there(session, wanted)
    again = [
        there[each] for each in wanted if each in there and _is_due_again(there[each], now, at_once=at_once)
    ]
    return [each for each in wanted if each not in there], again


def _is_due_again(reminder: Reminder, now: datetime, *, at_once: bool) -> bool:
    """Return whether to free what failed for a while, or was dropped for a pause that is over.

    What bounced, also after it was sent, goes again where it is still wanted: then there is another address,
    or this one was changed. What somebody has decided about goes again only by hand.
    """
    if reminder.settled_at is not None and not at_once:
        return False
    if reminder.dropped_at is not None:
        return reminder.failure in FOR_NOW
    if reminder.bounced_at is not None:
        return True
    if reminder.failed_at is None:
        return False
    if at_once:
        return True
    may_pass = (reminder.failure or "").startswith(TEMPORARY) and reminder.tries < MOST_TRIES
    return may_pass and retry_at(reminder.planned_at, reminder.failed_at) <= now


def _add(
    session: Session,
    study_id: int,
    wanted: Mapping[_Wanted, datetime],
    *,
    action: str,
    now: datetime,
    actor: Actor,
    at_once: bool = False,
) -> list[int]:
    """Insert what is missing and free what may go again; the study is locked only where there is something.

    `wanted` says when each message should leave.
    """
    if not any(_missing(session, wanted, now, at_once=at_once)):
        return []
    chain = Chain("study", study_id)
    audit.lock(session, chain)
    missing, again = _missing(session, wanted, now, at_once=at_once)  # another may have been faster
    added: list[int] = []
    if missing:
        rows = [
            {
                "occasion_id": each.occasion_id,
                "step": each.step,
                "channel": each.channel,
                "planned_at": wanted[each],
            }
            for each in missing
        ]
        added = list(session.scalars(insert(Reminder).returning(Reminder.id), rows))
    channels = {each: each.channel for each in wanted}
    for reminder in again:
        # After a pause, or to another address, it is planned as if for the first time.
        if reminder.dropped_at is not None or reminder.bounced_at is not None:
            reminder.planned_at = wanted[_wish(reminder)]
        reminder.channel = channels[_wish(reminder)]
        free(reminder)
    session.flush()
    changed = added + [reminder.id for reminder in again]
    if changed:
        audit.record(
            session,
            chain=chain,
            actor=actor,
            action=action,
            subject=f"study:{study_id}",
            now=now,
            new={"reminders": added, "again": [reminder.id for reminder in again]},
            locked=True,
        )
    return changed


def free(reminder: Reminder) -> None:
    """Let a message wait again as if nothing had become of it; the caller leaves the audit entry."""
    reminder.claimed_at = reminder.sent_at = reminder.failed_at = reminder.dropped_at = None
    reminder.failure = reminder.bounced_at = reminder.delivered_at = reminder.settled_at = None
