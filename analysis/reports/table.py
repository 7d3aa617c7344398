"""A table as the page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Table:
    """The first `heads` columns of each row name it, the last `words` hold words, those between numbers.

    `english`: the words are English sentences, whatever the language of the table.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    heads: int = 1
    words: int = 0
    english: bool = False
