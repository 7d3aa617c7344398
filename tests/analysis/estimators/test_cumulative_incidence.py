"""Cumulative incidence by hand, by the formula of Marubini and Valsecchi, and equal to R's `survfit`."""

from __future__ import annotations

import re
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from pandas.testing import assert_frame_equal

from analysis.estimators import ConfidenceType, InputError, cumulative_incidence, kaplan_meier
from analysis.estimators.intervals import SCALES

TOLERANCE = 1e-9  # R's numbers are kept with 15 digits, sums in another order differ by about 1e-12
EXACT = 1e-14
COLUMNS = ["group", "cause", "time", "at_risk", "events", "incidence", "std_error", "lower", "upper"]


def of_cause(frame: pd.DataFrame, cause: object) -> pd.DataFrame:
    return frame[frame["cause"] == cause].reset_index(drop=True)


class TestByHand:
    def test_a_tie_of_two_causes(self) -> None:
        # Day 1: both causes among 3, F = 1/3 each; day 2: the last has cause 1.
        frame = cumulative_incidence([1, 1, 2], [1, 2, 1]).to_frame()
        assert list(frame.columns) == COLUMNS
        assert frame["cause"].tolist() == [1, 1, 2, 2]
        assert frame["at_risk"].tolist() == [3, 1, 3, 1]
        assert frame["events"].tolist() == [1, 1, 1, 0]
        assert_allclose(frame["incidence"], [1 / 3, 2 / 3, 1 / 3, 1 / 3], rtol=EXACT)
        # Without censoring the error is a binomial share's.
        assert_allclose(frame["std_error"], np.sqrt(2 / 9 / 3), rtol=EXACT)

    def test_a_tie_with_a_censoring(self) -> None:
        # Day 1: cause 1 among 3, and one censored; day 2: cause 2 of the last, with S(1) = 2/3.
        frame = cumulative_incidence([1, 1, 2], [1, 0, 2]).to_frame()
        assert_allclose(frame["incidence"], [1 / 3, 1 / 3, 0, 2 / 3], rtol=EXACT)
        # F_2(2) = S(1) = 1 - F_1(1), and so has its error; before the first event of a cause it is exactly 0.
        assert_allclose(frame["std_error"], [np.sqrt(2 / 27)] * 2 + [0] + [np.sqrt(2 / 27)], rtol=EXACT)

    @pytest.mark.parametrize("day", [0, 7])
    def test_an_event_alone(self, day: int) -> None:
        frame = cumulative_incidence([day], ["death"], censored="alive").to_frame()
        assert frame[["cause", "at_risk", "events", "incidence"]].to_numpy().tolist() == [
            ["death", 1, 1, 1.0]
        ]
        assert frame["std_error"].tolist() == [0]
        assert frame[["lower", "upper"]].isna().all(axis=None)

    def test_a_censoring_alone_in_its_group(self) -> None:
        frame = cumulative_incidence([3, 4], [1, 0], group=["a", "b"]).to_frame()
        assert frame["group"].tolist() == ["a", "b"]
        assert frame["incidence"].tolist() == [1, 0]
        assert frame["std_error"].tolist() == [0, 0]

    def test_late_entry(self) -> None:
        # Day 2: 2 at risk (the third enters that day), cause 1; day 3: 2 at risk, cause 2; day 4: cause 1.
        frame = cumulative_incidence([2, 3, 4], [1, 2, 1], entry=[0, 0, 2]).to_frame()
        assert of_cause(frame, 1)["at_risk"].tolist() == [2, 2, 1]
        assert_allclose(of_cause(frame, 1)["incidence"], [1 / 2, 1 / 2, 3 / 4], rtol=EXACT)
        # F_1(2) = w1/(w1 + w2): derivatives 1/4 and -1/4. F_2(3) = w2/(w1 + w2) * w2/(w2 + w3): by the three
        # weights -1/8, 1/8 + 1/8, -1/8.
        assert_allclose(of_cause(frame, 1)["std_error"][0], np.sqrt(2 / 16), rtol=EXACT)
        assert_allclose(of_cause(frame, 2)["std_error"][1], np.sqrt(1 / 64 + 1 / 16 + 1 / 64), rtol=EXACT)

    def test_sampling_weights(self) -> None:
        # F_1(1) = w1/(w1 + w2) = 1/4, derivatives (w2, -w1)/(w1 + w2)^2 = (3/8, -1/8), times the weights.
        frame = cumulative_incidence([1, 2], [1, 2], weights=[0.5, 1.5]).to_frame()
        assert_allclose(of_cause(frame, 1)["at_risk"], [2, 1.5], rtol=EXACT)
        assert_allclose(of_cause(frame, 1)["incidence"], [1 / 4, 1 / 4], rtol=EXACT)
        assert_allclose(of_cause(frame, 1)["std_error"], np.sqrt(2) * 3 / 16, rtol=EXACT)

    def test_one_cause_is_one_minus_kaplan_meier(self, pbc: pd.DataFrame) -> None:
        frame = cumulative_incidence(pbc["time"], pbc["tfs"], conf_type="plain").to_frame()
        curve = kaplan_meier(pbc["time"], pbc["tfs"], conf_type="plain").to_frame()
        for column in ("time", "at_risk", "events", "std_error"):
            assert_allclose(frame[column], curve[column], rtol=1e-12)
        assert_allclose(frame["incidence"], 1 - curve["survival"], rtol=1e-12)
        assert_allclose(frame["upper"], 1 - curve["lower"], rtol=1e-12)

    def test_marubini_and_valsecchi(self, randomised: pd.DataFrame) -> None:
        frame = cumulative_incidence(randomised["time"], randomised["status"]).to_frame()
        events = np.array([of_cause(frame, cause)["events"] for cause in (1, 2)], dtype=float)
        n, d = of_cause(frame, 1)["at_risk"].to_numpy(dtype=float), events.sum(axis=0)
        before = np.concatenate([[1], np.cumprod(1 - d / n)[:-1]])
        for own, cause in zip(events, (1, 2), strict=True):
            found = of_cause(frame, cause)
            incidence = found["incidence"].to_numpy()
            assert_allclose(incidence, np.cumsum(before * own / n), rtol=1e-12)
            for place in range(0, len(n) - 1, 10):  # at the last day n may be d
                at, gap = slice(place + 1), incidence[place] - incidence[: place + 1]
                variance = (
                    gap**2 * d[at] / (n[at] * (n[at] - d[at]))
                    + before[at] ** 2 * own[at] * (n[at] - own[at]) / n[at] ** 3
                    - 2 * gap * before[at] * own[at] / n[at] ** 2
                ).sum()
                assert_allclose(found["std_error"][place] ** 2, variance, rtol=1e-11, atol=1e-20)


