"""Stays beside the time observed: of those in hospital on day 0, on the last day, and after the cut-off.

All numbers are counted by hand: nights are discharge less admission, within day 0 and the last day observed.
"""

from typing import Any

import pandas as pd

from analysis.reports.carrying_out import found
from analysis.reports.step import Step
from app.domain.analysis_plan import Analysis
from app.domain.estimand import Estimand
from tests.analysis.trial import Trial

WORDS: dict[str, Any] = {
    "origin": "randomisation",
    "population": "All",
    "intercurrent": "As usual",
    "summary": "By arm",
}
COURSE = Estimand(endpoint="COMPOSITE", **WORDS)
STAYS = Estimand(endpoint="HOSP", **WORDS)
INFUSED = Estimand(code="infused", endpoint="HOSP", set="treated", **WORDS)


def in_hospital(trial: Trial) -> None:
    """One on day 0, one at the cut-off on day 60, one who dies there and is signed out a day later."""
    trial.amend(estimands=(COURSE, STAYS, INFUSED))
    before, still, dead = trial.enrol("a"), trial.enrol("b", arm="usual"), trial.enrol("c")
    trial.event(before, "hospital stay", -5, 20)
    trial.sighted(before, 55)
    trial.event(still, "hospital stay", 30, 90)
    trial.sighted(still, 58)
    trial.event(dead, "hospital stay", 3, 4)
    trial.event(dead, "hospital stay", 40, 51)
    trial.event(dead, "death", 50)


def test_nights_are_counted_from_day_0_to_the_end_of_observation(trial: Trial) -> None:
    in_hospital(trial)
    rows = trial.data(cutoff=60).compared("COMPOSITE").set_index("USUBJID")
    assert rows["nights"].map(len).to_dict() == {"tiny-a": 20, "tiny-b": 58 - 30, "tiny-c": 1 + 10}
    assert rows.loc["tiny-a", "nights"] == list(range(20))
    assert rows["admissions"].to_dict() == {"tiny-a": [], "tiny-b": [30], "tiny-c": [3, 40]}


def test_a_stay_of_unknown_end_has_one_night_and_one_that_ended_after_the_cut_off_has_all(
    trial: Trial,
) -> None:
    trial.amend(estimands=(COURSE,))
    unknown, last_day = trial.enrol("a"), trial.enrol("b")
    trial.event(unknown, "hospital stay", 10)
    trial.sighted(unknown, 50)
    trial.event(last_day, "hospital stay", 20, 61)
    trial.sighted(last_day, 40)
    data = trial.data(cutoff=60)
    assert data.adho["AENDT"].isna().all()
    assert data.adho["AENRF"].tolist() == ["", "AFTER"]
    assert data.compared("COMPOSITE")["nights"].tolist() == [[10], list(range(20, 40))]


def test_the_line_of_a_course_shows_the_whole_stay(trial: Trial) -> None:
    in_hospital(trial)
    rows = trial.data(cutoff=60).courses("COMPOSITE").query("KIND == 'stay'")
    shown = rows[["USUBJID", "FROM", "TO"]].to_numpy().tolist()
    assert shown == [["tiny-a", 0, 20], ["tiny-b", 30, 58], ["tiny-c", 3, 4], ["tiny-c", 40, 50]]


def test_who_was_in_hospital_at_the_end_is_in_the_mean_of_days_out_of_it(trial: Trial) -> None:
    """To day 50: a is out of hospital from day 20 on, b before day 30, c but for 1 and 10 nights."""
    in_hospital(trial)
    rows = pd.DataFrame(carried_out(trial, STAYS, method="days-out-of-hospital", tau_days=50)["days"])
    assert rows["status"].tolist() == ["complete"] * 3
    assert rows["days"].tolist() == [30, 30, 39]


def test_no_discharge_is_made_up_for_readmissions(trial: Trial) -> None:
    """Of the four stays two ended while observed: those of a and the first of c, who came back after 36."""
    in_hospital(trial)
    rows = carried_out(trial, STAYS, method="readmission", within_days=(40,))["readmission"]
    by_arm = {row["group"]: (row["discharges"], row["unknown"], row["readmitted"]) for row in rows}
    assert by_arm == {"cells": (2, 0, 1), "usual": (0, 0, 0)}


def test_an_estimand_of_the_infused_has_their_stays_alone(trial: Trial) -> None:
    in_hospital(trial)
    trial.infused(1, 1)
    rows = carried_out(trial, INFUSED, method="days-out-of-hospital", tau_days=50)["days"]
    assert [(row["participant"], row["days"]) for row in rows] == [("tiny-a", 30)]


def carried_out(trial: Trial, estimand: Estimand, **asked: Any) -> dict[str, Any]:  # noqa: ANN401
    analysis = Analysis(code="x", estimand=estimand.key, rank="secondary", **asked)
    finding = found(Step(data=trial.data(cutoff=60), estimand=estimand, analysis=analysis))
    assert not finding.impossible
    return dict(finding.results)
