"""The flow of participants as CONSORT's diagram draws it, from enrolment to analysis, a column an arm."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from analysis.reports.figures.drawing import GREY, INK, in_lines, paper, svg

WIDTH, LINE, PAD, GAP = 8.2, 0.2, 0.1, 0.32  # inches
LETTER = 0.088  # of the size 9.5, wide enough for any reader's letters
WASH = "#f2f6f6"
Counted = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Flow:
    """`before` are enrolled, left out and randomised; `arms` a name, how many, and steps with counts.

    The steps of an arm stand in groups, one box each.
    """

    enrolled: Counted
    left_out: Counted
    randomised: Counted
    arms: Sequence[tuple[str, int, Sequence[Sequence[Counted]]]]


def flow_figure(flow: Flow, *, name: str, title: str, description: str) -> str:
    """Boxes and arrows, wide enough for five arms; of more the names are cut into lines."""
    column = WIDTH / max(len(flow.arms), 1)
    width = min(column - 0.24, 3.3)
    letters = max(int((width - 2 * PAD) / LETTER), 8)
    heads = [in_lines(arm, letters) for arm, _, _ in flow.arms]
    steps = [[_fitted(group, letters) for group in groups] for _, _, groups in flow.arms]
    tops = 1 + max(map(len, heads), default=0)
    groups = max(map(len, steps), default=0)
    sizes = [
        max((len(own[place]) for own in steps if len(own) > place), default=0) for place in range(groups)
    ]
    height = 0.5 + 3 * (LINE * 2 + 2 * PAD) + 2 * GAP + 2 * GAP + _tall(tops)
    height += sum(GAP + _tall(lines) for lines in sizes) + 0.1
    with paper(WIDTH, height) as figure:
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, height))
        axes.axis("off")
        axes.text(0.08, height - 0.06, title, weight="bold", size=10.5, va="top")
        y = _before(axes, flow, height - 0.45)
        middles = [column * (place + 0.5) for place in range(len(flow.arms))]
        _branch(axes, middles, y)
        for (_, number, _), head, own, middle in zip(flow.arms, heads, steps, middles, strict=True):
            top = y - 2 * GAP
            _box(axes, middle, top, width, _tall(tops), fill=WASH)
            for place, line in enumerate([*head, f"n = {number:,}"]):
                _word(axes, middle, top - PAD - LINE * (place + 0.5), line, weight="bold")
            top -= _tall(tops)
            for lines, size in zip(own, sizes, strict=False):
                _arrow(axes, middle, top, top - GAP)
                top -= GAP
                _box(axes, middle, top, width, _tall(size))
                _list(axes, middle - width / 2 + PAD, middle + width / 2 - PAD, top, lines)
                top -= _tall(size)
        return svg(figure, name=name, title=title, description=description)


def _tall(lines: int) -> float:
    return LINE * lines + 2 * PAD


def _fitted(group: Sequence[Counted], letters: int) -> list[tuple[str, str]]:
    """Lines of words and, on the last line of each step, its number."""
    lines = []
    for words, number in group:
        told = f"{number:,}"
        parts = in_lines(words, max(letters - len(told) - 2, 6))
        lines += [(part, "") for part in parts[:-1]] + [(parts[-1], told)]
    return lines


def _before(axes: Axes, flow: Flow, top: float) -> float:
    """Enrolled, to the side those left out, randomised; returns where the last box ends."""
    middle, tall = WIDTH / 2, _tall(2)
    for place, (words, number) in enumerate((flow.enrolled, flow.left_out, flow.randomised)):
        aside = place == 1
        x = middle + 1.75 if aside else middle
        _box(axes, x, top, 2.3, tall)
        _word(axes, x, top - PAD - LINE * 0.5, f"{number:,}", weight="bold", size=11)
        _word(axes, x, top - PAD - LINE * 1.5, words)
        if aside:
            axes.plot([middle, x - 1.15], [top - tall / 2] * 2, color=GREY, linewidth=1)
        elif place == 0:
            _arrow(axes, middle, top - tall, top - 2 * tall - 2 * GAP)
        top -= tall + GAP
    return top + GAP


def _branch(axes: Axes, middles: Sequence[float], y: float) -> None:
    if middles:
        axes.plot([WIDTH / 2] * 2, [y, y - GAP], color=GREY, linewidth=1)
        axes.plot([middles[0], middles[-1]], [y - GAP] * 2, color=GREY, linewidth=1)
    for middle in middles:
        _arrow(axes, middle, y - GAP, y - 2 * GAP)


def _box(axes: Axes, middle: float, top: float, width: float, tall: float, *, fill: str = "white") -> None:
    shape = "round,pad=0,rounding_size=0.06"
    place = (middle - width / 2, top - tall)
    axes.add_patch(
        FancyBboxPatch(place, width, tall, boxstyle=shape, facecolor=fill, edgecolor=GREY, linewidth=1)
    )


def _arrow(axes: Axes, x: float, top: float, bottom: float) -> None:
    look = {"arrowstyle": "-|>,head_length=0.35,head_width=0.18", "color": GREY, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (x, bottom), (x, top), arrowprops={**look, "linewidth": 1})


def _word(axes: Axes, x: float, y: float, text: str, *, weight: str = "normal", size: float = 9.5) -> None:
    axes.text(x, y, text, ha="center", va="center", weight=weight, size=size)


def _list(axes: Axes, left: float, right: float, top: float, lines: Sequence[tuple[str, str]]) -> None:
    for place, (words, number) in enumerate(lines):
        y = top - PAD - LINE * (place + 0.5)
        axes.text(left, y, words, va="center", size=9.5, color=INK)
        axes.text(right, y, number, ha="right", va="center", size=9.5, weight="bold")
