"""Gray's test of equal cumulative incidence between groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from analysis.estimators.causes import CompetingRisks, competing_risks
from analysis.estimators.counts import counts_by_time
from analysis.estimators.input_error import InputError, is_number
from analysis.estimators.logrank import SINGULAR
from analysis.estimators.observations import Floats, Labels, Numbers

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GrayTest:
    """The chi-squared `statistic` on `df` degrees of freedom, its `p_value`, events observed and expected."""

    cause: object
    statistic: float
    df: int
    p_value: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a group: group, n (participants), observed and expected events, weighted as the test is."""
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the test and its table."""
        test = f"chi-squared {self.statistic:.4g} on {self.df} df, p = {self.p_value:.4g}"
        return f"Gray's test of cause {self.cause!r}: {test}\n{self._frame.to_string(index=False)}"


def gray_test(
    duration: Numbers,
    cause: Labels,
    group: Labels,
    *,
    cause_of_interest: object = 1,
    strata: Labels | None = None,
    rho: float = 0.0,
    censored: object = None,
) -> GrayTest:
    """Test whether the groups share one cumulative incidence of `cause_of_interest` (Gray 1988).

    All arguments are rows of equal length, taken by position, as for `cumulative_incidence`; `strata`:
    labels, groups are compared within them; `rho`: each event weighs (1 - F(t-))^rho, F being the incidence
    of its stratum, so that rho > 0 weighs early differences more.

    Those who had another event stay in the risk set: group k counts R_k = n_k (1 - F_k(t-))/S_k(t-) of them,
    and U_k sums d_k - d R_k/R. The variance is that of R's `cuminc` (cmprsk), its factors for ties included.
    The statistic is U' V^- U, the degrees of freedom the rank of V.

    Raises InputError (a ValueError) that names the argument, the row, what was found and what is allowed;
    also where there is one group only, where no row has the cause, or where it came to nobody while two
    groups were at risk.

    Two in each group, the event in a on day 1 and in b on days 2 and 3, and another event in a on day 2. On
    day 2 a counts 1 (1 - 1/2)/(1/2) = 1 and b 2, on day 3 a has no one left at risk: expected in a are 2/4
    and 1/3.

    >>> gray_test([1, 2, 2, 3], [1, 2, 1, 1], ["a", "a", "b", "b"]).to_frame()
      group  n  observed  expected
    0     a  2       1.0  0.833333
    1     b  2       2.0  2.166667
    """
    data = competing_risks(duration, cause, censored=censored, group=group, strata=strata)
    rows, code = data.rows, data.code(cause_of_interest)
    groups = len(rows.group.labels)
    if groups < 2:
        found = f"{rows.group.labels[0]!r} in every row"
        raise InputError("group", found, "at least two groups are needed")
    if not (is_number(rho) and np.isfinite(rho) and rho >= 0):
        raise InputError("rho", repr(rho), "a number, 0 or more")
    observed, expected, variance = np.zeros(groups), np.zeros(groups), np.zeros((groups, groups))
    for stratum in range(len(rows.stratum.labels)):
        kept = rows.stratum.codes == stratum
        if not (data.cause[kept] == code).any():  # such a stratum tells nothing of this cause
            continue
        sums = _stratum_sums(data, kept, code, float(rho))
        observed, expected, variance = observed + sums[0], expected + sums[1], variance + sums[2]
    difference = observed - expected
    solution, _, rank, _ = np.linalg.lstsq(variance, difference, rcond=SINGULAR)
    if rank == 0:
        raise InputError(
            "cause",
            "never the cause of interest while two groups were at risk",
            "the test needs such an event",
        )
    statistic = float(difference @ solution)
    n = np.bincount(rows.group.codes, minlength=groups)
    table = {"group": list(rows.group.labels), "n": n, "observed": observed, "expected": expected}
    p_value = float(chi2.sf(statistic, rank))
    return GrayTest(data.labels[code - 1], statistic, int(rank), p_value, pd.DataFrame(table))


@dataclass(frozen=True, slots=True, eq=False)
class _Days:
    """A stratum at the D times of an event of any cause, by day and group (D, K) unless said otherwise.

    `own` and `others` count the events, `at_risk` those before them; `survival_before`, `incidence_before`
    and `survival` are the group's S(t-), F(t-) and S(t); `share` is n/S(t-), 0 where none is at risk, and
    `total` (D,) its sum over the groups; `pooled` (D,) is the F(t) of all groups, whose jumps are d/total,
    and `pooled_before` (D,) F(t-).
    """

    own: Table
    others: Table
    at_risk: Table
    survival_before: Table
    survival: Table
    incidence_before: Table
    share: Table
    total: Floats
    pooled: Floats
    pooled_before: Floats


def _stratum_sums(
    data: CompetingRisks, kept: NDArray[np.bool_], code: int, rho: float
) -> tuple[Floats, Floats, Table]:
    """Weighted observed and expected events by group (K,), and the variance (K, K) of their difference."""
    days = _days(data, kept, code)
    weight = np.maximum(1 - days.pooled_before, 0) ** rho  # once a group has run out, F may pass 1
    hypothetical = days.share * (1 - days.incidence_before)  # Gray's R_k
    of_all = hypothetical.sum(axis=1)
    events = days.own.sum(axis=1)
    rate = np.divide(events, of_all, out=np.zeros_like(of_all), where=events > 0)
    return weight @ days.own, (weight * rate) @ hypothetical, _variance(days, weight)


def _days(data: CompetingRisks, kept: NDArray[np.bool_], code: int) -> _Days:
    rows = data.rows
    counts = counts_by_time(rows, kept)
    column = np.searchsorted(counts.time, rows.duration[kept])
    shape = counts.events.shape
    of_cause = np.where(data.cause[kept] == code, 1.0, 0.0)
    flat = np.bincount(rows.group.codes[kept] * shape[1] + column, of_cause, minlength=shape[0] * shape[1])
    any_day = counts.events.sum(axis=0) > 0
    own = flat.reshape(shape)[:, any_day].T.astype(np.float64)  # floats already: numpy's types do not know it
    events, at_risk = counts.events[:, any_day].T, counts.at_risk[:, any_day].T
    per_risk = np.divide(1.0, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)
    survival: Table = np.cumprod(1 - events * per_risk, axis=0).astype(np.float64)
    survival_before = _before(survival, 1.0)
    incidence_before = _before(np.cumsum(survival_before * own * per_risk, axis=0), 0.0)
    share = np.divide(at_risk, survival_before, out=np.zeros_like(at_risk), where=at_risk > 0)
    total = share.sum(axis=1)
    pooled = np.cumsum(own.sum(axis=1) / total)
    return _Days(
        own=own,
        others=events - own,
        at_risk=at_risk,
        survival_before=survival_before,
        survival=survival,
        incidence_before=incidence_before,
        share=share,
        total=total,
        pooled=pooled,
        pooled_before=_before(pooled, 0.0),
    )


def _before(after: Table, at_start: float) -> Table:
    """The values just before each day, from those just after."""
    return np.concatenate([np.full_like(after[:1], at_start), after[:-1]])


def _variance(days: _Days, weight: Floats) -> Table:
    """Var U: by day and group, the variance of the jump of its incidence times the square of what it moves.

    With `a` (D, K, K) the weight of an event of group r in the score of group k, and `c` its running sum by
    the pooled hazard, 1 more in r moves the scores by a + (1 - s)(c(end) - c) if it is of the cause, and by
    s (c(end) - c) otherwise; s is (1 - F)/S_r.
    """
    share, total = days.share[:, :, None], days.total[:, None, None]
    a = weight[:, None, None] * (np.eye(share.shape[1]) * share - share * days.share[:, None, :] / total)
    events = days.own.sum(axis=1)
    to_go = days.total * (1 - days.pooled_before)
    hazard = np.divide(events, to_go, out=np.zeros_like(to_go), where=to_go != 0)
    c = np.cumsum(a * hazard[:, None, None], axis=0)
    to_come = c[-1] - c
    left = days.survival > 0  # where nobody of the group is left, s is 0
    s = np.divide((1 - days.pooled)[:, None], days.survival, out=np.zeros_like(days.survival), where=left)
    moved_by_own, moved_by_others = a + (1 - s)[:, None, :] * to_come, s[:, None, :] * to_come
    own_spread, others_spread = _spreads(days, events)

    def squared(moved: Table, spread: Table) -> Table:
        found: Table = np.einsum("dir,djr,dr->ij", moved, moved, spread)
        return found

    return squared(moved_by_own, own_spread) + squared(moved_by_others, others_spread)


def _spreads(days: _Days, events: Floats) -> tuple[Table, Table]:
    """The variances (D, K) of the jumps of each group's incidence: of the cause, and of the other causes.

    Under the hypothesis the cause comes by the pooled rate d/total, and not by the group's own events. Both
    have a factor for ties, as if those with the event on one day were drawn without replacement.
    """
    n, survival = days.at_risk, days.survival_before
    at_risk = n > 0

    def tied(count: Table, among: Table) -> Table:
        several = (count > 1) & (among > 1)
        return 1 - np.divide(count - 1, among - 1, out=np.zeros_like(among), where=several)

    per_risk = np.divide(survival, n, out=np.zeros_like(n), where=at_risk)  # S(t-)/n
    own = tied(np.broadcast_to(events[:, None], n.shape), days.total[:, None] * survival)
    others = tied(days.others, n)
    return own * per_risk * (events / days.total)[:, None], others * per_risk**2 * days.others
