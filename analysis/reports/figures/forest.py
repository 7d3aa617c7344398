"""A forest plot: effects in subgroups on one logarithmic axis, with counts and tests of interaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from analysis.reports.figures.drawing import COLOURS, GREY, INK, RULE, paper, stacked, svg

WIDTH, LINE = 8.2, 0.25  # inches
PLOT = (0.51, 0.755)  # where the axis begins and ends, as shares of the width
COLUMNS = {"level": 0.0, "arm": 0.345, "reference": 0.485, "ratio": 0.775, "p": 0.995}
FITS = 30
"""Letters of a level that there is room for."""
STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
FEWER_STEPS = (0.05, 0.2, 1, 5, 20)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the plot: the heading of a subgroup, or one of its levels with its effect.

    `ratio` and its limits None where there is no estimate; then `told` says why, otherwise the numbers.
    `events` are how many the effect rests on: the size of its square.
    """

    label: str
    heading: bool = False
    arm: str = ""
    reference: str = ""
    ratio: float | None = None
    lower: float | None = None
    upper: float | None = None
    told: str = ""
    p: str = ""
    events: int = 0


@dataclass(frozen=True, kw_only=True)
class Heads:
    """What stands above the columns and below the axis; `note` is a warning below all.

    `fewer` and `more` say what lies on either side of 1; empty where neither is better.
    """

    arm: str
    reference: str
    ratio: str
    p: str
    axis: str
    fewer: str
    more: str
    note: str


def forest_figure(lines: Sequence[Line], heads: Heads, *, name: str, title: str, description: str) -> str:
    """Squares are as large as they have events; a limit beyond the axis ends in an arrow."""
    above, below = 1.0, 0.95
    height = above + LINE * len(lines) + below
    with paper(WIDTH, height) as figure:
        bottom, share = below / height, LINE * len(lines) / height
        words = figure.add_axes((0.01, bottom, 0.98, share), xlim=(0, 1), ylim=(len(lines), 0))
        words.axis("off")
        axes = figure.add_axes((PLOT[0], bottom, PLOT[1] - PLOT[0], share), ylim=(len(lines), 0))
        _shade(words, lines)
        _words(words, lines, heads)
        _effects(axes, lines)
        _axis(axes, heads, 1 / (len(lines) * LINE))
        figure.text(0.01, 1 - 0.06 / height, title, weight="bold", size=10.5, va="top")
        figure.text(0.01, 0.07 / height, heads.note, size=8.5, color=GREY)
        return svg(figure, name=name, title=title, description=description)


def _shade(axes: Axes, lines: Sequence[Line]) -> None:
    for place, line in enumerate(lines):
        if line.heading:
            axes.axhline(place, color=RULE, linewidth=0.8)


def _words(axes: Axes, lines: Sequence[Line], heads: Heads) -> None:
    top = -0.35
    for column, text, side, letters in (
        ("arm", heads.arm, "right", 14),
        ("reference", heads.reference, "right", 14),
        ("ratio", heads.ratio, "left", 17),
        ("p", heads.p, "right", 11),
    ):
        stacked(axes, COLUMNS[column], top, text, letters, size=8.5, weight="bold", ha=side, va="bottom")
    for place, line in enumerate(lines):
        y = place + 0.5
        start = COLUMNS["level"] + (0 if line.heading else 0.015)
        weight = "bold" if line.heading else "normal"
        axes.text(start, y, shorten(line.label, FITS, placeholder=" …"), size=9, weight=weight, va="center")
        axes.text(COLUMNS["arm"], y, line.arm, size=9, ha="right", va="center")
        axes.text(COLUMNS["reference"], y, line.reference, size=9, ha="right", va="center")
        colour = GREY if line.ratio is None else INK
        axes.text(COLUMNS["ratio"], y, line.told, size=9, color=colour, va="center")
        axes.text(COLUMNS["p"], y, line.p, size=9, ha="right", va="center")


def _effects(axes: Axes, lines: Sequence[Line]) -> None:
    low, high = _reach(lines)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    most = max((line.events for line in lines), default=1)
    for place, line in enumerate(lines):
        if line.ratio is None or line.lower is None or line.upper is None:
            continue
        y, (left, right) = place + 0.5, (max(line.lower, low), min(line.upper, high))
        axes.plot([left, right], [y, y], color=COLOURS[0], linewidth=1.4, solid_capstyle="butt")
        for limit, edge, arrow in ((line.lower, low, "<"), (line.upper, high, ">")):
            if (limit < low) if arrow == "<" else (limit > high):
                axes.plot([edge], [y], marker=arrow, color=COLOURS[0], markersize=5, clip_on=False)
        if low <= line.ratio <= high:
            size = 3.5 + 5 * float(np.sqrt(line.events / max(most, 1)))
            axes.plot([line.ratio], [y], marker="s", color=COLOURS[0], markersize=size)


def _reach(lines: Sequence[Line]) -> tuple[float, float]:
    """The ends of the axis: round numbers around all limits, 1 between them, never absurdly far."""
    limits = [each for line in lines for each in (line.lower, line.upper) if each is not None and each > 0]
    low, high = min([0.5, *limits]), max([2.0, *limits])
    return (
        max((step for step in STEPS if step <= low * 1.001), default=STEPS[0]),
        min((step for step in STEPS if step >= high * 0.999), default=STEPS[-1]),
    )


def _axis(axes: Axes, heads: Heads, inch: float) -> None:
    low, high = axes.get_xlim()
    there = [step for step in STEPS if low <= step <= high]
    shown = [step for step in there if step in FEWER_STEPS] if len(there) > 6 else there
    axes.set_facecolor("none")
    axes.set_xticks(shown, [f"{step:g}" for step in shown])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="x", which="minor", length=0)
    axes.axvline(1, color=INK, linewidth=0.9, zorder=0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(heads.axis, size=9, labelpad=16 if heads.fewer else 4)
    beside = axes.get_xaxis_transform()
    apart = (high / low) ** 0.02
    for x, text, side in ((1 / apart, heads.fewer, "right"), (apart, heads.more, "left")):
        axes.text(x, -0.28 * inch, text, transform=beside, size=8.5, color=GREY, ha=side, va="top")
