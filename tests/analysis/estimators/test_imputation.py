"""Imputation: by hand, by the distribution of its draws, never after death, and as R's mixed models find."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import kstest, t

from analysis.estimators import Imputations, InputError, impute_scores, imputed_contrasts
from analysis.estimators.imputation_strategies import Strategy, completed_scores, strategy_means
from analysis.estimators.sequential_regression import Chain

REFERENCE = Path(__file__).parents[1] / "reference"
COLUMNS: dict[str, Any] = {
    "outcome": "score",
    "participant": "id",
    "visit": "visit",
    "arm": "arm",
    "dead": None,
}
NONE = float("nan")


def long(scores: list[list[float]], arm: str = "a", first: int = 0) -> pd.DataFrame:
    """One participant a row of scores, one visit a column."""
    table = np.array(scores, dtype=float)
    people, visits = table.shape
    return pd.DataFrame(
        {
            "id": first + np.repeat(np.arange(people), visits),
            "visit": np.tile(np.arange(1, visits + 1), people),
            "arm": arm,
            "score": table.ravel(),
        }
    )


class TestStrategies:
    """By hand: own means 10 and 10, y2 follows y1; the reference's 6 and 5, y2 = 2 + y1/2; no spread."""

    OWN = Chain(np.array([[10.0], [0]]), np.array([[0, 0], [1.0, 0]]), np.zeros(2))
    OTHER = Chain(np.array([[6.0], [2]]), np.array([[0, 0], [0.5, 0]]), np.zeros(2))

    @pytest.mark.parametrize(
        ("strategy", "after_12", "from_the_start"),
        [
            ("mar", 12, [10, 10]),
            ("copy-reference", 2 + 12 / 2, [6, 5]),
            ("jump-to-reference", 5 + (12 - 10) / 2, [6, 5]),
            ("copy-increments", 10 + (5 - 6) + (12 - 10) / 2, [6, 5]),
        ],
    )
    def test_means(self, strategy: Strategy, after_12: float, from_the_start: list[float]) -> None:
        baseline, last_seen = np.ones((2, 1)), np.array([1, 0])
        filled = np.array([[12, NONE], [NONE, NONE]])
        after = self.OWN if strategy == "mar" else self.OTHER
        means = strategy_means(strategy, self.OWN, after, baseline, last_seen)
        found = completed_scores(after, means, filled, last_seen, np.random.default_rng(1))
        assert_allclose(found, [[12, after_12], from_the_start], rtol=1e-14)

    def test_covariance_of_a_chain(self) -> None:
        # y1 = 2 e1, y2 = y1 + e2: variances 4 and 5, covariance 4.
        chain = Chain(np.zeros((2, 1)), np.array([[0, 0], [1.0, 0]]), np.array([2.0, 1]))
        assert_allclose(chain.covariance, [[4, 4], [4, 5]], rtol=1e-14)

    def test_reference_arm_and_gaps_stay_missing_at_random(self) -> None:
        frame = two_arms()
        found = {
            strategy: impute_scores(frame, **COLUMNS, imputations=3, seed=4, strategy=strategy, reference="b")
            for strategy in ("mar", "jump-to-reference")
        }
        mar, jump = found["mar"].scores, found["jump-to-reference"].scores
        own = found["mar"].grid.arm == "a"
        dropped = found["mar"].grid.last_seen[:, None] <= np.arange(3)
        assert (mar[:, ~own] == jump[:, ~own]).all()
        assert (mar[:, ~dropped] == jump[:, ~dropped]).all()
        assert (mar[:, dropped & own[:, None]] != jump[:, dropped & own[:, None]]).all()


def two_arms() -> pd.DataFrame:
    """Twelve and twelve with three visits, gaps and drop-out."""
    random = np.random.default_rng(7)
    scores = random.normal(size=(24, 1)) + random.normal(size=(24, 3)) + [0, 1, 2]
    scores[[1, 13], 1] = scores[[2, 14, 15], 2] = scores[[3, 16], 1:] = NONE
    return pd.concat([long(scores[:12].tolist(), "a"), long(scores[12:].tolist(), "b", first=12)])


