"""What the study allows a row to say: the rules of the operations by which people enter the same facts."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.adjudication import LASTING_KINDS, SAFETY_KINDS
from app.domain.adverse_event import CRITERIA
from app.domain.codes import PARTICIPANT_CODE_ALLOWED, is_participant_code
from app.domain.study import Study
from app.domain.visit import Anchor
from app.errors import Fault
from app.formats.tables import (
    KINDS,
    AnyRow,
    ConsentRow,
    EventRow,
    ParticipantRow,
    ResponseRow,
    SightingRow,
    TreatmentRow,
    WithdrawalRow,
)
from app.operations.imports.people import Person


@dataclass(frozen=True)
class Protocol:
    """What rows are held against: the study, and the present instant."""

    study: Study
    now: datetime


Complaint = tuple[str, object, str]
"""A column, what was found there, and what is allowed."""

TODAY = "a day that has begun where the participant is"
PAST = "an instant that has passed"
NO_DAY_0: Mapping[Anchor, str] = {
    "randomisation": "the participant is not randomised",
    "infusion": "no infusion is known",
    "consent": "no consent is known",
}


def faults_of(file: str, row: AnyRow, person: Person, protocol: Protocol) -> list[Fault]:
    """Return everything in a row that the study does not allow."""
    complaints = RULES[type(row)](row, person, protocol)
    return [
        Fault(
            file, f"row {row.row}, column {column}", "nothing" if found is None else repr(str(found)), allowed
        )
        for column, found, allowed in complaints
    ]


def unknown(file: str, row: AnyRow) -> Fault:
    """Return the fault of a row whose participant is neither in the files nor in the study."""
    allowed = "the code of a participant in participants.csv or in the study"
    return Fault(file, f"row {row.row}, column participant", repr(row.participant), allowed)


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults by file and row, in the order in which the files are read; other files come first."""
    files = [f"{name}.csv" for name in KINDS]

    def position(fault: Fault) -> tuple[int, int]:
        number = re.match(r"(?:row|line) (\d+)", fault.place)
        return files.index(fault.file) if fault.file in files else -1, int(number[1]) if number else 0

    return sorted(faults, key=position)


def one_of(codes: Iterable[str]) -> str:
    """Say which codes are allowed."""
    return "one of: " + (", ".join(codes) or "none, the study has none")


def _participant(row: ParticipantRow, person: Person, protocol: Protocol) -> Iterator[Complaint]:
    study = protocol.study
    sites, arms = [each.code for each in study.sites], [each.code for each in study.arms]
    if not is_participant_code(row.code):
        yield "code", row.code, PARTICIPANT_CODE_ALLOWED
    if row.site not in sites:
        yield "site", row.site, one_of(sites)
    elif row.language not in study.languages:
        yield "language", row.language, one_of(study.languages)
    if row.enrolled_on > person.today:
        yield "enrolled_on", row.enrolled_on, TODAY
    if (
        row.birth_year is not None
        and not row.enrolled_on.year - 130 <= row.birth_year <= row.enrolled_on.year
    ):
        yield "birth_year", row.birth_year, "a year of birth before the enrolment"
    if (row.arm is None) != (row.randomised_on is None):
        column = "arm" if row.arm is None else "randomised_on"
        yield column, None, "arm and randomised_on, both or neither"
    if row.arm is not None and row.arm not in arms:
        yield "arm", row.arm, one_of(arms)
    if row.randomised_on is not None:
        yield from _randomised_on(row, person)


def _randomised_on(row: ParticipantRow, person: Person) -> Iterator[Complaint]:
    day, consented_on = row.randomised_on, person.first_consent_on
    if day is not None and day > person.today:
        yield "randomised_on", day, TODAY
    if day is not None and consented_on is not None and day < consented_on:
        yield "randomised_on", day, f"a day from the consent on, {consented_on}"


def _consent(row: ConsentRow, person: Person, protocol: Protocol) -> Iterator[Complaint]:
    if row.version not in protocol.study.consent_versions:
        yield "version", row.version, one_of(protocol.study.consent_versions)
    if row.consented_on > person.today:
        yield "consented_on", row.consented_on, TODAY


def _treatment(row: TreatmentRow, person: Person, protocol: Protocol) -> Iterator[Complaint]:
    lots = [each.code for each in protocol.study.product_lots]
    if row.lot not in lots:
        yield "lot", row.lot, one_of(lots)
    if row.given_on > person.today:
        yield "given_on", row.given_on, TODAY
    day_0 = person.row.randomised_on
    if day_0 is None:
        yield "given_on", row.given_on, "no treatment: the participant is not randomised"
    elif row.given_on < day_0:
        yield "given_on", row.given_on, f"a day from the randomisation on, {day_0}"


