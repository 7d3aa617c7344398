"""Every course in one frame: what happened to whom, in days from day 0."""

from dataclasses import replace

import pandas as pd

from app.domain.estimand import Estimand
from tests.analysis.trial import Trial

COURSE = Estimand(
    endpoint="COMPOSITE",
    origin="randomisation",
    population="All",
    intercurrent="As usual",
    summary="By arm",
    instrument="itch",
    scale="ITCH",
)


def courses(trial: Trial, *, cutoff: int = 60) -> pd.DataFrame:
    rows = trial.data(cutoff=cutoff).courses("COMPOSITE", instrument="itch", scale="ITCH")
    return rows.assign(USUBJID=rows["USUBJID"].str.rpartition("-")[2])


def told(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(rows[["USUBJID", "KIND", "FROM", "TO"]].itertuples(index=False, name=None))


def test_what_happened_stands_by_participant_and_kind(trial: Trial) -> None:
    trial.amend(estimands=(COURSE,))
    one, other = trial.enrol("a"), trial.enrol("b", arm="usual")
    trial.answered(one, "d0", {"itch": 1, "sleep": 2}, on=1)
    trial.event(one, "hospital stay", 10, 12)
    trial.event(one, "hospital stay", 35)
    trial.event(one, "transplant", 36)
    trial.event(one, "death", 40)
    trial.sighted(other, 50)
    rows = courses(trial)
    assert told(rows) == [
        ("a", "observed", 0, 40),
        ("a", "transplant", 36, 36),
        ("a", "death", 40, 40),
        ("a", "stay", 10, 12),
        ("a", "stay", 35, 35),
        ("a", "score", 1, 1),
        ("b", "observed", 0, 50),
        ("b", "missed", 0, 0),
        ("b", "missed", 28, 28),
    ]
    assert set(rows.loc[rows["KIND"] == "score", "VALUE"]) == {62.5}
    assert rows.loc[rows["KIND"] != "score", "VALUE"].isna().all()
    assert set(rows.loc[rows["USUBJID"] == "b", "ARMCD"]) == {"usual"}


def test_nothing_after_the_end_of_observation_is_there(trial: Trial) -> None:
    trial.amend(estimands=(replace(COURSE, transplant="censoring"),))
    one = trial.enrol("a")
    trial.event(one, "transplant", 20)
    trial.event(one, "hospital stay", 25, 27)
    trial.answered(one, "w4", {"itch": 1, "sleep": 2}, on=29)
    assert told(courses(trial)) == [
        ("a", "observed", 0, 20),
        ("a", "transplant", 20, 20),
        ("a", "missed", 0, 0),
    ]


def test_a_study_without_questionnaires_has_courses(trial: Trial) -> None:
    trial.amend(estimands=(COURSE,))
    trial.sighted(trial.enrol("a", visits=False), 9)
    rows = trial.data(cutoff=30).courses("COMPOSITE")
    assert rows["KIND"].tolist() == ["observed"]
