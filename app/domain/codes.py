"""What a code may look like, and what is wrong in a definition although its shape is right."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LONGEST_CODE = 40
CODE_ALLOWED = f"1 to {LONGEST_CODE} letters a-z, digits, '-', '_' or '.', beginning with a letter or digit"
PARTICIPANT_CODE_ALLOWED = (
    f"a code of 1 to {LONGEST_CODE} characters on one line, without / and \\, other than new, . and .."
)
SPOKEN = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""31 signs of which none looks like another when it is read out on the telephone or typed from paper."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class DefinitionFault:
    """One contradiction: `place` as in `visits[2].instruments`, what was found there and what is allowed.

    `rests_on` names the other parts of the definition that the judgement rests on: where one of them could
    not be read whole, the fault may be none.
    """

    place: str
    found: str
    allowed: str
    rests_on: frozenset[str] = frozenset()


def is_code(text: str) -> bool:
    """Return whether a text can be a code: it stands in addresses, file names and exports."""
    return len(text) <= LONGEST_CODE and _CODE.fullmatch(text) is not None


def is_participant_code(text: str) -> bool:
    """Return whether a participant can be known by a text: it is one part of the address of their page."""
    return (
        0 < len(text) <= LONGEST_CODE
        and text == text.strip()
        and text.isprintable()
        and text not in (".", "..", "new")
        and not set(text) & {"/", "\\"}
    )


def code_faults(place: str, codes: Sequence[str]) -> Iterator[DefinitionFault]:
    """Find codes of one list that are none, or stand there twice."""
    for number, code in enumerate(codes):
        if not is_code(code):
            yield DefinitionFault(f"{place}[{number}].code", quoted(code), CODE_ALLOWED)
        elif code in codes[:number]:
            yield DefinitionFault(
                f"{place}[{number}].code", quoted(code), "a code that stands here only once"
            )


def repeated(values: Iterable[str]) -> list[str]:
    """Return what stands in a list more than once."""
    return [value for value, times in Counter(values).items() if times > 1]


def is_blank(text: str) -> bool:
    """Return whether there is nothing to read in a text."""
    return not text.strip()


def quoted(text: str) -> str:
    """Return a text as a fault shows it: in quotes, and not longer than a line."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'


def listed(values: Iterable[object]) -> str:
    """Return what may be chosen from, as a fault shows it."""
    return ", ".join(map(str, values)) or "none, because none is defined"
