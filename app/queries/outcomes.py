"""Everything that outcomes rest on, for all participants of a study, with one statement a table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.domain import adjudication
from app.domain.adjudication import ONE_READING, EventChoice, Rule, SettledEvent, settled
from app.domain.outcomes import FollowUp, Seen, shown_by
from app.domain.response import OWN
from app.domain.schedule import civil_date
from app.domain.study import Adjudication, Origin
from app.models import Consent, Participant, Response, Sighting, Treatment
from app.models import Withdrawal as StoredWithdrawal
from app.models.consent import WithdrawalScope
from app.models.sighting import SeenHow
from app.queries import answered_days, made_readings, studies


@dataclass(frozen=True, slots=True)
class Dated:
    """A row and its day: a consent, or an answer that the participant gave."""

    id: int
    on: date


@dataclass(frozen=True, slots=True)
class Withdrawal(Dated):
    scope: WithdrawalScope


@dataclass(frozen=True, slots=True)
class Infusion(Dated):
    lot: str
    route: str


@dataclass(frozen=True, slots=True)
class Sighted(Dated):
    """`recorded_on` is the civil day on which it was written down."""

    how: SeenHow
    untransplanted: bool | None
    recorded_on: date


@dataclass(frozen=True, slots=True)
class Reported:
    """An event with its readings in the order they were made, and the civil day on which it was told."""

    event: adjudication.Event
    told_on: date
    readings: tuple[adjudication.Reading, ...] = ()
    rule: Rule = ONE_READING

    @property
    def outcome(self) -> adjudication.Outcome:
        """Return what was decided about it."""
        return adjudication.outcome(self.readings, self.rule)

    @property
    def counting(self) -> adjudication.Reading | None:
        """Return the reading that speaks for it, if any does."""
        return adjudication.counting(self.readings, self.rule)

    @property
    def stands(self) -> bool:
        """Return whether no reviewer has said that it did not happen, or is told by another report."""
        return self.outcome not in ("refuted", "duplicate")

    @property
    def earliest(self) -> date:
        """Return the first day that the report or a reviewer gave it."""
        agreed = (each.agreed_started_on for each in self.readings if each.agreed_started_on)
        return min([self.event.started.earliest, *agreed])


@dataclass(frozen=True, kw_only=True)
class Course:
    """What is stored of one participant's course; each group in the order of its days.

    `answered` holds, for each response that was not given by a proxy, the last answer of each civil day.
    """

    participant_id: int
    code: str
    site: str
    time_zone: ZoneInfo
    enrolled_on: date
    arm: str | None
    randomised_on: date | None
    consents: tuple[Dated, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    infusions: tuple[Infusion, ...] = ()
    events: tuple[Reported, ...] = ()
    sightings: tuple[Sighted, ...] = ()
    answered: tuple[Dated, ...] = ()
    _settled: dict[EventChoice, list[SettledEvent]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def until(self, cutoff_on: date) -> "Course":
        """Return the course without what lies after the cut-off; itself where nothing does."""
        if not self._goes_on_after(cutoff_on):
            return self
        randomised = self.randomised_on is not None and self.randomised_on <= cutoff_on
        return replace(
            self,
            arm=self.arm if randomised else None,
            randomised_on=self.randomised_on if randomised else None,
            consents=_until(self.consents, cutoff_on),
            withdrawals=_until(self.withdrawals, cutoff_on),
            infusions=_until(self.infusions, cutoff_on),
            sightings=_until(self.sightings, cutoff_on),
            answered=_until(self.answered, cutoff_on),
            events=tuple(each for each in self.events if self._may_lie_until(each, cutoff_on)),
        )

    def _may_lie_until(self, event: Reported, day: date) -> bool:
        """Return whether an event may lie on or before a day; no death does where life is shown after it."""
        if event.earliest > day:
            return False
        found = self._settled_one(event, "all") if event.event.kind == "death" else None
        return found is None or found.started_on <= day

    def _goes_on_after(self, day: date) -> bool:
        rows: tuple[tuple[Dated, ...], ...] = (
            self.consents,
            self.withdrawals,
            self.infusions,
            self.sightings,
            self.answered,
        )
        return (
            (self.randomised_on is not None and self.randomised_on > day)
            or any(each.on > day for group in rows for each in group)
            or any(each.earliest > day for each in self.events)
        )

    def as_known_on(self, day: date) -> "Course":
        """Return the course without events that were told, and sightings recorded, after a day.

        Nor is anything of what had not happened yet.
        """
        known = replace(
            self,
            events=tuple(each for each in self.events if each.told_on <= day),
            sightings=_until([each for each in self.sightings if each.recorded_on <= day], day),
            infusions=_until(self.infusions, day),
            answered=_until(self.answered, day),
        )
        return known.until(day)

    def settled_events(self, events: EventChoice) -> list[SettledEvent]:
        """Return the events as the analysis counts them, in the order of their days; not to be changed."""
        if events not in self._settled:
            self._settled[events] = self._settle(events)
        return self._settled[events]

    def _settle(self, events: EventChoice) -> list[SettledEvent]:
        found = [self._settled_one(each, events) for each in self.events]
        counted = [each for each in found if each is not None]
        return sorted(counted, key=lambda each: (each.started_on, each.event_id))

    def _settled_one(self, event: Reported, events: EventChoice) -> SettledEvent | None:
        not_before = self._not_before(event.event)
        return settled(event.event, event.readings, events=events, not_before=not_before, rule=event.rule)

    def _not_before(self, event: adjudication.Event) -> date | None:
        """Return what bounds a partly known date: day 0, and for a death the last sign of life until then."""
        if event.kind != "death":
            return self.randomised_on
        signs = [each.on for each in (*self.infusions, *self.answered, *self.sightings)]
        days = [day for day in (self.randomised_on, *signs) if day and day <= event.started.latest]
        return max(days, default=None)

    def withdrawn(self, scope: WithdrawalScope) -> date | None:
        """Return the day from which something was withdrawn, or None."""
        return next((each.on for each in self.withdrawals if each.scope == scope), None)

    def origin_on(self, origin: Origin) -> date | None:
        """Return day 0, or None where the participant has none."""
        if origin == "randomisation" or self.randomised_on is None:
            return self.randomised_on
        return self.infusions[0].on if self.infusions else None

    def seen(self, events: EventChoice) -> list[Seen]:
        """Return the days on which something shows the participant alive, with its row."""
        found = shown_by(self.settled_events(events))
        if self.randomised_on is not None:
            found.append(Seen(self.randomised_on, "randomisation", self.participant_id))
        found += [Seen(each.on, "treatment", each.id) for each in self.infusions]
        found += [Seen(each.on, "answer", each.id) for each in self.answered]
        found += [Seen(each.on, "sighting", each.id) for each in self.sightings]
        found += [
            Seen(each.on, "withdrawal", each.id) for each in self.withdrawals if each.scope == "follow-up"
        ]
        return sorted(found)

    def follow_up(self, *, origin: Origin, events: EventChoice, cutoff_on: date) -> FollowUp | None:
        """Return what outcomes are worked out from; None where there is no day 0 on or before the cut-off."""
        course = self.until(cutoff_on)
        origin_on = course.origin_on(origin)
        if origin_on is None:
            return None
        counted = course.settled_events(events)
        return FollowUp(
            origin_on=origin_on,
            events=counted,
            seen=course.seen(events),
            follow_up_withdrawn_on=course.withdrawn("follow-up"),
            cutoff_on=cutoff_on,
            transplant_told_on=course._transplant_told_on({each.event_id for each in counted}),
        )

    def _transplant_told_on(self, counted: set[int]) -> date | None:
        told = [each.on for each in self.sightings if each.untransplanted is False]
        told += [
            each.earliest
            for each in self.events
            if each.event.kind == "transplant" and each.event.id not in counted and each.stands
        ]
        return min(told, default=None)

    def last_day(self) -> date:
        """Return the last date in the data of this participant; refuted events are no data."""
        days = [self.enrolled_on, *(each.on for each in (*self.consents, *self.withdrawals))]
        for event in self.settled_events("all"):
            days += [event.started_on, event.ended_on or event.started_on]
        return max([*days, *(each.on for each in self.seen("all"))])


_Row = TypeVar("_Row", bound=Dated)


def _until(rows: Sequence[_Row], cutoff_on: date) -> tuple[_Row, ...]:
    return tuple(row for row in rows if row.on <= cutoff_on)


def courses(session: Session, *, study_id: int) -> list[Course]:
    """Return the course of every participant of a study, by code."""
    of_study = Participant.study_id == study_id
    participants = session.scalars(select(Participant).where(of_study).order_by(Participant.code)).all()
    zones = {each.id: ZoneInfo(each.time_zone) for each in participants}
    consents, withdrawals = _consents(session, of_study), _withdrawals(session, of_study)
    asked = studies.current(session, study_id=study_id).study.adjudication
    infusions, events = _infusions(session, of_study), _events(session, of_study, asked, zones)
    sightings, answered = _sightings(session, of_study, zones), _answered(session, of_study, zones)
    return [
        Course(
            participant_id=each.id,
            code=each.code,
            site=each.site,
            time_zone=zones[each.id],
            enrolled_on=each.enrolled_on,
            arm=each.arm,
            randomised_on=each.randomised_on,
            consents=consents.get(each.id, ()),
            withdrawals=withdrawals.get(each.id, ()),
            infusions=infusions.get(each.id, ()),
            events=events.get(each.id, ()),
            sightings=sightings.get(each.id, ()),
            answered=answered.get(each.id, ()),
        )
        for each in participants
    ]


def _consents(session: Session, of_study: ColumnElement[bool]) -> Mapping[int, tuple[Dated, ...]]:
    rows = session.execute(
        select(Consent.participant_id, Consent.id, Consent.consented_on).join(Participant).where(of_study)
    )
    return _by_participant((row.participant_id, Dated(row.id, row.consented_on)) for row in rows)


def _withdrawals(session: Session, of_study: ColumnElement[bool]) -> Mapping[int, tuple[Withdrawal, ...]]:
    stored = StoredWithdrawal
    rows = session.execute(
        select(stored.participant_id, stored.id, stored.withdrawn_on, stored.scope)
        .join(Participant)
        .where(of_study)
    )
    return _by_participant(
        (row.participant_id, Withdrawal(row.id, row.withdrawn_on, row.scope)) for row in rows
    )


def _infusions(session: Session, of_study: ColumnElement[bool]) -> Mapping[int, tuple[Infusion, ...]]:
    rows = session.execute(
        select(Treatment.participant_id, Treatment.id, Treatment.given_on, Treatment.lot, Treatment.route)
        .join(Participant)
        .where(of_study)
    )
    return _by_participant(
        (row.participant_id, Infusion(row.id, row.given_on, row.lot, row.route)) for row in rows
    )


def _sightings(
    session: Session, of_study: ColumnElement[bool], zones: Mapping[int, ZoneInfo]
) -> Mapping[int, tuple[Sighted, ...]]:
    rows = session.execute(
        select(
            Sighting.participant_id,
            Sighting.id,
            Sighting.seen_on,
            Sighting.how,
            Sighting.untransplanted,
            Sighting.recorded_at,
        )
        .join(Participant)
        .where(of_study)
    )
    return _by_participant(
        (
            owner,
            Sighted(row_id, seen_on, how, untransplanted, civil_date(recorded_at, zones[owner])),
        )
        for owner, row_id, seen_on, how, untransplanted, recorded_at in rows
    )


def _answered(
    session: Session, of_study: ColumnElement[bool], zones: Mapping[int, ZoneInfo]
) -> Mapping[int, tuple[Dated, ...]]:
    own = and_(of_study, Response.respondent.in_(OWN))
    last = answered_days.last_of_days(session, where=own, zones=zones)
    return _by_participant((owner, Dated(answer_id, on)) for (owner, _, on), answer_id in last.items())


def _by_participant(rows: Iterable[tuple[int, _Row]]) -> dict[int, tuple[_Row, ...]]:
    found: dict[int, list[_Row]] = defaultdict(list)
    for participant_id, row in rows:
        found[participant_id].append(row)
    return {key: tuple(sorted(kept, key=lambda row: (row.on, row.id))) for key, kept in found.items()}


def _events(
    session: Session, of_study: ColumnElement[bool], asked: Adjudication, zones: Mapping[int, ZoneInfo]
) -> Mapping[int, tuple[Reported, ...]]:
    readings = made_readings.made_where(session, of_study)
    found: dict[int, list[Reported]] = defaultdict(list)
    for owner, reported_at, event in made_readings.reported_where(session, of_study):
        told_on = civil_date(reported_at, zones[owner])
        made = tuple(readings.get(event.id, ()))
        found[owner].append(Reported(event, told_on, made, asked.rule(event.kind)))
    return {
        key: tuple(sorted(kept, key=lambda each: (each.event.started.earliest, each.event.id)))
        for key, kept in found.items()
    }
