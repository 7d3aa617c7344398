"""Whether a transplant or a death came before a score is told by the day of the answer; numbers by hand.

Week 4 is due on day 28 and may be answered until days after it. Of four in each test one has nothing happen.
"""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.reports.ended import ended
from analysis.reports.grid import grid_of
from analysis.reports.methods import deterioration, responders, while_alive_mean
from analysis.reports.step import Step
from app.domain.analysis_plan import Analysis, Method
from app.domain.estimand import Strategy
from tests.analysis.test_deaths import BEST, QUALITY, WEEK_8, WORST
from tests.analysis.trial import Trial
from tests.fixtures.study import STUDY


def step(trial: Trial, method: Method, *, transplant: Strategy, death: Strategy = "event") -> Step:
    analysis = Analysis(code="a", estimand="qol", rank="exploratory", method=method, visits=("w4",))
    return Step(
        data=trial.data(cutoff=90),
        estimand=replace(QUALITY, transplant=transplant, death=death),
        analysis=analysis,
    )


def by_code(rows: pd.DataFrame, column: str) -> dict[str, float]:
    codes = rows["USUBJID"].str.rpartition("-")[2]
    return dict(zip(codes, rows[column], strict=True))


@pytest.fixture
def moved(trial: Trial) -> Trial:
    """`a` transplanted on day 30 and scored on day 35, `b` scored on day 26 and transplanted on day 27.

    `c` scored on day 28, the day of the transplant; `d` never transplanted and scored on day 28.
    """
    for code, arm, transplanted, scored in (
        ("a", "cells", 30, 35),
        ("b", "cells", 27, 26),
        ("c", "usual", 28, 28),
        ("d", "usual", None, 28),
    ):
        one = trial.enrol(code, arm=arm)
        trial.answered(one, "d0", WORST, on=0)
        trial.answered(one, "w4", BEST, on=scored)
        if transplanted is not None:
            trial.event(one, "transplant", transplanted)
    return trial


def test_a_score_with_the_new_liver_is_no_score_where_the_transplant_censors(moved: Trial) -> None:
    """The same participants have one for a model of scores, which goes by the day of the answer."""
    here = step(moved, "mmrm", transplant="censoring", death="censoring")
    grid = grid_of(here, due=True, baseline=False).rows.dropna(subset=["AVAL"])
    at_week_4 = here.scores[here.scores["AVISIT"] == "w4"]
    assert by_code(grid, "AVAL") == by_code(at_week_4, "AVAL") == {"b": 100, "c": 100, "d": 100}


def test_a_transplant_between_the_planned_day_and_the_answer_ends_before_the_score(moved: Trial) -> None:
    found = ended(step(moved, "worst-rank", transplant="event"))
    assert by_code(found.rows, "ended") == {"a": 1, "b": 0, "c": 0, "d": 0}
    assert by_code(found.rows.dropna(subset=["AVAL"]), "AVAL") == {"b": 100, "c": 100, "d": 100}
    assert by_code(found.rows.dropna(subset=["end_day"]), "end_day") == {"a": 30}


def test_who_was_better_before_the_transplant_is_a_responder(moved: Trial) -> None:
    found = responders.find(step(moved, "responders", transplant="event"))
    counts = [(row["responders"], row["n"], row["dead"]) for row in found.results["responders"]]
    assert counts == [(1, 2, 1), (2, 2, 0)]


def test_without_an_answer_the_planned_day_tells_who_ended_before_the_visit(trial: Trial) -> None:
    trial.answered(trial.enrol("c"), "w4", BEST, on=28)
    for code, on in (("a", 28), ("b", 29)):
        trial.event(trial.enrol(code), "transplant", on)
    found = ended(step(trial, "worst-rank", transplant="event"))
    assert by_code(found.rows, "ended") == {"a": 1, "c": 0}
    assert found.left_out["alive without a score"] == 1


@pytest.mark.parametrize("kind", ["death", "transplant"])
def test_a_deterioration_answered_before_the_end_stands_not_after_it(trial: Trial, kind: str) -> None:
    """Worse in week 4 and on day 50, before an end on day 52, for week 8, which is due on day 56."""
    trial.amend(visits=(*STUDY.visits, replace(WEEK_8, opens=10)))
    one = trial.enrol("a")
    for visit, answers, on in (("d0", BEST, 0), ("w4", WORST, 28), ("w8", WORST, 50)):
        trial.answered(one, visit, answers, on=on)
    trial.event(one, "death" if kind == "death" else "transplant", 52)
    here = step(trial, "deterioration", transplant="event")
    here = replace(here, analysis=replace(here.analysis, visits=("w4", "w8")))
    (found,) = deterioration.find(here).results["times"]
    assert (found["time"], found["cause"]) == (28, 1)


def test_an_average_while_alive_holds_the_score_of_who_died_before_the_planned_day(trial: Trial) -> None:
    """0 on day 0 and 100 on day 26, dead on day 27: half of 27 days at 100. The other is at 0 throughout."""
    for code, arm, answers, scored in (("a", "cells", BEST, 26), ("b", "usual", WORST, 28)):
        for number in "12":
            one = trial.enrol(code + number, arm=arm)
            trial.answered(one, "d0", WORST, on=0)
            trial.answered(one, "w4", answers, on=scored)
            if code == "a":
                trial.event(one, "death", 27)
    here = step(trial, "while-alive-mean", transplant="ignored", death="while-alive")
    (found,) = while_alive_mean.find(here).results["contrast"]
    assert (found["mean"], found["reference_mean"]) == (50, 0)