# -------------------------------------------------------------------------------------------------- against R


def curves(key: str, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What make_competing.R calls `key`."""
    name, *how = key.split("_")
    data = frames["entered" if key == "pbc_entry" else name]
    duration, cause, group = {
        "pbc": ("time", "status", "trt"),
        "mgus2": ("exit" if "age" in how else "time", "cause", "sex"),
        "transplant": ("futime", "event", "abo"),
    }[name]
    more: dict[str, Any] = {} if "all" in how else {"group": data[group]}
    if {"age", "entry"} & set(how):
        more["entry"] = data["entry"]
    if "weights" in how:
        more["weights"] = data["weight"]
    return cumulative_incidence(data[duration], data[cause], **more).to_frame()


@pytest.fixture
def frames(
    randomised: pd.DataFrame, gammopathy: pd.DataFrame, transplant: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    entered = randomised[randomised["entry"] < randomised["time"]]
    return {"pbc": randomised, "entered": entered, "mgus2": gammopathy, "transplant": transplant}


def numbers(values: list[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def rows_of(frame: pd.DataFrame, cause: str, expected: dict[str, Any]) -> pd.DataFrame:
    """The rows of `frame` that R kept, in its order."""
    own = frame[frame["cause"].astype(str) == cause]
    place = pd.MultiIndex.from_arrays([own["group"].astype(str), own["time"].astype(float)])
    kept = list(zip(expected["group"], map(float, expected["time"]), strict=True))
    return own.set_index(place).loc[kept]


@pytest.mark.parametrize(
    "key",
    [
        "pbc_trt",
        "pbc_all",
        "pbc_weights",
        "pbc_entry",
        "mgus2_sex",
        "mgus2_age",
        "mgus2_age_weights",
        "transplant_abo",
    ],
)
def test_against_r(key: str, frames: dict[str, pd.DataFrame], r_competing_risks: dict[str, Any]) -> None:
    frame, expected = curves(key, frames), r_competing_risks["incidence"][key]
    assert frame["cause"].astype(str).unique().tolist() == list(expected["pstate"])
    for cause in expected["pstate"]:
        found = rows_of(frame, cause, expected)
        assert_allclose(found["incidence"], expected["pstate"][cause], rtol=TOLERANCE)
        assert_allclose(found["std_error"], expected["std.err"][cause], rtol=TOLERANCE, atol=1e-14)
        for column in ("lower", "upper"):
            assert_allclose(found[column], numbers(expected[column][cause]), rtol=TOLERANCE)
        if "weights" not in key:  # of weighted rows R counts the rows here, and not their weights
            assert_allclose(found["at_risk"], expected["n.risk"])
            assert_allclose(found["events"], expected["n.event"][cause])


@pytest.mark.parametrize("conf_type", list(SCALES))
def test_limits_against_r(
    conf_type: ConfidenceType, randomised: pd.DataFrame, r_competing_risks: dict[str, Any]
) -> None:
    found = cumulative_incidence(
        randomised["time"], randomised["status"], group=randomised["trt"], conf_type=conf_type
    ).to_frame()
    sizes = randomised.groupby("trt")["time"].nunique().cumsum()
    kept = [*range(0, sizes[2], 13)]
    kept += [sizes[2] - 1] if kept[-1] != sizes[2] - 1 else []
    for cause in (1, 2):
        own = of_cause(found, cause).iloc[kept]
        for column in ("lower", "upper"):
            expected = numbers(r_competing_risks["limits"][conf_type][column][str(cause)])
            assert_allclose(own[column], expected, rtol=TOLERANCE, atol=1e-15)


def test_at_given_times(randomised: pd.DataFrame, r_competing_risks: dict[str, Any]) -> None:
    curve = cumulative_incidence(
        randomised["time"], randomised["status"], group=randomised["trt"], conf_type="plain"
    )
    found, expected = curve.at(range(0, 4381, 365)), r_competing_risks["at"]
    assert list(found.columns) == COLUMNS
    for cause in (1, 2):
        own = of_cause(found, cause)
        assert own["group"].astype(str).tolist() == expected["group"]
        assert own["time"].tolist() == expected["time"]
        assert own["at_risk"].tolist() == expected["n.risk"]
        for column, r_name in (
            ("events", "n.event"),
            ("incidence", "pstate"),
            ("std_error", "std.err"),
            ("lower", "lower"),
            ("upper", "upper"),
        ):
            assert_allclose(own[column], expected[r_name][str(cause)], rtol=TOLERANCE)


def test_words_and_categories_are_causes(transplant: pd.DataFrame) -> None:
    words = cumulative_incidence(transplant["futime"], transplant["event"]).to_frame()
    order = ["withdraw", "ltx", "death"]
    categories = pd.Series(pd.Categorical(transplant["event"], [*order, "censored"]))
    found = cumulative_incidence(transplant["futime"], categories, censored="censored").to_frame()
    assert words["cause"].unique().tolist() == sorted(order)
    assert found["cause"].unique().tolist() == order
    for cause in order:
        assert_frame_equal(of_cause(words, cause), of_cause(found, cause))
    for zero in (0, "0"):
        mixed = transplant["event"].astype(object).replace("censored", zero)
        assert_frame_equal(cumulative_incidence(transplant["futime"], mixed).to_frame(), words)


def test_repr_is_for_people() -> None:
    assert repr(cumulative_incidence([1, 2, 2, 3], [1, 2, 0, 1])).splitlines()[:2] == [
        "Cumulative incidence, 95% intervals on the log-log scale",
        "group  cause  time  events  incidence  std_error    lower    upper",
    ]


# ------------------------------------------------------------------------------------------------- properties

unhurried = settings(deadline=None, max_examples=30)

rows = st.lists(
    st.tuples(
        st.integers(1, 8), st.integers(0, 2), st.integers(1, 3), st.sampled_from("ab"), st.integers(0, 7)
    ),
    max_size=25,
).map(
    lambda drawn: pd.DataFrame(
        [row for row in drawn if row[4] < row[0]] + [(9, 1, 1, "a", 0), (9, 2, 1, "b", 0)],
        columns=["duration", "cause", "weights", "group", "entry"],
    )
)


def fit(data: pd.DataFrame, *columns: str) -> pd.DataFrame:
    more: dict[str, Any] = {column: data[column] for column in columns}
    return cumulative_incidence(data["duration"], data["cause"], **more).to_frame()


@unhurried
@given(rows, st.sampled_from([(), ("entry",)]))
def test_a_whole_weight_is_a_repeated_row(data: pd.DataFrame, entry: tuple[str, ...]) -> None:
    repeated = data.loc[data.index.repeat(data["weights"])]
    assert_frame_equal(
        fit(data, "group", "weights", *entry), fit(repeated, "group", *entry), rtol=1e-9, atol=1e-12
    )


@unhurried
@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter(data: pd.DataFrame, random: Random) -> None:
    order = list(data.index)
    random.shuffle(order)
    assert_frame_equal(fit(data, "group"), fit(data.loc[order], "group"))


@unhurried
@given(rows)
def test_shares_add_up_to_one_with_survival(data: pd.DataFrame) -> None:
    frame = fit(data, "entry")
    alive = kaplan_meier(data["duration"], data["cause"] > 0, entry=data["entry"]).to_frame()["survival"]
    assert_allclose(of_cause(frame, 1)["incidence"] + of_cause(frame, 2)["incidence"], 1 - alive, atol=1e-12)


@unhurried
@given(rows)
def test_equal_sampling_weights_give_the_same_error(data: pd.DataFrame) -> None:
    halved, whole = fit(data.assign(weights=0.5), "group", "weights", "entry"), fit(data, "group", "entry")
    assert_allclose(halved["incidence"], whole["incidence"], rtol=1e-12)
    assert_allclose(halved["std_error"], whole["std_error"], rtol=1e-9, atol=1e-9)


# --------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cause": [0, 0, 0]}, "cause is censored in every row: at least one row ends in a cause"),
        ({"cause": [1, -1, 0]}, "cause[1] is -1.0: 0 is censored, and 1, 2, ... or labels are causes"),
        ({"cause": [1, 0.5, 0]}, "cause[1] is 0.5: 0 is censored, and 1, 2, ... or labels are causes"),
        ({"cause": [1, np.inf, 0]}, "cause[1] is inf: 0 is censored, and 1, 2, ... or labels are causes"),
        ({"cause": [1, 2j, 0]}, "cause is of type complex128: give numbers"),
        ({"cause": [1, date(2020, 1, 1), 0]}, "cause is not of one kind"),
        ({"cause": [1, None, 0]}, "cause[1] is nan: each row needs a cause"),
        ({"cause": ["death", None, 0]}, "cause[1] is None: each row needs a cause"),
        ({"cause": [1, 0]}, "cause is 2 long: duration is 3 long"),
        ({"cause": ["death", "alive", "death"]}, "cause is never 0 or 'censored': name the label"),
        ({"cause": [["a"], ["b"], ["c"]]}, "cause is not a row of labels"),
        ({"duration": [1, -2, 3]}, "duration[1] is -2.0: a time is a number, 0 or more"),
        ({"duration": np.ones((3, 2))}, "duration is not a row of numbers"),
        ({"conf_type": "loglog"}, "conf_type is 'loglog': choose one of log-log, log, plain, logit, arcsin"),
        ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1"),
        ({"group": ["a", None, "b"]}, "group[1] is None: each row needs a label"),
        ({"weights": [1, -1, 1]}, "weights[1] is -1.0: a weight is 0 or more"),
        ({"weights": [0, 1, 0]}, "cause is censored in every row"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {"duration": [1, 2, 3], "cause": [1, 0, 2]} | change
    with pytest.raises(InputError, match=re.escape(message)):
        cumulative_incidence(**data)


def test_at_refuses_what_is_no_time() -> None:
    with pytest.raises(InputError, match=r"times\[0\] is -1\.0: a time is a number, 0 or more"):
        cumulative_incidence([1, 2], [1, 2]).at(-1)
