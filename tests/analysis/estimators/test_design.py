"""Covariates become the columns that R's model.matrix makes of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.estimators.design import design
from analysis.estimators.input_error import InputError


def test_levels_come_in_the_order_of_their_categories_without_unused_ones() -> None:
    stage = pd.Categorical(["late", "early", "mid"], categories=["early", "never", "mid", "late"])
    found = design(pd.DataFrame({"stage": stage, "treated": [True, False, True]}))
    assert found.terms == ("stagemid", "stagelate", "treated")
    assert found.covariates == ("stage", "stage", "treated")
    assert found.matrix.tolist() == [[0, 1, 1], [0, 0, 0], [1, 0, 1]]


def test_words_are_sorted_as_in_a_dictionary() -> None:
    """As R in any locale but C: its levels of c("b", "A", "a", "B") are a, A, b, B."""
    assert design(pd.DataFrame({"x": ["b", "A", "a", "B"]})).terms == ("xA", "xb", "xB")


def test_products_run_over_the_first_factor_fastest() -> None:
    """As R: model.matrix(~ a:b) names a2:b2, a3:b2, a2:b3, a3:b3."""
    frame = pd.DataFrame({"a": ["1", "2", "3", "3"], "b": ["1", "2", "3", "2"]})
    product = design(frame[["a"]]).by(design(frame[["b"]]))
    assert product.terms == ("a2:b2", "a3:b2", "a2:b3", "a3:b3")
    assert product.matrix.tolist() == [[0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0]]


@pytest.mark.parametrize(
    ("given", "terms"),
    [([1, 2], ("x",)), (pd.Series([1, 2], name="age", index=[7, 7]), ("age",)), (np.eye(2), ("x1", "x2"))],
)
def test_one_row_of_numbers_or_a_table_of_them_will_do(given: object, terms: tuple[str, ...]) -> None:
    assert design(given).terms == terms  # type: ignore[arg-type]  # each of what is allowed


def test_numbers_in_a_column_of_objects_are_numbers() -> None:
    found = design(pd.DataFrame({"age": [40, 50.5], "old": [False, True]}, dtype=object))
    assert (found.terms, found.matrix.tolist()) == (("age", "old"), [[40, 0], [50.5, 1]])


@pytest.mark.parametrize("given", [3, "age", {"age": [1, 2]}, np.ones((2, 2, 2)), [[1, 2], [3]]])
def test_what_is_no_table_is_refused(given: object) -> None:
    with pytest.raises(InputError, match=r"covariates is .*: give a frame with one column a covariate"):
        design(given)  # type: ignore[arg-type]  # it is not


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ({"age": [40, None, 50]}, r"covariates\['age'\]\[1\] is nan"),
        ({"age": [40.0, float("inf"), 50]}, r"covariates\['age'\]\[1\] is inf"),
        ({"stage": ["a", "b", None]}, r"covariates\['stage'\]\[2\] is None"),
        ({"stage": ["a", "a", "a"]}, r"covariates\['stage'\] is 'a' in every row"),
        ({"age": [4, 4, 4]}, r"covariates\['age'\] is .*4.* in every row"),
        ({"age": [1, 2]}, "covariates is 2 long: the data are 3 long"),
    ],
)
def test_what_no_model_could_use_is_refused_by_name(frame: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        design(pd.DataFrame(frame), 3)
