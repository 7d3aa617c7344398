"""What a new version of a study changes, in plain sentences."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from app.domain.codes import quoted
from app.domain.instrument import Instrument, Wording
from app.domain.study import Study

# The lists of a study, by what one element is called and by the field that tells elements apart.
_LISTS = {
    "arms": ("arm", "code"),
    "sites": ("site", "code"),
    "visits": ("visit", "code"),
    "reminders": ("reminder", "code"),
    "product_lots": ("product lot", "code"),
    "stay_reasons": ("reason for a stay", "code"),
    "alerts": ("alert", "code"),
    "dispositions": ("disposition", "code"),
    "estimands": ("estimand", "key"),
    "analyses": ("analysis", "code"),
}


def study_changes(old: Study, new: Study) -> Iterator[str]:
    """Say what differs between two versions of a study."""
    for field in fields(new):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after:
            continue
        if field.name in _LISTS:
            yield from _list_changes(*_LISTS[field.name], before, after)
        else:
            yield _becomes(field.name, before, after)


def instrument_changes(old: Mapping[str, Instrument], new: Mapping[str, Instrument]) -> Iterator[str]:
    """Say which instruments are new, gone or changed."""
    return _named_changes("instrument", old, new)


def wording_changes(
    old: Mapping[tuple[str, str], Wording], new: Mapping[tuple[str, str], Wording]
) -> Iterator[str]:
    """Say which wordings (by instrument and language) are new, gone or changed."""
    return _named_changes(
        "wording",
        {f"{name} in {language}": wording for (name, language), wording in old.items()},
        {f"{name} in {language}": wording for (name, language), wording in new.items()},
    )


def _list_changes(noun: str, key: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    before, after = ({getattr(each, key): each for each in elements} for elements in (old, new))
    yield from _named_changes(noun, before, after)
    kept = [code for code in before if code in after]
    if kept != [code for code in after if code in before]:
        yield f"each {noun} that stays stands in another order"


def _named_changes(noun: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name, after in new.items():
        if name not in old:
            yield f"{noun} {name}: new"
        elif after != old[name]:
            for field in (each.name for each in fields(after)):
                values = getattr(old[name], field), getattr(after, field)
                if values[0] != values[1]:
                    yield f"{noun} {name}: {_becomes(field, *values)}"
    for name in old:
        if name not in new:
            yield f"{noun} {name}: gone"


def _becomes(field: str, before: object, after: object) -> str:
    # Words and structures are too long for a line: that they changed is what matters, the files say how.
    if isinstance(after, Mapping) or any(
        is_dataclass(each) for each in (before, after, *_elements(before), *_elements(after))
    ):
        return f"{field} changed"
    return f"{field} {_shown(before)} becomes {_shown(after)}"


def _elements(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    if value is None:
        return "nothing"
    return quoted(value) if isinstance(value, str) else str(value)
