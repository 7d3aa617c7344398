"""Mean counts by hand, equal to R's (reference/make_recurrent.R), and by what must hold for any histories."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

from analysis.estimators import InputError, kaplan_meier, mean_cumulative_count

REFERENCE = Path(__file__).parents[1] / "reference"
TOLERANCE = 1e-11  # R's numbers are kept with 15 digits, sums in another order differ by about 1e-13
EXACT = 1e-14  # the same arithmetic in another order

unhurried = settings(deadline=None, max_examples=30)


@pytest.fixture(scope="module")
def r_numbers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / "recurrent.json").read_text())
    return found


def cgd() -> pd.DataFrame:
    data = pd.read_csv(REFERENCE / "cgd.csv")
    return data.assign(
        start=data["tstart"],
        stop=data["tstop"],
        event=data["status"],
        group=(data["treat"] == "rIFN-g").astype(int),
        terminal=0,
    )


def bladder(*, late: bool) -> pd.DataFrame:
    """The recurrences and deaths; `late`: with the entry that make_recurrent.R works out from the id."""
    data = pd.read_csv(REFERENCE / "bladder1.csv")
    data = data.rename(columns={"recurrence": "event", "treatment": "group", "death": "terminal"})
    if late:
        data["start"] = np.maximum(data["start"], data["id"] * 7 % 12)
    return data[data["start"] < data["stop"]]


def counts(data: pd.DataFrame, *columns: str) -> pd.DataFrame:
    more: dict[str, Any] = {column: data[column] for column in columns}
    return mean_cumulative_count(data["start"], data["stop"], data["event"], data["id"], **more).to_frame()


class TestByHand:
    # Days 1 and 3: an event of the first. Day 2: an event of the second, the third leaves. Day 4: the end.
    DATA = pd.DataFrame(
        {
            "id": ["a", "a", "a", "b", "b", "c"],
            "start": [0, 1, 3, 0, 2, 0],
            "stop": [1, 3, 4, 2, 4, 2],
            "event": [1, 1, 0, 1, 0, 0],
        }
    )

    def test_lawless_and_nadeau(self) -> None:
        frame = counts(self.DATA)
        assert list(frame) == [
            "group", "time", "at_risk", "events", "mean_count", "std_error", "lower", "upper",
        ]  # fmt: skip
        assert frame["group"].tolist() == ["all"] * 4
        assert frame["time"].tolist() == [1, 2, 3, 4]
        assert frame["at_risk"].tolist() == [3, 3, 2, 2]
        assert frame["events"].tolist() == [1, 1, 1, 0]
        assert_allclose(frame["mean_count"], [1 / 3, 2 / 3, 7 / 6, 7 / 6], rtol=EXACT)
        # One participant's (events - 1/3)/3 on days 1 and 2, (events - 1/2)/2 on day 3.
        a, b, c = (
            np.array([2, 1, 1 + 9 / 4]) / 9,
            np.array([-1, 1, 1 - 9 / 4]) / 9,
            np.array([-1, -2, -2]) / 9,
        )
        error = np.sqrt(a**2 + b**2 + c**2)
        assert_allclose(frame["std_error"], [*error, error[2]], rtol=EXACT)
        spread = 1.959963984540054 * error / frame["mean_count"][:3]
        assert_allclose(frame["lower"][:3], frame["mean_count"][:3] * np.exp(-spread), rtol=1e-12)
        assert_allclose(frame["upper"][:3], frame["mean_count"][:3] * np.exp(spread), rtol=1e-12)

    def test_ghosh_and_lin_on_four_participants(self) -> None:
        # a: events on days 1 and 3, followed to day 4. b: event on day 2, dies on day 2. c: dies on day 3.
        # d: censored on day 3. At risk 4, 4, 3, 1; S before each day 1, 1, 3/4, 3/4 * 2/3.
        data = pd.DataFrame(
            {
                "id": ["a", "a", "a", "b", "c", "d"],
                "start": [0, 1, 3, 0, 0, 0],
                "stop": [1, 3, 4, 2, 3, 3],
                "event": [1, 1, 0, 1, 0, 0],
                "terminal": [0, 0, 0, 1, 1, 0],
            }
        )
        frame = counts(data, "terminal")
        assert frame["at_risk"].tolist() == [4, 4, 3, 1]
        mean = np.array([1 / 4, 1 / 2, 1 / 2 + 3 / 4 / 3, 3 / 4])
        assert_allclose(frame["mean_count"], mean, rtol=EXACT)
        # S(u-)/n (dN - d/n) on days 1, 2, 3
        events = {
            "a": np.array([1 / 4 * 3 / 4, -1 / 4 * 1 / 4, 1 / 4 * 2 / 3]),
            "b": np.array([-1 / 4 * 1 / 4, 1 / 4 * 3 / 4, 0]),
            "c": np.array([-1 / 4 * 1 / 4, -1 / 4 * 1 / 4, -1 / 4 * 1 / 3]),
            "d": np.array([-1 / 4 * 1 / 4, -1 / 4 * 1 / 4, -1 / 4 * 1 / 3]),
        }
        # (dN_D - h)/(n (1 - h)) on day 2: n = 4, h = 1/4; after it the mean grows by 0 (day 2), 1/4 (day 3).
        # On day 3, n = 3, h = 1/3, the mean does not grow any more.
        deaths = {"a": -1 / 12, "b": 3 / 12, "c": -1 / 12, "d": -1 / 12}
        growth = np.array([0, 0, 1 / 4])
        influence = np.array([np.cumsum(events[who]) - growth * deaths[who] for who in "abcd"])
        variance = (influence**2).sum(axis=0)
        assert_allclose(frame["std_error"][:3], np.sqrt(variance), rtol=EXACT)
        assert_allclose(frame["std_error"][3], np.sqrt(variance[2]), rtol=EXACT)

    def test_an_event_alone_and_a_censoring_alone(self) -> None:
        one = mean_cumulative_count([0], [5], [1], ["a"]).to_frame().iloc[0]
        assert (one["mean_count"], one["std_error"], one["lower"], one["upper"]) == (1, 0, 1, 1)
        none = mean_cumulative_count([0], [5], [0], ["a"]).to_frame().iloc[0]
        assert (none["mean_count"], none["std_error"], none["lower"], none["upper"]) == (0, 0, 0, 0)

    def test_nobody_has_events_after_all_at_risk_died(self) -> None:
        frame = mean_cumulative_count(
            [0, 0, 5], [2, 2, 8], [1, 0, 1], ["a", "b", "late"], terminal=[1, 1, 0]
        ).to_frame()
        assert_allclose(frame["mean_count"], [1 / 2, 1 / 2], rtol=EXACT)
        assert_allclose(frame["std_error"], math.sqrt(2) / 4, rtol=EXACT)

    def test_no_error_is_left_where_all_had_as_many_events(self) -> None:
        # Eleven with one event each, on days 1 to 11: from then on everyone is the mean.
        days = np.arange(1, 12)
        start, stop = np.concatenate([0 * days, days]), np.concatenate([days, 0 * days + 12])
        frame = mean_cumulative_count(start, stop, stop < 12, np.tile(days, 2)).to_frame()
        assert (frame["std_error"][-2:] == 0).all()
        # Late entry and a death: on day 6 the influence of each, by Ghosh and Lin's formula in full, is 0.
        rows = [(2, 6, 1, "a", 0), (6, 9, 1, "a", 0), (0, 5, 1, "b", 0), (5, 8, 0, "b", 0)]
        rows += [(7, 8, 1, "c", 0), (2, 3, 1, "d", 1)]
        late = pd.DataFrame(rows, columns=["start", "stop", "event", "id", "terminal"])
        frame = counts(late, "terminal")
        assert frame.loc[frame["time"] == 6, "std_error"].tolist() == [0]

    def test_two_events_on_one_day_and_an_event_on_day_0(self) -> None:
        start, stop, event = [0, 0, 3, 3, 0], [0, 3, 3, 6, 6], [1, 1, 1, 0, 0]
        frame = mean_cumulative_count(start, stop, event, ["a", "a", "a", "a", "b"]).to_frame()
        assert frame["time"].tolist() == [0, 3, 6]
        assert frame["at_risk"].tolist() == [2, 2, 2]
        assert frame["events"].tolist() == [1, 2, 0]
        assert_allclose(frame["mean_count"], [1 / 2, 3 / 2, 3 / 2], rtol=EXACT)
        # Each is 1/4 and then 3/4 away, in the two directions.
        assert_allclose(frame["std_error"], np.array([1, 3, 3]) * math.sqrt(2) / 4, rtol=EXACT)

    def test_who_is_away_for_a_time_is_not_at_risk(self) -> None:
        frame = mean_cumulative_count([0, 4, 0], [2, 6, 6], [1, 0, 1], ["a", "a", "b"]).to_frame()
        assert frame["at_risk"].tolist() == [2, 2]
        frame = mean_cumulative_count([0, 4, 0, 3], [2, 6, 3, 6], [1, 0, 1, 0], list("aabb")).to_frame()
        assert frame["at_risk"].tolist() == [2, 1, 2]
        assert_allclose(frame["mean_count"], [1 / 2, 3 / 2, 3 / 2], rtol=EXACT)
        assert_allclose(frame["std_error"], math.sqrt(2) / 4, rtol=EXACT)

    def test_contrast(self) -> None:
        both = pd.concat([self.DATA.assign(arm="old"), self.DATA.assign(arm="new", event=[1, 0, 0, 0, 0, 0])])
        name = both["id"] + both["arm"]
        arms = both["arm"].astype(pd.CategoricalDtype(["old", "new"]))
        found = mean_cumulative_count(both["start"], both["stop"], both["event"], name, group=arms)
        frame = found.contrast("old", time=2)
        assert list(frame) == ["measure", "group", "estimate", "lower", "upper", "p_value"]
        assert frame["measure"].tolist() == ["difference", "ratio"]
        assert frame["group"].tolist() == ["new", "new"]
        assert_allclose(frame["estimate"], [-1 / 3, 1 / 2], rtol=EXACT)
        # Variances of 6/81 in each: the second loses the event of day 2 and keeps (2, -1, -1)/9 of day 1.
        error = math.sqrt(6 / 81 + 6 / 81)
        assert_allclose(frame["upper"][0], -1 / 3 + 1.959963984540054 * error, rtol=1e-12)
        assert_allclose(frame["p_value"][0], math.erfc(1 / 3 / error / math.sqrt(2)), rtol=1e-12)
        log_error = math.sqrt(6 / 81 * 9 / 4 + 6 / 81 * 9)
        assert_allclose(frame["upper"][1], 1 / 2 * math.exp(1.959963984540054 * log_error), rtol=1e-12)
        with pytest.raises(InputError, match="reference is 'none': choose one of 'old', 'new'"):
            found.contrast("none", time=2)
        with pytest.raises(InputError, match="time is 9: nobody of group 'old' was followed as long"):
            found.contrast("old", time=9)

    def test_a_ratio_to_nothing_is_not_known(self) -> None:
        found = mean_cumulative_count([0, 0], [1, 1], [1, 0], ["a", "b"], group=["a", "b"])
        frame = found.contrast("a", time=1)
        assert frame["estimate"].fillna(-9).tolist() == [-1, -9]
        assert frame["p_value"].isna().all()  # one participant a group has no spread

    def test_repr_is_for_people(self) -> None:
        assert repr(mean_cumulative_count([0], [5], [1], ["a"], terminal=[1])).splitlines()[0] == (
            "Mean cumulative count with a terminal event, 95% intervals on the log scale"
        )


@pytest.mark.parametrize(
    ("key", "data", "grouped"),
    [
        ("cgd_all", cgd(), False),
        ("cgd_trt", cgd(), True),
        ("bladder", bladder(late=False), True),
        ("bladder_late", bladder(late=True), True),
    ],
)
def test_equals_survfit(key: str, data: pd.DataFrame, grouped: bool, r_numbers: dict[str, Any]) -> None:
    frame, expected = counts(data, *(["group"] if grouped else [])), r_numbers["mean_count"][key]
    assert [label.split("=")[-1] for label in expected["strata"]] == frame["group"].astype(str).tolist()
    for column, r_name in (
        ("time", "time"),
        ("at_risk", "n.risk"),
        ("events", "n.event"),
        ("mean_count", "cumhaz"),
        ("std_error", "std.chaz"),
    ):
        assert_allclose(frame[column], expected[r_name], rtol=TOLERANCE, err_msg=column)


@pytest.mark.parametrize("late", [False, True])
def test_equals_ghosh_and_lin(late: bool, r_numbers: dict[str, Any]) -> None:
    frame = counts(bladder(late=late), "group", "terminal")
    for group, expected in r_numbers["ghosh_lin"]["bladder_late" if late else "bladder"].items():
        own = frame[frame["group"] == group]
        for column, r_name in (
            ("time", "time"),
            ("at_risk", "n.risk"),
            ("events", "n.event"),
            ("mean_count", "mu"),
            ("std_error", "se"),
        ):
            assert_allclose(own[column], expected[r_name], rtol=TOLERANCE, err_msg=column)


def test_a_trial_of_thousands_of_days_keeps_its_digits() -> None:
    """Against sums over every participant and day, which the estimator does not make."""
    rng = np.random.default_rng(5)
    rows = [
        (who, start, stop, stop < end, stop == end and dies)
        for who in range(300)
        for end, dies in [(int(rng.integers(5, 2000)), bool(rng.random() < 0.5))]
        for cuts in [[0, *sorted({int(day) for day in rng.integers(1, 2000, 4) if day < end}), end]]
        for start, stop in pairwise(cuts)
    ]
    data = pd.DataFrame(rows, columns=["id", "start", "stop", "event", "terminal"])
    time, mean, error = _slowly(data)
    frame = counts(data, "terminal")
    assert_allclose(frame["time"], time)
    assert_allclose(frame["mean_count"], mean, rtol=1e-12)
    assert_allclose(frame["std_error"], error, rtol=1e-11)


def _slowly(data: pd.DataFrame) -> tuple[Any, Any, Any]:
    """Time, mean and error by Ghosh and Lin's Psi_i(t), as (participants, times) tables."""
    time = np.unique(data["stop"])
    people = data["id"].nunique()
    at_risk, events, deaths = (np.zeros((people, len(time))) for _ in range(3))
    for who, start, stop, event, terminal in data.iloc[:, :5].itertuples(index=False, name=None):
        at_risk[who] += (start < time) & (time <= stop)
        events[who] += event * (time == stop)
        deaths[who] += terminal * (time == stop)
    n = at_risk.sum(axis=0)
    rate, hazard = events.sum(axis=0) / n, deaths.sum(axis=0) / n
    before = np.concatenate([[1], np.cumprod(1 - hazard)[:-1]])
    mean = np.cumsum(before * rate)
    weight = np.divide(1, n * (1 - hazard), where=hazard < 1, out=np.zeros_like(n))
    own_deaths = weight * (deaths - at_risk * hazard)
    psi = np.cumsum(before / n * (events - at_risk * rate), axis=1)
    psi = psi - mean * np.cumsum(own_deaths, axis=1) + np.cumsum(mean * own_deaths, axis=1)
    return time, mean, np.sqrt((psi**2).sum(axis=0))


