"""How complete the follow-up is: Clark's C."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.observations import A_TIME, Labels, Numbers, numbers, observations


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FollowUpCompleteness:
    """One share a group, as `follow_up_completeness` returns them."""

    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a group.

        Columns: group, n, incomplete (who left early, without the event), observed and potential (sums of
        time), completeness (observed over potential).
        """
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: the table."""
        return f"Completeness of follow-up (Clark's C)\n{self._frame.to_string(index=False)}"


def follow_up_completeness(
    duration: Numbers,
    event: Numbers,
    potential: Numbers,
    *,
    group: Labels | None = None,
    within: float | None = None,
) -> FollowUpCompleteness:
    """Observed time over the time that could have been observed: C (Clark, Altman and De Stavola 2002).

    All are rows of equal length, one a participant: `duration` to the event or the end of follow-up, `event`
    1 or 0, `potential` the time from the participant's origin to the day at which follow-up is cut off. Who
    had the event could not be followed beyond it: their potential time is their duration. `within` cuts
    both at a horizon: the completeness of five years, say.

    Raises InputError (a ValueError) where a time is none, where `potential` is shorter than `duration`, and
    where a group has no potential time.

    Three participants, all cut off on day 10: one died on day 4, one was followed to day 10, one was lost on
    day 5. C = (4 + 10 + 5) / (4 + 10 + 10) = 19/24:

    >>> follow_up_completeness([4, 10, 5], [1, 0, 0], [10, 10, 10])
    Completeness of follow-up (Clark's C)
    group  n  incomplete  observed  potential  completeness
      all  3           1      19.0       24.0      0.791667
    """
    rows = observations(duration, event, group=group)
    offered = numbers("potential", potential, len(rows.duration))
    refuse_where(~(np.isfinite(offered) & (offered >= 0)), "potential", offered, A_TIME)
    refuse_where(
        offered < rows.duration, "potential", offered, "nobody is followed longer than could be: cut first"
    )
    if within is not None and not (is_number(within) and 0 < within < np.inf):
        raise InputError("within", repr(within), "a time above 0, in the unit of the durations")
    horizon = np.inf if within is None else within
    observed = np.minimum(rows.duration, horizon)
    possible = np.minimum(np.where(rows.event, rows.duration, offered), horizon)
    each = pd.DataFrame(
        {"n": 1, "incomplete": observed < possible, "observed": observed, "potential": possible}
    )
    frame = each.groupby(rows.group.codes).sum()
    frame.insert(0, "group", list(rows.group.labels))
    if (frame["potential"] == 0).any():
        empty = frame.loc[frame["potential"] == 0, "group"].iloc[0]
        raise InputError("potential", f"0 for all of group {empty!r}", "a share needs time to be followed")
    frame["completeness"] = frame["observed"] / frame["potential"]
    return FollowUpCompleteness(frame)
