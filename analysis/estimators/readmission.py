"""Readmission after discharge from hospital, with death competing and follow-up that may end too early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.contrasts import contrasts
from analysis.estimators.followed import Followed, followed
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.intervals import incidence_limits, normal_quantile
from analysis.estimators.mean_count import Spans, mean_count
from analysis.estimators.observations import Floats, Labels, Numbers, numbers, one_or_more

Index: TypeAlias = Literal["first", "every"]
READMITTED, DIED, CENSORED = "readmitted", "died", "censored"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Readmission:
    """What became of discharges, as `readmission` returns it."""

    index: Index
    conf_level: float
    _frame: pd.DataFrame
    _discharges: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row per group and number of days.

        Columns: group, days; discharges (known ones) and unknown (discharges without a day, left out);
        complete (discharges followed for so many days, or to a death by then), readmitted and died (of these,
        by then; died without a readmission) and proportion (readmitted of complete); incidence with
        std_error, lower, upper (of all discharges), NaN where nobody was followed for so long.
        """
        return self._frame.copy()

    def discharges(self) -> pd.DataFrame:
        """One row a discharge that counts: participant, group, discharged, time, outcome.

        `time`: days from the discharge to the `outcome`: readmitted, died or censored. As `duration` and
        `cause` of `cumulative_incidence` they give the whole curves, without the allowance for participants
        who come with several discharges.
        """
        return self._discharges.copy()

    def contrast(self, reference: object, *, days: float) -> pd.DataFrame:
        """Each other group's incidence by `days` against the reference's: differences, then ratios.

        `days` is one of those asked for. Columns: measure (difference | ratio), group, estimate, lower,
        upper, p_value; normal, the ratio on the log scale.
        """
        found = self._frame[self._frame["days"] == days]
        if found.empty:
            known = ", ".join(f"{each:g}" for each in self._frame["days"].unique())
            raise InputError("days", repr(days), f"choose one of {known}")
        return contrasts(
            found["group"].tolist(),
            found["incidence"].to_numpy(),
            found["std_error"].to_numpy(),
            reference=reference,
            z=normal_quantile(self.conf_level),
        )

    def __repr__(self) -> str:
        """For people: the table."""
        title = f"Readmission after {self.index} discharge, {self.conf_level:.0%} intervals"
        return f"{title}\n{self._frame.to_string(index=False)}"


def readmission(
    participant: Labels,
    follow_up: Numbers,
    death: Numbers,
    stays: pd.DataFrame,
    *,
    days: float | Sequence[float] = (30, 90),
    index: Index = "first",
    group: Labels | None = None,
    transfer_gap: float = 1,
    conf_level: float = 0.95,
) -> Readmission:
    """Estimate which share of discharges is followed by another spell within some days.

    The data are those of `days_alive_out_of_hospital`; a spell that begins within `transfer_gap` days of a
    discharge continues the one before. `index`: "first", each participant's first discharge from day 0 on;
    "every", all of them, each with its own time until the next spell. A stay that ends on the day of death is
    no discharge, nor is an end after that of follow-up; one of which the day is not known cannot count
    (`unknown` says how many there were: a participant's first, or any).

    The incidence is Aalen and Johansen's: death competes, and a discharge whose follow-up ends counts as long
    as it was followed. Its error is the infinitesimal jackknife's over participants, so that several
    discharges of one are not taken as independent; for "first" it is that of `cumulative_incidence`. Limits
    are on the log-log scale. The proportion is that of discharges with complete follow-up alone.

    Raises InputError (a ValueError) that names the argument, the row, what was found and what is allowed;
    also where nobody was discharged.

    a is back after 20 days, b after 50; c dies 10 days after discharge; d is censored 25 days after, and so
    among those with 30 complete days 1 of 3 was back; the incidence is 1/4 after 20 days: of four, three are
    left, one returns, 3/4 * 1/3:

    >>> first, last = [0, 25, 0, 60, 0, 0], [5, 30, 10, 61, 5, 5]
    >>> stays = pd.DataFrame({"participant": list("aabbcd"), "admitted": first, "discharged": last})
    >>> found = readmission(list("abcd"), [200, 200, 15, 30], [0, 0, 1, 0], stays)
    >>> found.to_frame()[["days", "discharges", "complete", "readmitted", "died", "proportion", "incidence"]]
       days  discharges  complete  readmitted  died  proportion  incidence
    0  30.0           4         3           1     1    0.333333       0.25
    1  90.0           4         3           2     1    0.666667       0.75
    """
    within = np.unique(numbers("days", one_or_more(days)))
    refuse_where(~(np.isfinite(within) & (within > 0)), "days", within, "a number above 0")
    if index not in get_args(Index):
        raise InputError("index", repr(index), f"choose one of {', '.join(get_args(Index))}")
    normal_quantile(conf_level)
    people = followed(participant, follow_up, death, stays, group=group, transfer_gap=transfer_gap)
    discharges, unknown = _discharges(people, index)
    if discharges.empty:
        raise InputError("stays", "without a discharge", "nobody left hospital alive while followed")
    code = people.group.codes[discharges["row"].to_numpy()]
    tables = []
    for place, label in enumerate(people.group.labels):
        table = _table(people, discharges[code == place], within, conf_level)
        table.insert(0, "group", label)
        table.insert(3, "unknown", int((people.group.codes[unknown] == place).sum()))
        tables.append(table)
    frame = pd.concat(tables, ignore_index=True)
    shown = pd.DataFrame(
        {
            "participant": people.participant.take(discharges["row"].to_numpy()),
            "group": pd.Index(people.group.labels).take(code),
        }
    )
    return Readmission(index, conf_level, frame, shown.join(discharges[["discharged", "time", "outcome"]]))


