"""Hospital stays as they are counted: overlapping stays and transfers are one spell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.observations import Labels, Numbers, numbers, participants


def hospital_spells(
    participant: Labels, admitted: Numbers, discharged: Numbers, *, transfer_gap: float = 1
) -> pd.DataFrame:
    """Merge stays into spells, one row each, in the order of participants and days.

    Rows of equal length, one a stay, in any order. `admitted`, `discharged`: days from any day 0, below 0
    too; `discharged` missing where it is not known. Stays that overlap, or whose gap from discharge to
    admission is at most `transfer_gap` days, are one spell. A stay whose end is not known is known to have
    lasted its first day only: a later admission is a new spell, or one forgotten discharge would swallow all
    that follow. The end of a spell is not known where that of one of its stays is not.

    Columns: participant, spell (1, 2, ... of the participant), admitted, discharged, stays (how many). Raises
    InputError (a ValueError) naming the argument and the row.

    A transfer on day 4, the end of the third stay not known, a fourth long after it:

    >>> hospital_spells(["a"] * 4, [1, 4, 9, 20], [4, 6, None, 21])
      participant  spell  admitted  discharged  stays
    0           a      1       1.0         6.0      2
    1           a      2       9.0         NaN      1
    2           a      3      20.0        21.0      1
    """
    if not (is_number(transfer_gap) and 0 <= transfer_gap < np.inf):
        raise InputError("transfer_gap", repr(transfer_gap), "a number of days, 0 or more")
    start = numbers("admitted", admitted)
    end = numbers("discharged", discharged, len(start), "admitted")
    refuse_where(~np.isfinite(start), "admitted", start, "a stay has a first day")
    refuse_where(np.isinf(end) | (end < start), "discharged", end, "not before the admission, or missing")
    who = participants(participant, len(start), "admitted")
    order = np.lexsort((start, who.codes))
    rows = pd.DataFrame({"code": who.codes, "admitted": start, "discharged": end}).iloc[order]
    # The last day on which the participant is known to have been in hospital, so far and at the stay before.
    known_until = rows["discharged"].fillna(rows["admitted"]).groupby(rows["code"]).cummax()
    before = known_until.groupby(rows["code"]).shift()
    rows["spell"] = (~(rows["admitted"] - before <= transfer_gap)).groupby(rows["code"]).cumsum()
    spells = rows.assign(known_until=known_until, open=rows["discharged"].isna())
    found = spells.groupby(["code", "spell"], as_index=False).agg(
        admitted=("admitted", "min"),
        discharged=("known_until", "max"),
        stays=("admitted", "size"),
        open=("open", "any"),
    )
    found["discharged"] = found["discharged"].where(~found["open"])
    found.insert(0, "participant", pd.Index(who.labels).take(found["code"]))
    return found[["participant", "spell", "admitted", "discharged", "stays"]]
