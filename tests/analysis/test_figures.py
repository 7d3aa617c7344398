"""Figures: what they hold of what they are given, read from their SVG."""

from itertools import pairwise
from xml.etree import ElementTree

import pandas as pd

from analysis.reports.figures.forest import Heads, Line, forest_figure
from analysis.reports.figures.swimmer import MOST, SwimmerWords, lanes, swimmer_figure

TEXT = "{http://www.w3.org/2000/svg}text"
NAMED = {"name": "x", "title": "A title", "description": "What it shows"}


def words(svg: str) -> list[str]:
    """The texts of a figure, in their order."""
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(TEXT)]  # noqa: S314


HEADS = Heads(
    arm="Cells: events / n",
    reference="Usual care: events / n",
    ratio="Hazard ratio",
    p="p of interaction",
    axis="Hazard ratio, logarithmic axis",
    fewer="Cells better",
    more="Usual care better",
    note="2 tests, not adjusted",
)


def test_a_forest_plot_holds_counts_effects_and_its_warning() -> None:
    found = words(
        forest_figure(
            [
                Line(label="All", heading=True, ratio=0.5, lower=0.3, upper=0.9, told="0.50", events=20),
                Line(label="Site", heading=True, p="0.757"),
                Line(label="north", arm="3 / 20", reference="6 / 21", ratio=0.5, lower=0.001, upper=99),
                Line(label="a level whose name is far longer than there is room for", told="no estimate"),
            ],
            HEADS,
            **NAMED,
        )
    )
    assert {"Site", "0.757", "north", "3 / 20", "6 / 21", "no estimate", HEADS.note} <= set(found)
    assert {"Cells better", "Usual care better"} <= set(found)
    assert "a level whose name is far …" in found
    assert {"0.05", "1", "20"} <= set(found), "an interval without end goes to the ends of the axis"


def test_the_axis_of_a_forest_plot_is_as_wide_as_its_intervals() -> None:
    one = Line(label="All", ratio=0.8, lower=0.6, upper=1.1)
    assert [
        tick for tick in words(forest_figure([one], HEADS, **NAMED)) if tick in ("0.2", "0.5", "1", "2", "5")
    ] == [
        "0.5",
        "1",
        "2",
    ]


SWIMMER = SwimmerWords(
    observed="observed",
    stay="in hospital",
    transplant="transplant",
    death="death",
    missed="not answered",
    score="Total",
    axis="Time since day 0",
    months="months",
    years="years",
)


def many(arm: str, number: int) -> pd.DataFrame:
    """So many participants, the first observed longest."""
    names = [f"{arm}{place:04}" for place in range(number)]
    lasting = range(number, 0, -1)
    return pd.DataFrame(
        {"USUBJID": names, "ARMCD": arm, "KIND": "observed", "FROM": 0, "TO": lasting, "VALUE": float("nan")}
    )


def test_all_of_few_participants_are_drawn() -> None:
    rows = pd.concat([many("a", 30), many("b", 10)])
    drawn = lanes(rows, ["a", "b"])
    assert {arm: len(own) for arm, own in drawn.items()} == {"a": 30, "b": 10}
    assert drawn["b"][0] == "b0000"


def test_of_many_participants_some_are_drawn_evenly() -> None:
    rows = pd.concat([many("a", 300), many("b", 100)])
    drawn = lanes(rows, ["a", "b", "nobody"])
    assert {arm: len(own) for arm, own in drawn.items()} == {"a": MOST * 3 // 4, "b": MOST // 4}
    assert (drawn["a"][0], drawn["a"][-1]) == ("a0000", "a0299")
    places = [int(who[1:]) for who in drawn["a"]]
    apart = {after - before for before, after in pairwise(places)}
    assert apart == {5, 6}


def test_a_swimmer_plot_names_arms_participants_and_steps_of_the_score() -> None:
    one = {"USUBJID": "a0000", "ARMCD": "a", "VALUE": float("nan")}
    rows = pd.concat(
        [
            many("a", 2),
            pd.DataFrame(
                [
                    one | {"KIND": "stay", "FROM": 0, "TO": 1},
                    one | {"KIND": "score", "FROM": 1, "TO": 1, "VALUE": 0.0},
                    one | {"KIND": "score", "FROM": 2, "TO": 2, "VALUE": 100.0},
                    one | {"KIND": "death", "FROM": 2, "TO": 2},
                ]
            ),
        ],
        ignore_index=True,
    )
    codes = {"a0000": "CAIRO-1", "a0001": "CAIRO-2"}
    found = words(swimmer_figure(rows, {"a": "Cells"}, codes, SWIMMER, **NAMED))
    assert {"Cells", "CAIRO-1", "CAIRO-2", "Total", "0–20", "80–100", "not answered", "death"} <= set(found)
    assert "Time since day 0, months" in found


def test_a_swimmer_plot_without_scores_says_nothing_of_them() -> None:
    found = words(
        swimmer_figure(many("a", 3), {"a": "Cells"}, {f"a000{n}": str(n) for n in range(3)}, SWIMMER, **NAMED)
    )
    assert "Total" not in found
    assert "not answered" not in found
