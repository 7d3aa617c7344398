"""What is known of participants to whom the event can happen again, as rows of time at risk, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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

ZERO_OR_ONE = "1 where the row ends in it, 0 where not"


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Rows of equal length, sorted by participant, start and stop; each is at risk at start < t <= stop.

    `opens` is true where the row begins its participant's follow-up at time 0: it is at risk at 0 too. A row
    with start == stop adds an event to a time at which its participant is at risk by another row.
    """

    start: Floats
    stop: Floats
    event: NDArray[np.bool_]
    terminal: NDArray[np.bool_]
    opens: NDArray[np.bool_]
    participant: NDArray[np.intp]
    group: Grouping


def histories(
    start: Numbers,
    stop: Numbers,
    event: Numbers,
    participant: Labels,
    *,
    group: Labels | None = None,
    terminal: Numbers | None = None,
) -> Histories:
    """Check the rows and sort them. Raises InputError (a ValueError) naming the argument and the row.

    Refused, besides values that are none: a row that ends before it begins, rows of one participant that
    overlap, a participant in two groups, time at risk after a terminal event.
    """
    stops = numbers("stop", stop)
    if len(stops) == 0:
        raise InputError("stop", "empty", "at least one row is needed")
    starts = numbers("start", start, len(stops), "stop")
    for name, times in (("start", starts), ("stop", stops)):
        refuse_where(~(np.isfinite(times) & (times >= 0)), name, times, A_TIME)
    refuse_where(stops < starts, "stop", stops, "a row does not end before its start")
    happened = _flags("event", event, len(stops))
    ended = np.zeros(len(stops), dtype=np.bool_)
    if terminal is not None:
        ended = _flags("terminal", terminal, len(stops))
    everyone = np.ones(len(stops), dtype=np.bool_)
    who = participants(participant, len(stops), "stop")
    arms = grouping("group", group, everyone, "stop")
    order = np.lexsort((stops, starts, who.codes))
    _refuse_contradictions(starts, stops, ended, who, arms, order)
    first_row = np.diff(who.codes[order], prepend=-1) > 0
    return Histories(
        start=starts[order],
        stop=stops[order],
        event=happened[order],
        terminal=ended[order],
        opens=first_row & (starts[order] == 0),
        participant=who.codes[order],
        group=Grouping(arms.codes[order], arms.labels),
    )


def _flags(argument: str, given: Numbers, size: int) -> NDArray[np.bool_]:
    found = numbers(argument, given, size, "stop")
    flags = np.asarray(found == 1)
    refuse_where((found != 0) & ~flags, argument, found, ZERO_OR_ONE)
    return flags


def _refuse_contradictions(
    start: Floats,
    stop: Floats,
    terminal: NDArray[np.bool_],
    who: Grouping,
    arms: Grouping,
    order: NDArray[np.intp],
) -> None:
    """Refuse what no participant can have lived through; `order` sorts by participant, start and stop."""
    same = np.diff(who.codes[order]) == 0
    later, earlier = order[1:], order[:-1]

    def refuse(wrong: NDArray[np.bool_], argument: str, values: NDArray[Any], allowed: str) -> None:
        at_rows = np.zeros(len(order), dtype=np.bool_)
        at_rows[later[wrong]] = True
        refuse_where(at_rows, argument, values, allowed)

    overlap = same & (start[later] < stop[earlier])
    refuse(
        overlap, "start", start, "rows of one participant do not overlap: begin after the row before ended"
    )
    labels = np.array(arms.labels, dtype=object)[arms.codes]
    refuse(same & (arms.codes[later] != arms.codes[earlier]), "group", labels, "a participant has one group")
    # At a time of length 0 its participant must be at risk already, or start at 0.
    continued = np.zeros(len(order), dtype=np.bool_)
    continued[later[same & (start[later] == stop[earlier])]] = True
    alone = (start == stop) & (start > 0) & ~continued
    refuse_where(
        alone, "stop", stop, "a row as short as this follows a row of the participant that ends here"
    )
    last = pd.Series(stop).groupby(who.codes).transform("max").to_numpy()
    refuse_where(
        terminal & (stop < last), "terminal", terminal.astype(int), "nothing follows a terminal event"
    )
    again = pd.Series(terminal).groupby(who.codes).cumsum().to_numpy() > 1
    refuse_where(terminal & again, "terminal", terminal.astype(int), "a participant has one terminal event")
