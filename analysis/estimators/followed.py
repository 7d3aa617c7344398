"""Participants with the end of their follow-up and their spells in hospital, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.hospital_spells import hospital_spells
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.observations import (
    A_TIME,
    Floats,
    Grouping,
    Labels,
    Numbers,
    grouping,
    numbers,
    participants,
)

STRANGER = "a stay belongs to one of the participants"
STAYS = ["participant", "admitted", "discharged"]


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """One value a participant, in the order given: days of follow-up from day 0, and whether death ended it.

    `spells`: the merged spells of all, with the place of their participant in these rows (`row`); `admitted`
    is in no spell after the end of follow-up.
    """

    participant: pd.Index[Any]
    follow_up: Floats
    death: NDArray[np.bool_]
    group: Grouping
    spells: pd.DataFrame


def followed(
    participant: Labels,
    follow_up: Numbers,
    death: Numbers,
    stays: pd.DataFrame,
    *,
    group: Labels | None,
    transfer_gap: float,
) -> Followed:
    """Check the participants and their stays, and merge the stays into spells.

    Raises InputError (a ValueError) naming the argument and the row: of a participant who comes twice, or of
    a stay of nobody, without a first day, or after the end of follow-up.
    """
    until = numbers("follow_up", follow_up)
    if len(until) == 0:
        raise InputError("follow_up", "empty", "at least one participant is needed")
    refuse_where(~(np.isfinite(until) & (until >= 0)), "follow_up", until, A_TIME)
    died = numbers("death", death, len(until), "follow_up")
    refuse_where((died != 0) & (died != 1), "death", died, "1 where follow-up ended in death, 0 where not")
    everyone = np.ones(len(until), dtype=np.bool_)
    who = participants(participant, len(until), "follow_up")
    names = pd.Series(who.codes)
    twice = names.duplicated().to_numpy()
    refuse_where(twice, "participant", np.asarray(participant, dtype=object), "each participant comes once")
    arms = grouping("group", group, everyone, "follow_up")
    index = pd.Index(who.labels).take(who.codes)
    spells = _spells(stays, index, until, transfer_gap)
    return Followed(index, until, died == 1, arms, spells)


def _spells(stays: pd.DataFrame, index: pd.Index[Any], until: Floats, transfer_gap: float) -> pd.DataFrame:
    if not isinstance(stays, pd.DataFrame):
        raise InputError("stays", f"of type {type(stays).__name__}", f"a frame of {', '.join(STAYS)}")
    missing = [name for name in STAYS if name not in stays.columns]
    if missing:
        raise InputError("stays", f"without {', '.join(missing)}", f"its columns are {', '.join(STAYS)}")
    row = index.get_indexer_for(pd.Index(stays["participant"]))
    refuse_where(row < 0, "stays['participant']", stays["participant"].to_numpy(dtype=object), STRANGER)
    admitted = numbers("stays['admitted']", stays["admitted"])
    late = admitted > until[row]
    refuse_where(late, "stays['admitted']", admitted, "no stay begins after the end of follow-up")
    spells = hospital_spells(row, admitted, stays["discharged"], transfer_gap=transfer_gap)
    return spells.rename(columns={"participant": "row"}).astype({"row": np.intp})
