"""The import files of one study (docs/import-format.md): a directory of CSV files <-> tables of rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from app.domain.adjudication import DECISIONS, EVENT_KINDS, Decision, EventKind
from app.domain.adverse_event import RECOVERIES, Recovery
from app.domain.partial_date import PartialDate
from app.domain.response import MODES, RESPONDENTS, Mode, Respondent
from app.domain.sighting import SEEN_HOW, SeenHow
from app.domain.withdrawal import WITHDRAWAL_SCOPES, WithdrawalScope
from app.errors import Fault, FaultyInput
from app.formats import csv_file
from app.formats.cells import (
    AnswerCell,
    CodeCell,
    DayCell,
    InstantCell,
    PartlyKnownDayCell,
    TextCell,
    WordCell,
    YearCell,
    YesNoCell,
    ZoneCell,
)
from app.formats.csv_file import Progress

Code = Annotated[str, CodeCell()]
NoCode = Annotated[str | None, CodeCell(needed=False)]
Day = Annotated[date, DayCell()]
NoDay = Annotated[date | None, DayCell(needed=False)]
NoInstant = Annotated[datetime | None, InstantCell(needed=False)]
PartlyKnownDay = Annotated[PartialDate, PartlyKnownDayCell()]
Words = Annotated[str, TextCell()]


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticipantRow:
    code: Code
    site: Code
    enrolled_on: Day
    language: Annotated[str | None, CodeCell(needed=False, longest=20)] = None
    time_zone: Annotated[str | None, ZoneCell(needed=False)] = None
    randomised_on: NoDay = None
    arm: NoCode = None
    birth_year: Annotated[int | None, YearCell(needed=False)] = None
    row: int = field(default=0, compare=False)

    @property
    def participant(self) -> str:
        return self.code

    @property
    def key(self) -> tuple[str, ...]:
        return (self.code,)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentRow:
    participant: Code
    version: Code
    consented_on: Day
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[str, ...]:
        return (self.participant, str(self.consented_on), self.version)


@dataclass(frozen=True, kw_only=True, slots=True)
class TreatmentRow:
    participant: Code
    given_on: Day
    lot: Code
    route: NoCode = None
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[str, ...]:
        return (self.participant, str(self.given_on), self.lot)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRow:
    participant: Code
    report_id: Annotated[str, CodeCell(longest=64)]
    kind: Annotated[EventKind, WordCell(words=EVENT_KINDS)]
    started: PartlyKnownDay
    ended: Annotated[PartialDate | None, PartlyKnownDayCell(needed=False)] = None
    ongoing: Annotated[bool | None, YesNoCell()] = None
    reason: Words = ""
    place: Annotated[str, TextCell(longest=200)] = ""
    reported_at: NoInstant = None
    decision: Annotated[Decision | None, WordCell(needed=False, words=DECISIONS)] = None
    agreed_started_on: NoDay = None
    agreed_ended_on: NoDay = None
    note: Annotated[str, TextCell(longest=1000)] = ""
    read_at: NoInstant = None
    duplicate_of: Annotated[str | None, CodeCell(needed=False, longest=64)] = None
    term: Annotated[str, TextCell(longest=300)] = ""
    criteria: Annotated[str, TextCell(longest=120)] = ""
    recovery: Annotated[Recovery | None, WordCell(needed=False, words=RECOVERIES)] = None
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[str, ...]:
        return (self.participant, self.report_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class SightingRow:
    participant: Code
    seen_on: Day
    how: Annotated[SeenHow, WordCell(words=SEEN_HOW)]
    untransplanted: Annotated[bool | None, YesNoCell()] = None
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[str, ...]:
        return (self.participant, str(self.seen_on), self.how)


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawalRow:
    participant: Code
    scope: Annotated[WithdrawalScope, WordCell(words=WITHDRAWAL_SCOPES)]
    withdrawn_on: Day
    reason: Words = ""
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[str, ...]:
        return (self.participant, self.scope)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseRow:
    """One value given to one item; a response in which nothing was answered has one row without an item."""

    participant: Code
    visit: Code
    instrument: Annotated[str, CodeCell(longest=60)]
    item: Annotated[str | None, CodeCell(needed=False, longest=60)] = None
    value: Annotated[str | None, AnswerCell()] = None
    answered_at: NoInstant = None
    received_at: NoInstant = None
    language: Annotated[str | None, CodeCell(needed=False, longest=20)] = None
    respondent: Annotated[Respondent | None, WordCell(needed=False, words=RESPONDENTS)] = None
    mode: Annotated[Mode | None, WordCell(needed=False, words=MODES)] = None
    sent_at: NoInstant = None
    version: NoCode = None
    entered_by: Annotated[str | None, CodeCell(needed=False, longest=80)] = None
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[str, ...]:
        """The response that the value belongs to: not a row alone, but all rows of one key, are a whole."""
        return (self.participant, self.visit, self.instrument)


AnyRow = ParticipantRow | ConsentRow | TreatmentRow | EventRow | SightingRow | WithdrawalRow | ResponseRow

KINDS: Mapping[str, type[AnyRow]] = {
    "participants": ParticipantRow,
    "consents": ConsentRow,
    "treatments": TreatmentRow,
    "events": EventRow,
    "sightings": SightingRow,
    "withdrawals": WithdrawalRow,
    "responses": ResponseRow,
}


@dataclass(frozen=True, kw_only=True)
class Tables:
    """What the files of one study say.

    `faults` are those of the files themselves, `broken` the codes of participants whose own row has one: an
    import goes on to look for what contradicts the study, so that all faults are told at once.
    """

    participants: tuple[ParticipantRow, ...] = ()
    consents: tuple[ConsentRow, ...] = ()
    treatments: tuple[TreatmentRow, ...] = ()
    events: tuple[EventRow, ...] = ()
    sightings: tuple[SightingRow, ...] = ()
    withdrawals: tuple[WithdrawalRow, ...] = ()
    responses: tuple[ResponseRow, ...] = ()
    faults: tuple[Fault, ...] = ()
    broken: frozenset[str] = frozenset()

    def rows(self, name: str) -> tuple[AnyRow, ...]:
        """Return the rows of the file of that name."""
        found: tuple[AnyRow, ...] = getattr(self, name)
        return found


def in_turn(steps: Collection[csv_file.Step], /, *, doing: str) -> Collection[csv_file.Step]:  # noqa: ARG001 - a Progress that shows nothing
    """Go through the steps and show nothing."""
    return steps


def read(directory: Path, *, progress: Progress = in_turn) -> Tables:
    """Read the files of a directory; FaultyInput where there are no participants to hold the rest against."""
    faults = _wrong_files(directory)
    if not (directory / "participants.csv").is_file():
        raise FaultyInput(faults)
    found: dict[str, Any] = {}
    broken: set[str] = set()
    for name, kind in KINDS.items():
        path = directory / f"{name}.csv"
        if path.exists():
            rows, unread = csv_file.read(path, kind, faults, progress=progress)
            found[name] = tuple(rows)
            broken |= {values["code"] for values in unread if "code" in values}
    return Tables(**found, faults=tuple(faults), broken=frozenset(broken))


def write(
    directory: Path, tables: Tables, *, with_arms: bool = True, progress: Progress = in_turn
) -> list[Path]:
    """Write the files and return their paths. A year of birth is a contact detail and stays at home.

    Without arms, treatments stay at home too: a product lot tells its arm.
    """
    directory.mkdir(parents=True, exist_ok=True)
    without = {"birth_year"} if with_arms else {"birth_year", "arm"}
    written = []
    for name, kind in KINDS.items():
        path = directory / f"{name}.csv"
        if name == "treatments" and not with_arms:
            path.unlink(missing_ok=True)  # of an earlier export
            continue
        csv_file.write(path, kind, tables.rows(name), without=without, progress=progress)
        written.append(path)
    return written


def _wrong_files(directory: Path) -> list[Fault]:
    place = str(directory)
    if not directory.is_dir():
        return [Fault(place, "directory", "no such directory", "a directory with participants.csv")]
    faults = [
        Fault(path.name, "file", path.name, "one of: " + ", ".join(f"{name}.csv" for name in KINDS))
        for path in sorted(directory.iterdir())
        if path.suffix.lower() == ".csv" and (path.stem not in KINDS or path.suffix != ".csv")
    ]
    if not (directory / "participants.csv").is_file():
        faults.append(
            Fault("participants.csv", "file", "no such file", "this file is needed, the others are not")
        )
    return faults
