"""What a method finds in the data, ready for the page and for results.json."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from analysis.reports.plain import Json
from analysis.reports.table import Table


class NotPossible(Exception):  # noqa: N818 - no fault: the data, or who reads the report, do not allow it
    """Says in a plain sentence why a method cannot be carried out on these data."""


class Drawing(Protocol):
    """Draws a figure as an SVG element under a name, for those who do not see it with a title and words."""

    def __call__(self, *, name: str, title: str, description: str) -> str:
        """The SVG element."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Figure:
    """A figure that is drawn when it is written: `name` is its file's and stands before every id in it.

    `description` tells what it shows to those who do not see it, `table` holds what is drawn.
    """

    name: str
    title: str
    caption: str
    description: str
    table: Table
    drawing: Drawing

    def svg(self) -> str:
        """The SVG element; the same bytes each time."""
        return self.drawing(name=self.name, title=self.title, description=self.description)

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.svg()


@dataclass(frozen=True, kw_only=True, eq=False)
class Finding:
    """What a method found.

    `sentences` tell it, the first one the result itself; `headline` is a number or two and what it is, for
    the top of the report. `excluded` says who is not in it and why; `methods` are sentences for the methods
    paragraph, with sources; `code` are lines of Python that find it again in `data`. `impossible` says why
    nothing was found; then nothing else is there.
    """

    sentences: tuple[str, ...] = ()
    headline: tuple[str, str] | None = None
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    results: Json = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    code: str = ""
    impossible: str = ""


Method = Callable[..., Finding]
Findings = Mapping[str, Finding]
