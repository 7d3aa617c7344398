"""Every course on one line: for how long someone was observed, and what happened to them when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.reports.figures.drawing import GREY, INK, paper, svg
from analysis.reports.figures.time_axis import ticks

MOST = 80
"""Lines that one figure holds; of more participants some are drawn, evenly apart in their order."""
LANE = 0.108  # inches
OBSERVED, STAY, TRANSPLANT = "#bcc6cc", "#5b3a7d", "#2f6b1e"
SCORES = ("#7f3300", "#d07a35", "#b5b5b5", "#5d9ccb", "#084a7a")  # from the lowest to the highest
SHORTEST = 0.006  # of the axis: shorter stays are widened to be seen


@dataclass(frozen=True, kw_only=True)
class SwimmerWords:
    """The words of the legend; `score` is what the scale is called."""

    observed: str
    stay: str
    transplant: str
    death: str
    missed: str
    score: str


def lanes(courses: pd.DataFrame, arms: Sequence[str]) -> dict[str, list[str]]:
    """Who is drawn, by arm, from the longest observed to the shortest.

    Each arm has its share of `MOST` lines; of more participants those are drawn that stand evenly apart, the
    longest and the shortest among them.
    """
    observed = courses[courses["KIND"] == "observed"].sort_values(
        ["TO", "USUBJID"], ascending=[False, True], kind="stable"
    )
    by_arm = {arm: observed.loc[observed["ARMCD"] == arm, "USUBJID"].tolist() for arm in arms}
    total = max(len(observed), 1)
    return {arm: _thinned(own, max(1, MOST * len(own) // total)) for arm, own in by_arm.items() if own}


def _thinned(people: list[str], most: int) -> list[str]:
    if len(people) <= most:
        return people
    return [people[place] for place in np.unique(np.linspace(0, len(people) - 1, most).round().astype(int))]


def swimmer_figure(
    courses: pd.DataFrame,
    names: Mapping[str, str],
    codes: Mapping[str, str],
    words: SwimmerWords,
    *,
    name: str,
    title: str,
    description: str,
) -> str:
    """`courses` as `StudyData.courses` gives them, `names` of the arms, `codes` of participants."""
    drawn = lanes(courses, list(names))
    last = float(courses["TO"].max())
    at, levels = ticks(int(last)), _levels(courses)
    gap, above, below = 0.34, 0.72, 0.5
    height = above + below + sum(LANE * len(own) + gap for own in drawn.values())
    with paper(8.2, height) as figure:
        top = height - above
        axes: Axes | None = None
        for arm, own in drawn.items():
            size = LANE * len(own)
            top -= gap
            axes = figure.add_axes((0.115, (top - size) / height, 0.865, size / height))
            top -= size
            _panel(axes, courses, own, levels, last)
            axes.set_title(names[arm], pad=5)
            axes.set_yticks(range(len(own)), [codes[who] for who in own], size=6.3)
            axes.set_xticks(at.days, [])
        if axes is not None:
            axes.set_xticks(at.days, [str(label) for label in at.labels])
            axes.set_xlabel(at.words)
        figure.text(0.01, 1 - 0.06 / height, title, weight="bold", size=10.5, va="top")
        _legend(figure, words, levels, 1 - 0.27 / height)
        return svg(figure, name=name, title=title, description=description)


def _levels(courses: pd.DataFrame) -> list[tuple[float, float, str]]:
    """Steps of the score, each with its colour; none without scores."""
    values = courses.loc[courses["KIND"] == "score", "VALUE"]
    if values.empty:
        return []
    low, high = float(values.min()), float(values.max())
    edges = MaxNLocator(len(SCORES), steps=[1, 2, 2.5, 5, 10]).tick_values(low, max(high, low + 1))
    steps = [(a, b) for a, b in pairwise(edges) if b >= low and a <= high]
    places = np.linspace(0, len(SCORES) - 1, len(steps)).round().astype(int)
    return [(a, b, SCORES[place]) for (a, b), place in zip(steps, places, strict=True)]


def _panel(
    axes: Axes,
    courses: pd.DataFrame,
    people: Sequence[str],
    levels: list[tuple[float, float, str]],
    last: float,
) -> None:
    place = {who: number for number, who in enumerate(people)}
    rows = courses[courses["USUBJID"].isin(place)]
    rows = rows.assign(y=rows["USUBJID"].map(place))
    kinds = {str(kind): own for kind, own in rows.groupby("KIND")}
    nothing = rows.iloc[:0]
    axes.add_collection(_bars(kinds["observed"], OBSERVED, 2.2))
    stays = kinds.get("stay", nothing)
    axes.add_collection(_bars(_widened(stays, last), STAY, 5.4))
    missed = kinds.get("missed", nothing)
    axes.plot(missed["FROM"], missed["y"], "o", ms=3, mfc="white", mec=GREY, mew=0.7)
    scores = kinds.get("score", nothing)
    for low, high, colour in levels:
        own = scores[(scores["VALUE"] >= low) & ((scores["VALUE"] < high) | (high == levels[-1][1]))]
        axes.plot(own["FROM"], own["y"], "o", ms=3.9, mfc=colour, mec="white", mew=0.4)
    for kind, look in (("transplant", _TRANSPLANT), ("death", _DEATH)):
        own = kinds.get(kind, nothing)
        axes.plot(own["FROM"], own["y"], linestyle="none", zorder=4, **look)
    axes.set_ylim(len(people) - 0.5, -0.5)
    axes.set_xlim(min(0.0, float(rows["FROM"].min())) - 0.005 * last, last * 1.015)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


_TRANSPLANT: dict[str, Any] = {"marker": "D", "ms": 4.6, "mfc": TRANSPLANT, "mec": "white", "mew": 0.6}
_DEATH: dict[str, Any] = {"marker": "X", "ms": 5.6, "mfc": INK, "mec": "white", "mew": 0.5}


def _bars(rows: pd.DataFrame, colour: str, width: float) -> LineCollection:
    ends = [((a, y), (b, y)) for a, b, y in zip(rows["FROM"], rows["TO"], rows["y"], strict=True)]
    return LineCollection(ends, colors=colour, linewidths=width, capstyle="butt", zorder=2)


def _widened(stays: pd.DataFrame, last: float) -> pd.DataFrame:
    return stays.assign(TO=np.maximum(stays["TO"], stays["FROM"] + SHORTEST * last))


def _legend(figure: Figure, words: SwimmerWords, levels: list[tuple[float, float, str]], top: float) -> None:
    handles = [
        Line2D([], [], color=OBSERVED, linewidth=2.2, label=words.observed),
        Line2D([], [], color=STAY, linewidth=5.4, label=words.stay),
        Line2D([], [], linestyle="none", label=words.transplant, **_TRANSPLANT),
        Line2D([], [], linestyle="none", label=words.death, **_DEATH),
    ]
    look: dict[str, Any] = {
        "loc": "upper left",
        "frameon": False,
        "fontsize": 8.5,
        "handletextpad": 0.5,
        "columnspacing": 1.4,
    }
    figure.legend(handles=handles, ncols=4, bbox_to_anchor=(0.0, top), **look)
    if levels:
        scores = [
            Line2D(
                [],
                [],
                linestyle="none",
                marker="o",
                ms=4.5,
                mfc=colour,
                mec="white",
                label=f"{low:g}–{high:g}",
            )
            for low, high, colour in levels
        ]
        title = Line2D([], [], linestyle="none", label=words.score)
        missed = Line2D(
            [], [], linestyle="none", marker="o", ms=3.4, mfc="white", mec=GREY, label=words.missed
        )
        figure.legend(
            handles=[title, *scores, missed],
            ncols=len(scores) + 2,
            bbox_to_anchor=(0.0, top - 0.2 / figure.get_figheight()),
            **look,
        )