histories = st.lists(
    st.tuples(
        st.lists(st.integers(1, 9), max_size=4),  # days of events
        st.integers(1, 9),  # the last day
        st.booleans(),  # whether it ends in death
        st.integers(0, 4),  # entry
        st.sampled_from("xy"),
    ),
    min_size=2,
    max_size=12,
)


def as_rows(drawn: list[Any], cuts: bool = False) -> pd.DataFrame:
    """A row from each event to the next, events on the last day and on equal days included."""
    rows = []
    for who, (days, end, dies, entry, group) in enumerate(drawn):
        enters = min(entry, end - 1)
        events = sorted(day for day in days if enters < day <= end)
        splits = [day for day in range(enters + 1, end) if cuts and day not in events]
        stops = [*sorted([(day, 1) for day in events] + [(day, 0) for day in splits]), (end, 0)]
        start = enters
        for place, (stop, event) in enumerate(stops):
            rows.append((who, start, stop, event, int(dies and place == len(stops) - 1), group))
            start = stop
    return pd.DataFrame(rows, columns=["id", "start", "stop", "event", "terminal", "group"])


@unhurried
@given(histories, st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(drawn: list[Any], random: Random) -> None:
    data = as_rows(drawn)
    order = list(data.index)
    random.shuffle(order)
    shuffled = data.loc[order].assign(id=lambda frame: 100 - frame["id"])
    assert_frame_equal(
        counts(data, "group", "terminal"), counts(shuffled, "group", "terminal"), rtol=1e-12, atol=1e-12
    )


@unhurried
@given(histories)
def test_splitting_a_row_changes_nothing(drawn: list[Any]) -> None:
    whole, split = as_rows(drawn), as_rows(drawn, cuts=True)
    times = range(1, 9)
    one, other = (
        mean_cumulative_count(
            data["start"], data["stop"], data["event"], data["id"], terminal=data["terminal"]
        ).at(times)
        for data in (whole, split)
    )
    # At risk is read at the next row of the curve, of which there are more.
    columns = [column for column in one if column != "at_risk"]
    assert_frame_equal(one[columns], other[columns], rtol=1e-7, atol=1e-9)


@unhurried
@given(histories)
def test_equals_sums_over_participants_and_days(drawn: list[Any]) -> None:
    data = as_rows(drawn)
    frame = counts(data, "terminal")
    _, mean, error = _slowly(data)
    assert_allclose(frame["mean_count"], mean, rtol=1e-12)
    assert_allclose(frame["std_error"], error, rtol=1e-7, atol=1e-9)


@unhurried
@given(histories)
def test_a_first_event_that_ends_all_is_a_survival(drawn: list[Any]) -> None:
    """Where the event is terminal itself, the mean count is 1 - S, and its error Greenwood's."""
    first = as_rows(drawn).drop_duplicates("id")
    first = first.assign(terminal=first["event"])
    found = counts(first, "terminal")
    curve = kaplan_meier(first["stop"], first["event"], entry=first["start"]).to_frame()
    assert_allclose(found["mean_count"], 1 - curve["survival"], rtol=1e-12, atol=1e-12)
    if (first["start"] == 0).all():  # with late entry the two errors differ
        alive = curve["survival"] > 0
        assert_allclose(found["std_error"][alive], curve["std_error"][alive], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": [0, 2, -1]}, r"start\[2\] is -1.0: a time is a number, 0 or more"),
        ({"stop": [2, np.nan, 4]}, r"stop\[1\] is nan: a time is a number, 0 or more"),
        ({"stop": []}, "stop is empty: at least one row is needed"),
        ({"start": [0, 2]}, "start is 2 long: stop is 3 long, and all have one value a row"),
        ({"stop": [2, 1, 4]}, r"stop\[1\] is 1.0: a row does not end before its start"),
        ({"start": [0, 1, 0]}, r"start\[1\] is 1.0: rows of one participant do not overlap"),
        ({"event": [2, 0, 0]}, r"event\[0\] is 2.0: 1 where the row ends in it, 0 where not"),
        ({"terminal": [0, None, 1]}, r"terminal\[1\] is nan: 1 where the row ends in it"),
        ({"terminal": [1, 0, 0]}, r"terminal\[0\] is 1: nothing follows a terminal event"),
        ({"participant": ["a", None, "b"]}, r"participant\[1\] is None: each row needs a label"),
        ({"participant": ["a", "b"]}, "participant is 2 long: stop is 3 long"),
        ({"group": ["x", "y", "y"]}, r"group\[1\] is y: a participant has one group"),
        ({"stop": [2, 5, 3], "start": [0, 2, 3]}, r"stop\[2\] is 3.0: a row as short as this follows a row"),
        ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    data: dict[str, Any] = {
        "start": [0, 2, 0],
        "stop": [2, 5, 4],
        "event": [1, 0, 0],
        "participant": ["a", "a", "b"],
    }
    with pytest.raises(InputError, match=message):
        mean_cumulative_count(**(data | change))


def test_one_terminal_event_a_participant() -> None:
    with pytest.raises(InputError, match=r"terminal\[1\] is 1: a participant has one terminal event"):
        mean_cumulative_count([0, 3], [3, 3], [0, 1], ["a", "a"], terminal=[1, 1])


def test_frames_are_copies() -> None:
    found = mean_cumulative_count([0], [5], [1], ["a"])
    frame = found.to_frame()
    frame["mean_count"] = 0.0
    assert found.to_frame()["mean_count"].iloc[0] == 1
