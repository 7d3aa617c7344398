"""What a form of questions says: its fields, gathered to one raw answer an item.

    code                                the value; once for each choice where several may be chosen
    code:day, code:month, code:year     a date in three boxes
    code:declined                       "I prefer not to answer" was ticked
    code:asked                          the question was on the page, also where nothing is chosen

What an item takes is for `app/domain/answer.py` to say.
"""

from werkzeug.datastructures import MultiDict

from app.domain.answer import REFUSAL
from app.domain.item_faults import FORM_FIELDS

DATE_PARTS = ("year", "month", "day")
_PARTS = frozenset({"", "asked", "declined", *DATE_PARTS})
_NOT_ANSWERS = frozenset(FORM_FIELDS)


def given(form: MultiDict[str, str]) -> dict[str, str]:
    """Return the raw answer of every item that was on the page, in the order of its fields."""
    return {code: _raw(form, code) for code in _on_the_page(form)}


def _on_the_page(form: MultiDict[str, str]) -> list[str]:
    fields = (name.partition(":") for name in form)
    return list(
        dict.fromkeys(code for code, _, part in fields if part in _PARTS and code not in _NOT_ANSWERS)
    )


def _raw(form: MultiDict[str, str], code: str) -> str:
    if any(f"{code}:{part}" in form for part in DATE_PARTS):
        boxes = [form.get(f"{code}:{part}", "").strip() for part in DATE_PARTS]
        text = "-".join(boxes) if any(boxes) else ""
    else:
        text = " ".join(form.getlist(code))
    return REFUSAL + text if form.get(f"{code}:declined") else text
