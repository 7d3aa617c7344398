"""Responders: who improved by a difference that matters, by arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from analysis.estimators.contrasts import place_of
from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.intervals import normal_quantile
from analysis.estimators.meaningful_difference import reaches
from analysis.estimators.observations import Floats, Grouping, Labels, Numbers, grouping, numbers

MissingMeans: TypeAlias = Literal["non-responder", "left-out"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Responders:
    """Responders by arm, as `responder_analysis` returns them."""

    margin: float
    conf_level: float
    arms: Grouping
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row an arm: arm, n (of the proportion), responders, dead, missing, proportion, lower, upper."""
        return self._frame.copy()

    def contrast(self, reference: object) -> pd.DataFrame:
        """Each arm against the reference: risk difference and odds ratio, two rows an arm.

        Columns: measure (difference | odds ratio), arm, estimate, lower, upper, p_value. Limits of the
        difference are Newcombe's (1998, method 10, from Wilson's limits of both proportions, no correction
        for continuity), those of the odds ratio Woolf's (1955, on the log scale; NaN where a cell is empty).
        The p-value of both is Pearson's chi-squared, without correction. Raises InputError for a reference
        that is no arm.

        56 of 70 against 48 of 80, Newcombe's first example: 0.2 (0.0524 to 0.3339):

        >>> change, arm = [1] * 56 + [0] * 14 + [1] * 48 + [0] * 32, ["a"] * 70 + ["b"] * 80
        >>> responder_analysis([0] * 150, change, arm, margin=1).contrast("b").round(4)
              measure arm  estimate   lower   upper  p_value
        0  difference   a    0.2000  0.0524  0.3339    0.008
        1  odds ratio   a    2.6667  1.2762  5.5720    0.008
        """
        z = normal_quantile(self.conf_level)
        base = self._frame.iloc[place_of(reference, self.arms.labels)]
        rows = []
        for _, own in self._frame.iterrows():
            if own["arm"] == reference:
                continue
            p_value = _chi_squared(own["responders"], own["n"], base["responders"], base["n"])
            for measure, limits in (
                ("difference", _newcombe(own, base)),
                ("odds ratio", _woolf(own, base, z)),
            ):
                names = ("estimate", "lower", "upper")
                found = dict(zip(names, limits, strict=True))
                rows.append({"measure": measure, "arm": own["arm"]} | found | {"p_value": p_value})
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        """For people: the proportions."""
        title = f"Improved by {self.margin:g} or more, Wilson's {self.conf_level:.0%} intervals"
        return f"{title}\n{self._frame.to_string(index=False)}"


