"""Subgroup effects equal to R's `coxph` in each level and `anova` of both models (reference/make_cox.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import InputError, cox_regression, subgroup_effects

REFERENCE = Path(__file__).parents[1] / "reference" / "cox"
TRIALS: dict[str, dict[str, Any]] = json.loads((REFERENCE / "subgroups.json").read_text())

TOLERANCE = 1e-8  # R's limits of hazard ratios, of size 1 to 10, after its last step of Newton's method

SEX = pd.DataFrame({"sex": list("ffffmmmm")})
DURATION, EVENT, ARM = [1, 2, 3, 4, 1, 2, 3, 4], [1] * 8, list("abbaabab")


def by(frame: pd.DataFrame, *columns: str) -> dict[Any, dict[Any, Any]]:
    """Rows by their values in these columns."""
    return {
        row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns): row
        for row in frame.to_dict("records")
    }


@pytest.mark.parametrize("key", TRIALS)
def test_against_r(key: str) -> None:
    trial = TRIALS[key]
    rows = pd.read_csv(REFERENCE / f"{trial['data']}.csv")
    names = np.atleast_1d(trial["subgroups"]).tolist()
    found = subgroup_effects(
        rows[trial["time"]],
        rows[trial["event"]],
        rows[trial["arm"]],
        rows[names],
        strata=rows[trial["strata"]] if "strata" in trial else None,
    ).to_frame()
    for name in names:
        expected = trial["effects"][name]
        own = found[found["subgroup"] == name]
        assert_allclose(own["interaction_statistic"], expected["statistic"], rtol=TOLERANCE)
        assert (own["interaction_df"] == expected["df"]).all()
        assert_allclose(own["interaction_p_value"], expected["p_value"], rtol=TOLERANCE)
        estimated = own[own["reason"] == ""]
        for column in ("hazard_ratio", "lower", "upper"):
            r_numbers = [number for level in expected["levels"] for number in level[column]]
            assert_allclose(estimated[column], r_numbers, rtol=TOLERANCE)


def test_a_level_without_events_keeps_its_counts() -> None:
    """Stage 1 of pbc: 16 patients, the only event on D-penicillamine."""
    rows = pd.read_csv(REFERENCE / "pbc.csv")
    found = subgroup_effects(rows["time"], rows["tfs"], rows["trt"], rows[["stage"]]).to_frame()
    first = by(found, "level")["s1"]
    own = rows[rows["stage"] == "s1"]
    assert first["n"] + first["n_reference"] == len(own)
    assert first["events"] + first["events_reference"] == own["tfs"].sum()
    assert first["reason"] == "no event in 2"
    assert np.isnan(first["hazard_ratio"])
    assert first["interaction_df"] == 2  # of the other three levels


def test_everyone_comes_first() -> None:
    frame = subgroup_effects(DURATION, EVENT, ARM, SEX, conf_level=0.9).to_frame()
    expected = cox_regression(DURATION, EVENT, pd.Series(ARM, name="arm"), conf_level=0.9).to_frame()
    assert frame["subgroup"].tolist() == ["all", "sex", "sex"]
    assert frame["interaction_df"].isna().tolist() == [True, False, False]
    for column in ("hazard_ratio", "lower", "upper"):
        assert frame[column].iloc[0] == expected[column].iloc[0]


def test_another_reference_turns_the_ratio() -> None:
    one = subgroup_effects(DURATION, EVENT, ARM, SEX).to_frame()
    other = subgroup_effects(DURATION, EVENT, ARM, SEX, reference="b").to_frame()
    assert (other["reference"] == "b").all()
    assert_allclose(other["hazard_ratio"], 1 / one["hazard_ratio"], rtol=1e-12)
    assert_allclose(other["interaction_statistic"].iloc[1:], one["interaction_statistic"].iloc[1:], rtol=1e-9)


def test_a_third_arm_without_events_leaves_the_others_their_estimates() -> None:
    frame = subgroup_effects([*DURATION, 4, 4], [*EVENT, 0, 0], [*ARM, "c", "c"], SEX.iloc[[*range(8), 0, 4]])
    found = by(frame.to_frame(), "level", "arm")
    two = by(subgroup_effects(DURATION, EVENT, ARM, SEX).to_frame(), "level")
    assert_allclose(found["f", "b"]["hazard_ratio"], two["f"]["hazard_ratio"], rtol=1e-12)
    assert found["f", "c"]["reason"] == "no event in c"
    assert np.isnan(found["f", "b"]["interaction_statistic"])


def test_events_that_never_decide() -> None:
    """In men the arms follow each other: whoever of a is left has the event before any of b."""
    men = by(subgroup_effects(DURATION, EVENT, list("abbaaabb"), SEX).to_frame(), "level")["m"]
    assert men["reason"] == "events never decide between arms"
    assert [men[name] for name in ("n", "events", "n_reference", "events_reference")] == [2, 2, 2, 2]


def test_no_event_at_all_is_a_table_of_counts() -> None:
    frame = subgroup_effects(DURATION, [0] * 8, ARM, SEX).to_frame()
    assert (frame["reason"] == "no event in a").all()
    assert frame["n"].tolist() == [4, 2, 2]


def test_repr_warns_of_many_tests() -> None:
    found = subgroup_effects(DURATION, EVENT, ARM, SEX.assign(half=list("xxyyxxyy")))
    assert "Tests of interaction: 2, not adjusted for their number" in repr(found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arm": ["a"] * 8}, r"arm is 'a' in every row: at least two arms are needed"),
        ({"reference": "c"}, r"reference is 'c': arms are 'a', 'b'"),
        ({"subgroups": SEX.iloc[:3]}, r"subgroups\['sex'\] is 3 long"),
        (
            {"subgroups": pd.DataFrame({"sex": [None, *"fffmmmm"]})},
            r"subgroups\['sex'\]\[0\] is None: each row needs",
        ),
        ({"conf_level": 2}, r"conf_level is 2"),
        ({"ties": "exact"}, r"ties is 'exact'"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"duration": DURATION, "event": EVENT, "arm": ARM, "subgroups": SEX} | change
    with pytest.raises(InputError, match=message):
        subgroup_effects(**given)


def test_numbers_that_were_not_cut_into_groups() -> None:
    with pytest.raises(InputError, match=r"subgroups\['age'\] is 24 different values: at most 20"):
        subgroup_effects(DURATION * 3, EVENT * 3, ARM * 3, pd.DataFrame({"age": range(24)}))
