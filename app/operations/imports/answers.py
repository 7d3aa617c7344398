"""Responses in the files: all rows of one questionnaire on one visit are a whole, new or stored as it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.answer import AnswerValue, BadAnswer, filed, read_filed
from app.domain.response import RESPONDENTS, STAFF
from app.domain.study import Visit
from app.errors import Fault
from app.formats.csv_file import Progress
from app.formats.tables import ResponseRow
from app.operations.imports.comparison import contradictions, with_unclaimed
from app.operations.imports.people import Person
from app.operations.imports.rules import PAST, Complaint, Protocol, one_of
from app.queries import exports, studies
from app.queries.exports import PublishedWording

FILE = "responses.csv"
Key = tuple[str, ...]
Grouped = dict[Key, list[ResponseRow]]
_SAME = ("respondent", "mode", "sent_at")
_TOLD_APART = ("item", "value", "answered_at")


@dataclass(frozen=True)
class Given:
    """A value as it will be stored, with its wording; a row without an item stands for no answer at all."""

    row: ResponseRow
    wording: PublishedWording
    value: AnswerValue


def grouped(rows: Iterable[ResponseRow]) -> Grouped:
    """Return the rows of each response, in the order in which they came."""
    found: Grouped = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


def new_responses(
    given: Grouped, stored: Grouped, reader: "Reader", people: Mapping[str, Person], faults: list[Fault]
) -> Grouped:
    """Return the responses that are not stored; one that differs from what is stored is a fault.

    Values are compared as they are stored: 3 may be written in the digits of any script.
    """
    new: Grouped = {}
    for key, rows in given.items():
        before = stored.get(key)
        if before is None:
            new[key] = rows
        elif len(rows) != len(before):
            allowed = f"{len(before)}, as the response is stored"
            faults.append(Fault(FILE, f"row {rows[0].row}", f"{len(rows)} rows of {' '.join(key)}", allowed))
        else:
            for row, kept in zip(rows, before, strict=True):
                claimed = with_unclaimed(row, kept, without=_TOLD_APART)
                claimed = replace(claimed, value=reader.as_stored(claimed, kept, people[kept.participant]))
                faults += contradictions(FILE, claimed, kept)
    return new


class Reader:
    """Reads new responses by the instruments of the study, and says what is wrong with them."""

    def __init__(self, session: Session, current: studies.CurrentStudy, protocol: Protocol) -> None:
        self.protocol = protocol
        self.visits: Mapping[str, Visit] = {visit.code: visit for visit in current.study.schedule}
        self.staff_forms = current.study.staff_forms
        published = exports.wordings(session, study_id=current.study_id)
        self.by_version = {(one.instrument, one.language, one.version): one for one in published.values()}
        self.offered = {key: published[each.wording_id] for key, each in current.offered.items()}
        versions = {one.instrument_version_id for one in published.values()}
        self.instruments = {each: studies.instrument(session, each) for each in versions}
        self.read: dict[tuple[int, str, str, date], AnswerValue] = {}

    def responses(
        self, new: Grouped, people: Mapping[str, Person], faults: list[Fault], *, progress: Progress
    ) -> dict[Key, list[Given]]:
        """Return the values of each response; `faults` grows."""
        found: dict[Key, list[Given]] = {}
        for key, rows in progress(new.items(), doing="checking responses"):
            if rows[0].participant in people:
                found[key] = list(self._response(rows, people[rows[0].participant], faults))
        return found

    def as_stored(self, claimed: ResponseRow, kept: ResponseRow, person: Person) -> str | None:
        """Return a claimed value as an export would write it, by the instrument of the stored row."""
        wording = self.by_version.get((kept.instrument, kept.language or "", kept.version or ""))
        if wording is None or claimed.item is None or claimed.value in (None, kept.value):
            return claimed.value
        try:
            value = read_filed(
                self.instruments[wording.instrument_version_id],
                claimed.item,
                claimed.value or "",
                given_on=self._given_on(kept, person),
            )
        except BadAnswer:
            return claimed.value
        return None if value is None else filed(value)

    def _response(self, rows: list[ResponseRow], person: Person, faults: list[Fault]) -> Iterator[Given]:
        first, first_wording = self._with_defaults(rows[0], person), None
        for row in rows:
            full = self._with_defaults(row, person)
            wording, complaints = self._wording(full)
            complaints += self._row(full, first, person, alone=len(rows) == 1)
            value: AnswerValue = None
            if wording is not None:
                first_wording = first_wording or wording
                if wording.instrument_version_id != first_wording.instrument_version_id:
                    allowed = f"one version of the instrument in a response, {first_wording.version}"
                    complaints.append(("version", wording.version, allowed))
                value = self._value(full, wording, person, complaints)
            faults += [
                Fault(FILE, f"row {row.row}, column {column}", _shown(what), allowed)
                for column, what, allowed in complaints
            ]
            if wording is not None:
                yield Given(full, wording, value)

    def _with_defaults(self, row: ResponseRow, person: Person) -> ResponseRow:
        return replace(
            row,
            language=row.language or person.row.language,
            respondent=row.respondent or (STAFF if row.instrument in self.staff_forms else "patient"),
            mode=row.mode or "import",
        )

    def _wording(self, row: ResponseRow) -> tuple[PublishedWording | None, list[Complaint]]:
        visit = self.visits.get(row.visit)
        if visit is None:
            return None, [("visit", row.visit, one_of(self.visits))]
        asked = (*visit.instruments, *visit.staff_forms)
        if row.version is None and row.instrument not in asked:
            return None, [("instrument", row.instrument, one_of(asked) + f", at {visit.code}")]
        name, language = row.instrument, row.language or ""
        if row.version is None:
            languages = sorted(each for instrument, each in self.offered if instrument == name)
            wording = self.offered.get((name, language))
            return wording, [] if wording else [("language", language, one_of(languages))]
        wording = self.by_version.get((name, language, row.version))
        versions = sorted(key[2] for key in self.by_version if key[:2] == (name, language))
        return wording, [] if wording else [("version", row.version, one_of(versions))]

    def _row(self, row: ResponseRow, first: ResponseRow, person: Person, *, alone: bool) -> list[Complaint]:
        found: list[Complaint] = []
        for name in _SAME:
            if getattr(row, name) != getattr(first, name):
                allowed = f"the same in a whole response, as in row {first.row}"
                found.append((name, getattr(row, name), allowed))
        if row.item is None:
            if not alone or any(each is not None for each in (row.value, row.answered_at, row.received_at)):
                found.append(("item", None, "an item; none only where a response has no answer at all"))
        elif row.answered_at is None:
            found.append(("answered_at", None, "the instant at which the answer was given"))
        elif row.received_at is not None and row.received_at < row.answered_at:
            allowed = f"an instant from that of the answer on, {row.answered_at.isoformat()}"
            found.append(("received_at", row.received_at.isoformat(), allowed))
        by_staff = row.instrument in self.staff_forms
        if by_staff != (row.respondent == STAFF):
            allowed = STAFF if by_staff else one_of(each for each in RESPONDENTS if each != STAFF)
            found.append(("respondent", row.respondent, f"{allowed}, of {row.instrument}"))
        for name in ("answered_at", "received_at", "sent_at"):
            found += self._instant(name, getattr(row, name), person)
        return found

    def _instant(self, name: str, instant: Any, person: Person) -> list[Complaint]:  # noqa: ANN401 - read by name
        if instant is None:
            return []
        if instant > self.protocol.now:
            return [(name, instant.isoformat(), PAST)]
        first_on = person.first_consent_on
        if first_on is not None and person.day(instant) < first_on:
            return [(name, instant.isoformat(), f"an instant from the consent on, {first_on}")]
        return []

    def _given_on(self, row: ResponseRow, person: Person) -> date:
        """Return the day of an answer; where a file leaves it out, which is a fault of its own, today."""
        return person.day(row.answered_at or self.protocol.now)

    def _value(
        self, row: ResponseRow, wording: PublishedWording, person: Person, complaints: list[Complaint]
    ) -> AnswerValue:
        if row.item is None:
            return None
        given_on = self._given_on(row, person)
        key = (wording.instrument_version_id, row.item, row.value or "", given_on)
        if key not in self.read:
            instrument = self.instruments[wording.instrument_version_id]
            try:
                self.read[key] = read_filed(instrument, row.item, row.value or "", given_on=given_on)
            except BadAnswer as bad:
                column = "value" if any(item.code == row.item for item in instrument.items) else "item"
                complaints.append((column, bad.found, bad.allowed))
                return None
        return self.read[key]


def _shown(what: object) -> str:
    return "nothing" if what is None else repr(str(what))
