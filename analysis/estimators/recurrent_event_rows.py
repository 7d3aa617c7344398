"""Rows of time at risk from lists of participants and of events: the data of models of recurrent events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.observations import A_TIME, Labels, Numbers, numbers, participants

STRANGER = "an event belongs to one of the participants"


def recurrent_event_rows(
    participant: Labels,
    follow_up: Numbers,
    death: Numbers,
    *,
    event_participant: Labels,
    event_time: Numbers,
) -> pd.DataFrame:
    """Cut each participant's follow-up at the events: one row for each stretch from one to the next.

    `participant`, `follow_up` (the day of death or of the end of follow-up, from day 0) and `death` (1 where
    it is death) have one value a participant; `event_participant` and `event_time` one an event. Columns:
    participant, start, stop, event, terminal (1 where the row ends in death), episode (1, 2, ... of the
    participant). An event on the last day leaves no further row.

    They are the arguments of `mean_cumulative_count`, and of `cox_regression`: entry=start, duration=stop,
    cluster=participant is Andersen and Gill's model; with strata=episode Prentice, Williams and Peterson's on
    total time, and with duration = stop - start, no entry and those strata theirs on gap time. A second event
    on one day, or one on day 0, has a row with start == stop, which only `mean_cumulative_count` takes.

    Raises InputError (a ValueError) naming the argument and the row: of an event of nobody, or after the end.

    >>> recurrent_event_rows(["a", "b"], [9, 7], [0, 1], event_participant=["b", "b"], event_time=[7, 3])
      participant  start  stop  event  terminal  episode
    0           a    0.0   9.0      0         0        1
    1           b    0.0   3.0      1         0        1
    2           b    3.0   7.0      1         1        2
    """
    until = numbers("follow_up", follow_up)
    died = numbers("death", death, len(until), "follow_up")
    refuse_where(~(np.isfinite(until) & (until >= 0)), "follow_up", until, A_TIME)
    refuse_where((died != 0) & (died != 1), "death", died, "1 where follow-up ended in death, 0 where not")
    who = participants(participant, len(until), "follow_up")
    index = pd.Index(who.labels).take(who.codes)
    if not index.is_unique:
        raise InputError("participant", "not unique", "each participant comes once")
    time = numbers("event_time", event_time)
    try:
        owner = index.get_indexer_for(pd.Index(event_participant))
    except (TypeError, ValueError) as fault:
        raise InputError("event_participant", f"not a row of labels ({fault})", STRANGER) from fault
    if len(owner) != len(time):
        raise InputError("event_participant", f"{len(owner)} long", f"event_time is {len(time)} long")
    refuse_where(owner < 0, "event_participant", np.asarray(event_participant, dtype=object), STRANGER)
    allowed = "an event happens from day 0 to the end of follow-up"
    refuse_where(~((time >= 0) & (time <= until[owner])), "event_time", time, allowed)
    events = pd.DataFrame({"row": owner, "stop": time}).sort_values(["row", "stop"], ignore_index=True)
    row, stop = events["row"].to_numpy(), events["stop"].to_numpy()
    ends = (np.diff(row, append=-1) != 0) & (stop == until[row])
    others = np.setdiff1d(np.arange(len(until)), row[ends])
    events = events.assign(event=1, terminal=ends * died[row])
    rest = pd.DataFrame({"row": others, "stop": until[others], "event": 0, "terminal": died[others]})
    rows = pd.concat([events, rest]).sort_values(["row", "stop"], kind="stable", ignore_index=True)
    of_participant = rows.groupby("row")
    return pd.DataFrame(
        {
            "participant": index.take(rows["row"].to_numpy()),
            "start": of_participant["stop"].shift(fill_value=0.0),
            "stop": rows["stop"],
            "event": rows["event"].astype(np.int64),
            "terminal": rows["terminal"].astype(np.int64),
            "episode": of_participant.cumcount() + 1,
        }
    )
