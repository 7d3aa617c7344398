"""What a death is for responders and the mean count of stays follows from the estimand; numbers by hand."""

from dataclasses import replace

import pytest

from analysis.reports.methods import mean_cumulative_count, responders
from analysis.reports.step import Step
from app.domain.analysis_plan import Analysis
from app.domain.estimand import Estimand, Strategy
from tests.analysis.trial import Trial
from tests.fixtures.study import STUDY

BEST, WORST = {"itch": 0, "sleep": 0}, {"itch": 4, "sleep": 4}  # 100 and 0 of 100
WEEK_8 = replace(STUDY.visits[1], code="w8", day=56, title={"en": "Week 8", "ar": "الأسبوع 8"})
QUALITY = Estimand(
    endpoint="QOL",
    origin="randomisation",
    population="All",
    intercurrent="As the fields say",
    summary="Responders",
    instrument="itch",
    scale="ITCH",
    meaningful_difference=10,
)
STAYS = Estimand(
    endpoint="HOSP",
    origin="randomisation",
    population="All",
    intercurrent="As the fields say",
    summary="Stays",
)


@pytest.mark.parametrize(
    ("death", "responded", "columns"),
    [
        ("event", [1, 0], ["Responders of", "Dead", "Without a score"]),
        ("competing", [1, 0], ["Responders of", "Dead", "Without a score"]),
        ("while-alive", [2, 0], ["Responders of", "Without a score", "Proportion"]),
    ],
)
def test_of_the_dead_the_last_score_counts_where_only_the_time_alive_does(
    trial: Trial, death: Strategy, responded: list[int], columns: list[str]
) -> None:
    trial.amend(visits=(*STUDY.visits, WEEK_8))
    better, best, same, unknown = (
        trial.enrol(code, arm=arm)
        for code, arm in zip("abcd", ("cells", "cells", "usual", "usual"), strict=True)
    )
    for one in (better, best, same, unknown):
        trial.answered(one, "d0", WORST, on=1)
    trial.answered(better, "w4", BEST, on=28)
    trial.answered(best, "w8", BEST, on=56)
    trial.answered(same, "w8", WORST, on=56)
    trial.event(better, "death", 40)
    trial.event(unknown, "death", 20)
    analysis = Analysis(code="r", estimand="qol", rank="exploratory", method="responders", visits=("w8",))
    step = Step(data=trial.data(cutoff=70), estimand=replace(QUALITY, death=death), analysis=analysis)
    found = responders.find(step)
    assert [row["responders"] for row in found.results["responders"]] == responded
    assert [row["n"] for row in found.results["responders"]] == [2, 2]
    assert found.tables[0].columns[1:4] == columns
    assert ("last score while alive" in found.methods[0]) == (death == "while-alive")


@pytest.mark.parametrize(("death", "mean"), [("while-alive", 1.0), ("competing", 1.0), ("censoring", 1.5)])
def test_a_death_ends_the_stays_or_censors_them(trial: Trial, death: Strategy, mean: float) -> None:
    """Two at risk on day 10: 1/2. One dies; on day 30 the other's stay counts 1/2 (half live), or else 1."""
    estimand = replace(STAYS, death=death)
    trial.amend(estimands=(estimand,))
    one, other = trial.enrol("a"), trial.enrol("b")
    trial.event(one, "hospital stay", 10, 11)
    trial.event(one, "hospital stay", 30, 31)
    trial.sighted(one, 40)
    trial.event(other, "death", 20)
    analysis = Analysis(code="m", estimand="hosp", rank="secondary", method="mean-cumulative-count")
    found = mean_cumulative_count.find(Step(data=trial.data(cutoff=60), estimand=estimand, analysis=analysis))
    assert found.results["mean_cumulative_count"][-1]["mean_count"] == pytest.approx(mean)
    assert ("terminal=" in found.code) == (death != "censoring")
