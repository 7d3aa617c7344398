"""Landmark analysis by hand, and equal to R's tests and curves of the rows after the landmark."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import (
    InputError,
    cumulative_incidence,
    kaplan_meier,
    landmark,
    logrank_test,
    restricted_mean_survival,
)

TOLERANCE = 1e-9

# An event before the landmark on day 3, an event and a censoring on its day, a tie after it, a censoring.
TRIAL = pd.DataFrame(
    {"day": [1, 3, 3, 5, 5, 7], "died": [1, 1, 0, 1, 0, 0], "arm": list("ababab")}, index=[9, 8, 7, 6, 5, 4]
)


class TestByHand:
    def test_who_counts_and_from_when(self) -> None:
        found = landmark(TRIAL, at=3, duration="day", event="died")
        expected = pd.DataFrame(
            {"day": [2.0, 2.0, 4.0], "died": [1, 0, 0], "arm": list("bab")}, index=[6, 5, 4]
        )
        pd.testing.assert_frame_equal(found.to_frame(), expected)
        assert found.left_out().to_numpy().tolist() == [["event", 2], ["censored", 1], ["not yet entered", 0]]

    def test_the_curve_is_the_one_given_survival_to_the_landmark(self) -> None:
        """S(5)/S(3) is 2/3, and so is S(2) of those who are left, with Greenwood's error from there."""
        whole = kaplan_meier(TRIAL["day"], TRIAL["died"]).at([3, 5])["survival"]
        rows = landmark(TRIAL, at=3, duration="day", event="died").to_frame()
        after = kaplan_meier(rows["day"], rows["died"]).at(2)
        assert_allclose(after["survival"], whole[1] / whole[0], rtol=1e-14)
        assert_allclose(after["survival"], 2 / 3, rtol=1e-14)
        assert_allclose(after["std_error"], 2 / 3 * (1 / (3 * 2)) ** 0.5, rtol=1e-14)

    def test_late_entry(self) -> None:
        frame = pd.DataFrame({"duration": [2, 6, 6, 9], "event": [1, 1, 1, 0], "came": [0, 3, 4, 1]})
        found = landmark(frame, at=3, entry="came")
        # Who came on day 3 is there from then on; who came on day 4 is not.
        assert found.to_frame().to_numpy().tolist() == [[3, 1, 0], [6, 0, 0]]
        assert found.left_out()["n"].tolist() == [1, 0, 1]

    def test_causes(self) -> None:
        frame = pd.DataFrame(
            {"duration": [1, 2, 4, 5], "event": ["death", "censored", "relapse", "censored"]}
        )
        found = landmark(frame, at=2)
        assert found.left_out()["n"].tolist() == [1, 1, 0]
        rows = found.to_frame()
        incidence = cumulative_incidence(rows["duration"], rows["event"]).to_frame()
        assert incidence["incidence"].tolist() == [0.5, 0.5]

    def test_a_landmark_at_the_beginning_leaves_out_who_was_never_followed(self) -> None:
        found = landmark(pd.DataFrame({"duration": [0, 1], "event": [0, 1]}), at=0)
        assert found.to_frame()["duration"].tolist() == [1]


def test_death_by_recurrence_within_a_year_as_in_r(
    colon: pd.DataFrame, colon_deaths: pd.DataFrame, r_survival: dict[str, Any]
) -> None:
    expected = r_survival["landmark"]
    recurrence = colon[colon["etype"] == 1].set_index("id")
    early = recurrence[(recurrence["status"] == 1) & (recurrence["time"] <= 365)].index
    found = landmark(
        colon_deaths.assign(recurred=colon_deaths["id"].isin(early)), at=365, duration="time", event="status"
    )
    rows = found.to_frame()
    assert len(rows) == expected["n"]
    assert found.left_out()["n"].tolist() == [*expected["left_out"], 0]
    test = logrank_test(rows["time"], rows["status"], rows["recurred"])
    assert_allclose(test.statistic, expected["logrank"]["chisq"], rtol=TOLERANCE)
    at = kaplan_meier(rows["time"], rows["status"], group=rows["recurred"]).at(expected["curve"]["times"])
    assert_allclose(at["survival"], expected["curve"]["surv"], rtol=TOLERANCE)
    assert_allclose(at["std_error"], expected["curve"]["se"], rtol=TOLERANCE)
    means = restricted_mean_survival(rows["time"], rows["status"], group=rows["recurred"], tau=1000)
    assert (means.contrast(reference=False)["estimate"] < 1).all()


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"at": -1}, "at is -1: a time is a number, 0 or more"),
            ({"at": "a year"}, "at is 'a year': a time is a number, 0 or more"),
            ({"at": 7}, "at is 7: a time that some reach without the event"),
            ({"duration": "days"}, "frame['days'] is not there"),
            ({"event": "day", "duration": "died", "at": 0, "entry": "day"}, "frame['day'][0] is 1.0: entry"),
        ],
    )
    def test_what_was_asked(self, change: dict[str, Any], message: str) -> None:
        given: dict[str, Any] = {"at": 3, "duration": "day", "event": "died"} | change
        with pytest.raises(InputError, match=re.escape(message)):
            landmark(TRIAL, **given)

    @pytest.mark.parametrize(
        ("column", "value", "message"),
        [
            ("day", -2, "frame['day'][1] is -2.0: a time is a number, 0 or more"),
            ("day", np.nan, "frame['day'][1] is nan: a time is a number, 0 or more"),
            ("died", np.nan, "frame['died'][1] is nan: 0 is a censoring"),
        ],
    )
    def test_rows(self, column: str, value: float, message: str) -> None:
        frame = TRIAL.astype({column: "float64"})
        frame[column] = frame[column].where(frame.index != 8, value)
        with pytest.raises(InputError, match=re.escape(message)):
            landmark(frame, at=3, duration="day", event="died")

    def test_no_frame(self) -> None:
        with pytest.raises(InputError, match="frame is of type list"):
            landmark([1, 2], at=1)  # type: ignore[arg-type]  # on purpose


def test_the_frame_is_left_alone() -> None:
    before = TRIAL.copy()
    found = landmark(TRIAL, at=3, duration="day", event="died")
    found.to_frame()["day"] = 0.0
    pd.testing.assert_frame_equal(TRIAL, before)
    assert found.to_frame()["day"].tolist() == [2, 2, 4]