def responder_analysis(
    baseline: Numbers,
    score: Numbers,
    arm: Labels,
    *,
    margin: float,
    dead: Numbers | None = None,
    missing: MissingMeans = "non-responder",
    higher_is_better: bool = True,
    conf_level: float = 0.95,
) -> Responders:
    """Count those whose score at a visit is better than their baseline by `margin` or more.

    `baseline`, `score`, `arm`, `dead`: one a participant. Who is `dead` (1) by the visit is no responder,
    whatever else is known. Who is alive without a score, or without a baseline, is no responder either, or
    with `missing="left-out"` not counted at all; `to_frame` says how many they are. The estimand: the
    proportion of those randomised who are alive and improved (and answered: with "left-out", of those who
    answered or died).

    The proportion has Wilson's interval (1927), (p + z^2/2n +- z root(p(1 - p)/n + z^2/4n^2))/(1 + z^2/n).
    A difference of exactly the margin counts. Raises InputError (a ValueError) naming the argument and row.

    Of five one improved by 10 or more, one by less, one died, one did not answer and one had no baseline:

    >>> found = responder_analysis(
    ...     [50, 50, 50, 50, None], [60, 59, None, None, 70], ["a"] * 5, margin=10, dead=[0, 0, 1, 0, 0]
    ... )
    >>> found.to_frame().round(4)
      arm  n  responders  dead  missing  proportion   lower   upper
    0   a  5           1     1        2         0.2  0.0362  0.6245
    """
    if not (is_number(margin) and np.isfinite(margin) and margin > 0):
        raise InputError("margin", repr(margin), "a number above 0")
    if missing not in get_args(MissingMeans):
        raise InputError("missing", repr(missing), f"choose one of {', '.join(get_args(MissingMeans))}")
    z = normal_quantile(conf_level)
    before = numbers("baseline", baseline)
    after = numbers("score", score, len(before), "baseline")
    died = np.zeros(len(before)) if dead is None else numbers("dead", dead, len(before), "baseline")
    refuse_where((died != 0) & (died != 1), "dead", died, "1 is dead, 0 alive")
    for argument, values in (("baseline", before), ("score", after)):
        refuse_where(np.isinf(values), argument, values, "a number, or nothing where it is missing")
    arms = grouping("arm", arm, np.ones(len(before), dtype=bool), "baseline")
    gain = (after - before) * (1 if higher_is_better else -1)
    unknown = np.isnan(gain) & (died == 0)
    improved = reaches(gain, margin) & (died == 0)
    counted = ~unknown if missing == "left-out" else np.ones(len(before), dtype=bool)
    frame = pd.DataFrame({"arm": arms.labels})
    for name, of in (("n", counted), ("responders", improved), ("dead", died == 1), ("missing", unknown)):
        frame[name] = np.bincount(arms.codes[of], minlength=len(arms.labels))
    if (frame["n"] == 0).any():
        empty = frame.loc[frame["n"] == 0, "arm"].iloc[0]
        raise InputError("arm", f"{empty!r} without anyone to count", "each arm needs one at least")
    frame["proportion"] = frame["responders"] / frame["n"]
    frame["lower"], frame["upper"] = wilson(frame["responders"].to_numpy(), frame["n"].to_numpy(), z)
    return Responders(float(margin), conf_level, arms, frame)


def wilson(count: NDArray[np.int64], n: NDArray[np.int64], z: float) -> tuple[Floats, Floats]:
    """Wilson's limits of a proportion (1927), the score test inverted; exactly 0 of none, and 1 of all.

    >>> lower, upper = wilson(np.array([0, 5]), np.array([10, 10]), 2)
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.0, 0.2327], [0.2857, 0.7673])
    """
    p, shrunk = count / n, 1 + z**2 / n
    middle = (p + z**2 / (2 * n)) / shrunk
    reach = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / shrunk
    lower, upper = np.where(count == 0, 0, middle - reach), np.where(count == n, 1, middle + reach)
    return lower, upper


def _newcombe(own: pd.Series, base: pd.Series) -> tuple[float, float, float]:
    """The squares of both proportions' distances to their limits add up."""
    p1, l1, u1 = own[["proportion", "lower", "upper"]]
    p2, l2, u2 = base[["proportion", "lower", "upper"]]
    difference = p1 - p2
    return difference, difference - np.hypot(p1 - l1, u2 - p2), difference + np.hypot(u1 - p1, p2 - l2)


def _woolf(own: pd.Series, base: pd.Series, z: float) -> tuple[float, float, float]:
    cells = [
        own["responders"],
        own["n"] - own["responders"],
        base["responders"],
        base["n"] - base["responders"],
    ]
    a, b, c, d = (float(cell) for cell in cells)
    if b * c == 0:
        return (np.inf if a * d else np.nan), np.nan, np.nan
    ratio = a * d / (b * c)
    reach = z * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d) if a * d else np.nan
    return ratio, ratio * np.exp(-reach), ratio * np.exp(reach)


def _chi_squared(x1: float, n1: float, x2: float, n2: float) -> float:
    """Pearson's test of two proportions; NaN where all responded, or nobody."""
    pooled = (x1 + x2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    return float(chi2.sf((x1 / n1 - x2 / n2) ** 2 / variance, 1)) if variance > 0 else np.nan
