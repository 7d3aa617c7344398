"""The win ratio by hand, and equal to R's pair counts and projections (reference/make_win_ratio.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis.estimators import Count, Difference, InputError, TimeToEvent, WinRatio, win_ratio
from analysis.estimators.pair_components import Component

REFERENCE = Path(__file__).parents[1] / "reference"
TOLERANCE = 1e-12
EXACT = 1e-14
Z = 1.959963984540054

DEATH = TimeToEvent("day", "death")


def decided(first: dict[str, Any], second: dict[str, Any], *hierarchy: Component) -> tuple[int, int, int]:
    """Wins, losses and ties of the first arm."""
    frame = win_ratio(pd.DataFrame(first), pd.DataFrame(second), hierarchy=hierarchy).to_frame()
    wins, losses, ties = frame[["wins", "losses", "ties"]].iloc[0].astype(int)
    return wins, losses, ties


class TestOnePair:
    @pytest.mark.parametrize(
        ("ours", "theirs", "outcome"),
        [
            ((9, 1), (5, 1), (1, 0, 0)),  # both die, the other first
            ((5, 1), (5, 1), (0, 0, 1)),  # a tie of events
            ((5, 0), (5, 1), (1, 0, 0)),  # a tie with a censoring, which comes after the event
            ((5, 1), (5, 0), (0, 1, 0)),
            ((5, 0), (5, 0), (0, 0, 1)),  # nobody dies
            ((4, 0), (5, 1), (0, 0, 1)),  # the other's event came after the follow-up that the two share
            ((9, 0), (5, 1), (1, 0, 0)),
            ((0, 1), (0, 0), (0, 1, 0)),
        ],
    )
    def test_time_to_event(
        self, ours: tuple[int, int], theirs: tuple[int, int], outcome: tuple[int, int, int]
    ) -> None:
        first, second = ({"day": [day], "death": [death]} for day, death in (ours, theirs))
        assert decided(first, second, DEATH) == outcome

    def test_event_just_after_a_censoring_decides_nothing(self) -> None:
        later = float(np.nextafter(5.0, 6))
        first, second = {"day": [5.0], "death": [0]}, {"day": [later], "death": [1]}
        assert decided(first, second, DEATH) == (0, 0, 1)

    @pytest.mark.parametrize(
        ("ours", "theirs", "margin", "outcome"),
        [
            (10, 5, 5, (1, 0, 0)),  # a difference of the margin is one that matters
            (9.9, 5, 5, (0, 0, 1)),
            (5, 10, 5, (0, 1, 0)),
            (5, 5, 0, (0, 0, 1)),  # no difference is none, whatever the margin
            (5.1, 5, 0, (1, 0, 0)),
            (0.3, 0.1, 0.2, (1, 0, 0)),  # in binary 0.3 - 0.1 is 0.19999999999999998
            (None, 5, 0, (0, 0, 1)),
            (float("nan"), float("nan"), 3, (0, 0, 1)),
        ],
    )
    def test_difference(
        self, ours: float, theirs: float, margin: float, outcome: tuple[int, int, int]
    ) -> None:
        assert decided({"score": [ours]}, {"score": [theirs]}, Difference("score", margin)) == outcome

    def test_lower_scores_are_better_where_said(self) -> None:
        itch = Difference("itch", 2, higher_is_better=False)
        assert decided({"itch": [1]}, {"itch": [3]}, itch) == (1, 0, 0)

    def test_fewer_events_are_better(self) -> None:
        assert decided({"stays": [1]}, {"stays": [2]}, Count("stays")) == (1, 0, 0)

    @pytest.mark.parametrize(
        ("days", "outcome"),
        [
            ([], (1, 0, 0)),
            ([40], (0, 0, 1)),
            ([101], (1, 0, 0)),  # on day 101 the other was not followed any more
            ([100, 40], (0, 1, 0)),  # on day 100 still
        ],
    )
    def test_events_count_over_the_follow_up_that_both_share(
        self, days: list[int], outcome: tuple[int, int, int]
    ) -> None:
        stays = Count("stays", "until")
        assert decided({"stays": [days], "until": [200]}, {"stays": [[90]], "until": [100]}, stays) == outcome


class TestByHand:
    # First: dies on day 5 after two stays; lives to day 9 without; lives to day 4, one stay.
    # Second: dies on day 7, one stay; lives to day 9, one stay.
    FIRST = pd.DataFrame({"day": [5, 9, 4], "death": [1, 0, 0], "stays": [2, 0, 1], "score": [50, 60, 70]})
    SECOND = pd.DataFrame({"day": [7, 9], "death": [1, 0], "stays": [1, 1], "score": [40, 69]})
    HIERARCHY = (DEATH, Count("stays"), Difference("score", 10))

    def test_hierarchy(self) -> None:
        # Death: (5, 7) lost, (5, 9) lost, (9, 7) won, the rest open. Stays: (9, 9) won by 0 to 1, both pairs
        # of the third are 1 to 1. Score: 70 to 40 won, 70 to 69 is no difference.
        found = win_ratio(self.FIRST, self.SECOND, hierarchy=self.HIERARCHY)
        assert found.components().to_dict("list") == {
            "component": ["death", "stays", "score"],
            "wins": [1, 1, 1],
            "losses": [2, 0, 0],
            "ties": [3, 2, 1],
        }
        row = found.to_frame().iloc[0]
        assert list(found.to_frame()) == [
            *("wins", "losses", "ties", "win_ratio", "lower", "upper", "p_value"),
            *("win_odds", "net_benefit"),
            *("wins_death", "losses_death", "wins_stays", "losses_stays", "wins_score", "losses_score"),
            *("win_odds_lower", "win_odds_upper", "net_benefit_lower", "net_benefit_upper"),
        ]
        assert row[["wins", "losses", "ties"]].tolist() == [3, 2, 1]
        assert_allclose(row[["win_ratio", "win_odds", "net_benefit"]], [3 / 2, 3.5 / 2.5, 1 / 6], rtol=EXACT)

    def test_variances(self) -> None:
        # W = 1/2, L = 1/3. In the first arm w = 0, 1, 1/2 and l = 1, 0, 0: w/W - l/L = -3, 2, 1.
        # In the second w = 2/3, 1/3 and l = 1/3, 1/3: 1/3, -1/3.
        row = win_ratio(self.FIRST, self.SECOND, hierarchy=self.HIERARCHY).to_frame().iloc[0]
        error = np.sqrt((9 + 4 + 1) / 9 + (1 / 9 + 1 / 9) / 4)
        assert_allclose(np.log(row["upper"] / row["win_ratio"]), Z * error, rtol=1e-13)
        assert_allclose(np.log(row["lower"] / row["win_ratio"]), -Z * error, rtol=1e-13)
        # w - l about 1/6: -7/6, 5/6, 2/6; and 1/6, -1/6.
        net_error = np.sqrt((49 + 25 + 4) / 36 / 9 + 2 / 36 / 4)
        assert_allclose(row["net_benefit_upper"], min(1 / 6 + Z * net_error, 1), rtol=1e-13)
        assert_allclose(row["net_benefit_lower"], 1 / 6 - Z * net_error, rtol=1e-13)
        slope = 2 / (1 - 1 / 36)
        assert_allclose(np.log(row["win_odds_upper"] / 1.4), Z * slope * net_error, rtol=1e-13)

    def test_strata_weigh_by_their_participants(self) -> None:
        # North, 2 + 1 participants: W = L = 1/2. South, 1 + 1: W = 1. Together 3/5 1/2 + 2/5 and 3/5 1/2.
        first = pd.DataFrame({"site": ["n", "n", "s"], "score": [1, 3, 5]})
        second = pd.DataFrame({"site": ["s", "n"], "score": [4, 2]})
        row = win_ratio(first, second, hierarchy=[Difference("score")], strata="site").to_frame().iloc[0]
        assert row[["wins", "losses", "ties"]].tolist() == [2, 1, 0]
        assert_allclose(row[["win_ratio", "net_benefit"]], [7 / 3, 2 / 5], rtol=EXACT)
        # Only the two of the north's first arm differ: w/W - l/L = 1/0.7 and -1/0.3, about their mean.
        error = 3 / 5 * np.sqrt(2 * ((1 / 0.7 + 1 / 0.3) / 2) ** 2 / 4)
        assert_allclose(np.log(row["upper"] / row["win_ratio"]), Z * error, rtol=1e-13)

    def test_a_stratum_of_one_arm_makes_no_pair(self) -> None:
        first = pd.DataFrame({"site": ["n", "n", "w"], "sex": ["f"] * 3, "score": [1, 3, 5]})
        second = pd.DataFrame({"site": ["s", "n"], "sex": ["f"] * 2, "score": [4, 2]})
        found = win_ratio(first, second, hierarchy=[Difference("score")], strata=["site", "sex"])
        assert found.unpaired == 2
        assert found.to_frame()["win_ratio"].tolist() == [1]
        assert "2 participants without a pair" in repr(found)

    def test_binary_scores_of_two_against_two(self) -> None:
        """BuyseTest tests itself by hand: variances 1/16, covariance -1/16, net benefit 1/4, log win ratio 4.

        Repeated in three strata they are a third (github.com/bozenne/BuyseTest, H-projection of order 1, in
        tests/testthat/test-BuyseTest-iid.R).
        """
        arm = pd.DataFrame({"toxicity": [1, 0]})
        row = win_ratio(arm, arm, hierarchy=[Difference("toxicity")]).to_frame().iloc[0]
        assert row[["wins", "losses", "ties", "win_ratio", "net_benefit"]].tolist() == [1, 1, 2, 1, 0]
        assert_allclose(np.log(row["upper"]), Z * 2, rtol=1e-13)
        assert_allclose(row["net_benefit_upper"], Z / 2, rtol=1e-13)
        three = pd.concat([arm.assign(stratum=stratum) for stratum in range(3)])
        row = win_ratio(three, three, hierarchy=[Difference("toxicity")], strata="stratum").to_frame().iloc[0]
        assert_allclose(np.log(row["upper"]), Z * np.sqrt(4 / 3), rtol=1e-13)

    @pytest.mark.parametrize(
        ("ours", "theirs", "ratio", "odds"), [(2, 1, np.inf, np.inf), (1, 2, 0, 0), (1, 1, np.nan, 1)]
    )
    def test_no_limits_where_nothing_was_won_or_nothing_lost(
        self, ours: float, theirs: float, ratio: float, odds: float
    ) -> None:
        first, second = pd.DataFrame({"score": [ours] * 2}), pd.DataFrame({"score": [theirs] * 2})
        row = win_ratio(first, second, hierarchy=[Difference("score")]).to_frame().iloc[0]
        assert_allclose(row[["win_ratio", "win_odds"]], [ratio, odds])
        assert row[["lower", "upper", "p_value"]].isna().all()
        if odds != 1:
            assert row[["win_odds_lower", "win_odds_upper"]].isna().all()

    def test_a_column_used_twice_is_told_apart(self) -> None:
        found = win_ratio(
            self.FIRST, self.SECOND, hierarchy=[Difference("score", 20), Difference("score", 5)]
        )
        assert found.components()["component"].tolist() == ["score", "score_2"]
        assert {"wins_score", "wins_score_2"} < set(found.to_frame())

    def test_frames_are_copies(self) -> None:
        found = win_ratio(self.FIRST, self.SECOND, hierarchy=self.HIERARCHY)
        found.to_frame()["wins"] = 0
        found.components()["wins"] = 0
        assert found.to_frame()["wins"].tolist() == [3]
        assert found.components()["wins"].tolist() == [1, 1, 1]


@pytest.fixture(scope="module")
def r_win_ratio() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / "win_ratio.json").read_text())
    return found


@pytest.fixture(scope="module")
def veteran() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lung cancer trial of R's survival package; the test treatment first."""
    rows = pd.read_csv(REFERENCE / "veteran.csv")
    return rows[rows["trt"] == 2], rows[rows["trt"] == 1]