def _discharges(people: Followed, index: Index) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """What counts: row (of the participant), discharged, time, outcome; and the rows of what is not known."""
    spells = people.spells
    next_admission = spells.groupby("row")["admitted"].shift(-1).to_numpy()
    row, discharged = spells["row"].to_numpy(), spells["discharged"].to_numpy()
    end, died = people.follow_up[row], people.death[row]
    # A spell before day 0 is none of the study's; one that lasts to the death or the end of follow-up ends in
    # no discharge that was seen.
    left = (discharged >= 0) & np.where(died, discharged < end, discharged <= end)
    unknown = np.isnan(discharged)
    possible = left | unknown
    if index == "first":
        possible &= ~pd.Series(possible).groupby(row).cumsum().gt(1).to_numpy()
    again = ~np.isnan(next_admission)
    found = pd.DataFrame(
        {
            "row": row,
            "discharged": discharged,
            "time": np.where(again, next_admission, end) - discharged,
            "outcome": np.select([again, died], [READMITTED, DIED], CENSORED),
        }
    )
    return found[possible & left].reset_index(drop=True), row[possible & unknown]


def _table(people: Followed, own: pd.DataFrame, within: Floats, conf_level: float) -> pd.DataFrame:
    """The rows of `to_frame` for the discharges of one group, without its name and what is unknown."""
    time, outcome = own["time"].to_numpy(), own["outcome"].to_numpy()
    row = own["row"].to_numpy()
    followed_for = people.follow_up[row] - own["discharged"].to_numpy()
    seen = (followed_for[:, None] >= within) | people.death[row][:, None]
    early = (time[:, None] <= within) & seen
    complete = seen.sum(axis=0)
    readmitted = (early & (outcome == READMITTED)[:, None]).sum(axis=0)
    died = (early & (outcome == DIED)[:, None]).sum(axis=0)
    incidence, error = _incidence(own, within)
    lower, upper = incidence_limits(incidence, error, conf_level=conf_level, conf_type="log-log")
    return pd.DataFrame(
        {
            "days": within,
            "discharges": len(own),
            "complete": complete,
            "readmitted": readmitted,
            "died": died,
            "proportion": np.divide(
                readmitted, complete, out=np.full(len(within), np.nan), where=complete > 0
            ),
            "incidence": incidence,
            "std_error": error,
            "lower": lower,
            "upper": upper,
        }
    )


def _incidence(own: pd.DataFrame, within: Floats) -> tuple[Floats, Floats]:
    """The incidence of readmission by each time, and its error over participants.

    It is the mean count of an event that ends everything, as death does (`mean_count`): S is then the share
    without either, and the jackknife over participants is Ghosh and Lin's variance. Times after the last one
    are NaN, unless nobody was left.
    """
    if own.empty:
        return np.full(len(within), np.nan), np.full(len(within), np.nan)
    last, time = pd.factorize(own["time"].to_numpy(), sort=True)
    # At risk after the day of discharge: from the first time above 0.
    first = np.full(len(last), np.searchsorted(time, 0, side="right"))
    again = (own["outcome"] == READMITTED).to_numpy()
    ended = again | (own["outcome"] == DIED).to_numpy()
    found = mean_count(Spans(first, last, again, ended, own["row"].to_numpy(), len(time)))
    place = np.searchsorted(time, within, side="right")
    incidence = np.concatenate([[0.0], found.mean])[place]
    error = np.sqrt(np.concatenate([[0.0], found.variance])[place])
    all_left = 0 < found.at_risk[-1] == found.deaths[-1]
    beyond = (within > time[-1]) & ~all_left
    return np.where(beyond, np.nan, incidence), np.where(beyond, np.nan, error)
