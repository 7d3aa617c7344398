"""What all figures share: colours, letters, and an SVG that is the same for the same data."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape, unescape
from itertools import cycle, groupby
from textwrap import wrap
from typing import Any
from unicodedata import bidirectional, east_asian_width

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

# Told apart by those who do not see red and green as others do, 4.5:1 or more on white; never the only
# difference: lines and markers differ too.
COLOURS = ("#0b5c8f", "#b0430b", "#3d6b1e", "#7a3b8f", "#5c5c5c", "#8f2346")
LINES = ("-", (0, (5, 1.6)), (0, (1.6, 1.4)), (0, (6, 1.5, 1.5, 1.5)), "-", (0, (5, 1.6)))
MARKERS = ("o", "s", "D", "^", "v", "P")
INK, GREY, RULE = "#16222b", "#4d5a63", "#c6ced3"
LETTERS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and copied
    "svg.hashsalt": "hepatica",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": "#e3e8eb",
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
}
Look = tuple[str, object, str]


@contextmanager
def paper(width: float, height: float) -> Iterator[Figure]:
    """An empty figure, in inches, under the project's settings."""
    with rc_context(SETTINGS), warnings.catch_warnings():
        # Names in scripts that matplotlib's own font lacks are drawn by the reader's browser.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        yield figure


def looks(groups: list[str]) -> dict[str, Look]:
    """Colour, line and marker of each group."""
    return dict(zip(groups, cycle(zip(COLOURS, LINES, MARKERS, strict=True)), strict=False))


def plain_grid(axes: Axes) -> None:
    """Light lines across, none upwards."""
    axes.grid(axis="y")
    axes.tick_params(length=3)


def in_lines(text: str, letters: int) -> list[str]:
    """A text in lines of so many letters; without spaces between words it breaks anywhere.

    The wide letters of such scripts count twice.

    >>> in_lines("events of participants", 12), in_lines("参加者の事象", 6)
    (['events of', 'participants'], ['参加者', 'の事象'])
    """
    if not any(map(_wide, text)):
        return wrap(text, letters, break_long_words=False)
    lines, taken = [""], 0
    for piece in _pieces(text):
        size = sum(2 if _wide(letter) else 1 for letter in piece)
        if taken + size > letters and taken:
            lines.append("")
            taken = 0
        lines[-1] += piece
        taken += size
    return [line.strip() for line in lines if line.strip()]


def _pieces(text: str) -> Iterator[str]:
    """Wide letters one by one, other words whole, spaces between them."""
    for wide, letters in groupby(text, _wide):
        if wide:
            yield from letters
        else:
            yield from re.findall(r"\s+|\S+", "".join(letters))


def _wide(letter: str) -> bool:
    return east_asian_width(letter) in ("W", "F")


def stacked(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    letters: int,
    *,
    aside: tuple[float, float] = (0, 0),
    **look: Any,  # noqa: ANN401 - what matplotlib's texts take
) -> None:
    """Write a text in lines of so many letters; the last one stands at (x, y), or their middle does.

    `aside` moves it, in points. Each line is a text of its own: matplotlib would place the lines of one by
    the widths of its own letters, and the reader's are others.
    """
    lines = in_lines(text, letters)
    apart = look.get("size", 10) * 1.3
    lowest = aside[1] - (len(lines) - 1) / 2 * apart if look.get("va") == "center" else aside[1]
    for place, line in enumerate(lines):  # from the top, as they are read aloud
        at = (aside[0], lowest + (len(lines) - 1 - place) * apart)
        axes.annotate(line, (x, y), at, textcoords="offset points", annotation_clip=False, **look)


def svg(figure: Figure, *, name: str, title: str, description: str) -> str:
    """The figure as an SVG element, named and described for those who do not see it; always the same bytes.

    `name` goes before every id, so that several figures can stand in one page.
    """
    held = io.StringIO()
    figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = held.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>\s*", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r'\bid="', f'id="{name}-', drawn)
    drawn = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", drawn)
    drawn = drawn.replace("'DejaVu Sans'", LETTERS)
    # Its texts stand where they are anchored, whatever the direction of the page around it.
    head = f'direction="ltr" role="img" aria-labelledby="{name}-title {name}-description"'
    told = (
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>'
    )
    drawn = re.sub(r"(<text\b[^>]*>)([^<]*)(</text>)", _isolated, drawn)
    start = drawn.index(">")
    return f"{drawn[:start]} {head}>\n {told}{drawn[start + 1 :]}"


def _isolated(text: re.Match[str]) -> str:
    """A text with letters from right to left as a line of that direction (Unicode's RLI and PDI)."""
    opening, words, closing = text.groups()
    if any(bidirectional(letter) in ("R", "AL") for letter in unescape(words)):
        words = f"\N{RIGHT-TO-LEFT ISOLATE}{words}\N{POP DIRECTIONAL ISOLATE}"
    return f"{opening}{words}{closing}"
