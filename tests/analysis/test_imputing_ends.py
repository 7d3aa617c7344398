"""No score is imputed after a death, whether it is confirmed yet or not; who is dead is counted by hand."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.reports.imputing import imputed
from analysis.reports.step import Step
from app.domain.adjudication import Decision
from app.domain.analysis_plan import Analysis
from app.domain.estimand import Strategy
from tests.analysis.test_deaths import QUALITY, WEEK_8
from tests.analysis.trial import Trial
from tests.fixtures.study import STUDY

IMPUTING = Analysis(
    code="a",
    estimand="qol",
    rank="sensitivity",
    method="multiple-imputation",
    visits=("w4", "w8"),
    imputations=2,
    seed=1,
)


def scored(trial: Trial) -> None:
    """Six in each arm with scores at all three visits, so that there is something to impute from."""
    trial.amend(visits=(*STUDY.visits, WEEK_8))
    for arm in ("cells", "usual"):
        for number in range(6):
            one = trial.enrol(f"{arm}{number}", arm=arm)
            for visit, on, itch in (("d0", 0, number % 5), ("w4", 28, number % 3), ("w8", 56, number % 4)):
                trial.answered(one, visit, {"itch": itch, "sleep": number % 2}, on=on)


def made_up(trial: Trial, death: Strategy = "while-alive") -> dict[str, tuple[bool, bool]]:
    """Of the participants called x and something: whether weeks 4 and 8 are imputed, in any copy."""
    step = Step(data=trial.data(cutoff=80), estimand=replace(QUALITY, death=death), analysis=IMPUTING)
    made = imputed(step, strategy="mar", assumed="missing at random").made
    there = (~np.isnan(made.scores)).any(axis=0) & np.isnan(made.grid.score)
    found = {}
    for who, (week_4, week_8) in zip(made.grid.participants, there, strict=True):
        if str(who).startswith("tiny-x"):
            found[str(who).removeprefix("tiny-")] = (bool(week_4), bool(week_8))
    return found


@pytest.mark.parametrize("death", ["while-alive", "censoring"])
@pytest.mark.parametrize(
    ("decision", "week_8"), [("confirmed", False), (None, False), ("refuted", True)], ids=str
)
def test_no_score_is_imputed_after_a_death(
    trial: Trial, decision: Decision | None, week_8: bool, death: Strategy
) -> None:
    """Dead on day 40: alive at week 4 without a score, which is imputed; week 8 is not, but if refuted."""
    scored(trial)
    one = trial.enrol("x")
    trial.answered(one, "d0", {"itch": 1, "sleep": 1}, on=0)
    trial.event(one, "death", 40, decision=decision)
    assert made_up(trial, death) == {"x": (True, week_8)}


def test_who_answered_after_a_reported_death_lived_until_then(trial: Trial) -> None:
    """Reported dead on day 20, not confirmed, and answered in week 8: week 4 is missing of someone alive."""
    scored(trial)
    one, two = trial.enrol("x"), trial.enrol("xx")
    for who in (one, two):
        trial.answered(who, "d0", {"itch": 1, "sleep": 1}, on=0)
        trial.event(who, "death", 20, decision=None)
    trial.answered(one, "w8", {"itch": 1, "sleep": 1}, on=56)
    assert made_up(trial) == {"x": (True, False), "xx": (False, False)}
