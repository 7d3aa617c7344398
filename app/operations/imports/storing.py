"""Storing what an import adds, table by table, many rows at a time."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.study import Study
from app.formats import contact as contact_format
from app.formats.contact import ContactDetails
from app.formats.csv_file import Progress
from app.formats.tables import EventRow, ParticipantRow
from app.models import (
    Answer,
    Base,
    Consent,
    Contact,
    Event,
    Occasion,
    Participant,
    Reading,
    Response,
    Sighting,
    Treatment,
    Withdrawal,
)
from app.operations.imports.answers import Given, Key
from app.operations.imports.comparison import Additions
from app.operations.occasions import planned, replan_occasions
from app.operations.responses import new_receipt
from app.queries.anchors import Anchors, anchors

AT_ONCE = 2000
"""Rows sent to the database in one go."""

Values = dict[str, Any]


class Storage:
    """One import under way: who imports, when, and the ids of the study's participants by code."""

    def __init__(
        self,
        session: Session,
        *,
        study_id: int,
        study: Study,
        actor: Actor,
        now: datetime,
        progress: Progress,
    ) -> None:
        self.session = session
        self.study_id = study_id
        self.study = study
        self.now = now
        self.recorded = {"recorded_at": now, "recorded_by": actor.label}
        self.actor = actor
        self.progress = progress
        self.ids: Mapping[str, int] = {}

    def participants(self, additions: Additions, contact_keys: tuple[str, ...]) -> None:
        """Add participants with their years of birth, and the day 0 of some who are stored without."""
        self._insert(Participant, (self._participant(row) for row in additions.participants.new))
        by_code = select(Participant.code, Participant.id).where(Participant.study_id == self.study_id)
        self.ids = {row.code: row.id for row in self.session.execute(by_code)}
        self._insert(Contact, self._contacts(additions.participants.new, contact_keys))
        for row in additions.participants.filled:
            day_0 = {"arm": row.arm, "randomised_on": row.randomised_on}
            self.session.execute(
                update(Participant).where(Participant.id == self.ids[row.code]).values(day_0)
            )

    def _participant(self, row: ParticipantRow) -> Values:
        return {
            "study_id": self.study_id,
            "code": row.code,
            "site": row.site,
            "language": row.language,
            "time_zone": row.time_zone,
            "enrolled_at": self.now,
            "enrolled_on": row.enrolled_on,
            "arm": row.arm,
            "randomised_on": row.randomised_on,
        }

    def _contacts(self, rows: Iterable[ParticipantRow], keys: tuple[str, ...]) -> Iterator[Values]:
        for row in rows:
            if row.birth_year is not None:
                details = ContactDetails(name="", email=None, phone=None, birth_year=row.birth_year)
                yield {"participant_id": self.ids[row.code], "sealed": contact_format.seal(details, keys)}

    def facts(self, additions: Additions) -> None:
        """Add what happened to participants, but for their answers."""
        routes = {lot.code: lot.route for lot in self.study.product_lots}
        self._insert(
            Consent,
            (
                self._of(row.participant) | {"version": row.version, "consented_on": row.consented_on}
                for row in additions.consents.new
            ),
        )
        self._insert(
            Treatment,
            (
                self._of(row.participant)
                | {"lot": row.lot, "route": row.route or routes[row.lot], "given_on": row.given_on}
                for row in additions.treatments.new
            ),
        )
        self._insert(
            Sighting,
            (
                self._of(row.participant)
                | {"seen_on": row.seen_on, "how": row.how, "untransplanted": row.untransplanted}
                for row in additions.sightings.new
            ),
        )
        self._insert(
            Withdrawal,
            (
                self._of(row.participant)
                | {"scope": row.scope, "withdrawn_on": row.withdrawn_on, "reason": row.reason}
                for row in additions.withdrawals.new
            ),
        )
        self._events(additions)

    def _of(self, code: str) -> Values:
        return {"participant_id": self.ids[code], **self.recorded}

    def _events(self, additions: Additions) -> None:
        self._insert(Event, (self._event(row) for row in additions.events.new))
        read = [row for row in (*additions.events.new, *additions.events.filled) if row.decision]
        stored = self.session.execute(
            select(Event.participant_id, Event.report_id, Event.id)
            .join(Participant, Participant.id == Event.participant_id)
            .where(Participant.study_id == self.study_id)
        )
        ids = {(participant_id, report_id): event_id for participant_id, report_id, event_id in stored}
        self._insert(Reading, (self._reading(row, ids) for row in read))

    def _event(self, row: EventRow) -> Values:
        return {
            "participant_id": self.ids[row.participant],
            "kind": row.kind,
            "started": row.started,
            "ended": row.ended,
            "ongoing": row.ongoing or False,
            "reason": row.reason,
            "place": row.place,
            "term": row.term,
            "criteria": row.criteria,
            "recovery": row.recovery,
            "reported_at": row.reported_at or self.now,
            "reported_by": self.actor.label,
            "report_id": row.report_id,
        }

    def _reading(self, row: EventRow, ids: Mapping[tuple[int, str], int]) -> Values:
        participant_id, other = self.ids[row.participant], row.duplicate_of
        return {
            "event_id": ids[participant_id, row.report_id],
            "duplicate_of_id": None if other is None else ids[participant_id, other],
            "decision": row.decision,
            "agreed_started_on": row.agreed_started_on,
            "agreed_ended_on": row.agreed_ended_on,
            "note": row.note,
            "read_at": row.read_at or self.now,
            "read_by": self.actor.label,
        }

    def known_days(self) -> Mapping[int, Anchors]:
        """Return what is known of the days from which visits are counted, by participant."""
        return anchors(self.session, where=Participant.study_id == self.study_id)

    def occasions(
        self, before: Mapping[int, Anchors], answered: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], int]:
        """Plan all visits from the days that are known now and not `before`, and those that were answered.

        `answered` holds codes and visits. Visits ahead move with an infusion or a consent that is earlier
        than those that were known. Return the ids of all occasions by code and visit.
        """
        there, known = self._occasion_ids(), self.known_days()
        rows: list[Values] = []
        for code, key in self.ids.items():
            gained = {anchor: day for anchor, day in known[key].items() if anchor not in before.get(key, {})}
            coming = planned(key, self.study, gained) if gained else []
            rows += [row for row in coming if (code, row["visit"]) not in there]
        added = {(row["participant_id"], row["visit"]) for row in rows}
        for code, visit in answered:
            key = self.ids[code]
            if (code, visit) not in there and (key, visit) not in added:
                others = {each.code for each in self.study.schedule} - {visit}
                rows += planned(key, self.study, known[key], there=others)
        self._insert(Occasion, rows)
        self._move(before, known)
        return self._occasion_ids() if rows else there

    def _move(self, before: Mapping[int, Anchors], known: Mapping[int, Anchors]) -> None:
        for key, days in before.items():
            if any(known[key][anchor] != day for anchor, day in days.items()):
                participant = self.session.get_one(Participant, key, populate_existing=True)
                replan_occasions(self.session, participant=participant, before=days, now=self.now)

    def _occasion_ids(self) -> dict[tuple[str, str], int]:
        found = self.session.execute(
            select(Participant.code, Occasion.visit, Occasion.id)
            .join(Occasion, Occasion.participant_id == Participant.id)
            .where(Participant.study_id == self.study_id)
        )
        return {(code, visit): occasion_id for code, visit, occasion_id in found}

    def responses(self, given: Mapping[Key, list[Given]], occasions: Mapping[tuple[str, str], int]) -> None:
        """Add responses and their values, in the order in which they were given."""
        at = {key: occasions[key[0], key[1]] for key in given}
        self._insert(Response, (self._response(at[key], values) for key, values in given.items()))
        stored = self.session.execute(
            select(Response.occasion_id, Response.instrument, Response.id)
            .join(Occasion, Occasion.id == Response.occasion_id)
            .join(Participant, Participant.id == Occasion.participant_id)
            .where(Participant.study_id == self.study_id)
        )
        ids = {(occasion_id, instrument): response_id for occasion_id, instrument, response_id in stored}
        shown = self.progress(given.items(), doing="storing answers")
        self._insert(
            Answer,
            (row for key, values in shown for row in self._answers(ids[at[key], key[2]], values)),
        )

    def _response(self, occasion_id: int, values: list[Given]) -> Values:
        row, last = values[0].row, values[-1].wording
        instants = [each.row.answered_at for each in values if each.row.answered_at is not None]
        return {
            "occasion_id": occasion_id,
            "instrument": row.instrument,
            "instrument_version_id": last.instrument_version_id,
            "wording_id": last.wording_id,
            "respondent": row.respondent,
            "mode": row.mode,
            "started_at": min(instants, default=row.sent_at or self.now),
            "submitted_at": row.sent_at,
            "receipt": new_receipt() if row.sent_at else None,
        }

    def _answers(self, response_id: int, values: list[Given]) -> Iterator[Values]:
        for each in values:
            if each.row.item is not None:
                yield {
                    "response_id": response_id,
                    "item": each.row.item,
                    "value": each.value,
                    "answered_at": each.row.answered_at,
                    "received_at": each.row.received_at or self.now,
                    "wording_id": each.wording.wording_id,
                    "entered_by": each.row.entered_by,
                }

    def _insert(self, table: type[Base], rows: Iterable[Values]) -> None:
        waiting = iter(rows)
        while some := list(islice(waiting, AT_ONCE)):
            self.session.execute(insert(table), some)
