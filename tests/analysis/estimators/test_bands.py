"""Simultaneous bands: by hand, critical values against published tables and against simulated bridges."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from analysis.estimators import Band, ConfidenceType, InputError, kaplan_meier
from analysis.estimators.band_values import equal_precision_value, hall_wellner_value

# Day 1: two events. Day 2: an event and a censoring. Day 3: a censoring alone. Day 4: an event alone.
DURATION = [1, 1, 2, 2, 3, 4, 5]
EVENT = [1, 1, 1, 0, 0, 1, 0]
S = np.array([5, 4, 4, 2]) / 7
G = np.array([2 / 35, 2 / 35 + 1 / 20, 2 / 35 + 1 / 20, 2 / 35 + 1 / 20 + 1 / 2])


class TestByHand:
    @pytest.mark.parametrize(
        ("kind", "reach"),
        [
            ("equal-precision", np.sqrt(G) * equal_precision_value(0.95, G[3] / G[0])),
            (
                "hall-wellner",
                (1 + 7 * G)
                / math.sqrt(7)
                * hall_wellner_value(0.95, 7 * G[0] / (1 + 7 * G[0]), 7 * G[3] / (1 + 7 * G[3])),
            ),
        ],
    )
    @pytest.mark.parametrize("conf_type", ["plain", "log", "log-log", "arcsin"])
    def test_limits(self, kind: Band, reach: NDArray[np.float64], conf_type: ConfidenceType) -> None:
        """As written in Klein and Moeschberger 2003, section 4.4 (log: on log S)."""
        frame = kaplan_meier(DURATION, EVENT, conf_type=conf_type).bands(kind)
        assert list(frame.columns) == ["group", "time", "survival", "lower", "upper", "critical_value"]
        assert frame["time"].tolist() == [1, 2, 3, 4]  # from the first to the last event
        assert_allclose(frame["survival"], S, rtol=1e-14)
        theta = np.exp(reach / np.log(S))
        angle, turn = np.arcsin(np.sqrt(S)), reach / 2 * np.sqrt(S / (1 - S))
        lower, upper = {
            "plain": (S - S * reach, S + S * reach),
            "log": (S * np.exp(-reach), S * np.exp(reach)),
            "log-log": (S ** (1 / theta), S**theta),
            "arcsin": (
                np.sin(np.maximum(angle - turn, 0)) ** 2,
                np.sin(np.minimum(angle + turn, np.pi / 2)) ** 2,
            ),
        }[conf_type]
        assert_allclose(frame["lower"], np.clip(lower, 0, 1), rtol=1e-12, atol=1e-15)
        assert_allclose(frame["upper"], np.clip(upper, 0, 1), rtol=1e-12)

    def test_a_given_range(self) -> None:
        frame = kaplan_meier(DURATION, EVENT).bands(start=1.5, end=3)
        assert frame["time"].tolist() == [1.5, 2, 3]
        assert_allclose(frame["survival"], [5 / 7, 4 / 7, 4 / 7], rtol=1e-14)
        assert_allclose(frame["critical_value"], equal_precision_value(0.95, G[1] / G[0]))

    def test_a_curve_that_falls_to_0_has_a_band_to_the_event_before(self) -> None:
        frame = kaplan_meier([1, 2, 3, 1, 2], [1, 1, 1, 1, 0], group=list("aaabb")).bands()
        assert frame["group"].tolist() == ["a", "a", "b"]
        assert frame["time"].tolist() == [1, 2, 1]


class TestCriticalValues:
    @pytest.mark.parametrize(
        ("level", "start", "end", "value"),
        [
            (0.95, 0, 1, 1.3581),  # Kolmogorov's distribution
            (0.90, 0, 1, 1.2238),
            (0.99, 0, 1, 1.6276),
            (0.90, 0, 0.10, 0.5985),
            (0.90, 0.10, 0.60, 1.1812),
            (0.95, 0.04, 0.10, 0.6822),
            (0.95, 0.10, 0.12, 0.7191),
            (0.95, 0.10, 0.60, 1.3211),
            (0.95, 0.20, 0.22, 0.9049),
            (0.95, 0.30, 0.32, 1.0134),
            (0.95, 0.30, 0.40, 1.1562),
        ],
    )
    def test_hall_wellner(self, level: float, start: float, end: float, value: float) -> None:
        """Klein and Moeschberger 2003, table C.4; it has four decimals, of which the last may be one off."""
        assert hall_wellner_value(level, start, end) == pytest.approx(value, abs=1.01e-4)

    @pytest.mark.parametrize(
        ("level", "start", "end", "value"),
        [
            (0.90, 0.14, 0.16, 2.0788),
            (0.90, 0.14, 0.98, 2.8797),
            (0.90, 0.50, 0.52, 2.0553),
            (0.95, 0.10, 0.60, 2.8826),
        ],
    )
    def test_equal_precision(self, level: float, start: float, end: float, value: float) -> None:
        """Klein and Moeschberger 2003, table C.3 (Nair 1984)."""
        ratio = (end / (1 - end)) / (start / (1 - start))
        assert equal_precision_value(level, ratio) == pytest.approx(value, abs=0.6e-4)

    def test_one_time_alone_has_the_pointwise_interval(self) -> None:
        assert_allclose(hall_wellner_value(0.95, 0.3, 0.3), 1.959963984540054 * math.sqrt(0.21), rtol=1e-9)

    @pytest.mark.parametrize(("start", "end"), [(0.1, 0.6), (0.02, 0.9)])
    def test_simulated_bridges_stay_within(self, start: float, end: float) -> None:
        """20,000 bridges on 400 points, with Siegmund's correction for the time between points.

        Three standard errors of the simulation are 0.005; the rest is for Nair's approximation.
        """
        points = 400
        random = np.random.default_rng(20240607)
        # On the scale of log(u/(1 - u))/2 the standardised bridge is stationary: covariance exp(-distance).
        scale = np.linspace(math.log(start / (1 - start)) / 2, math.log(end / (1 - end)) / 2, points)
        u = 1 / (1 + np.exp(-2 * scale))
        step = scale[1] - scale[0]
        kept, state = math.exp(-step), random.standard_normal(20_000)
        standard, bridge = np.abs(state), np.abs(state) * math.sqrt(start * (1 - start))
        for place in range(1, points):
            state = kept * state + math.sqrt(1 - kept**2) * random.standard_normal(20_000)
            standard = np.maximum(standard, np.abs(state))
            deviation = math.sqrt(u[place] * (1 - u[place]))
            bridge = np.maximum(bridge, np.abs(state) * deviation + 0.5826 * math.sqrt(2 * step) * deviation)
        standard = standard + 0.5826 * math.sqrt(2 * step)
        ratio = (end / (1 - end)) / (start / (1 - start))
        assert (standard <= equal_precision_value(0.95, ratio)).mean() == pytest.approx(0.95, abs=0.006)
        assert (bridge <= hall_wellner_value(0.95, start, end)).mean() == pytest.approx(0.95, abs=0.005)


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"kind": "nair"}, "kind is 'nair': choose one of equal-precision, hall-wellner"),
            ({"start": 0}, "start is 0: from 1 to 4, the first and the last usable event of group 'all'"),
            ({"end": 5}, "end is 5: from 1 to 4, the first and the last usable event of group 'all'"),
            ({"end": "later"}, "end is 'later': from 1 to 4"),
            ({"start": 3, "end": 2}, "start is 3: not after the end, 2"),
        ],
    )
    def test_what_was_asked(self, change: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError, match=re.escape(message)):
            kaplan_meier(DURATION, EVENT).bands(**change)

    @pytest.mark.parametrize("event", [[0, 0], [0, 1]])
    def test_no_event_that_leaves_others(self, event: list[int]) -> None:
        with pytest.raises(InputError, match="event is never 1 in group 'all' with others left"):
            kaplan_meier([1, 2], event).bands()

    def test_sampling_weights(self) -> None:
        with pytest.raises(InputError, match="weights is not whole numbers"):
            kaplan_meier([1, 2], [1, 0], weights=[1, 0.5]).bands()

    def test_low_levels(self) -> None:
        with pytest.raises(InputError, match=r"conf_level is 0\.4: a band has a level of a half or more"):
            kaplan_meier([1, 2], [1, 0], conf_level=0.4).bands()


def test_both_hold_the_curve_of_a_trial(randomised: pd.DataFrame) -> None:
    curves = kaplan_meier(randomised["time"], randomised["tfs"], group=randomised["trt"])
    pointwise = curves.to_frame().set_index(["group", "time"])
    kinds: tuple[Band, ...] = ("equal-precision", "hall-wellner")
    for kind in kinds:
        band = curves.bands(kind).set_index(["group", "time"])
        inside = pointwise.loc[band.index]
        assert (band["lower"] < inside["survival"]).all()
        assert (inside["survival"] < band["upper"]).all()
        if kind == "equal-precision":
            assert (band["lower"] < inside["lower"]).all()
            assert (band["upper"] > inside["upper"]).all()
