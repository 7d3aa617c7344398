"""Times to sustained deterioration by hand, and equal to R's loop over participants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import InputError, cumulative_incidence, kaplan_meier, sustained_deterioration
from tests.analysis.estimators.albumin import COLUMNS as ALBUMIN
from tests.analysis.estimators.albumin import albumin, r_quality_of_life

COLUMNS: dict[str, Any] = {"outcome": "eq", "participant": "who", "day": "day", "baseline": "eq0"}
NONE = float("nan")
WEEKS = (7, 14, 21, 28)


def found(scores: tuple[float, ...], *, ended: float = NONE, **more: Any) -> tuple[float, int, int]:  # noqa: ANN401 - as passed on
    """Time, event and cause of one with a baseline of 50, weekly scores, and a margin of 10."""
    frame = pd.DataFrame({"who": 1, "day": WEEKS[: len(scores)], "eq": scores, "eq0": 50, "ended": ended})
    row = (
        sustained_deterioration(frame, **COLUMNS, margin=10, terminal_day="ended", **more).to_frame().iloc[0]
    )
    return row["time"], row["event"], row["cause"]


class TestSustained:
    @pytest.mark.parametrize(
        ("scores", "expected"),
        [
            ((40, 40), (7, 1, 1)),
            ((40, 50, 40, 39), (21, 1, 1)),  # the first does not stay
            ((41, 41), (14, 0, 0)),
            ((60, 40), (14, 0, 0)),  # nothing after it confirms the last
            ((40, NONE, 40), (7, 1, 1)),  # the next score, not the next visit
            ((40, NONE, 50), (21, 0, 0)),
            ((NONE, NONE), (0, 0, 0)),
        ],
    )
    def test_at_the_next_score_too(self, scores: tuple[float, ...], expected: tuple[float, int, int]) -> None:
        assert found(scores) == expected

    @pytest.mark.parametrize(
        ("confirmations", "scores", "expected"),
        [
            (0, (60, 40), (14, 1, 1)),
            (2, (40, 40, 50, 40), (28, 0, 0)),
            (2, (60, 40, 40, 40), (14, 1, 1)),
            ("all", (40, 40, 50, 40), (28, 0, 0)),
            ("all", (40, 50, 40, 40), (21, 1, 1)),
            ("all", (60, 60, 60, 40), (28, 0, 0)),
        ],
    )
    def test_for_how_long(
        self, confirmations: int, scores: tuple[float, ...], expected: tuple[float, int, int]
    ) -> None:
        assert found(scores, confirmations=confirmations) == expected

    def test_where_lower_is_better(self) -> None:
        assert found((60, 60), higher_is_better=False) == (7, 1, 1)
        assert found((40, 40), higher_is_better=False) == (14, 0, 0)

    def test_participants_do_not_confirm_each_other(self) -> None:
        frame = pd.DataFrame({"who": ["a", "b"], "day": [7, 7], "eq": [40, 40], "eq0": 50})
        assert sustained_deterioration(frame, **COLUMNS, margin=10).to_frame()["cause"].tolist() == [0, 0]

    def test_scores_until_day_0_are_no_deterioration(self) -> None:
        frame = pd.DataFrame({"who": 1, "day": [-7, 0, 7], "eq": [30, 30, 30], "eq0": 50})
        row = sustained_deterioration(frame, **COLUMNS, margin=10).to_frame().iloc[0]
        assert row[["time", "cause"]].tolist() == [7, 0]


class TestTerminal:
    @pytest.mark.parametrize(
        ("terminal", "expected"), [("event", (30, 1, 2)), ("competing", (30, 0, 2)), ("censored", (14, 0, 0))]
    )
    @pytest.mark.parametrize("scores", [(50, 50), (50, 40)])
    def test_before_any_deterioration(
        self, scores: tuple[float, ...], terminal: str, expected: tuple[float, int, int]
    ) -> None:
        assert found(scores, ended=30, terminal=terminal) == expected

    @pytest.mark.parametrize("terminal", ["event", "competing", "censored"])
    def test_after_it(self, terminal: str) -> None:
        assert found((40, 40), ended=30, terminal=terminal) == (7, 1, 1)

    def test_scores_after_a_transplant_are_not_looked_at(self) -> None:
        assert found((50, 40, 40), ended=14) == (
            14,
            1,
            2,
        )  # the score of that day is, those of the next are not

    def test_too_long_after_the_last_score(self) -> None:
        assert found((50,), ended=37, terminal_within=30) == (37, 1, 2)
        assert found((50,), ended=38, terminal_within=30) == (7, 0, 0)
        assert found((NONE,), ended=38, terminal_within=30) == (0, 0, 0)


SETTINGS: list[dict[str, Any]] = [
    {"margin": 0.3},
    {"margin": 0.3, "confirmations": 0, "terminal": "competing", "terminal_within": 400},
    {"margin": 0.2, "confirmations": 2, "terminal": "censored"},
    {"margin": 0.3, "confirmations": "all", "terminal_within": 700},
]


@pytest.mark.parametrize("place", range(4))
def test_against_r(place: int) -> None:
    columns = ALBUMIN | {"baseline": "albumin0", "terminal_day": "terminal"}
    frame = sustained_deterioration(albumin(), **columns, **SETTINGS[place]).to_frame()
    expected = r_quality_of_life()["deterioration"][place]
    assert frame["time"].tolist() == expected["time"]
    assert frame["cause"].tolist() == expected["cause"]
    events = SETTINGS[place].get("terminal", "event") == "event"
    assert frame["event"].tolist() == [
        int(cause == 1 or (cause == 2 and events)) for cause in expected["cause"]
    ]


def test_order_of_rows_does_not_matter() -> None:
    columns = ALBUMIN | {"baseline": "albumin0", "terminal_day": "terminal"}
    one, other = (
        sustained_deterioration(rows, **columns, margin=0.3).to_frame()
        for rows in (albumin(), albumin()[::-1])
    )
    assert one.equals(other)


def test_what_comes_out_goes_into_curves() -> None:
    columns = ALBUMIN | {"baseline": "albumin0", "terminal_day": "terminal"}
    made = sustained_deterioration(albumin(), **columns, margin=0.3)
    frame = made.to_frame()
    free = kaplan_meier(frame["time"], frame["event"]).to_frame()["survival"].iloc[-1]
    incidence = cumulative_incidence(frame["time"], frame["cause"]).to_frame()
    assert_allclose(incidence.groupby("cause")["incidence"].last().sum(), 1 - free, rtol=1e-9)
    assert (
        repr(made)
        == "Sustained deterioration by 0.3 or more (event): 103 deteriorated, 77 terminal, 105 censored"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"margin": -1}, "margin is -1: a number above 0"),
        ({"confirmations": -1}, 'confirmations is -1: a whole number, 0 or more, or "all"'),
        ({"confirmations": "some"}, "confirmations is 'some': a whole number"),
        ({"terminal": "ignored"}, "terminal is 'ignored': choose one of event, censored, competing"),
        ({"terminal_within": -1}, "terminal_within is -1: a number of days, 0 or more"),
        ({"baseline": "blank"}, r"frame\['blank'\]\[0\] is nan: everyone has a baseline"),
        ({"baseline": "day"}, r"frame\['day'\]\[1\] is 14.0: one value a participant"),
        ({"terminal_day": "early"}, r"frame\['early'\]\[0\] is -1.0: a day from 0 on, or nothing"),
        ({"outcome": "gone"}, r"frame\['gone'\] is not there"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    frame = pd.DataFrame({"who": 1, "day": [7, 14], "eq": [50, 40], "eq0": 50, "blank": np.nan, "early": -1})
    with pytest.raises(InputError, match=message):
        sustained_deterioration(frame, **COLUMNS | {"margin": 10} | change)
