"""Spells, days out of hospital, readmission: by hand, and equal to R's (reference/make_hospital.R)."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimators import (
    InputError,
    cumulative_incidence,
    days_alive_out_of_hospital,
    hospital_spells,
    readmission,
    restricted_mean_survival,
)
from app.domain.stays import spells

REFERENCE = Path(__file__).parents[1] / "reference"
TOLERANCE = 1e-11

unhurried = settings(deadline=None, max_examples=30)


@pytest.fixture(scope="module")
def r_numbers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / "hospital.json").read_text())
    return found


def people() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "people.csv")


def stays() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "stays.csv")


def of(*rows: tuple[str, float, float | None]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["participant", "admitted", "discharged"])


class TestSpells:
    def test_equal_r(self, r_numbers: dict[str, Any]) -> None:
        data = stays()
        found = hospital_spells(data["participant"], data["admitted"], data["discharged"])
        for column in ("participant", "admitted", "discharged"):
            assert_allclose(found[column], np.array(r_numbers["spells"][column], dtype=float))

    @unhurried
    @given(
        st.lists(
            st.tuples(st.sampled_from("ab"), st.integers(0, 25), st.none() | st.integers(0, 6)), max_size=9
        )
    )
    def test_equal_those_of_the_application(self, drawn: list[tuple[str, int, int | None]]) -> None:
        """`app.domain.stays` merges dates one after the other; it is what staff see."""
        rows = [(who, first, None if nights is None else first + nights) for who, first, nights in drawn]
        given = pd.DataFrame(rows, columns=["participant", "admitted", "discharged"])
        found = hospital_spells(given["participant"], given["admitted"], given["discharged"])
        day_0 = date(2024, 1, 1)

        def day(number: float | None) -> date | None:
            return None if number is None or math.isnan(number) else day_0 + timedelta(days=number)

        for who in "ab":
            dated = [
                (place, day_0 + timedelta(days=first), day(last))
                for place, (owner, first, last) in enumerate(rows)
                if owner == who
            ]
            own = found.loc[found["participant"] == who, ["admitted", "discharged", "stays"]]
            merged = [(day(first), day(last), size) for first, last, size in own.to_numpy().tolist()]
            known = [(spell.started_on, spell.ended_on, len(spell.event_ids)) for spell in spells(dated)]
            assert merged == known

    def test_a_gap_can_be_none(self) -> None:
        found = hospital_spells([7, 7, 7], [0, 3, 5], [2, 5, 6], transfer_gap=0)
        assert found["participant"].tolist() == [7, 7]
        assert found["admitted"].tolist() == [0, 3]
        assert found["stays"].tolist() == [1, 2]

    @pytest.mark.parametrize(
        ("arguments", "gap", "message"),
        [
            (([1], [2], [1]), 1, r"discharged\[0\] is 1.0: not before the admission"),
            (([1], [None], [1]), 1, r"admitted\[0\] is nan: a stay has a first day"),
            (([1, 2], [1], [1]), 1, "participant is 2 long: admitted is 1 long"),
            (([1], [1], [1]), -1, "transfer_gap is -1: a number of days, 0 or more"),
        ],
    )
    def test_refused(self, arguments: tuple[list[Any], ...], gap: float, message: str) -> None:
        with pytest.raises(InputError, match=message):
            hospital_spells(arguments[0], arguments[1], arguments[2], transfer_gap=gap)


class TestDaysOutOfHospital:
    def test_equal_r(self, r_numbers: dict[str, Any]) -> None:
        data = people()
        data = data.sample(frac=1, random_state=3)
        arguments = (data["participant"], data["follow_up"], data["death"], stays())
        found = days_alive_out_of_hospital(*arguments, horizon=180, group=data["arm"])
        frame = found.to_frame().sort_values("participant")
        assert frame["status"].tolist() == r_numbers["status"]
        assert_allclose(frame["days"], np.array(r_numbers["days"], dtype=float))
        means = found.means().set_index("group")
        for group, expected in r_numbers["means"].items():
            row = means.loc[[group]]
            assert row[["n", "complete"]].to_numpy().tolist() == [[expected["n"], expected["complete"]]]
            assert_allclose(row["mean"], expected["mean"], rtol=TOLERANCE)
            assert_allclose(row["std_error"], expected["se"], rtol=1e-9)  # R's derivative is a difference
        days = days_alive_out_of_hospital(*arguments, horizon=180, counted="days").to_frame()
        assert_allclose(
            days.sort_values("participant")["days"], np.array(r_numbers["calendar_days"], dtype=float)
        )

    def test_contrast_is_welchs_t_test(self, r_numbers: dict[str, Any]) -> None:
        """Student's sleep data, as nights in hospital of a hundred."""
        sleep = r_numbers["sleep"]
        names = list(range(20))
        data = pd.DataFrame({"participant": names, "admitted": 0, "discharged": sleep["days"]})
        found = days_alive_out_of_hospital(
            names, [100] * 20, [0] * 20, data, horizon=100, group=sleep["group"]
        )
        row = found.contrast(2).iloc[0]
        assert (row["measure"], row["group"]) == ("difference", 1)
        assert_allclose(row["estimate"], 15.8, rtol=1e-12)
        for column, r_name in (("lower", "lower"), ("upper", "upper"), ("p_value", "p"), ("df", "df")):
            assert_allclose(row[column], sleep["test"][r_name], rtol=1e-9, err_msg=column)
        with pytest.raises(InputError, match="reference is 3: choose one of 1, 2"):
            found.contrast(3)

    def test_by_hand(self) -> None:
        # Of 20 days. a: nights 0 and 1 (in hospital since before), and from 18 on. b: dies on day 10, two
        # stays that overlap, 2 to 7, one that is over the same day. c: no stay. d: an unknown end. e: the end
        # of a stay after the horizon is not known, and need not be.
        data = of(
            ("a", -4, 2), ("a", 18, 30), ("b", 2, 5), ("b", 4, 7), ("b", 9, 9), ("d", 3, None),
            ("e", 20, None),
        )  # fmt: skip
        who, until, died = list("abcde"), [40, 10, 20, 25, 30], [0, 1, 0, 0, 1]
        found = days_alive_out_of_hospital(who, until, died, data, horizon=20)
        frame = found.to_frame()
        assert frame["alive"].fillna(-1).tolist() == [20, 10, 20, -1, 20]
        assert frame["in_hospital"].fillna(-1).tolist() == [4, 5, 0, -1, 0]
        assert frame["status"].tolist() == [*["complete"] * 3, "discharge not known", "complete"]
        row = found.means().iloc[0]
        assert (row["n"], row["complete"], row["censored"], row["unknown"]) == (4, 4, 0, 1)
        assert_allclose(row["mean"], (16 + 5 + 20 + 20) / 4)
        variance = (0.75**2 + 10.25**2 + 4.75**2 + 4.75**2) / 3
        assert_allclose(row["std_error"], math.sqrt(variance / 4), rtol=1e-12)
        days = days_alive_out_of_hospital(who, until, died, data, horizon=20, counted="days").to_frame()
        # a: days 0, 1, 2 and 18, 19; b: 2 to 7 and 9.
        assert days["in_hospital"].fillna(-1).tolist() == [5, 7, 0, -1, 0]

    def test_nobody_need_have_been_in_hospital(self) -> None:
        none = of().astype({"admitted": float, "discharged": float})
        found = days_alive_out_of_hospital([1, 2], [9, 4], [0, 1], none, horizon=8)
        assert found.to_frame()["days"].tolist() == [8, 4]
        alone = days_alive_out_of_hospital([1], [9], [0], none, horizon=8).means()
        assert alone[["mean", "lower", "upper"]].fillna(-1).iloc[0].tolist() == [8, -1, -1]

    @unhurried
    @given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1)), min_size=3, max_size=25))
    def test_without_stays_it_is_the_restricted_mean(self, drawn: list[tuple[int, int]]) -> None:
        """Weighting the complete gives Kaplan-Meier's area, and its jackknife, by another way."""
        until, died = zip(*drawn, (12, 0), (12, 0), strict=True)
        none = of().astype({"admitted": float, "discharged": float})
        n = len(until)
        row = days_alive_out_of_hospital(range(n), until, died, none, horizon=12).means().iloc[0]
        known = restricted_mean_survival(until, died, tau=12, robust=True).to_frame().iloc[0]
        assert_allclose(row["mean"], known["rmst"], rtol=1e-12)
        assert_allclose(row["std_error"] * math.sqrt((n - 1) / n), known["std_error"], rtol=1e-9, atol=1e-12)

    def test_repr_is_for_people(self) -> None:
        found = days_alive_out_of_hospital(["a", "b"], [9, 9], [0, 0], of(("a", 1, 2)), horizon=8)
        assert repr(found).splitlines()[0] == "Days alive and out of hospital, of 8, 95% t-intervals"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"participant": ["a", "a"]}, r"participant\[1\] is a: each participant comes once"),
            ({"follow_up": []}, "follow_up is empty: at least one participant"),
            ({"follow_up": [-1, 9]}, r"follow_up\[0\] is -1.0: a time is a number, 0 or more"),
            ({"death": [0, 2]}, r"death\[1\] is 2.0: 1 where follow-up ended in death"),
            ({"stays": of(("z", 1, 2))}, r"stays\['participant'\]\[0\] is z: a stay belongs to one of"),
            ({"stays": of(("a", 10, 12))}, r"stays\['admitted'\]\[0\] is 10.0: no stay begins after the end"),
            ({"stays": of(("a", 5, 4))}, r"discharged\[0\] is 4.0: not before the admission"),
            ({"stays": pd.DataFrame({"participant": ["a"]})}, "stays is without admitted, discharged"),
            ({"horizon": 0}, "horizon is 0: a number of days above 0"),
            ({"horizon": 10}, "horizon is 10: no participant of group 'all' is complete"),
            ({"horizon": 10, "death": [1, 0]}, "horizon is 10: at most 9: nobody of group 'all' who lived"),
            ({"counted": "hours"}, "counted is 'hours': choose one of nights, days"),
            ({"counted": "days", "stays": of(("a", 0.5, 4))}, 'is 0.5: counted="days" takes whole days'),
            ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1"),
            ({"transfer_gap": None}, "transfer_gap is None: a number of days, 0 or more"),
        ],
    )
    def test_refused(self, change: dict[str, Any], message: str) -> None:
        data: dict[str, Any] = {
            "participant": ["a", "b"],
            "follow_up": [9, 9],
            "death": [0, 0],
            "stays": of(("a", 1, 2)),
            "horizon": 8,
        }
        with pytest.raises(InputError, match=message):
            days_alive_out_of_hospital(**(data | change))