SURVIVAL, KARNOFSKY = TimeToEvent("time", "status"), Difference("karno")


class TestAgainstR:
    @pytest.mark.parametrize(
        ("key", "hierarchy", "strata"),
        [
            ("survival_only", [SURVIVAL], None),
            ("karno_only", [KARNOFSKY], None),
            ("hierarchy", [SURVIVAL, Difference("karno", 20)], None),
            ("by_celltype", [SURVIVAL, Difference("karno", 20)], "celltype"),
        ],
    )
    def test_veteran(
        self,
        key: str,
        hierarchy: list[Any],
        strata: str | None,
        veteran: tuple[pd.DataFrame, pd.DataFrame],
        r_win_ratio: dict[str, Any],
    ) -> None:
        assert_equals_r(win_ratio(*veteran, hierarchy=hierarchy, strata=strata), r_win_ratio[key])

    def test_infections_over_the_shared_follow_up(self, r_win_ratio: dict[str, Any]) -> None:
        rows = pd.DataFrame(r_win_ratio["cgd"])
        treated = rows["arm"] == "rIFN-g"
        hierarchy = (Count("days", "end"), Difference("height", 10))
        found = win_ratio(rows[treated], rows[~treated], hierarchy=hierarchy)
        assert_equals_r(found, r_win_ratio["shared_follow_up"])

    def test_pairs_of_survival_times_are_those_of_concordance(
        self, veteran: tuple[pd.DataFrame, pd.DataFrame], r_win_ratio: dict[str, Any]
    ) -> None:
        found = win_ratio(*veteran, hierarchy=[SURVIVAL]).to_frame()
        assert found[["wins", "losses"]].iloc[0].to_dict() == r_win_ratio["concordance"]

    def test_wins_and_half_the_ties_are_wilcoxons_statistic(
        self, veteran: tuple[pd.DataFrame, pd.DataFrame], r_win_ratio: dict[str, Any]
    ) -> None:
        found = win_ratio(*veteran, hierarchy=[KARNOFSKY]).to_frame().iloc[0]
        assert found["wins"] + found["ties"] / 2 == r_win_ratio["wilcoxon"]["wins_and_half_ties"]

    def test_published_shares_of_pairs(self, veteran: tuple[pd.DataFrame, pd.DataFrame]) -> None:
        """BuyseTest 2.0.0, its overview: 41.82 % favourable, 44.95 % not, 13.24 % neutral; -0.0313."""
        found = win_ratio(*veteran, hierarchy=[KARNOFSKY]).to_frame().iloc[0]
        shares = found[["wins", "losses", "ties"]].astype(float) / (68 * 69)
        assert shares.round(4).tolist() == [0.4182, 0.4495, 0.1324]
        assert round(found["net_benefit"], 4) == -0.0313


