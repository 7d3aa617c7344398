"""Reminders: what is planned, sent, failed or unknown, and whether an occasion is owed one today."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.channels import in_order, passable
from app.domain.contact_preference import NONE_CHOSEN, Preference
from app.domain.reminders import NotOwed, Reachable, step_due_on, step_in_force, wanted_steps, why_not_owed
from app.domain.schedule import OccasionState, Window, civil_date, occasion_state
from app.domain.study import Channel, ReminderStep, Study
from app.models import Occasion, Participant, Reminder, Response
from app.models.reminder import UNKNOWN
from app.queries import studies
from app.queries.addresses import addressed
from app.queries.contact_preferences import preferences
from app.queries.endings import NOTHING_ENDED, Ending, endings
from app.queries.occasions import completed_on
from app.queries.worklist import ReminderState, reminder_state

REMINDER_STATES: tuple[ReminderState, ...] = (
    "planned",
    "unknown",
    "sent",
    "delivered",
    "failed",
    "bounced",
    "dropped",
)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One occasion today: where it stands, which step is in force, and why it is owed no reminder, if so."""

    occasion_id: int
    participant_id: int
    study_id: int
    code: str
    site: str
    language: str
    zone: ZoneInfo
    visit: str
    window: Window
    state: OccasionState
    today: date
    step: ReminderStep | None
    not_owed: NotOwed | None
    study: Study
    preference: Preference
    addressed: frozenset[Channel]

    @property
    def steps(self) -> Sequence[ReminderStep]:
        """Return the steps about this visit that use the channel which was chosen."""
        return wanted_steps(self.study.reminders_of(self.visit), self.preference.channel)

    @property
    def step_to_say(self) -> ReminderStep | None:
        """Return the step in force; before the first one's day, for a message sent by hand, the first."""
        return self.step or _first(self.steps, self.window)

    @property
    def ways(self) -> tuple[Channel, ...]:
        """Return the channels for which there is an address: what the participant chose, then the study's."""
        return _ways(self.step_to_say, self.preference, self.addressed)


def _first(steps: Sequence[ReminderStep], window: Window) -> ReminderStep | None:
    return min(steps, key=lambda step: step_due_on(step, window), default=None)


def _ways(
    step: ReminderStep | None, preference: Preference, addressed: frozenset[Channel]
) -> tuple[Channel, ...]:
    ways = step.ways if step is not None else ("email",)
    return passable(in_order(ways, preference.channel), addressed)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a reminder says, its placeholders still to be filled."""

    language: str
    subject: str
    body: str
    text: str
    visit: str
    due_on: date
    closes_on: date
    site: str
    phone: str


@dataclass(frozen=True)
class ReminderRow:
    """One message, since when it is in its state; `unknown` was claimed by a sender who never reported."""

    id: int
    occasion_id: int
    participant_id: int
    participant_code: str
    visit: str
    step: str
    channel: str
    state: ReminderState
    at: datetime
    failure: str | None


@dataclass(frozen=True)
class ReminderStatus:
    """How many messages of a study stand where, and those of which nobody knows whether they left."""

    counts: Mapping[ReminderState, int]
    in_flight: tuple[ReminderRow, ...]


def standings(session: Session, *, where: ColumnElement[bool], now: datetime) -> list[Standing]:
    """Return where occasions stand, in the order of participants and due days."""
    found = session.execute(
        select(Participant, Occasion)
        .join(Occasion, Occasion.participant_id == Participant.id)
        .where(where)
        .order_by(Participant.id, Occasion.due_on)
        .execution_options(populate_existing=True)
    ).all()
    ended = endings(session, participant_ids={participant.id for participant, _ in found})
    submitted = _submitted(session, [occasion.id for _, occasion in found])
    reached = addressed(session, participant_ids={participant.id for participant, _ in found})
    chosen = preferences(session, participant_ids={participant.id for participant, _ in found})
    study = {
        each: studies.current(session, study_id=each).study
        for each in {participant.study_id for participant, _ in found}
    }
    return [
        _standing(
            study[participant.study_id],
            participant,
            occasion,
            submitted[occasion.id],
            ended.get(participant.id, NOTHING_ENDED),
            chosen.get(participant.id, NONE_CHOSEN),
            reached.get(participant.id, frozenset()),
            now=now,
        )
        for participant, occasion in found
    ]


def _standing(
    study: Study,
    participant: Participant,
    occasion: Occasion,
    submitted: Mapping[str, datetime],
    ended: Ending,
    preference: Preference,
    addressed: frozenset[Channel],
    *,
    now: datetime,
) -> Standing:
    zone = ZoneInfo(participant.time_zone)
    today = civil_date(now, zone)
    window = Window(occasion.opens_on, occasion.due_on, occasion.closes_on)
    state = occasion_state(
        window,
        completed_on=completed_on(submitted, study.visit(occasion.visit), zone),
        ends=ended.ends,
        today=today,
    )
    steps = wanted_steps(study.reminders_of(occasion.visit), preference.channel)
    step = step_in_force(steps, window, today)
    reachable = Reachable(
        has_address=bool(_ways(step or _first(steps, window), preference, addressed)),
        dead=ended.dead_on is not None,
        contact_withdrawn="contact" in ended.withdrawals,
        answers_withdrawn=not ended.withdrawals.keys().isdisjoint(("answers", "follow-up")),
        stopped=preference.stopped,
        paused=preference.paused(today),
    )
    return Standing(
        occasion_id=occasion.id,
        participant_id=participant.id,
        study_id=participant.study_id,
        code=participant.code,
        site=participant.site,
        language=participant.language,
        zone=zone,
        visit=occasion.visit,
        window=window,
        state=state,
        today=today,
        step=step,
        not_owed=why_not_owed(state, reachable),
        study=study,
        preference=preference,
        addressed=addressed,
    )


def draft(standing: Standing) -> Draft | None:
    """Return what a reminder would say today, or None where the study lacks it in the reader's language."""
    study, language, step = standing.study, standing.language, standing.step_to_say
    title = study.visit(standing.visit).title.get(language)
    if step is None or title is None or language not in step.subject or language not in step.body:
        return None
    site = study.site(standing.site)
    return Draft(
        language=language,
        subject=step.subject[language],
        body=step.body[language],
        text=step.text.get(language, ""),
        visit=title,
        due_on=standing.window.due_on,
        closes_on=standing.window.closes_on,
        site=site.name,
        phone=site.phone,
    )


