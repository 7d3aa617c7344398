"""What a password must be: NIST SP 800-63B-4, section 3.1.1.2. Long, and not one that everybody tries first.

No rule says which signs it must mix, and none ends it after a time: both make people choose worse ones.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal

from app.domain.common_passwords import RUNS, WORDS

SHORTEST = 12
SHORTEST_ALONE = 15
"""Where nothing else is asked for beside it."""
LONGEST = 256
"""Beyond what anyone types; a password manager's longest fits, and a whole book is not hashed."""
OWN_WORDS = ("hepatica",)

Weakness = Literal["too short", "too long", "guessable"]

_LEAST_LEFT = 4
_SHORTEST_CONTEXT = 3
_SHORTEST_RUN = 4
_LOOKS_LIKE = {
    "a": "a@4",
    "b": "b8",
    "e": "e3",
    "g": "g9",
    "i": "i1!|",
    "l": "l1|",
    "o": "o0",
    "s": "s$5",
    "t": "t7+",
}
_BETWEEN = re.compile(r"[\s_.,;:/-]")
_YEAR = re.compile(r"(?:19|20)\d\d")


def normalised(password: str) -> str:
    """Return a password in the one form that is hashed, however a keyboard put its signs together (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, *, context: Iterable[str] = (), alone: bool = False) -> Weakness | None:
    """Return what is wrong with a password that someone chooses, or None.

    `context`: what a stranger would try first for this person, such as their name, their address, the study's
    code. `alone`: it is the only thing asked for.
    """
    plain = normalised(password)
    if len(plain) < (SHORTEST_ALONE if alone else SHORTEST):
        return "too short"
    if len(plain) > LONGEST:
        return "too long"
    return "guessable" if _left(plain.casefold(), _context(context)) < _LEAST_LEFT else None


def _left(plain: str, words: frozenset[str]) -> int:
    """Return how many signs are left to guess, a word of the lists or a run of neighbours counting as one."""
    pieces, plain = _without_runs(_unit(_BETWEEN.sub("", plain)))
    for pattern in (*(_pattern(word) for word in _longest_first(words)), *_patterns(), _YEAR):
        plain, times = pattern.subn(" ", plain)
        if times:
            pieces.add(pattern.pattern)
    return len(pieces) + sum(len(set(rest)) for rest in plain.split())  # the same sign again adds nothing


def _context(given: Iterable[str]) -> frozenset[str]:
    parts = {
        part for text in (*given, *OWN_WORDS) for part in re.split(r"[\W_]+", normalised(text).casefold())
    }
    return frozenset(part for part in parts if len(part) >= _SHORTEST_CONTEXT)


def _unit(text: str) -> str:
    """Return what a text repeats: `abcabc` is `abc`, and tells no more."""
    for length in range(1, len(text) // 2 + 1):
        if len(text) % length == 0 and text[:length] * (len(text) // length) == text:
            return text[:length]
    return text


def _without_runs(text: str) -> tuple[set[str], str]:
    """Return the runs of neighbours in a text, and the text with a blank for each of them."""
    found, beside, start = set(), "", 0
    while start < len(text):
        end = next((end for end in _ends(text, start) if _is_run(text[start:end])), None)
        beside += text[start] if end is None else " "
        if end is not None:
            found.add(text[start:end])
        start = end or start + 1
    return found, beside


def _ends(text: str, start: int) -> Iterator[int]:
    yield from range(min(len(text), start + max(map(len, RUNS))), start + _SHORTEST_RUN - 1, -1)


def _is_run(text: str) -> bool:
    return any(text in row or text[::-1] in row for row in RUNS)


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _pattern(word: str) -> re.Pattern[str]:
    """Return what finds a word also where signs stand for its letters: `p@55w0rd`."""
    return re.compile("".join(f"[{re.escape(_LOOKS_LIKE.get(sign, sign))}]" for sign in word))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(word) for word in _longest_first(WORDS))
