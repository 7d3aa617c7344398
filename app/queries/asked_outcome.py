"""Which outcome is asked for, of whom, and the rows of the database that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Date, Select, literal, select, true

from app.domain.adjudication import EventChoice
from app.domain.estimand import Endpoint, Origin, Strategy
from app.domain.outcomes import CENSORED, COMPETING, EVENT, counted_kinds
from app.domain.response import OWN
from app.domain.study import Adjudication
from app.models import Answer, Event, Occasion, Participant, Response, Sighting, Treatment, Withdrawal
from app.queries.civil_days import CivilDate

Rows: TypeAlias = Select[*tuple[Any, ...]]
OUTCOMES = {CENSORED: 0, EVENT: 1, COMPETING: 2}
"""What is counted, by CNSR of ADTTE."""


@dataclass(frozen=True)
class Days:
    """Rows that each have a participant and a day, on or before the cut-off."""

    rows: Rows
    participant_id: ColumnElement[int]
    day: ColumnElement[date]

    def only(self, *wanted: ColumnElement[bool]) -> Rows:
        """Return the participants and days (`on`) of some of the rows."""
        return self.rows.with_only_columns(
            self.participant_id.label("participant_id"), self.day.label("on")
        ).where(*wanted)


@dataclass(frozen=True, kw_only=True)
class AskedOutcome:
    """An endpoint of a study at a cut-off; `cutoff_on` None: everything that is there.

    `transplant` and `death` are what the estimand says of them, as for `app.domain.outcomes.time_to_event`.
    `as_known`: only events that were told, and sightings that were recorded, by the cut-off. `among`: only
    the participants from the one id to the other. `dialect` is the database's.
    """

    dialect: str
    study_id: int
    adjudication: Adjudication
    endpoint: Endpoint
    transplant: Strategy | None = None
    death: Strategy | None = None
    origin: Origin = "randomisation"
    events: EventChoice = "confirmed"
    cutoff_on: date | None = None
    as_known: bool = False
    among: tuple[int, int] | None = None

    @cached_property
    def cutoff(self) -> ColumnElement[date]:
        """Return the last day that counts; without a cut-off, the last one there is."""
        return literal(self.cutoff_on or date.max, Date())

    @cached_property
    def kinds(self) -> Mapping[int, Sequence[str]]:
        """Return the kinds of events that end the time, by what they are then; a transplant stands first."""
        found: dict[int, list[str]] = {}
        for kind, censoring in counted_kinds(self.endpoint, self.transplant, self.death).items():
            found.setdefault(OUTCOMES[censoring], []).append(kind)
        return found

    @property
    def frees_of_transplant(self) -> bool:
        """Return whether the time is one without a transplant, also without one that is only told of."""
        return any("transplant" in kinds for kinds in self.kinds.values())

    def within(self, participant_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column, however made
        """Return whether a row is of the participants who are asked about."""
        found: ColumnElement[bool] = participant_id.between(*self.among) if self.among else true()
        return found

    def reported_events(self) -> Rows:
        """Return the events that are known of."""
        events: Rows = select(Event.id, Event.participant_id, Event.kind, Event.started, Event.ended)
        events = events.where(self.within(Event.participant_id))
        if not self.as_known:
            return events
        told_on = CivilDate(Event.reported_at, Participant.time_zone)
        return events.join(Participant).where(told_on <= self.cutoff)

    def sightings(self) -> Days:
        """Return the days on which someone was seen alive."""
        found = self._days(select(Sighting.id), Sighting.participant_id, Sighting.seen_on)
        if not self.as_known:
            return found
        recorded_on = CivilDate(Sighting.recorded_at, Participant.time_zone)
        known = found.rows.join(Participant).where(recorded_on <= self.cutoff)
        return Days(known, found.participant_id, found.day)

    def infusions(self) -> Days:
        """Return the days of infusions."""
        return self._days(select(Treatment.id), Treatment.participant_id, Treatment.given_on)

    def withdrawals(self) -> Days:
        """Return the days on which someone withdrew from follow-up."""
        scope = Withdrawal.scope == "follow-up"
        rows = select(Withdrawal.id).where(scope)
        return self._days(rows, Withdrawal.participant_id, Withdrawal.withdrawn_on)

    def answers(self) -> Days:
        """Return the days on which participants themselves gave an answer."""
        rows = (
            select(Answer.id)
            .join(Response, Response.id == Answer.response_id)
            .join(Occasion, Occasion.id == Response.occasion_id)
            .join(Participant, Participant.id == Occasion.participant_id)
            .where(Response.respondent.in_(OWN))
        )
        given_on = CivilDate(Answer.answered_at, Participant.time_zone)
        return self._days(rows, Occasion.participant_id, given_on)

    def randomisations(self) -> Days:
        """Return the days of randomisation."""
        return self._days(select(Participant.id), Participant.id, Participant.randomised_on)

    def _days(self, rows: Rows, participant_id: Any, day: Any) -> Days:  # noqa: ANN401 - columns, however made
        return Days(rows.where(day <= self.cutoff, self.within(participant_id)), participant_id, day)