def _event(row: EventRow, person: Person, protocol: Protocol) -> Iterator[Complaint]:
    for column, reported in (("started", row.started), ("ended", row.ended)):
        if reported is not None and reported.earliest > person.today:
            yield column, reported, TODAY
    for column, instant in (("reported_at", row.reported_at), ("read_at", row.read_at)):
        if instant is not None and instant > protocol.now:
            yield column, instant.isoformat(), PAST
    if row.ended is not None and row.ended.latest < row.started.earliest:
        yield "ended", row.ended, f"a date from the beginning on, {row.started}"
    if row.ended is not None and row.ongoing:
        yield "ongoing", "yes", "no, where there is an end"
    if row.kind not in LASTING_KINDS and row.ended is not None:
        yield "ended", row.ended, f"nothing: {row.kind} has no end"
    if row.kind not in LASTING_KINDS and row.ongoing:
        yield "ongoing", "yes", f"no: {row.kind} has no end"
    yield from _safety(row)
    yield from _reading(row, person)


def _safety(row: EventRow) -> Iterator[Complaint]:
    if row.kind in SAFETY_KINDS:
        if not row.term.strip():
            yield "term", None, f"what it was, for {row.kind}"
        if row.criteria != " ".join(each for each in CRITERIA if each in row.criteria.split()):
            allowed = f"any of these with a blank between them, in this order: {' '.join(CRITERIA)}"
            yield "criteria", row.criteria, allowed
        return
    for column, found in (("term", row.term), ("criteria", row.criteria), ("recovery", row.recovery)):
        if found:
            yield column, found, f"nothing: {row.kind} has none"


def duplicate_faults(file: str, rows: Iterable[EventRow], known: Iterable[EventRow]) -> Iterator[Fault]:
    """Find rows that are read as duplicates of what is no event of the same participant and kind, or is one.

    `known` are all events, those of the files and those that are stored.
    """
    by_key = {each.key: each for each in known}
    for row in rows:
        if row.decision != "duplicate" or row.duplicate_of is None:
            continue
        other = by_key.get((row.participant, row.duplicate_of))
        if other is None or other.kind != row.kind or other.decision == "duplicate":
            place = f"row {row.row}, column duplicate_of"
            allowed = f"another {row.kind} of the participant that is no duplicate itself"
            yield Fault(file, place, repr(row.duplicate_of), allowed)


def _reading(row: EventRow, person: Person) -> Iterator[Complaint]:
    started_on, ended_on = row.agreed_started_on, row.agreed_ended_on
    if row.decision is None and row.note:
        yield "note", row.note, "nothing, where there is no decision"
    if row.decision is None and row.read_at is not None:
        yield "read_at", row.read_at.isoformat(), "nothing, where there is no decision"
    for column, day in (("agreed_started_on", started_on), ("agreed_ended_on", ended_on)):
        if day is not None and row.decision != "confirmed":
            yield column, day, "nothing, unless the decision is confirmed"
        elif day is not None and day > person.today:
            yield column, day, TODAY
    if (row.decision == "duplicate") != (row.duplicate_of is not None):
        allowed = "the report_id of the event that tells of the same, of a duplicate and of nothing else"
        yield "duplicate_of", row.duplicate_of, allowed
    if row.decision == "confirmed" and started_on is None:
        yield "agreed_started_on", None, "the agreed date of a confirmed event"
    if ended_on is not None and row.kind not in LASTING_KINDS:
        yield "agreed_ended_on", ended_on, f"nothing: {row.kind} has no end"
    if started_on is not None and ended_on is not None and ended_on < started_on:
        yield "agreed_ended_on", ended_on, f"a day from the beginning on, {started_on}"


def _sighting(row: SightingRow, person: Person, _protocol: Protocol) -> Iterator[Complaint]:
    if row.seen_on > person.today:
        yield "seen_on", row.seen_on, TODAY


def _withdrawal(row: WithdrawalRow, person: Person, _protocol: Protocol) -> Iterator[Complaint]:
    if row.withdrawn_on > person.today:
        yield "withdrawn_on", row.withdrawn_on, TODAY
    if row.withdrawn_on < person.row.enrolled_on:
        yield "withdrawn_on", row.withdrawn_on, f"a day from the enrolment on, {person.row.enrolled_on}"


def _response(row: ResponseRow, person: Person, protocol: Protocol) -> Iterator[Complaint]:
    """A response has no visit before day 0; its values are judged one by one (answers.py)."""
    study = protocol.study
    found = next((visit for visit in study.schedule if visit.code == row.visit), None)
    anchor = study.anchor if found is None else study.anchor_of(found)
    if person.anchors[anchor] is None:
        yield "visit", row.visit, f"no visit: {NO_DAY_0[anchor]}"


RULES: Mapping[type, Callable[..., Iterator[Complaint]]] = {
    ParticipantRow: _participant,
    ConsentRow: _consent,
    TreatmentRow: _treatment,
    EventRow: _event,
    SightingRow: _sighting,
    WithdrawalRow: _withdrawal,
    ResponseRow: _response,
}
