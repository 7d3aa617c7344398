"""Scores over time as a small line, drawn here: the page's policy lets no script or style of its own draw it.

Time runs as the language is read: from right to left in Arabic or Persian, like the sentences around it.
Only places are worked out here; the template draws them in the colour of words, to be seen in every light.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.queries.history import Point, ScaleHistory

WIDTH, HEIGHT, EDGE = 320, 140, 10


@dataclass(frozen=True)
class Dot:
    """Where a score stands; `own` is False where someone else answered."""

    x: float
    y: float
    own: bool


@dataclass(frozen=True)
class Chart:
    """Dots, and the lines between those that follow each other without a gap."""

    dots: tuple[Dot, ...]
    lines: tuple[str, ...]


def chart(scale: ScaleHistory, direction: str) -> Chart:
    """Return the places of a scale's scores; a score that is missing leaves a gap."""
    runs: list[list[Dot]] = [[]]
    for point in scale.points:
        dot = _dot(scale, point, direction)
        if dot is not None:
            runs[-1].append(dot)
        elif runs[-1]:
            runs.append([])
    lines = tuple(" ".join(f"{dot.x:g},{dot.y:g}" for dot in run) for run in runs if len(run) > 1)
    return Chart(tuple(dot for run in runs for dot in run), lines)


def _dot(scale: ScaleHistory, point: Point, direction: str) -> Dot | None:
    if point.score is None:
        return None
    along = _along(scale.points, point)
    if direction == "rtl":
        along = 1 - along
    up = (point.score - scale.lowest) / (scale.highest - scale.lowest)
    x, y = EDGE + along * (WIDTH - 2 * EDGE), HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE)
    return Dot(round(x, 1), round(y, 1), point.respondent != "proxy")


def _along(points: Sequence[Point], point: Point) -> float:
    """Return the share of the time from first to last that had gone by; one half where there is one day."""
    days = (points[-1].on - points[0].on).days
    return (point.on - points[0].on).days / days if days else 0.5
