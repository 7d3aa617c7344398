"""Rate ratios by hand, and equal to R's glm.nb, glm and poisson.test (reference/make_recurrent.R)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimators import EventRateRatio, InputError, RateModel, event_rate_ratio
from analysis.estimators.rate_models import Rates, negative_binomial

REFERENCE = Path(__file__).parents[1] / "reference"
TOLERANCE = 1e-9  # R's numbers are kept with 15 digits, its iterations end before the last ones
Z = 1.959963984540054

unhurried = settings(deadline=None, max_examples=25)


@pytest.fixture(scope="module")
def r_numbers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / "recurrent.json").read_text())
    return found


def followed(data: pd.DataFrame, *more: str) -> pd.DataFrame:
    """One row a participant: count and days, from rows with id, start, stop and event."""
    by_id = data.assign(days=data["stop"] - data["start"]).groupby("id", as_index=False)
    return by_id.agg({"event": "sum", "days": "sum"} | dict.fromkeys(more, "first")).rename(
        columns={"event": "count"}
    )


def cgd() -> pd.DataFrame:
    data = pd.read_csv(REFERENCE / "cgd.csv").rename(
        columns={"tstart": "start", "tstop": "stop", "status": "event"}
    )
    data["trt"] = (data["treat"] == "rIFN-g").astype(int)
    data["inherit"] = pd.Categorical(data["inherit"], ["autosomal", "X-linked"])
    return followed(data, "trt", "inherit", "age", "steroids")


def bladder() -> pd.DataFrame:
    data = pd.read_csv(REFERENCE / "bladder1.csv").rename(columns={"recurrence": "event"})
    return followed(data, "treatment", "number")


def quine() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "quine.csv").rename(columns={"Days": "count", "exposure": "days"})


def few_with_many() -> pd.DataFrame:
    row = np.arange(1, 121)
    count = np.where(row % 11 == 0, row % 37 * 3, np.where(row % 3 == 0, row % 4, 0))
    arm = np.where(row % 2 == 0, "b", "a")
    return pd.DataFrame({"count": count, "days": 20 + row * 53 % 700, "arm": arm})


DATA = {
    "cgd": (cgd, "trt", []),
    "cgd_covariates": (cgd, "trt", ["inherit", "age", "steroids"]),
    "bladder": (bladder, "treatment", ["number"]),
    "quine": (quine, "Eth", ["Sex", "Age", "Lrn"]),
    "few": (few_with_many, "arm", []),
}


def fitted(key: str, model: RateModel) -> EventRateRatio:
    make, group, covariates = DATA[key]
    data = make()
    more = data[covariates] if covariates else None
    return event_rate_ratio(data["count"], data["days"], data[group], covariates=more, model=model)


@pytest.mark.parametrize("key", list(DATA))
@pytest.mark.parametrize("model", ["negative-binomial", "poisson", "quasi-poisson"])
def test_equals_r(key: str, model: RateModel, r_numbers: dict[str, Any]) -> None:
    found, expected = fitted(key, model), r_numbers["rates"][key][model.replace("-", "_")]
    frame = found.to_frame()
    assert list(frame) == ["term", "rate_ratio", "std_error", "lower", "upper", "p_value"]
    assert frame["term"].tolist() == np.atleast_1d(expected["term"]).tolist()
    coefficients, errors = np.atleast_1d(expected["coef"]), np.atleast_1d(expected["se"])
    assert_allclose(np.log(frame["rate_ratio"]), coefficients, rtol=TOLERANCE, atol=TOLERANCE)
    assert_allclose(frame["std_error"], errors, rtol=TOLERANCE)
    assert_allclose(frame["p_value"], np.atleast_1d(expected["p"]), rtol=1e-8)
    if model == "negative-binomial":
        assert_allclose(1 / found.dispersion, expected["theta"], rtol=TOLERANCE)
    elif model == "quasi-poisson":
        assert_allclose(found.dispersion, expected["phi"], rtol=TOLERANCE)
        assert math.isnan(found.log_likelihood)
    else:
        assert found.dispersion == 1
    if model != "quasi-poisson":
        assert_allclose(found.log_likelihood, expected["log_likelihood"], rtol=1e-12)
        assert_allclose(frame["upper"], np.exp(coefficients + Z * errors), rtol=TOLERANCE)


@pytest.mark.parametrize("key", ["cgd", "none_in_the_second", "none_in_the_first", "many"])
def test_exact_equals_poisson_test(key: str, r_numbers: dict[str, Any]) -> None:
    expected = r_numbers["exact"][key]
    found = event_rate_ratio(expected["events"], expected["time"], ["a", "b"], model="exact")
    row = found.to_frame().iloc[0]
    for column, r_name in (("rate_ratio", "ratio"), ("lower", "lower"), ("upper", "upper"), ("p_value", "p")):
        known = expected[r_name]
        assert_allclose(row[column], math.inf if known is None else known, rtol=TOLERANCE, err_msg=column)
    assert math.isnan(row["std_error"])


class TestByHand:
    def test_poisson_is_the_ratio_of_the_rates(self) -> None:
        found = event_rate_ratio([2, 0, 3, 3], [4, 6, 5, 5], list("aabb"), model="poisson").to_frame()
        assert_allclose(found["rate_ratio"], 3, rtol=1e-13)
        assert_allclose(found["std_error"], math.sqrt(1 / 2 + 1 / 6), rtol=1e-13)

    def test_quasi_poisson(self) -> None:
        # Means 1, 1, 4, 4: chi-squared 1 + 1 + 4/4 + 4/4 on 2 degrees of freedom. The quantile
        # of t(2) for 1 - a is (1 - 2a) sqrt(2/(1 - (1 - 2a)^2)).
        found = event_rate_ratio([2, 0, 2, 6], [1, 1, 1, 1], list("aabb"), model="quasi-poisson")
        assert_allclose(found.dispersion, 2, rtol=1e-12)
        row = found.to_frame().iloc[0]
        error = math.sqrt(2 * (1 / 2 + 1 / 8))
        assert_allclose(row["std_error"], error, rtol=1e-12)
        reach = 0.95 * math.sqrt(2 / (1 - 0.95**2))
        assert_allclose(row["lower"], 4 * math.exp(-reach * error), rtol=1e-11)

    def test_counts_that_vary_no_more_than_poissons_have_dispersion_0(self) -> None:
        count, time, arm = [2, 2, 2, 3, 3, 3], [1] * 6, list("aaabbb")
        found = event_rate_ratio(count, time, arm)
        assert found.dispersion == 0
        assert_allclose(
            found.to_frame().iloc[:, 1:],
            event_rate_ratio(count, time, arm, model="poisson").to_frame().iloc[:, 1:],
        )

    def test_equal_times_give_the_ratio_of_means_and_the_error_by_hand(self) -> None:
        # With one time for all, the negative binomial's means are the groups' own: 2 and 5; each group's
        # information is 3 m/(1 + a m).
        found = event_rate_ratio([0, 1, 5, 1, 2, 12], [2] * 6, list("aaabbb"))
        a, row = found.dispersion, found.to_frame().iloc[0]
        assert_allclose(row["rate_ratio"], 5 / 2, rtol=1e-12)
        assert_allclose(
            row["std_error"], math.sqrt((1 + 2 * a) / (3 * 2) + (1 + 5 * a) / (3 * 5)), rtol=1e-12
        )

    def test_the_reference_is_chosen(self) -> None:
        data = ([1, 4, 2, 9], [1, 1, 1, 1], ["a", "a", "b", "c"])
        frame = event_rate_ratio(*data, model="exact", reference="b").to_frame()
        assert frame["term"].tolist() == ["groupa", "groupc"]
        assert_allclose(frame["rate_ratio"], [5 / 2 / 2, 9 / 2], rtol=1e-13)

    def test_who_was_not_observed_says_nothing(self) -> None:
        found = event_rate_ratio([1, 0, 2, 5], [1, 0, 1, 2], list("aabb"), model="quasi-poisson")
        assert found.participants == 3
        assert_allclose(found.dispersion, 1 / 14, rtol=1e-9)  # means 7/3 and 14/3: 1/9 (3/7 + 3/14)

    def test_no_events_in_either_of_two_groups(self) -> None:
        found = event_rate_ratio([0, 0, 2], [5, 6, 7], ["a", "b", "c"], model="exact").to_frame()
        assert_allclose(
            found[["rate_ratio", "lower", "upper", "p_value"]].iloc[0], [math.nan, 0, math.inf, 1]
        )

    def test_no_events_at_all(self) -> None:
        found = event_rate_ratio([0, 0], [5, 6], ["a", "b"], model="exact").to_frame()
        assert_allclose(found[["lower", "upper", "p_value"]].iloc[0], [0, math.inf, 1])

    def test_a_covariate_that_tells_events_from_none_has_no_ratio(self) -> None:
        count, group, value = [0, 3, 0, 0, 4, 9], list("abbaba"), [1, 0, 1, 1, 0, 0]
        with pytest.raises(InputError, match="covariates is such that some rows can have no event"):
            event_rate_ratio(count, [1] * 6, group, covariates=value)

    def test_millions_of_events_of_one_are_none_of_a_negative_binomial(self) -> None:
        with pytest.raises(InputError, match="count is 2000000: the negative binomial counts to 1000000"):
            event_rate_ratio([2_000_000, 1], [1, 1], ["a", "b"])

    def test_repr_is_for_people(self) -> None:
        assert repr(fitted("cgd", "negative-binomial")).splitlines()[0] == (
            "Rate ratios, negative-binomial model, 95% intervals: 76 events of 128, dispersion 0.9132"
        )


def test_covariates_on_any_scale_keep_their_digits() -> None:
    """A year of birth beside the intercept would cost ten digits, if columns were not centred and scaled."""
    data = cgd()
    plain = event_rate_ratio(data["count"], data["days"], data["trt"], covariates=data[["age"]])
    born = (1990 - data["age"]) * 1e6
    scaled = event_rate_ratio(data["count"], data["days"] * 1e-5, data["trt"], covariates=born.rename("born"))
    assert_allclose(scaled.dispersion, plain.dispersion, rtol=1e-9)
    assert_allclose(scaled.to_frame()["rate_ratio"][0], plain.to_frame()["rate_ratio"][0], rtol=1e-9)
    assert_allclose(scaled.to_frame()["std_error"] * [1, 1e6], plain.to_frame()["std_error"], rtol=1e-9)


counts = st.lists(
    st.tuples(st.sampled_from([0, 0, 0, 1, 2, 5, 40]), st.integers(1, 30)), min_size=6, max_size=20
)


@unhurried
@given(counts)
def test_no_other_dispersion_is_likelier(drawn: list[tuple[int, int]]) -> None:
    count = np.array([count for count, _ in drawn] + [1, 1])
    time = np.array([days for _, days in drawn] + [5, 5])
    group = (np.arange(len(count)) % 2).astype(float)
    rates = Rates(count, np.log(time), np.column_stack([np.ones(len(count)), group]))
    best = negative_binomial(rates)
    for dispersion in [0.0, *np.logspace(-4, 4, 60)]:
        assert rates.fit(float(dispersion)).log_likelihood <= best.log_likelihood + 1e-9
    if best.dispersion > 0:
        assert abs(rates.slope(best) * best.dispersion) < 1e-8


@unhurried
@given(counts)
def test_order_and_the_unit_of_time_do_not_matter(drawn: list[tuple[int, int]]) -> None:
    count = np.array([count for count, _ in drawn] + [1, 1])
    time = np.array([days for _, days in drawn] + [5, 5])
    group = np.arange(len(count)) % 2
    one = event_rate_ratio(count, time, group)
    other = event_rate_ratio(count[::-1], time[::-1] / 365.25, group[::-1])
    assert_allclose(one.dispersion, other.dispersion, rtol=1e-7, atol=1e-7)
    assert_allclose(one.to_frame()["rate_ratio"], other.to_frame()["rate_ratio"], rtol=1e-7)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": [1, -1, 2, 3]}, r"count\[1\] is -1.0: a whole number"),
        ({"count": [1, 0.5, 2, 3]}, r"count\[1\] is 0.5: a whole number"),
        ({"count": [1, None, 2, 3]}, r"count\[1\] is nan: a whole number"),
        ({"count": [0, 0, 0, 0]}, "count is 0 in every row: a model of rates needs an event"),
        ({"count": [0, 0, 2, 3]}, "count is without any event in group 'a': .* model=\"exact\""),
        ({"person_time": [1, -2, 3, 4]}, r"person_time\[1\] is -2.0: a number, 0 or more"),
        ({"person_time": [0, 2, 3, 4]}, r"person_time\[0\] is 0.0: no event happens in no time"),
        ({"person_time": [0] * 4, "count": [0] * 4}, "person_time is 0 in every row: someone must have been"),
        ({"person_time": [2, 3, 4]}, "person_time is 3 long: count is 4 long"),
        ({"group": list("aaaa")}, "group is 'a' in every row: at least two groups are needed"),
        ({"group": ["a", None, "b", "b"]}, r"group\[1\] is None: each row needs a label"),
        ({"reference": "z"}, "reference is 'z': choose one of 'a', 'b'"),
        ({"model": "logistic"}, "model is 'logistic': choose one of negative-binomial, poisson"),
        ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1"),
        ({"covariates": [1, 2, 3]}, "covariates is 3 long: the data are 4 long"),
        ({"covariates": [1, 1, 0, 0]}, "covariates is groupb, x: columns that are not determined by each"),
        ({"covariates": ["x", "y", "y", "y"], "count": [0, 1, 2, 3]}, "each level of a covariate needs an"),
        ({"covariates": [1, 2, 3, 4], "model": "exact"}, 'covariates is given: model="exact" compares'),
        (
            {"covariates": np.array([[1, 2], [3, 4], [5, 7], [7, 7]]), "model": "quasi-poisson"},
            "count is 4 long: more rows than 4 coefficients",
        ),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {"count": [1, 0, 2, 3], "person_time": [1, 2, 3, 4], "group": list("aabb")}
    with pytest.raises(InputError, match=message):
        event_rate_ratio(**({"model": "poisson"} | data | change))