def assert_equals_r(found: WinRatio, expected: dict[str, Any]) -> None:
    row = found.to_frame().iloc[0]
    assert_allclose(row[list(expected)].astype(float), list(expected.values()), rtol=TOLERANCE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"first": pd.DataFrame({"day": [1, -2], "death": 1})}, r"first\['day'\]\[1\] is -2.0: a time is"),
        (
            {"second": pd.DataFrame({"day": [1], "death": [2]})},
            r"second\['death'\]\[0\] is 2.0: 1 is an event",
        ),
        ({"second": pd.DataFrame({"day": [1]})}, r"second\['death'\] is not there: columns: day"),
        ({"first": pd.DataFrame()}, "first is empty: give a frame, one row a participant"),
        ({"first": [1, 2]}, "first is of type list: give a frame"),
        ({"hierarchy": []}, "hierarchy is empty: a list of TimeToEvent"),
        ({"hierarchy": DEATH}, "hierarchy is TimeToEvent.*: a list of TimeToEvent"),
        ({"hierarchy": [DEATH, "score"]}, r"hierarchy\[1\] is 'score': a list of TimeToEvent"),
        ({"hierarchy": [Count("death", "day")]}, r"first\['death'\]\[0\] is 1: give the days"),
        ({"hierarchy": [Count("half")]}, r"first\['half'\]\[0\] is 0.5: a count is a whole number"),
        ({"hierarchy": [Count("days")]}, r"first\['days'\] is rows of days: say until when"),
        (
            {"hierarchy": [Count("late", "day")]},
            r"first\['late'\]\[0\] is \[6\]: days lie between 0 and the end",
        ),
        ({"hierarchy": [Count("blank", "day")]}, r"first\['blank'\]\[0\] is \[None\]: the day of each event"),
        ({"hierarchy": [Difference("endless")]}, r"first\['endless'\]\[0\] is inf: a number, or nothing"),
        ({"strata": "site"}, r"first\['site'\] is not there"),
        ({"strata": 3}, r"first\[3\] is not there"),
        ({"strata": "blank_site"}, r"first\['blank_site'\]\[0\] is None: each row needs a stratum"),
        ({"strata": "arm"}, "strata is without one that both arms share: pairs are made within a stratum"),
        ({"conf_level": 95}, "conf_level is 95: a level lies between 0 and 1"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    columns: dict[str, list[Any]] = {
        "day": [5],
        "death": [1],
        "half": [0.5],
        "days": [[1]],
        "late": [[6]],
        "blank": [[None]],
        "endless": [np.inf],
        "blank_site": [None],
    }
    data: dict[str, Any] = {
        "first": pd.DataFrame(columns | {"arm": ["a"]}),
        "second": pd.DataFrame(columns | {"arm": ["b"]}),
        "hierarchy": [DEATH],
    }
    given = data | change
    with pytest.raises(InputError, match=message):
        win_ratio(given.pop("first"), given.pop("second"), **given)


@pytest.mark.parametrize("margin", [-1, np.nan, "5"])
def test_a_margin_is_a_number_from_0_on(margin: object) -> None:
    with pytest.raises(InputError, match=r"margin is .*: a number, 0 or more"):
        Difference("score", margin)  # type: ignore[arg-type]  # on purpose
