"""Data that cannot be used are refused: which argument, which row, what was found, what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import (
    InputError,
    area_under_curve,
    days_alive_out_of_hospital,
    hospital_spells,
    impute_scores,
    kaplan_meier,
    logrank_test,
    mean_cumulative_count,
    readmission,
    recurrent_event_rows,
)
from analysis.estimators.means import mean_score
from analysis.estimators.observations import Numbers
from analysis.estimators.rates import event_rate


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"duration": [1, -2, 3]}, "duration[1] is -2.0: a time is a number, 0 or more"),
        ({"duration": [1, 2, np.nan]}, "duration[2] is nan: a time is a number, 0 or more"),
        ({"duration": [1, None, 3]}, "duration[1] is nan: a time is a number, 0 or more"),
        ({"duration": [np.inf, 2, 3]}, "duration[0] is inf: a time is a number, 0 or more"),
        ({"duration": ["one", "two", "three"]}, "duration is not a row of numbers"),
        ({"duration": [[1, 2], [3, 4]]}, "duration is not a row of numbers"),
        ({"duration": 5}, "duration is not a row of numbers"),
        (
            {"duration": pd.to_timedelta([1, 2, 3], unit="D")},
            "duration is of type timedelta64[ns]: give numbers",
        ),
        ({"duration": [1, 2, 3j]}, "duration is of type complex128: give numbers"),
        ({"duration": []}, "duration is empty: at least one row is needed"),
        ({"event": [1, 2, 0]}, "event[1] is 2.0: 1 is an event, 0 a censoring"),
        ({"event": pd.array([1, None, 0], dtype="Int64")}, "event[1] is nan: 1 is an event, 0 a censoring"),
        ({"event": [1, 0]}, "event is 2 long: duration is 3 long, and all have one value a row"),
        ({"group": ["a", "b"]}, "group is 2 long: duration is 3 long, and all have one value a row"),
        ({"group": ["a", None, "b"]}, "group[1] is None: each row needs a label"),
        ({"entry": [0, 2, 0]}, "entry[1] is 2.0: entry comes before the row's duration"),
        ({"entry": [0, -1, 0]}, "entry[1] is -1.0: a time is a number, 0 or more"),
        ({"entry": [0]}, "entry is 1 long: duration is 3 long, and all have one value a row"),
        ({"weights": [1, 1, -1]}, "weights[2] is -1.0: a weight is 0 or more"),
        ({"weights": [1, np.nan, 1]}, "weights[1] is nan: a weight is 0 or more"),
        ({"weights": [1, np.inf, 1]}, "weights[1] is inf: a weight is at most 2 to the power of 53"),
        ({"weights": [1, 1e17, 1]}, "weights[1] is 1e+17: a weight is at most 2 to the power of 53"),
        ({"duration": [1, 10**400, 3]}, "duration is not a row of numbers (int too large"),
        ({"group": [("a", 1), ("b", 1), ("a", 2)]}, "group is not a row of labels (a label is one value"),
        ({"weights": [0, 0, 0]}, "weights is 0 in every row: at least one row needs a weight above 0"),
        ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1, for example 0.95"),
        ({"conf_level": 0}, "conf_level is 0: a level lies between 0 and 1, for example 0.95"),
        ({"conf_level": np.nan}, "conf_level is nan: a level lies between 0 and 1, for example 0.95"),
        ({"conf_level": "0.95"}, "conf_level is '0.95': a level lies between 0 and 1, for example 0.95"),
        ({"conf_level": None}, "conf_level is None: a level lies between 0 and 1, for example 0.95"),
        ({"group": [["a"], ["b"], ["c"]]}, "group is not a row of labels"),
        ({"group": pd.DataFrame({"arm": [1, 2, 3]})}, "group is not a row of labels"),
        ({"conf_type": ["log"]}, "conf_type is ['log']: choose one of log-log, log, plain, logit, arcsin"),
        ({"conf_type": "loglog"}, "conf_type is 'loglog': choose one of log-log, log, plain, logit, arcsin"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {"duration": [1, 2, 3], "event": [1, 0, 1]} | change
    with pytest.raises(InputError, match=re.escape(message)):
        kaplan_meier(**data)


def test_a_refusal_is_a_value_error_that_names_its_place() -> None:
    with pytest.raises(ValueError, match="duration") as refusal:
        kaplan_meier([1, -1], [1, 1])
    assert isinstance(refusal.value, InputError)
    assert (refusal.value.argument, refusal.value.row) == ("duration", 1)


@pytest.mark.parametrize("p", [0, 1, 50, [0.5, np.nan]])
def test_quantile_refuses_what_is_no_share(p: float | list[float]) -> None:
    with pytest.raises(InputError, match=r"p\[\d\] is .*: a share lies between 0 and 1"):
        kaplan_meier([1, 2], [1, 1]).quantile(p)


@pytest.mark.parametrize("p", ["half", [[0.1], [0.2]]])
def test_quantile_refuses_what_is_no_row_of_numbers(p: object) -> None:
    with pytest.raises(InputError, match="p is not a row of numbers"):
        kaplan_meier([1, 2], [1, 1]).quantile(p)  # type: ignore[arg-type]  # on purpose


def test_no_shares_and_no_times_give_empty_frames_with_their_columns() -> None:
    curves = kaplan_meier([1, 2], [1, 1])
    assert list(curves.quantile([])) == ["group", "p", "time", "lower", "upper"]
    assert list(curves.at([])) == list(curves.to_frame())
    assert len(curves.quantile([])) == len(curves.at([])) == 0


@pytest.mark.parametrize("rho", ["1", None, -1, np.nan])
def test_the_log_rank_test_refuses_a_rho_that_is_no_number_from_0_on(rho: object) -> None:
    with pytest.raises(InputError, match=r"rho is .*: a number, 0 or more"):
        logrank_test([1, 2], [1, 1], ["a", "b"], rho=rho)  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("estimate", [event_rate, mean_score])
def test_rates_and_means_refuse_a_level_that_is_none(estimate: Callable[..., object]) -> None:
    data = ([1, 2], [1, 1]) if estimate is event_rate else ([1, 2],)
    with pytest.raises(InputError, match=r"conf_level is '0\.95': a level lies between 0 and 1"):
        estimate(*data, conf_level="0.95")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": []}, "count is empty: at least one row is needed"),
        ({"count": ["a", 1]}, "count is not a row of numbers"),
        ({"count": [0.5, 1]}, "count[0] is 0.5: a whole number"),
        ({"count": [np.inf, 1]}, "count[0] is inf: a whole number"),
        ({"person_time": [1, None]}, "person_time[1] is nan: a number, 0 or more"),
        ({"person_time": [1, 2, 3]}, "person_time is 3 long: count is 2 long"),
        ({"group": ["a", None]}, "group[1] is None: each row needs a label"),
        ({"group": ["a"]}, "group is 1 long: count is 2 long"),
    ],
)
def test_rates_refuse(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        event_rate(**({"count": [1, 2], "person_time": [3, 4]} | change))


STAYS = pd.DataFrame({"participant": [1], "admitted": [1], "discharged": [2]})


@pytest.mark.parametrize(
    "estimate",
    [
        lambda who: hospital_spells(who, [1, 9], [2, 10]),
        lambda who: mean_cumulative_count([0, 2], [2, 5], [1, 0], who),
        lambda who: recurrent_event_rows(who, [5], [0], event_participant=[1], event_time=[2]),
        lambda who: readmission(who, [90], [0], STAYS),
        lambda who: days_alive_out_of_hospital(who, [90], [0], STAYS, horizon=30),
    ],
)
def test_nobody_is_not_one_participant(estimate: Callable[[object], object]) -> None:
    with pytest.raises(InputError, match="participant is None: give one label a row"):
        estimate(None)


@pytest.mark.parametrize("stays", [None, [1, 2]])
def test_stays_are_a_frame(stays: object) -> None:
    with pytest.raises(
        InputError, match=r"stays is of type .*: a frame of participant, admitted, discharged"
    ):
        readmission([1], [90], [0], stays)  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("covariates", [None, 3, "age"])
def test_imputation_refuses_covariates_that_are_no_list(covariates: object) -> None:
    frame = pd.DataFrame({"id": [1, 2], "arm": ["a", "b"], "day": [1, 1], "score": [1.0, 2.0]})
    columns: dict[str, Any] = {"outcome": "score", "participant": "id", "visit": "day", "arm": "arm"}
    with pytest.raises(InputError, match=f"covariates is {covariates!r}: a list of columns"):
        impute_scores(frame, **columns, dead=None, covariates=covariates, seed=1)  # type: ignore[arg-type]  # same


@pytest.mark.parametrize("column", [[], ["score"], 3])
def test_a_column_is_named(column: object) -> None:
    frame = pd.DataFrame({"id": [1, 2], "day": [1, 1], "score": [1.0, 2.0]})
    with pytest.raises(InputError, match=re.escape(f"frame[{column!r}] is not there: columns: id, day")):
        area_under_curve(frame, outcome=column, participant="id", day="day")  # type: ignore[arg-type]  # same


def test_at_refuses_what_is_no_row_of_numbers() -> None:
    with pytest.raises(InputError, match="times is not a row of numbers"):
        kaplan_meier([1, 2], [1, 1]).at("later")  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("times", [-1, [0, np.nan]])
def test_at_refuses_what_is_no_time(times: float | list[float]) -> None:
    with pytest.raises(InputError, match=r"times\[\d\] is .*: a time is a number, 0 or more"):
        kaplan_meier([1, 2], [1, 1]).at(times)


@pytest.mark.parametrize(
    ("duration", "event"),
    [
        ([1, 2, 3], [True, False, True]),
        ((1.0, 2.0, 3.0), (1, 0, 1)),
        (np.array([1, 2, 3], dtype=np.int32), np.array([True, False, True])),
        (pd.Series([1, 2, 3], index=[7, 8, 9]), pd.Series([1, 0, 1], index=[9, 8, 7])),
        (pd.array([1, 2, 3], dtype="Int64"), pd.array([True, False, True], dtype="boolean")),
    ],
)
def test_accepted(duration: Numbers, event: Numbers) -> None:
    assert_allclose(kaplan_meier(duration, event).to_frame()["survival"], [2 / 3, 2 / 3, 0], rtol=1e-14)
