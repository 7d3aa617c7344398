"""Effects of treatment in subgroups, with tests of interaction: the numbers of a forest plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from analysis.estimators.cox_regression import CoxRegression, cox_regression
from analysis.estimators.cox_rows import Ties
from analysis.estimators.design import Design
from analysis.estimators.input_error import InputError
from analysis.estimators.intervals import normal_quantile
from analysis.estimators.observations import Grouping, Labels, Numbers, Observations, grouping, observations

MOST_LEVELS = 20
COUNTS = ["n", "events", "n_reference", "events_reference"]
ESTIMATE = ["hazard_ratio", "lower", "upper"]
INTERACTION = ["interaction_statistic", "interaction_df", "interaction_p_value"]
COLUMNS = ["subgroup", "level", "arm", "reference", *COUNTS, *ESTIMATE, *INTERACTION, "reason"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SubgroupEffects:
    """Hazard ratios by subgroup, as `subgroup_effects` returns them; `tests` counts those of interaction."""

    conf_level: float
    tests: int
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row for everyone, then one for each level of each subgroup (and arm, of more than two).

        Columns: subgroup, level, arm, reference, n, events, n_reference, events_reference, hazard_ratio (arm
        against reference), lower, upper; interaction_statistic (chi-squared), interaction_df and
        interaction_p_value, the same in all rows of a subgroup; reason: why there is no estimate, else "".
        """
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the table, and what many tests mean."""
        title = f"Effects in subgroups: hazard ratios with {self.conf_level:.0%} intervals"
        note = (
            f"Tests of interaction: {self.tests}, not adjusted for their number; where treatment works alike "
            "in all subgroups, one in twenty still has p < 0.05. Levels are estimated, not tested."
        )
        return f"{title}\n{self._frame.to_string(index=False)}\n{note}"


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """All participants; `arm` has the reference as code 0."""

    rows: Observations
    arm: Grouping
    ties: Ties
    conf_level: float

    def fit(self, kept: NDArray[np.bool_], columns: Design) -> CoxRegression:
        """Fit the participants of `kept`, whose covariates are `columns`."""
        rows = self.rows
        return cox_regression(
            rows.duration[kept],
            rows.event[kept],
            columns,
            entry=None if rows.entry is None else rows.entry[kept],
            strata=rows.stratum.codes[kept],
            ties=self.ties,
            conf_level=self.conf_level,
        )

    def per_arm(self, kept: NDArray[np.bool_]) -> NDArray[np.intp]:
        """How many of `kept` there are in each arm."""
        return np.bincount(self.arm.codes[kept], minlength=len(self.arm.labels))

    def arm_columns(self, kept: NDArray[np.bool_]) -> Design:
        """Columns that compare each arm of `kept` with the reference."""
        return _columns("arm", self.arm, kept)


def subgroup_effects(
    duration: Numbers,
    event: Numbers,
    arm: Labels,
    subgroups: pd.DataFrame,
    *,
    reference: object = None,
    entry: Numbers | None = None,
    strata: Labels | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> SubgroupEffects:
    """Estimate the hazard ratio between arms in each level of each subgroup, and test for interaction.

    All arguments are rows of equal length, taken by position: `duration`, `event`, `entry`, `strata` and
    `ties` as for `cox_regression`; `arm`: labels, `reference` one of them (the first without it);
    `subgroups`: a frame with one column a subgroup, labels in the order of their categories, or sorted.

    The hazard ratio of a level is that of a Cox model with its participants alone. The test of interaction is
    the likelihood ratio test of arm x subgroup beside arm + subgroup (left out where the strata say it), with
    everyone but those in levels without an estimate. A level in which an arm has nobody or no event keeps its
    counts, with NaN and the reason.

    Raises InputError naming the argument, the row, what was found and what is allowed; also for fewer than
    two arms, and for more than 20 levels of a subgroup (cut numbers into groups first).

    Women's events come in the order a, b, b, a, men's in the order a, b, a, b. With r the hazard ratio the
    likelihoods are r^2 / (2 (1 + r)^2 (1 + 2r)), greatest where r^2 = r + 1, the golden ratio, and
    r / (2 (1 + r)^2 (1 + 2r)), greatest where 4r^2 + r = 1:

    >>> data = pd.DataFrame({"sex": list("ffffmmmm"), "age": ["old"] * 7 + ["young"]})
    >>> found = subgroup_effects([1, 2, 3, 4, 1, 2, 3, 4], [1] * 8, list("abbaabab"), data)
    >>> found.to_frame()[["subgroup", "level", "n", "n_reference", "reason", "hazard_ratio"]].round(3)
      subgroup  level  n  n_reference       reason  hazard_ratio
    0      all    all  4            4                      0.842
    1      sex      f  2            2                      1.618
    2      sex      m  2            2                      0.390
    3      age    old  3            4                      1.317
    4      age  young  1            0  nobody in a           NaN
    """
    rows = observations(duration, event, group=arm, entry=entry, strata=strata)
    normal_quantile(conf_level)  # refused before the work
    trial = _Trial(rows, _with_reference(rows.group, reference), ties, conf_level)
    everyone = np.ones(len(rows.duration), dtype=np.bool_)
    found = [row | dict.fromkeys(INTERACTION, np.nan) for row in _level(trial, "all", "all", everyone)]
    names = _subgroups(subgroups, everyone)
    for name, levels in names.items():
        members = [levels.codes == code for code in range(len(levels.labels))]
        blocks = [
            _level(trial, name, label, kept) for label, kept in zip(levels.labels, members, strict=True)
        ]
        estimated = [not any(row["reason"] for row in block) for block in blocks]
        test = dict(zip(INTERACTION, _interaction(trial, levels, np.array(estimated)), strict=True))
        found += [row | test for block in blocks for row in block]
    frame = pd.DataFrame(found)[COLUMNS].astype({"interaction_df": "Int64"})
    return SubgroupEffects(conf_level, len(names), frame)


def _with_reference(arms: Grouping, reference: object) -> Grouping:
    """The same groups, the reference first."""
    if len(arms.labels) < 2:
        raise InputError("arm", f"{arms.labels[0]!r} in every row", "at least two arms are needed")
    if reference is None:
        return arms
    if reference not in arms.labels:
        raise InputError("reference", repr(reference), f"arms are {', '.join(map(repr, arms.labels))}")
    first = arms.labels.index(reference)
    order = [first, *(code for code in range(len(arms.labels)) if code != first)]
    return Grouping(np.argsort(order)[arms.codes], tuple(arms.labels[code] for code in order))


def _subgroups(subgroups: pd.DataFrame, everyone: NDArray[np.bool_]) -> dict[str, Grouping]:
    if not subgroups.columns.is_unique:
        raise InputError("subgroups", "a frame with a column twice", "each column has a name of its own")
    found = {str(name): grouping(f"subgroups[{name!r}]", subgroups[name], everyone) for name in subgroups}
    for name, levels in found.items():
        if len(levels.labels) > MOST_LEVELS:
            given = f"{len(levels.labels)} different values"
            raise InputError(f"subgroups[{name!r}]", given, f"at most {MOST_LEVELS}: cut numbers into groups")
    return found


def _level(trial: _Trial, subgroup: str, level: object, kept: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """The rows of one level, one for each arm but the reference."""
    size, events = trial.per_arm(kept), trial.per_arm(kept & trial.rows.event)
    labels = trial.arm.labels
    missing = [
        f"nobody in {label}" if n == 0 else f"no event in {label}" if d == 0 else ""
        for label, n, d in zip(labels, size, events, strict=True)
    ]
    reasons = {code: missing[0] or missing[code] for code in range(1, len(labels))}
    able = [code for code, reason in reasons.items() if not reason]
    estimates = _estimates(trial, kept, able)
    reasons |= {code: "events never decide between arms" for code in able if code not in estimates}
    return [
        {
            "subgroup": subgroup,
            "level": level,
            "arm": labels[code],
            "reference": labels[0],
            "n": size[code],
            "events": events[code],
            "n_reference": size[0],
            "events_reference": events[0],
            **{name: estimates[code][name] if code in estimates else np.nan for name in ESTIMATE},
            "reason": reason,
        }
        for code, reason in reasons.items()
    ]


def _estimates(trial: _Trial, kept: NDArray[np.bool_], able: list[int]) -> dict[int, pd.Series[Any]]:
    """The hazard ratio of each arm that is `able`; none where the model has no answer."""
    # An arm without events would have the hazard ratio 0, and tells the others nothing.
    compared = kept & np.isin(trial.arm.codes, [0, *able])
    found = _fit_or_none(trial, compared, trial.arm_columns(compared)) if able else None
    return (
        {} if found is None else dict(zip(able, (row for _, row in found.to_frame().iterrows()), strict=True))
    )


def _interaction(trial: _Trial, levels: Grouping, estimated: NDArray[np.bool_]) -> tuple[float, float, float]:
    """The likelihood ratio test in the levels that are estimated: statistic, df, p-value; NaN without two."""
    kept = estimated[levels.codes]
    if estimated.sum() < 2:
        return np.nan, np.nan, np.nan
    arm, level = trial.arm_columns(kept), _columns("level", levels, kept)
    per_stratum = pd.Series(levels.codes[kept]).groupby(trial.rows.stratum.codes[kept]).nunique()
    without = arm if per_stratum.max() == 1 else arm.beside(level)
    models = [_fit_or_none(trial, kept, columns) for columns in (without, without.beside(arm.by(level)))]
    if models[0] is None or models[1] is None:
        return np.nan, np.nan, np.nan
    statistic, df = (
        2 * (models[1].log_likelihood - models[0].log_likelihood),
        len(arm.terms) * len(level.terms),
    )
    return statistic, df, float(chi2.sf(statistic, df))


def _fit_or_none(trial: _Trial, kept: NDArray[np.bool_], columns: Design) -> CoxRegression | None:
    """The fit, or None where the events cannot tell the columns apart: too few, not wrong."""
    try:
        return trial.fit(kept, columns)
    except InputError as refusal:
        if refusal.argument == "covariates":
            return None
        raise


def _columns(name: str, groups: Grouping, kept: NDArray[np.bool_]) -> Design:
    """Treatment contrasts of the groups of `kept`, against the first of them."""
    used, codes = np.unique(groups.codes[kept], return_inverse=True)
    terms = tuple(f"{name}{groups.labels[code]}" for code in used[1:])
    matrix = (codes[:, None] == np.arange(1, len(used))).astype(np.float64)
    return Design(matrix, terms, (name,) * len(terms))
