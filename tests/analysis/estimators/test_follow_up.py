"""Median follow-up by the reversed Kaplan-Meier curve, and Clark's C, by hand and against R."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimators import ConfidenceType, InputError, follow_up_completeness, reverse_kaplan_meier

TOLERANCE = 1e-9


class TestReverseKaplanMeier:
    def test_who_has_the_event_that_day_is_still_at_risk(self) -> None:
        # An event on day 2, an event and an end on day 3, ends on days 4 and 6: (1 - 1/4)(1 - 1/2)(1 - 1/1).
        frame = reverse_kaplan_meier([2, 3, 3, 4, 6], [1, 1, 0, 0, 0]).to_frame()
        assert frame["at_risk"].tolist() == [5, 4, 2, 1]
        assert frame["events"].tolist() == [0, 1, 1, 1]
        assert frame["censored"].tolist() == [1, 1, 0, 0]
        assert_allclose(frame["survival"], [1, 3 / 4, 3 / 8, 0], rtol=1e-14)

    @pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
    @pytest.mark.parametrize("key", ["lung_sex", "colon_rx"])
    def test_as_in_r(
        self,
        key: str,
        conf_type: ConfidenceType,
        lung: pd.DataFrame,
        colon_deaths: pd.DataFrame,
        r_survival: dict[str, Any],
    ) -> None:
        expected = r_survival["follow_up"][key]
        data = lung if key == "lung_sex" else colon_deaths
        event, group = ("event", "sex") if key == "lung_sex" else ("status", "rx")
        found = reverse_kaplan_meier(data["time"], data[event], group=data[group], conf_type=conf_type)
        at = found.at(expected["times"])
        assert_allclose(at["survival"], expected["surv"], rtol=TOLERANCE)
        assert at["events"].tolist() == expected["n.event"]
        quantiles = found.quantile((0.25, 0.5, 0.75))
        for column, r_name in (("time", "quantile"), ("lower", "q.lower"), ("upper", "q.upper")):
            r_values = pd.Series(expected["ci"][conf_type][r_name], dtype="float64")
            assert_allclose(quantiles[column], r_values, rtol=TOLERANCE)

    def test_the_event_is_checked_before_it_is_turned_round(self) -> None:
        with pytest.raises(InputError, match=re.escape("event[1] is 2.0: 1 is an event, 0 a censoring")):
            reverse_kaplan_meier([1, 2], [0, 2])


class TestCompleteness:
    def test_by_group(self) -> None:
        # a: dead on day 4 of 10; b: followed to the cut-off on day 8, lost on day 3 of 9.
        frame = follow_up_completeness([4, 8, 3], [1, 0, 0], [10, 8, 9], group=list("abb")).to_frame()
        assert list(frame.columns) == ["group", "n", "incomplete", "observed", "potential", "completeness"]
        assert frame["group"].tolist() == ["a", "b"]
        assert frame["n"].tolist() == [1, 2]
        assert frame["incomplete"].tolist() == [0, 1]
        assert frame["observed"].tolist() == [4, 11]
        assert frame["potential"].tolist() == [4, 17]
        assert_allclose(frame["completeness"], [1, 11 / 17], rtol=1e-14)

    def test_within_a_horizon(self) -> None:
        # To day 5: the dead one was followed 4 of 4, the others 5 of 5 and 3 of 5.
        found = follow_up_completeness([4, 8, 3], [1, 0, 0], [10, 8, 9], within=5).to_frame()
        assert_allclose(found["completeness"], 12 / 14, rtol=1e-14)
        # Who was lost after the horizon is complete within it.
        assert follow_up_completeness([6], [0], [9], within=5).to_frame()["completeness"].tolist() == [1]

    @settings(deadline=None, max_examples=20)
    @given(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1), st.integers(0, 9)), min_size=1, max_size=12)
    )
    def test_a_share_that_is_1_where_nobody_is_lost(self, drawn: list[tuple[int, int, int]]) -> None:
        duration, event, more = (list(column) for column in zip(*[*drawn, (1, 0, 0)], strict=True))
        potential = [followed + lost for followed, lost in zip(duration, more, strict=True)]
        found = follow_up_completeness(duration, event, potential).to_frame().iloc[0]
        assert 0 <= found["completeness"] <= 1
        assert (found["completeness"] == 1) == (found["incomplete"] == 0)
        complete = follow_up_completeness(duration, event, duration).to_frame()
        assert complete["completeness"].tolist() == [1]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"potential": [10, 4]}, "potential[1] is 4.0: nobody is followed longer than could be"),
            ({"potential": [10, None]}, "potential[1] is nan: a time is a number, 0 or more"),
            ({"potential": [10]}, "potential is 1 long: duration is 2 long"),
            ({"event": [0, 2]}, "event[1] is 2.0"),
            ({"within": 0}, "within is 0: a time above 0"),
            ({"within": "a year"}, "within is 'a year': a time above 0"),
            (
                {"duration": [4, 0], "potential": [9, 0], "group": ["a", "b"]},
                "potential is 0 for all of group 'b'",
            ),
        ],
    )
    def test_refusals(self, change: dict[str, Any], message: str) -> None:
        given: dict[str, Any] = {"duration": [4, 8], "event": [1, 0], "potential": [10, 8]} | change
        with pytest.raises(InputError, match=re.escape(message)):
            follow_up_completeness(**given)

    def test_the_result_is_for_people_and_its_frame_a_copy(self) -> None:
        found = follow_up_completeness([4], [0], [8])
        assert repr(found).startswith("Completeness of follow-up (Clark's C)\ngroup")
        found.to_frame()["n"] = 0
        assert found.to_frame()["n"].tolist() == [1]
