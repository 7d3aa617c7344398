"""A date in three typed boxes, as it comes from a form and goes back to it with nothing lost."""

from collections.abc import Mapping
from dataclasses import dataclass

from app import i18n
from app.domain.partial_date import PartialDate, typed_date
from app.i18n import gettext
from app.web.date_boxes import PARTS, box_labels

EARLIEST_YEAR = 1900


@dataclass
class DateBoxes:
    """What stands in the three boxes, the date it makes, and what is wrong with it."""

    name: str
    typed: dict[str, str]
    date: PartialDate | None = None
    fault: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str], name: str) -> "DateBoxes":
        """Read the boxes `name-day`, `name-month` and `name-year`."""
        boxes = cls(name, {part: form.get(f"{name}-{part}", "") for part in PARTS})
        boxes._read()
        return boxes

    @property
    def empty(self) -> bool:
        """Return whether nothing was typed."""
        return not any(text.strip() for text in self.typed.values())

    @property
    def order(self) -> tuple[str, ...]:
        """Return the boxes in the order of the language: the year first where dates are written so."""
        return i18n.date_order()

    @property
    def labels(self) -> dict[str, str]:
        """Return the words above the boxes."""
        return box_labels()

    @property
    def first_box(self) -> str:
        """Return the id of the box that a fault leads to."""
        return f"{self.name}-{self.order[0]}"

    def _read(self) -> None:
        if self.empty:
            return
        if not self.typed["year"].strip():
            self.fault = gettext("Enter the year. Day and month may stay empty.")
        elif self.typed["day"].strip() and not self.typed["month"].strip():
            self.fault = gettext("Enter the month too, or leave the day empty.")
        else:
            self._make()

    def _make(self) -> None:
        try:
            date = typed_date(self.typed["year"], self.typed["month"], self.typed["day"])
        except ValueError:
            self.fault = gettext("This is no date. Enter numbers, for example 5, 3 and 2026.")
            return
        if date is not None and date.year < EARLIEST_YEAR:
            self.fault = gettext("Enter the year with four digits, for example 2026.")
        else:
            self.date = date
