"""A simulated participant: who they are, what truly happened, and what was told when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.adjudication import Decision, EventKind
from app.domain.partial_date import PartialDate
from app.domain.sighting import SeenHow
from app.domain.withdrawal import WithdrawalScope


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that the study gets to know at an instant."""

    at: datetime


@dataclass(frozen=True, kw_only=True)
class Infused(Act):
    lot: str
    route: str
    on: date


@dataclass(frozen=True, kw_only=True)
class Answered(Act):
    """A questionnaire opened: answered in two goes and sent, or left as a draft after the first."""

    visit: str
    instrument: str
    first: Mapping[str, str]
    rest: Mapping[str, str]
    sent_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FilledIn(Act):
    """A form that staff fill in, and the day to which it applies."""

    visit: str
    instrument: str
    answers: Mapping[str, str]
    on: date


@dataclass(frozen=True, kw_only=True)
class Reported(Act):
    """An event as it was told, by the participant or by staff."""

    kind: EventKind
    started: PartialDate
    by_participant: bool
    report_id: str
    ended: PartialDate | None = None
    ongoing: bool = False
    reason: str = ""
    term: str = ""
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Read(Act):
    """A reviewer's decision about the event that was told under `report_id`."""

    report_id: str
    decision: Decision
    started_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Seen(Act):
    on: date
    how: SeenHow
    untransplanted: bool


@dataclass(frozen=True, kw_only=True)
class Withdrew(Act):
    scope: WithdrawalScope
    on: date


@dataclass(frozen=True)
class Stay:
    """A true time in hospital; `ended_on` None while it lasts."""

    started_on: date
    ended_on: date | None


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What is known on day 0; all but MELD are numbers of choices on the form."""

    meld: int
    aetiology: int
    aclf: int
    age_class: int

    @property
    def answers(self) -> dict[str, str]:
        """Return the answers by item of the form."""
        return {
            "meld": str(self.meld),
            "aetiology": str(self.aetiology),
            "aclf": str(self.aclf),
            "age": str(self.age_class),
        }


@dataclass(frozen=True, kw_only=True)
class Course:
    """What truly happens to someone from day 0 on; what lies after `today` has not happened yet."""

    baseline: Baseline
    day_0: date
    today: date
    died_on: date | None
    transplanted_on: date | None
    stays: tuple[Stay, ...]
    tumour_on: date | None

    def alive(self, on: date) -> bool:
        """Return whether they live to the end of a day."""
        return self.died_on is None or on < self.died_on

    def in_hospital(self, on: date) -> bool:
        """Return whether they lie in hospital on a day."""
        return any(
            stay.started_on <= on and (stay.ended_on is None or on <= stay.ended_on) for stay in self.stays
        )

    def untransplanted(self, on: date) -> bool:
        """Return whether they have not been transplanted by the end of a day."""
        return self.transplanted_on is None or on < self.transplanted_on


@dataclass(frozen=True, kw_only=True)
class Life:
    """One participant; without an arm there is no course, and nothing is told but the enrolment."""

    code: str
    site: str
    language: str
    birth_year: int
    enrolled_at: datetime
    consented_on: date
    arm: str | None
    randomised_at: datetime | None
    course: Course | None
    acts: tuple[Act, ...]
