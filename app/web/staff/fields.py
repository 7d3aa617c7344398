"""What staff forms are made of: every word of theirs is ours, in the language in use."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, ClassVar, cast

from wtforms import Field, Form, SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation, ValidationError

from app.domain.partial_date import PartialDate, typed_date, typed_number
from app.errors import Code, Refusal
from app.i18n import date_order, gettext, lazy_gettext
from app.web import messages

PARTS = ("day", "month", "year")

# WTForms says these itself, where no validator of ours can say something better
_INSTEAD = {
    "Not a valid choice.": lazy_gettext("Choose one of the options."),
    "Not a valid choice": lazy_gettext("Choose one of the options."),
    "'%(value)s' is not a valid choice for this field.": lazy_gettext("Choose one of the options."),
    "Invalid Choice: could not coerce.": lazy_gettext("Choose one of the options."),
}


class _OurWords:
    """Stands where WTForms looks for catalogues; a message that is not ours is a bug, and found as one."""

    def gettext(self, message: str) -> str:
        return str(_INSTEAD[message])

    def ngettext(self, singular: str, plural: str, n: int) -> str:  # noqa: ARG002 - WTForms calls it so
        return str(_INSTEAD[singular])


class StaffForm(Form):
    """A form whose CSRF token is checked before any view is called, for every staff form alike.

    `says` holds the words for refusals that this form can say more about than the general ones.
    """

    class Meta(DefaultMeta):
        """WTForms' messages exist in few languages: none of them may show."""

        def get_translations(self, form: object) -> _OurWords:  # noqa: ARG002 - WTForms calls it so
            return _OurWords()

    says: ClassVar[Mapping[Code, str]] = {}
    refusals: tuple[str, ...] = ()

    def refuse(self, refusal: Refusal, field: str | None = None) -> None:
        """Show why the operation said no, at the field that it is about or above the form."""
        words = messages.words(refusal)
        if field is None:
            self.refusals = (*self.refusals, str(self.says.get(refusal.code, words.title)))
        else:
            self[field].errors = [*self[field].errors, str(self.says.get(refusal.code, words.advice))]

    def faults(self) -> list[tuple[str, str]]:
        """Return every fault with the id of the box to go to, for the summary at the top."""
        found = [("", words) for words in self.refusals]
        for field in self:
            found += [(first_box(field), str(error)) for error in field.errors]
        return found


def first_box(field: Field) -> str:
    """Return the id of the first control of a field."""
    if isinstance(field, TypedDate):
        return f"{field.id}-{date_order()[0]}"
    several = field.type in ("RadioField", "SelectMultipleField")
    return f"{field.id}-0" if several else str(field.id)


class TypedDate(Field):
    """A date in three typed boxes, in any script's digits.

    `needed`: what to say when all boxes are empty; "" lets them be. `whole`: the day and the month must be
    there, and `data` is a civil date; otherwise it is a partly known one.
    """

    data: date | PartialDate | None

    def __init__(
        self,
        label: str,
        *,
        needed: str = "",
        whole: bool = True,
        description: str = "",
        **wtforms: Any,  # noqa: ANN401 - what WTForms binds a field with
    ) -> None:
        super().__init__(label, description=description, **wtforms)
        self.needed = needed
        self.whole = whole
        self.typed = dict.fromkeys(PARTS, "")

    def process(self, formdata: Any, data: object = None, extra_filters: object = None) -> None:  # noqa: ANN401, ARG002 - as WTForms calls it
        """Read the three boxes, keeping what was typed for the page that comes back."""
        self.process_errors: list[Any] = []
        self.data = None
        if formdata is None:
            return
        self.typed = {part: formdata.get(f"{self.name}-{part}", "").strip() for part in PARTS}
        try:
            read = typed_date(self.typed["year"], self.typed["month"], self.typed["day"])
        except ValueError:
            self.process_errors.append(
                gettext("Enter a real date in numbers: day, month and a year of four digits.")
            )
            return
        if read is not None and not 1900 <= read.year <= 2199:
            self.process_errors.append(
                gettext("Enter a real date in numbers: day, month and a year of four digits.")
            )
        elif read is not None and self.whole and read.precision != "day":
            self.process_errors.append(gettext("Enter the day, the month and the year."))
        else:
            self.data = read.earliest if read is not None and self.whole else read

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 - WTForms calls it so
        """Ask for the date where it is needed and no other fault is known."""
        if self.data is None and not self.errors and str(self.needed):
            raise ValidationError(str(self.needed))

    @property
    def whole_day(self) -> date:
        """Return the civil date of a form that was found without fault."""
        if not isinstance(self.data, date):
            raise TypeError(f"{self.name} holds no whole date")
        return self.data

    @property
    def partly_known(self) -> PartialDate:
        """Return the partly known date of a form that was found without fault."""
        if not isinstance(self.data, PartialDate):
            raise TypeError(f"{self.name} holds no partly known date")
        return self.data


class Needed:
    """Something must be there; the message says what to enter."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        """Stop at an empty field."""
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(str(self.message))


class AtMost:
    """A text is no longer than its column."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def __call__(self, _form: Form, field: Field) -> None:
        """Refuse a longer text."""
        if field.data and len(field.data) > self.characters:
            raise ValidationError(gettext("Use at most %(number)s characters.", number=self.characters))


class NumberBetween:
    """A whole number in any script's digits."""

    def __init__(self, lowest: int, highest: Callable[[], int], message: str) -> None:
        self.lowest, self.highest, self.message = lowest, highest, message

    def __call__(self, _form: Form, field: Field) -> None:
        """Refuse what is no number, or lies outside."""
        try:
            right = self.lowest <= typed_number(field.data or "") <= self.highest()
        except ValueError:
            right = False
        if not right:
            raise ValidationError(str(self.message))


def choices(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return values and their words as WTForms wants them; it warns of the tuples that its stubs ask for."""
    return cast(list[tuple[str, str]], [SelectChoice(value, words) for value, words in pairs])


def stripped(text: str | None) -> str:
    """Return a typed text without the blanks around it."""
    return (text or "").strip()


def count_shown(field: Field) -> int:
    """Return how many entries the page showed, as it said itself; -1, which nobody saw, for no number."""
    typed = field.data or ""
    return int(typed) if re.fullmatch("[0-9]{1,9}", typed) else -1
