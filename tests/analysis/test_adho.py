"""Hospital stays: merged, counted, and divided by the years alive and observed."""

from dataclasses import replace

import pandas as pd
import pytest

from app.domain.study import Estimand
from app.operations.studies import load_study
from tests.analysis.trial import Trial, day, described
from tests.fixtures.study import COMMAND, FOLDER, MORNING, STUDY


def test_stays_merge_and_name_all_their_reports(trial: Trial) -> None:
    one = trial.enrol("a")
    first = trial.event(one, "hospital stay", 10, 15)
    transfer = trial.event(one, "hospital stay", 16, 20)
    trial.event(one, "hospital stay", 40, 42)
    rows = trial.data(cutoff=90).adho
    assert rows["ASEQ"].tolist() == [1, 2]
    assert rows["SRCSEQ"].iloc[0] == f"{first} {transfer}"
    assert rows["ASTDT"].tolist() == [pd.Timestamp(day(10)), pd.Timestamp(day(40))]
    assert rows["AENDT"].tolist() == [pd.Timestamp(day(20)), pd.Timestamp(day(42))]
    assert rows["ADURN"].tolist() == [10, 2]
    assert rows["ASTDY"].tolist() == [11, 41]


def test_what_is_counted(trial: Trial) -> None:
    one = trial.enrol("a", enrolled=-30)
    trial.event(one, "hospital stay", -9, -2)
    trial.event(one, "hospital stay", 0, 3)
    trial.event(one, "hospital stay", 55, 70)
    trial.event(one, "hospital stay", 60, 62, decision=None)
    trial.event(one, "hospital stay", 81, 82)
    trial.sighted(one, 79)
    rows = trial.data(cutoff=80).adho
    assert rows["ASTDY"].tolist() == [-9, 1, 56]
    assert rows["ANL01FL"].tolist() == ["N", "Y", "Y"]
    still_there = trial.data(cutoff=60).adho
    assert still_there["AENDT"].isna().tolist() == [False, False, True]


def test_a_stay_after_the_withdrawal_from_follow_up_is_not_counted(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.withdrawn(one, "follow-up", 20)
    trial.event(one, "hospital stay", 30, 33)
    assert trial.data(cutoff=90).adho["ANL01FL"].tolist() == ["N"]


def test_the_rate_by_hand(trial: Trial) -> None:
    """Two stays in 1461 days (four years), none in 731 (two): 0.5 and 0 a year, with Garwood's limits."""
    one, two, other = trial.enrol("a"), trial.enrol("b"), trial.enrol("c", arm="usual")
    for participant_id in (one, two):
        trial.event(participant_id, "hospital stay", 100, 104)
    trial.sighted(one, 1000)
    trial.event(two, "death", 461)
    trial.sighted(other, 731)
    rates = described(trial.data(), "hospital", "rates")
    assert rates is not None
    assert rates[["group", "participants", "with_a_stay", "stays"]].to_numpy().tolist() == [
        ["cells", 2, 2, 2],
        ["usual", 1, 0, 0],
    ]
    assert rates["person_years"].tolist() == pytest.approx([4, 731 / 365.25])
    assert rates["rate"].tolist() == pytest.approx([0.5, 0])
    # Exact limits of a count of 2 are 0.242209 and 7.224688, of 0 they are 0 and 3.688879 (Garwood 1936).
    assert rates["lower"].tolist() == pytest.approx([0.242209 / 4, 0], rel=1e-5)
    assert rates["upper"].tolist() == pytest.approx([7.224688 / 4, 3.688879 * 365.25 / 731], rel=1e-5)


def test_the_rate_is_of_all_randomised_whatever_survival_is_counted_from(trial: Trial) -> None:
    """Issue 2: stays per person-year of an arm; nobody in usual care has an infusion to count from."""
    estimand = Estimand(
        endpoint="OS", origin="first-infusion", population="Infused", intercurrent="-", summary="-"
    )
    with trial.writing() as session:
        amended = replace(FOLDER, study=replace(STUDY, estimands=(estimand,)))
        load_study(session, folder=amended, actor=COMMAND, now=MORNING)
    one, other = trial.enrol("a"), trial.enrol("b", arm="usual")
    trial.infused(one, 10)
    trial.event(one, "hospital stay", 3, 5)
    trial.sighted(one, 50)
    trial.sighted(other, 70)
    data = trial.data()
    assert data.adtte.loc[data.adtte["PARAMCD"] == "OS", "AVAL"].tolist() == [40]
    rates = described(data, "hospital", "rates")
    assert rates is not None
    assert rates[["group", "stays"]].to_numpy().tolist() == [["cells", 1], ["usual", 0]]
    assert rates["person_years"].tolist() == pytest.approx([50 / 365.25, 70 / 365.25])


def test_nobody_who_died_before_day_0_is_counted(trial: Trial) -> None:
    one, other = trial.enrol("a", enrolled=-9), trial.enrol("b")
    trial.event(one, "death", -5)
    trial.event(other, "hospital stay", 3, 5)
    rates = described(trial.data(cutoff=10), "hospital", "rates")
    assert rates is not None
    assert (rates["participants"].tolist(), rates["person_years"].tolist()) == ([1], [5 / 365.25])


def test_without_any_stay_there_is_no_section(trial: Trial) -> None:
    trial.sighted(trial.enrol("a"), 90)
    assert described(trial.data(), "hospital", "rates") is None
