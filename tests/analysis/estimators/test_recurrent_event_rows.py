"""Rows of time at risk, cut at the events of participants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.estimators import InputError, mean_cumulative_count, recurrent_event_rows

REFERENCE = Path(__file__).parents[1] / "reference"


def test_the_rows_of_a_trial_come_back() -> None:
    """Those that R's survival package gives of the trial of gamma interferon, from its list of infections."""
    known = pd.read_csv(REFERENCE / "cgd.csv")
    last, events = known.groupby("id")["tstop"].max(), known[known["status"] == 1]
    found = recurrent_event_rows(
        last.index.to_numpy(),
        last,
        np.zeros(len(last)),
        event_participant=events["id"].to_numpy()[::-1],
        event_time=events["tstop"].to_numpy()[::-1],
    )
    names = {"id": "participant", "tstart": "start", "tstop": "stop", "status": "event", "enum": "episode"}
    expected = known.rename(columns=names)[list(names.values())]
    pd.testing.assert_frame_equal(found[list(names.values())], expected, check_dtype=False)


def test_events_on_day_0_on_one_day_and_on_the_day_of_death() -> None:
    found = recurrent_event_rows(
        ["a", "b"], [9, 5], [1, 1], event_participant=["a", "a", "a", "a"], event_time=[0, 9, 4, 9]
    )
    assert found["participant"].tolist() == ["a"] * 4 + ["b"]
    assert found["start"].tolist() == [0, 0, 4, 9, 0]
    assert found["stop"].tolist() == [0, 4, 9, 9, 5]
    assert found["event"].tolist() == [1, 1, 1, 1, 0]
    assert found["terminal"].tolist() == [0, 0, 0, 1, 1]
    assert found["episode"].tolist() == [1, 2, 3, 4, 1]
    counts = mean_cumulative_count(
        found["start"], found["stop"], found["event"], found["participant"], terminal=found["terminal"]
    )
    # On day 5 b dies, a half is left: 1/2 + 1/2 + 1/2 * 2.
    assert counts.to_frame()["mean_count"].tolist() == [0.5, 1, 1, 2]


def test_nobody_need_have_an_event() -> None:
    found = recurrent_event_rows([7], [3], [0], event_participant=[], event_time=[])
    assert found.to_numpy().tolist() == [[7, 0, 3, 0, 0, 1]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"participant": ["a", "a"]}, "participant is not unique: each participant comes once"),
        ({"follow_up": [9, -1]}, r"follow_up\[1\] is -1.0: a time is a number, 0 or more"),
        ({"death": [0, 5]}, r"death\[1\] is 5.0: 1 where follow-up ended in death"),
        ({"death": [0]}, "death is 1 long: follow_up is 2 long"),
        ({"event_participant": ["z"]}, r"event_participant\[0\] is z: an event belongs to one of the"),
        ({"event_participant": None}, "event_participant is not a row of labels"),
        ({"event_participant": ["a", "b"]}, "event_participant is 2 long: event_time is 1 long"),
        ({"event_time": [10]}, r"event_time\[0\] is 10.0: an event happens from day 0 to the end"),
        ({"event_time": [None]}, r"event_time\[0\] is nan: an event happens from day 0 to the end"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {
        "participant": ["a", "b"],
        "follow_up": [9, 9],
        "death": [0, 1],
        "event_participant": ["a"],
        "event_time": [3],
    }
    with pytest.raises(InputError, match=message):
        recurrent_event_rows(**(data | change))
