"""A questionnaire's structure and scoring, and its wording in one language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from app.domain.condition import Condition
from app.domain.definition import Strict

ValidationStatus = Literal["validated", "linguistically validated", "not validated"]
ItemType = Literal[
    "choice", "choices", "number", "visual-analogue", "date", "text", "information", "animal-naming"
]
Layout = Literal["list", "grid"]

VISUAL_ANALOGUE = (0, 100)
"""Where a visual analogue scale begins and ends."""
MOST_ANIMALS = 999
"""Three digits: more than anybody names in the time there is, and little enough to catch a date or a year."""


@dataclass(frozen=True, kw_only=True)
class Adjustment(Strict):
    """Points added to the count of an Animal Naming Test where every condition holds, as for old age."""

    code: str
    when: tuple[Condition, ...]
    points: float


@dataclass(frozen=True, kw_only=True)
class Item(Strict):
    """One question, or one screen to read; which of the fields it has follows from its type (`FIELDS`).

    `choices` names the response set whose values it takes; of several, those in `alone` go with no other. It
    is asked where all of `when` holds; what is answered to `practice` is never kept. `earliest` and
    `latest` are the days between which a date may lie (`date_limits.py`). `cut_offs` and `adjustments` grade
    an Animal Naming Test (`animal_naming.py`): their published values differ by country.
    """

    code: str
    type: ItemType
    choices: str = ""
    alone: tuple[int, ...] = ()
    may_decline: bool = False
    when: tuple[Condition, ...] = ()
    practice: bool = False
    lowest: float | None = None
    highest: float | None = None
    decimals: int = 0
    unit: str = ""
    earliest: str = ""
    latest: str = ""
    longest: int = 300
    seconds: int = 60
    cut_offs: tuple[int, int] = (10, 15)
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Return whether an answer to it is kept: it is no screen to read and no practice."""
        return self.type != "information" and not self.practice


FIELDS: Mapping[ItemType, tuple[str, ...]] = {
    "choice": ("choices", "may_decline", "practice"),
    "choices": ("choices", "alone", "may_decline", "practice"),
    "number": ("lowest", "highest", "decimals", "unit", "may_decline", "practice"),
    "visual-analogue": ("may_decline", "practice"),
    "date": ("earliest", "latest", "may_decline", "practice"),
    "text": ("longest", "may_decline", "practice"),
    "information": (),
    "animal-naming": ("seconds", "cut_offs", "adjustments", "may_decline", "practice"),
}
"""What an item of each type may have beside its code, type and conditions."""


@dataclass(frozen=True, kw_only=True)
class Section(Strict):
    """Questions that stand together under a title or a stem; in a `grid` they share one response set."""

    code: str
    items: tuple[str, ...]
    layout: Layout = "list"


@dataclass(frozen=True, kw_only=True)
class Scale(Strict):
    """A score made of items, or of other scales.

    Each member is turned round where it stands in `reversed`, averaged over those answered, and stretched so
    that the worst possible is `lowest` and the best `highest`. `minimum_answered` is the share of members
    that must be there: 0.5 is the half rule.
    """

    code: str
    title: str
    items: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    reversed: tuple[str, ...] = ()
    minimum_answered: float = 0.5
    lowest: float = 0.0
    highest: float = 100.0


@dataclass(frozen=True, kw_only=True)
class Instrument(Strict):
    """What is asked and how it is scored, without a word of any language; higher scores are better."""

    name: str
    recall_days: int
    choices: Mapping[str, tuple[int, ...]]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    sections: tuple[Section, ...] = ()

    def item(self, code: str) -> Item:
        """Return an item by its code; KeyError where there is none."""
        return self._by_code[code]

    @cached_property
    def _by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property  # asked of every response
    def has_conditions(self) -> bool:
        """Return whether any item is asked only of some."""
        return any(item.when for item in self.items)


@dataclass(frozen=True, kw_only=True)
class SectionWording(Strict):
    """What stands above a section, and with each of its questions: a title, a stem, or both."""

    title: str = ""
    stem: str = ""


@dataclass(frozen=True, kw_only=True)
class Wording(Strict):
    """An instrument's words in one language: immutable once published, because they are what was validated.

    `choices` gives, for each response set, the words in the order of its values; `direction` fixes the order
    of the choices on the page where the validated text does, otherwise they follow the language. Of an item's
    text the first line is the question, the others are paragraphs below it. `units` has words for each unit,
    `anchors` the two ends of each visual analogue scale, the lowest first; `scales` has titles of scales:
    those that it leaves out keep the instrument's.
    """

    language: str
    title: str
    introduction: str
    recall: str
    items: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]
    licence: str
    source: str
    validation: ValidationStatus
    notice: str = ""
    direction: Literal["ltr", "rtl"] | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    anchors: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sections: Mapping[str, SectionWording] = field(default_factory=dict)
    scales: Mapping[str, str] = field(default_factory=dict)