class TestDraws:
    def test_one_visit_is_drawn_from_the_posterior_predictive_t(self) -> None:
        """Of n = 4 known ones: mean + s sqrt(1 + 1/n) t(n - 1), under the prior 1/s^2."""
        known = np.array([1.0, 2, 4, 9])
        found = impute_scores(long([*known[:, None].tolist(), [NONE]]), **COLUMNS, imputations=2000, seed=3)
        standard = (found.scores[:, 4, 0] - known.mean()) / (known.std(ddof=1) * np.sqrt(5 / 4))
        assert kstest(standard, t(3).cdf).pvalue > 0.05

    def test_drop_out_is_drawn_about_the_regression_on_the_visit_before(self) -> None:
        """As Anderson (1957) factored it: the mean is mean(y2) + slope (mean of all y1 - of the known)."""
        y1, y2 = np.array([1.0, 2, 3, 4, 5, 6, 9, 10]), np.array([2.0, 1, 4, 3, 6, 7])
        scores = [[one, y2[place] if place < 6 else NONE] for place, one in enumerate(y1)]
        made = impute_scores(long(scores), **COLUMNS, imputations=1000, seed=3)
        means = made.scores[:, :, 1].mean(axis=1)
        slope = np.polyfit(y1[:6], y2, 1)[0]
        expected = y2.mean() + slope * (y1.mean() - y1[:6].mean())
        assert_allclose(means.mean(), expected, atol=4 * means.std() / np.sqrt(1000))

    def test_gaps_take_later_scores_into_account(self) -> None:
        """Where the visits before and after are nearly the same, so is what is drawn between them."""
        random = np.random.default_rng(2)
        level = np.arange(20.0)
        scores = level[:, None] + 0.1 * random.normal(size=(20, 3))
        scores[5, 1] = scores[6, 0] = NONE
        found = impute_scores(long(scores.tolist()), **COLUMNS, imputations=100, seed=1, between=5)
        drawn = found.scores[:, [5, 6], [1, 0]]
        assert_allclose(drawn.mean(axis=0), [5, 6], atol=0.2)
        assert (drawn.std(axis=0) < 0.3).all()

    def test_a_seed_makes_the_same_draws_in_any_order_of_rows(self) -> None:
        frame = two_arms()
        one = impute_scores(frame, **COLUMNS, imputations=3, seed=4).scores
        assert (one == impute_scores(frame[::-1], **COLUMNS, imputations=3, seed=4).scores).all()
        other = impute_scores(frame, **COLUMNS, imputations=3, seed=5)
        assert (one[:, other.imputed] != other.scores[:, other.imputed]).all()
        assert (one[:, ~other.imputed] == other.scores[:, ~other.imputed]).all()

    def test_units_of_the_score_do_not_matter(self) -> None:
        frame = two_arms()
        one = impute_scores(frame, **COLUMNS, imputations=3, seed=4).scores
        other = impute_scores(frame.assign(score=5 - 2 * frame["score"]), **COLUMNS, imputations=3, seed=4)
        # The same chances turned round: gaps' and drop-outs' distributions are, draw by draw, reflected.
        assert_allclose(one.mean(axis=(0, 1)), (5 - other.scores.mean(axis=(0, 1))) / 2, atol=0.5)
        scaled = impute_scores(frame.assign(score=5 + 2 * frame["score"]), **COLUMNS, imputations=3, seed=4)
        assert_allclose(one, (scaled.scores - 5) / 2, atol=1e-9)


