"""A questionnaire's structure and scoring, and its wording in one language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.domain.study import Strict

ValidationStatus = Literal["validated", "linguistically validated", "not validated"]


@dataclass(frozen=True, kw_only=True)
class Item(Strict):
    """One question: `choices` names the response set whose values it takes."""

    code: str
    type: Literal["choice"]
    choices: str
    may_decline: bool = False


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

    def item(self, code: str) -> Item:
        """Return an item by its code; KeyError where there is none."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)


@dataclass(frozen=True, kw_only=True)
class Wording(Strict):
    """An instrument's words in one language: immutable once published, because they are what was validated.

    `choices` gives, for each response set, the words in the order of its values; `direction` fixes the order
    of the choices on the page where the validated text does, otherwise they follow the language. `scales` has
    the titles of scales; those that it leaves out keep the instrument's.
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
    scales: Mapping[str, str] = field(default_factory=dict)
    direction: Literal["ltr", "rtl"] | None = None
