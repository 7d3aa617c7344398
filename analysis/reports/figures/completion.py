"""Completion as a heat map: a row for each arm and site, a column for each visit, numbers in the cells."""

from collections.abc import Sequence
from textwrap import shorten
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from analysis.reports.figures.drawing import GREY, INK, RULE, paper, stacked, svg
from analysis.reports.plain import Json, lines

# From few to all, light enough for dark letters on each.
SHADES = LinearSegmentedColormap.from_list(
    "completion", ["#eda877", "#f8dcc4", "#f1f4f4", "#c3dfe6", "#7fbccb"]
)
VISITS = 12
"""Columns of one block; further visits stand in a block below."""
WIDTH, LABELS, ROW = 8.2, 2.05, 0.42  # inches
LETTERS, HEAD_LETTERS = 24, 10


def completion_figure(
    counts: pd.DataFrame,
    groups: Sequence[tuple[str, str, bool]],
    visits: Sequence[tuple[str, str]],
    *,
    name: str,
    title: str,
    description: str,
) -> str:
    """`counts` have group, visit, completed and expected; `visits` are their codes and names.

    `groups` are code, name and whether a line goes above. A cell in which nothing was expected is empty.
    """
    blocks = [visits[first : first + VISITS] for first in range(0, len(visits), VISITS)]
    cells = {(row["group"], row["visit"]): row for row in lines(counts)}
    block = 0.5 + ROW * len(groups)
    height = 0.25 + block * len(blocks) + 0.08
    with paper(WIDTH, height) as figure:
        for place, shown in enumerate(blocks):
            bottom = height - 0.25 - block * (place + 1)
            share = len(shown) / min(VISITS, len(visits))
            box = (
                LABELS / WIDTH,
                bottom / height,
                share * (WIDTH - LABELS - 0.1) / WIDTH,
                (block - 0.5) / height,
            )
            axes = figure.add_axes(box, xlim=(0, len(shown)), ylim=(len(groups), 0))
            axes.axis("off")
            _heads(axes, shown)
            _rows(axes, groups, shown, cells)
        figure.text(0.01, 1 - 0.06 / height, title, weight="bold", size=10.5, va="top")
        return svg(figure, name=name, title=title, description=description)


def _heads(axes: Axes, visits: Sequence[tuple[str, str]]) -> None:
    for place, (_, words) in enumerate(visits):
        look: dict[str, Any] = {"ha": "center", "size": 8.5, "weight": "bold", "aside": (0, 4)}
        stacked(
            axes, place + 0.5, 0, shorten(words, 2 * HEAD_LETTERS, placeholder=" …"), HEAD_LETTERS, **look
        )


def _rows(
    axes: Axes,
    groups: Sequence[tuple[str, str, bool]],
    visits: Sequence[tuple[str, str]],
    cells: dict[tuple[str, str], Json],
) -> None:
    beside = axes.get_yaxis_transform()
    for row, (group, words, parted) in enumerate(groups):
        look: dict[str, Any] = {
            "xycoords": beside,
            "ha": "right",
            "va": "center",
            "size": 9,
            "aside": (-6, 0),
        }
        stacked(axes, 0, row + 0.5, shorten(words, 2 * LETTERS, placeholder=" …"), LETTERS, **look)
        if parted:
            axes.axhline(row, color=INK, linewidth=1.2, zorder=3)
        for column, (visit, _) in enumerate(visits):
            _cell(axes, column, row, cells.get((group, visit)))


def _cell(axes: Axes, column: int, row: int, counts: Json | None) -> None:
    if counts is None or not counts["expected"]:
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor="white", edgecolor=RULE, linewidth=0.5))
        axes.text(column + 0.5, row + 0.5, "–", ha="center", va="center", color=GREY)
        return
    share = counts["completed"] / counts["expected"]
    axes.add_patch(
        Rectangle((column, row), 1, 1, facecolor=to_hex(SHADES(share)), edgecolor="white", linewidth=1.2)
    )
    middle, told = column + 0.5, f"{counts['completed']} / {counts['expected']}"
    axes.text(middle, row + 0.36, f"{100 * share:.0f} %", ha="center", va="center", size=9.5)
    axes.text(middle, row + 0.76, told, ha="center", va="center", size=8)