class TestDeath:
    @pytest.fixture
    def with_deaths(self) -> pd.DataFrame:
        frame = two_arms().assign(dead=0)
        died = frame["id"].isin([2, 14]) & (frame["visit"] == 3) | frame["id"].isin([5]) & (
            frame["visit"] > 1
        )
        return frame.assign(dead=died.astype(int), score=frame["score"].mask(died))

    def test_nobody_is_imputed_after_death(self, with_deaths: pd.DataFrame) -> None:
        found = impute_scores(with_deaths, **COLUMNS | {"dead": "dead"}, imputations=3, seed=4)
        frame = found.to_frame().merge(with_deaths[["id", "visit", "dead"]], on=["id", "visit"])
        assert frame.loc[frame["dead"] == 1, "score"].isna().all()
        assert not frame.loc[frame["dead"] == 1, "imputed"].any()
        assert frame.loc[frame["dead"] == 0, "score"].notna().all()
        assert frame["imputed"].sum() == 3 * (9 - 2)  # of nine missing scores two are of the dead
        assert "dead" in repr(found)

    def test_others_are_imputed_as_if_those_had_dropped_out(self, with_deaths: pd.DataFrame) -> None:
        dead = impute_scores(with_deaths, **COLUMNS | {"dead": "dead"}, imputations=3, seed=4)
        alive = impute_scores(with_deaths, **COLUMNS, imputations=3, seed=4)
        known = dead.grid.alive
        assert (dead.scores[:, known] == alive.scores[:, known]).all()

    def test_contrasts_leave_the_dead_out(self, with_deaths: pd.DataFrame) -> None:
        found = impute_scores(with_deaths, **COLUMNS | {"dead": "dead"}, imputations=3, seed=4)
        contrasts = imputed_contrasts(found, reference="b").to_frame()
        assert contrasts["n"].tolist() == [24, 23, 21]
        copy = found.scores[:, :, 2]
        by_arm = [np.nanmean(copy[:, found.grid.arm == arm]) for arm in ("a", "b")]
        assert_allclose(contrasts["difference"].iloc[2], by_arm[0] - by_arm[1], rtol=1e-12)


@pytest.fixture(scope="module")
def pbcseq() -> Imputations:
    """Log bilirubin of the trial in primary biliary cholangitis, by visit."""
    visits = pd.read_csv(REFERENCE / "pbcseq_visits.csv")
    columns = COLUMNS | {"outcome": "lbili", "arm": "trt"}
    return impute_scores(visits, **columns, covariates=["lbili0"], imputations=60, seed=11, between=5)


