"""Figures: what they hold of what they are given, read from their SVG."""

from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from analysis.estimators import mean_cumulative_count
from analysis.reports.figures.completion import completion_figure
from analysis.reports.figures.days import days_figure
from analysis.reports.figures.flow import Flow, flow_figure
from analysis.reports.figures.forest import Heads, Line, forest_figure
from analysis.reports.figures.mean_count import stay_counts
from analysis.reports.figures.swimmer import MOST, SwimmerWords, lanes, swimmer_figure
from analysis.reports.figures.time_axis import Ticks
from analysis.reports.figures.waterfall import bars, waterfall_figure
from analysis.reports.figures.wins import win_figure
from analysis.reports.plain import Json

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


def test_a_heat_map_holds_the_numbers_in_its_cells() -> None:
    counts = pd.DataFrame(
        [
            {"group": "/all", "visit": "d0", "completed": 3, "expected": 4},
            {"group": "/all", "visit": "w4", "completed": 0, "expected": 0},
        ]
    )
    groups = [("/all", "All", False), ("ARMCD/a", "Cells", True)]
    visits = [("d0", "Start"), ("w4", "Week 4")]
    found = words(completion_figure(counts, groups, visits, **NAMED))
    assert {"All", "Cells", "Start", "Week 4", "75 %", "3 / 4"} <= set(found)
    assert found.count("–") == 3


def test_visits_that_do_not_fit_side_by_side_stand_below() -> None:
    counts = pd.DataFrame(
        [{"group": "/all", "visit": f"v{n}", "completed": n, "expected": 40} for n in range(30)]
    )
    visits = [(f"v{n}", f"V{n}") for n in range(30)]
    found = words(completion_figure(counts, [("/all", "All", False)], visits, **NAMED))
    assert {name for _, name in visits} <= set(found)
    assert found.count("All") == 3


def test_wins_are_told_by_component() -> None:
    parts = [{"wins": 5, "losses": 2, "ties": 3}, {"wins": 1, "losses": 0, "ties": 2}]
    told = {"won": "won by cells", "lost": "lost", "left": "undecided", "axis": "Share of all pairs"}
    told["told"] = "won {wins}, lost {losses}, left {ties}"
    found = words(win_figure(parts, ["Death", "Change of score"], told, **NAMED))
    assert {"Death", "Change of score", "won 5, lost 2, left 3", "won 1, lost 0, left 2"} <= set(found)


def test_days_are_drawn_of_each_arm_also_of_one_whose_days_are_not_known() -> None:
    days = pd.DataFrame({"group": ["a", "a", "a"], "days": [10.0, 20.0, 30.0]})
    means: list[Json] = [
        {"group": "a", "mean": 20.0, "lower": 5.0, "upper": 30.0},
        {"group": "b", "mean": None, "lower": None, "upper": None},
    ]
    told = {"axis": "Days", "point": "a participant", "quartiles": "quartiles", "mean": "mean"}
    found = words(days_figure(days, 30, means, {"a": "Cells", "b": "Usual care"}, told, **NAMED))
    assert {"Cells", "Usual care", "Days", "a participant"} <= set(found)


def test_a_waterfall_counts_everyone() -> None:
    changes = pd.DataFrame(
        {
            "group": ["a"] * 4 + ["b"],
            "change": [-12.0, 0.0, float("nan"), float("nan"), 20.0],
            "status": ["scored", "scored", "dead", "missing", "scored"],
        }
    )
    keys = ("axis", "better", "worse", "between", "dead", "missing")
    found = words(
        waterfall_figure(
            changes, {"a": "Cells", "b": "Usual care"}, dict(zip(keys, keys, strict=True)), margin=8, **NAMED
        )
    )
    assert {"Cells (n = 4)", "Usual care (n = 1)", *keys} <= set(found)


def test_a_waterfall_of_thousands_stays_small() -> None:
    changes = pd.DataFrame({"group": "a", "change": range(-2000, 2000), "status": "scored"}).astype(
        {"change": float}
    )
    keys = ("axis", "better", "worse", "between", "dead", "missing")
    drawn = waterfall_figure(changes, {"a": "Cells"}, dict(zip(keys, keys, strict=True)), margin=8, **NAMED)
    assert "Cells (n = 4000)" in words(drawn)
    assert len(drawn) < 80_000


def test_bars_of_neighbours_stand_for_everyone() -> None:
    """1,200 changes in 300 bars: four neighbours each, the first of -2, -1, 0 and 1 on places 0 to 3."""
    at = np.arange(1200.0)
    middle, height, width = bars(at, at - 2, of=1200)
    assert (len(width), width.sum(), set(width)) == (300, 1200, {4.0})
    assert (middle[0], height[0]) == (1.5, -0.5)
    none, _, _ = bars(at[:0], at[:0], of=1200)
    assert len(none) == 0


def test_stays_are_counted_before_each_tick() -> None:
    counts = mean_cumulative_count([0, 10, 0], [10, 40, 70], [1, 0, 0], ["a", "a", "b"]).to_frame()
    at = Ticks("months", 30, (0, 1, 2, 3))
    found = stay_counts(counts, at)
    assert found["at_risk"].tolist() == [2, 2, 1, 0]
    assert found["events"].tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("arms", [1, 2, 6])
def test_a_flow_has_a_box_for_every_step(arms: int) -> None:
    steps = [[("had an infusion", 3)], [("died", 1_000), ("withdrew from follow-up and from answering", 0)]]
    flow = Flow(
        enrolled=("enrolled", 12),
        left_out=("not randomised", 2),
        randomised=("randomised", 10),
        arms=[(f"Arm {number}", 5, steps) for number in range(arms)],
    )
    found = words(flow_figure(flow, **NAMED))
    assert {"12", "enrolled", "2", "10", "n = 5", "1,000"} <= set(found)
    assert found.count("died") == arms


def test_a_flow_before_anyone_is_randomised_is_drawn() -> None:
    flow = Flow(
        enrolled=("enrolled", 1), left_out=("not randomised", 1), randomised=("randomised", 0), arms=[]
    )
    assert "enrolled" in words(flow_figure(flow, **NAMED))