class TestReadmission:
    @pytest.mark.parametrize("index", ["first", "every"])
    def test_equal_r(self, index: Literal["first", "every"], r_numbers: dict[str, Any]) -> None:
        data = people()
        found = readmission(
            data["participant"], data["follow_up"], data["death"], stays(), index=index, group=data["arm"]
        ).to_frame()
        for group, expected in r_numbers[index].items():
            own = found[found["group"] == group]
            assert own["days"].tolist() == [30, 90]
            assert own["discharges"].tolist() == [expected["discharges"]] * 2
            assert own["complete"].tolist() == expected["complete"]
            assert own["readmitted"].tolist() == expected["readmitted"]
            assert_allclose(own["incidence"], expected["incidence"], rtol=TOLERANCE)
            assert_allclose(own["std_error"], expected["se"], rtol=TOLERANCE)

    def test_is_cumulative_incidence_where_everyone_counts_once(self) -> None:
        data = people()
        found = readmission(data["participant"], data["follow_up"], data["death"], stays(), days=60)
        rows = found.discharges()
        curves = cumulative_incidence(rows["time"], rows["outcome"])
        known = curves.at(60).set_index("cause").loc["readmitted"]
        row = found.to_frame().iloc[0]
        for column in ("incidence", "std_error", "lower", "upper"):
            assert_allclose(row[column], known[column], rtol=TOLERANCE, err_msg=column)

    def test_which_discharges_count(self) -> None:
        # a: over before day 0, then one whose transfer is part of it. b: dies in hospital. c: still there at
        # the end. d: an unknown end, then a discharge. e: leaves on the last day.
        data = of(
            ("a", -9, -3), ("a", 1, 4), ("a", 5, 8), ("b", 2, 6), ("c", 5, 12),
            ("d", 1, None), ("d", 5, 6), ("e", 3, 10),
        )  # fmt: skip
        who, until, died = list("abcde"), [10, 6, 10, 10, 10], [0, 1, 0, 0, 0]
        first = readmission(who, until, died, data, days=2)
        assert first.discharges()["participant"].tolist() == ["a", "e"]
        assert first.discharges()["discharged"].tolist() == [8, 10]
        assert first.discharges()["time"].tolist() == [2, 0]
        assert first.to_frame().iloc[0][["discharges", "unknown", "complete"]].tolist() == [2, 1, 1]
        every = readmission(who, until, died, data, days=2, index="every")
        assert every.discharges()["participant"].tolist() == ["a", "d", "e"]

    def test_beyond_the_last_discharge_nothing_is_known(self) -> None:
        found = readmission(
            ["a", "b"], [9, 20], [0, 0], of(("a", 0, 2), ("b", 0, 2), ("b", 5, 6)), days=[3, 9]
        )
        assert found.to_frame()["incidence"].fillna(-1).tolist() == [0.5, -1]
        # ... unless nobody is left of whom it could be different.
        found = readmission(
            ["a", "b"], [9, 20], [1, 0], of(("a", 0, 2), ("b", 0, 2), ("b", 5, 6)), days=[3, 9]
        )
        assert found.to_frame()["incidence"].tolist() == [0.5, 0.5]
        # A discharge on the last day of follow-up tells nothing.
        found = readmission(["a"], [9], [0], of(("a", 0, 9)), days=3)
        assert found.to_frame().iloc[0][["discharges", "complete"]].tolist() == [1, 0]
        assert found.to_frame().iloc[0][["proportion", "incidence", "upper"]].isna().all()

    def test_a_group_without_a_discharge_has_a_row(self) -> None:
        found = readmission(
            ["a", "b"], [9, 20], [0, 0], of(("a", 0, 2)), days=3, group=["one", "two"]
        ).to_frame()
        assert found["discharges"].tolist() == [1, 0]
        assert found["incidence"].fillna(-1).tolist() == [0, -1]

    def test_contrast(self) -> None:
        data = people()
        found = readmission(data["participant"], data["follow_up"], data["death"], stays(), group=data["arm"])
        frame = found.to_frame()
        new, old = frame.loc[frame["days"] == 90, "incidence"]
        assert_allclose(found.contrast("old", days=90)["estimate"], [new - old, new / old])
        with pytest.raises(InputError, match="days is 60: choose one of 30, 90"):
            found.contrast("old", days=60)
        assert repr(found).splitlines()[0] == "Readmission after first discharge, 95% intervals"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"days": 0}, r"days\[0\] is 0.0: a number above 0"),
            ({"index": "last"}, "index is 'last': choose one of first, every"),
            ({"stays": of(("a", 1, 20))}, "stays is without a discharge: nobody left hospital alive"),
            ({"conf_level": 0}, "conf_level is 0: a level lies between 0 and 1"),
        ],
    )
    def test_refused(self, change: dict[str, Any], message: str) -> None:
        data: dict[str, Any] = {
            "participant": ["a"], "follow_up": [9], "death": [0], "stays": of(("a", 1, 2)),
        }  # fmt: skip
        with pytest.raises(InputError, match=message):
            readmission(**(data | change))