class TestAgainstMixedModels:
    """Mixed models assume the same, missing at random: both agree, but for chance and small samples."""

    @pytest.mark.parametrize("arm", [0, 1])
    def test_means_and_errors_by_arm_and_visit(self, pbcseq: Imputations, arm: int) -> None:
        expected = json.loads((REFERENCE / "imputation.json").read_text())["arms"][str(arm)]
        own = pbcseq.grid.arm == arm
        x = np.column_stack([np.ones(own.sum()), pbcseq.grid.baseline.matrix[own]])
        means = pbcseq.scores[:, own].mean(axis=1)
        between = means.var(axis=0, ddof=1)
        assert_allclose(means.mean(axis=0), expected["mean"], atol=4 * np.sqrt(between.max() / 60))
        rest = pbcseq.scores[:, own] - x @ (np.linalg.pinv(x) @ pbcseq.scores[:, own])
        within = (rest**2).sum(axis=1).mean(axis=0) / (own.sum() - 2) / own.sum()
        errors = np.sqrt(within + (1 + 1 / 60) * between)
        # Mixed models' plain errors take the covariance as known: with 1,500 imputations these are 0 to 8 %
        # larger, the more the more is missing; with 60 there is chance in them too.
        assert_allclose(errors, expected["std_error"], rtol=0.2)

    def test_differences_are_about_those_of_a_model_with_one_covariance_for_both_arms(
        self, pbcseq: Imputations
    ) -> None:
        """R's mmrm and gls on these data: -0.0860 at visit 1, -0.0860 + 0.0069 at visit 6."""
        found = imputed_contrasts(pbcseq, reference=0).to_frame()
        assert_allclose(found["difference"].to_numpy()[[0, 5]], [-0.0860, -0.0791], atol=0.05)
        assert found["n"].tolist() == [285] * 6
        assert repr(imputed_contrasts(pbcseq, reference=0)).startswith("Differences from arm 0")

    def test_pooled_analyses_are_those_of_the_copies(self, pbcseq: Imputations) -> None:
        def last_visit(copy: pd.DataFrame) -> tuple[float, float]:
            last = copy.loc[copy["visit"] == 6, "lbili"]
            return float(last.mean()), float(last.var() / len(last))

        found = pbcseq.pooled(last_visit, complete_df=284)
        assert_allclose(found.estimate, pbcseq.scores[:, :, 5].mean(), rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcome": "itch"}, r"frame\['itch'\] is not there"),
        ({"covariates": ["late"]}, r"frame\['late'\]\[1\] is 1: one value a participant"),
        ({"covariates": "age"}, "covariates is 'age': a list of columns"),
        ({"covariates": ["of_a"]}, "covariates is without use in arm 'a' at 1"),
        ({"dead": "gone"}, r"frame\['score'\]\[0\] is .*: nobody answers after death"),
        ({"dead": "risen"}, r"frame\['risen'\]\[0\] is \[1. 0. 0.\]: who is dead stays dead"),
        ({"imputations": 1}, "imputations is 1: a whole number, 2 or more"),
        ({"seed": None}, "seed is None: a whole number, 0 or more"),
        ({"between": 0}, "between is 0: a whole number, 1 or more"),
        ({"strategy": "locf"}, "strategy is 'locf': choose one of mar, copy-reference"),
        (
            {"strategy": "copy-reference"},
            r"reference is None: copy-reference needs one of the arms \['a', 'b'\]",
        ),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    frame = two_arms().assign(late=lambda rows: rows["visit"] // 2, gone=1)
    frame["of_a"] = np.where(frame["arm"] == "a", 1, frame["id"])
    frame["risen"] = (frame["visit"] == 1).astype(int)
    frame["age"] = frame["id"]
    given = COLUMNS | {"imputations": 2, "seed": 1} | change
    with pytest.raises(InputError, match=message):
        impute_scores(frame, **given)


def test_a_row_twice_or_none_beside_deaths_is_refused() -> None:
    frame = two_arms().assign(dead=0)
    with pytest.raises(InputError, match="there is one row a participant and visit"):
        impute_scores(pd.concat([frame, frame[:1]]), **COLUMNS, seed=1)
    with pytest.raises(InputError, match="frame is without a row for participant 0 and visit 2"):
        impute_scores(frame.drop(index=2), **COLUMNS | {"dead": "dead"}, seed=1)


def test_an_arm_too_small_for_its_regressions_is_refused() -> None:
    frame = long([[1, 2, 4], [2, 3, 1], [3, 5, 2], [4, 4, NONE]])
    with pytest.raises(
        InputError, match=r"with 3 participants of arm 'a' who have a score at 3 or later: 5 are"
    ):
        impute_scores(frame, **COLUMNS, seed=1)


def test_visits_come_in_the_order_of_their_categories_and_words_are_refused() -> None:
    frame = two_arms()
    words = frame["visit"].map({1: "w4", 2: "w12", 3: "m6"})
    in_order = frame.assign(visit=pd.Categorical(words, categories=["w4", "w12", "m6"]))
    found = impute_scores(in_order, **COLUMNS, imputations=3, seed=4)
    assert found.grid.visits == ("w4", "w12", "m6")
    assert (found.scores == impute_scores(frame, **COLUMNS, imputations=3, seed=4).scores).all()
    with pytest.raises(
        InputError, match=r"frame\['visit'\] is of type object: visits are numbers, or categories"
    ):
        impute_scores(frame.assign(visit=words), **COLUMNS, imputations=3, seed=4)
