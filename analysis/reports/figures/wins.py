"""What decided the pairs of a win ratio: won and lost stacked by component, what is left in between."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from analysis.reports.figures.drawing import COLOURS, GREY, paper, stacked, svg
from analysis.reports.plain import Json

WON, LOST, LEFT = COLOURS[0], COLOURS[1], "#e4e9ec"
BEFORE = 0.35  # how much of a colour is left of what was decided higher up
WIDTH, ROW, LABELS = 8.2, 0.62, 1.75  # inches


def win_figure(
    components: Sequence[Json],
    names: Sequence[str],
    words: Mapping[str, str],
    *,
    name: str,
    title: str,
    description: str,
) -> str:
    """One bar a component over all pairs: wins grow from the left, losses from the right.

    `components` have wins, losses and ties (left after it), the gravest first, `names` are theirs; `words`
    are won, lost, left, and axis, and `told` with places {wins}, {losses}, {ties} and {component}.
    """
    pairs = sum(row["wins"] + row["losses"] for row in components) + components[-1]["ties"]
    height = 0.68 + ROW * len(components) + 0.55
    with paper(WIDTH, height) as figure:
        box = (LABELS / WIDTH, 0.55 / height, (WIDTH - LABELS - 0.35) / WIDTH, ROW * len(components) / height)
        axes = figure.add_axes(box, xlim=(0, 100), ylim=(len(components), 0))
        wins = losses = 0
        for place, (row, label) in enumerate(zip(components, names, strict=True)):
            _bar(axes, place, row, before=(wins, losses), pairs=pairs)
            stacked(axes, -1.5, place + 0.42, label, 20, ha="right", va="center", size=9.5)
            told = words["told"].format(**{key: f"{row[key]:,}" for key in ("wins", "losses", "ties")})
            axes.text(0, place + 0.84, told, size=8.5, color=GREY, va="center")
            wins, losses = wins + row["wins"], losses + row["losses"]
        _axis(axes, words["axis"])
        handles = [
            Patch(facecolor=colour, label=words[key])
            for key, colour in (("won", WON), ("left", LEFT), ("lost", LOST))
        ]
        look: dict[str, Any] = {"loc": "upper left", "frameon": False, "fontsize": 9, "handlelength": 1.2}
        figure.legend(handles=handles, ncols=3, bbox_to_anchor=(0.0, 1 - 0.28 / height), **look)
        figure.text(0.01, 1 - 0.06 / height, title, weight="bold", size=10.5, va="top")
        return svg(figure, name=name, title=title, description=description)


def _bar(axes: Axes, place: int, row: Json, *, before: tuple[int, int], pairs: int) -> None:
    """What was decided higher up is pale, what is decided here is full."""
    y, thick = place + 0.38, 0.5

    def piece(start: float, width: float, colour: str, alpha: float = 1) -> None:
        if width > 0:
            axes.barh(
                y, 100 * width / pairs, thick, 100 * start / pairs, color=colour, alpha=alpha, linewidth=0
            )

    wins, losses = before
    piece(0, wins, WON, BEFORE)
    piece(wins, row["wins"], WON)
    piece(wins + row["wins"], row["ties"], LEFT)
    piece(pairs - losses - row["losses"], row["losses"], LOST)
    piece(pairs - losses, losses, LOST, BEFORE)


def _axis(axes: Axes, words: str) -> None:
    axes.set_yticks([])
    axes.set_xticks(range(0, 101, 20), [f"{share} %" for share in range(0, 101, 20)])
    axes.spines["left"].set_visible(False)
    axes.axvline(50, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=3)
    axes.set_xlabel(words)