def _submitted(session: Session, occasion_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    submitted: dict[int, dict[str, datetime]] = defaultdict(dict)
    for occasion_id, instrument, submitted_at in session.execute(
        select(Response.occasion_id, Response.instrument, Response.submitted_at).where(
            Response.occasion_id.in_(occasion_ids)
        )
    ):
        if submitted_at is not None:
            submitted[occasion_id][instrument] = submitted_at
    return submitted


def of_participant(session: Session, *, participant_id: int) -> list[ReminderRow]:
    """Return every message of one participant, oldest first."""
    return _rows(session, Participant.id == participant_id)


def of_occasions(session: Session, *, occasion_ids: Collection[int]) -> list[ReminderRow]:
    """Return every message about some occasions, oldest first."""
    return _rows(session, Occasion.id.in_(occasion_ids))


def unclear(session: Session, *, actor: Actor, study_id: int) -> list[ReminderRow]:
    """Return the messages that were claimed and never reported, as far as the actor may see them."""
    if not actor.may_see(study_id=study_id, site=actor.site):
        return []
    ours = Participant.study_id == study_id
    where = ours if actor.site is None else and_(ours, Participant.site == actor.site)
    return _rows(session, and_(where, UNKNOWN))


def status(session: Session, *, study_id: int) -> ReminderStatus:
    """Return the counts by state, and the messages that were claimed and never reported."""
    ours = Participant.study_id == study_id
    every = (
        select(Reminder)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(ours)
        .execution_options(yield_per=1000)
    )
    counts = Counter(reminder_state(each)[1] for each in session.scalars(every))
    return ReminderStatus(
        counts={state: counts[state] for state in REMINDER_STATES},
        in_flight=tuple(_rows(session, and_(ours, UNKNOWN))),
    )


def _rows(session: Session, where: ColumnElement[bool]) -> list[ReminderRow]:
    found = session.execute(
        select(Reminder, Occasion.visit, Participant.id, Participant.code)
        .join(Occasion, Occasion.id == Reminder.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(where)
        .order_by(Reminder.id)
    )
    return [_row(reminder, visit, participant_id, code) for reminder, visit, participant_id, code in found]


def _row(reminder: Reminder, visit: str, participant_id: int, code: str) -> ReminderRow:
    at, state = reminder_state(reminder)
    return ReminderRow(
        id=reminder.id,
        occasion_id=reminder.occasion_id,
        participant_id=participant_id,
        participant_code=code,
        visit=visit,
        step=reminder.step,
        channel=reminder.channel,
        state=state,
        at=at,
        failure=reminder.failure,
    )
