"""Days alive and out of hospital within a horizon: of each participant, on average, and between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy.stats import t

from analysis.estimators.censoring_weights import weighted_mean
from analysis.estimators.contrasts import place_of
from analysis.estimators.followed import Followed, followed
from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.intervals import upper_share
from analysis.estimators.observations import Floats, Labels, Numbers

Counted: TypeAlias = Literal["nights", "days"]
COMPLETE, CENSORED, UNKNOWN = "complete", "censored", "discharge not known"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DaysOutOfHospital:
    """The days of each participant and their means, as `days_alive_out_of_hospital` returns them."""

    horizon: float
    conf_level: float
    _frame: pd.DataFrame
    _means: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a participant, as given: participant, group, alive, in_hospital, days, status.

        `days` is `alive` less `in_hospital`. `status`: complete, censored (before the horizon) or discharge
        not known; the numbers are NaN where it is not complete.
        """
        return self._frame.copy()

    def means(self) -> pd.DataFrame:
        """One row a group: group, n, complete, censored, unknown, mean, std_error, lower, upper.

        `n` counts those of whom the mean is an estimate, that is complete and censored; `unknown` those left
        out because a discharge is not known.
        """
        return self._means.copy()

    def contrast(self, reference: object) -> pd.DataFrame:
        """Each other group's mean less that of `reference`: measure (difference), group, estimate, and so on.

        Further columns: lower, upper, p_value, df; Welch's t, which is R's `t.test` where all are complete.
        """
        groups = self._means["group"].tolist()
        place = place_of(reference, groups)
        share, rows = upper_share(self.conf_level), self._means.drop(index=place)
        own, error, n = (self._means[name].iloc[place] for name in ("mean", "std_error", "n"))
        difference, spread = rows["mean"] - own, np.hypot(rows["std_error"], error)
        with np.errstate(divide="ignore", invalid="ignore"):  # groups in which all have the same days
            df = spread**4 / (rows["std_error"] ** 4 / (rows["n"] - 1) + error**4 / (n - 1))
            reach, p_value = t.ppf(share, df) * spread, 2 * t.sf(np.abs(difference / spread), df)
        return pd.DataFrame(
            {
                "measure": "difference",
                "group": rows["group"],
                "estimate": difference,
                "lower": difference - reach,
                "upper": difference + reach,
                "p_value": p_value,
                "df": df,
            }
        ).reset_index(drop=True)

    def __repr__(self) -> str:
        """For people: the means."""
        title = f"Days alive and out of hospital, of {self.horizon:g}, {self.conf_level:.0%} t-intervals"
        return f"{title}\n{self._means.to_string(index=False)}"


def days_alive_out_of_hospital(
    participant: Labels,
    follow_up: Numbers,
    death: Numbers,
    stays: pd.DataFrame,
    *,
    horizon: float,
    group: Labels | None = None,
    counted: Counted = "nights",
    transfer_gap: float = 1,
    conf_level: float = 0.95,
) -> DaysOutOfHospital:
    """Count each participant's days alive and out of hospital among the first `horizon` days from day 0.

    Rows of equal length, one a participant: `follow_up`, the day of death or of the end of follow-up;
    `death`, 1 where it is death; `group`, labels. `stays`: a frame, one row a stay, with participant,
    admitted and discharged (days from day 0, below 0 for those in hospital on it; discharged missing where
    not known). Stays are merged as by `hospital_spells`. `counted`: "nights", discharge less admission, which
    is how long a spell is elsewhere; "days", both ends included: a stay of some hours is a day in hospital.

    The dead are complete: they have the days before their death. Who is censored before the horizon is not;
    nor is one of whose stay before the horizon (and death) the end is not known. To leave out the censored
    would favour the dead, whose days are all known, and so the others stand for them: the mean of a group
    weights each complete participant by 1 over the chance not to be censored before (Bang and Tsiatis 2000),
    with the jackknife's error times the root of n/(n - 1). Censoring must have nothing to do with the days.
    Where nobody is censored it is the plain mean, and the interval mean +- t(n - 1) sd/sqrt(n).

    Raises InputError (a ValueError) that names the argument, the row, what was found and what is allowed;
    also where a group was not followed to the horizon.

    Of 10 days: a was in hospital for 2 nights and then 4; b died on day 6, in hospital since day 4; c was
    censored on day 8; d never was in hospital. On day 8 three are left, and a and d stand for c too:
    (4 * 3/2 + 4 + 10 * 3/2)/4:

    >>> stays = pd.DataFrame({"participant": list("aab"), "admitted": [1, 5, 4], "discharged": [3, 9, 6]})
    >>> days = days_alive_out_of_hospital(list("abcd"), [10, 6, 8, 12], [0, 1, 0, 0], stays, horizon=10)
    >>> days.to_frame()
      participant group  alive  in_hospital  days    status
    0           a   all   10.0          6.0   4.0  complete
    1           b   all    6.0          2.0   4.0  complete
    2           c   all    NaN          NaN   NaN  censored
    3           d   all   10.0          0.0  10.0  complete
    >>> days.means()[["n", "complete", "censored", "unknown", "mean"]]
       n  complete  censored  unknown  mean
    0  4         3         1        0  6.25
    """
    share = upper_share(conf_level)
    if not (is_number(horizon) and 0 < horizon < np.inf):
        raise InputError("horizon", repr(horizon), "a number of days above 0")
    if counted not in get_args(Counted):
        raise InputError("counted", repr(counted), f"choose one of {', '.join(get_args(Counted))}")
    people = followed(participant, follow_up, death, stays, group=group, transfer_gap=transfer_gap)
    frame = _days(people, float(horizon), counted)
    means = [_mean(people, frame, code, float(horizon), share) for code in range(len(people.group.labels))]
    return DaysOutOfHospital(float(horizon), conf_level, frame, pd.DataFrame(means))


def _days(people: Followed, horizon: float, counted: Counted) -> pd.DataFrame:
    """The columns of `to_frame`."""
    alive = np.minimum(people.follow_up, horizon)
    row, admitted = people.spells["row"].to_numpy(), people.spells["admitted"].to_numpy()
    discharged = people.spells["discharged"].to_numpy()
    if counted == "days":
        for name, day in (("admitted", admitted), ("discharged", discharged)):
            refuse_where((day % 1 > 0), f"stays[{name!r}]", day, 'counted="days" takes whole days')
        discharged = discharged + 1
    nights = np.minimum(discharged, alive[row]) - np.maximum(admitted, 0)
    in_hospital = np.bincount(row, np.maximum(np.nan_to_num(nights), 0), minlength=len(alive))
    unknown = np.zeros(len(alive), dtype=np.bool_)
    unknown[row[np.isnan(discharged) & (admitted < alive[row])]] = True
    censored = ~people.death & (people.follow_up < horizon)
    status = np.select([censored, unknown], [CENSORED, UNKNOWN], COMPLETE)
    known = status == COMPLETE
    return pd.DataFrame(
        {
            "participant": people.participant,
            "group": pd.Index(people.group.labels).take(people.group.codes),
            "alive": np.where(known, alive, np.nan),
            "in_hospital": np.where(known, in_hospital, np.nan),
            "days": np.where(known, alive - in_hospital, np.nan),
            "status": status,
        }
    )


def _mean(
    people: Followed, frame: pd.DataFrame, code: int, horizon: float, share: float
) -> dict[str, object]:
    """A row of `means`."""
    own = people.group.codes == code
    status, label = frame["status"].to_numpy()[own], people.group.labels[code]
    usable = status != UNKNOWN
    n = int(usable.sum())
    until = np.minimum(people.follow_up[own], horizon)[usable]
    if not (status == COMPLETE).any():
        raise InputError("horizon", f"{horizon:g}", f"no participant of group {label!r} is complete")
    found = weighted_mean(frame["days"].to_numpy()[own][usable], until, status[usable] == COMPLETE)
    if found.share < 1 - 1e-9:
        allowed = f"at most {until.max():g}: nobody of group {label!r} who lived was followed longer"
        raise InputError("horizon", f"{horizon:g}", allowed)
    error, reach = _t_interval(found.influence, n, share)
    return {
        "group": label,
        "n": n,
        "complete": int((status == COMPLETE).sum()),
        "censored": int((status == CENSORED).sum()),
        "unknown": int((~usable).sum()),
        "mean": found.mean,
        "std_error": error,
        "lower": found.mean - reach,
        "upper": found.mean + reach,
    }


def _t_interval(influence: Floats, n: int, share: float) -> tuple[float, float]:
    """The error and the reach of its limits; NaN for one participant."""
    if n == 1:
        return float("nan"), float("nan")
    error = float(np.sqrt(n / (n - 1) * (influence**2).sum()))
    return error, float(t.ppf(share, n - 1)) * error
