"""Which scores count beside a death follows the events of the analysis; numbers by hand."""

import pandas as pd
import pytest

from analysis.columns import DATASETS
from app.domain.analysis_plan import Analysis
from tests.analysis.test_deaths import BEST, QUALITY, WORST
from tests.analysis.trial import Trial


@pytest.fixture
def reported(trial: Trial) -> Trial:
    """Both at 0 on day 0; `a` at 100 on day 35, after a death on day 30 that nobody confirmed; `b` at 0."""
    trial.amend(
        Analysis(code="confirmed", estimand="qol", rank="primary", method="means"),
        Analysis(code="all", estimand="qol", rank="sensitivity", method="means", events="all"),
        estimands=(QUALITY,),
    )
    one, two = trial.enrol("a"), trial.enrol("b")
    for who, answers in ((one, BEST), (two, WORST)):
        trial.answered(who, "d0", WORST, on=0)
        trial.answered(who, "w4", answers, on=35)
        trial.sighted(who, 60)
    trial.event(one, "death", 30, decision=None)
    return trial


def test_a_score_after_a_reported_death_counts_only_where_confirmed_deaths_do(reported: Trial) -> None:
    done = reported.carried_out()
    means = {
        step.code: [(row["visit"], row["n"], row["mean"]) for row in found.results["means"]]
        for step, found in done.steps
    }
    assert means == {
        "confirmed": [("d0", 2, 0), ("w4", 2, 50)],
        "all": [("d0", 2, 0), ("w4", 1, 0)],
    }


def test_the_data_of_all_reported_events_are_those_that_load_gives(reported: Trial) -> None:
    """Where a plan wants them beside the confirmed ones, as where they are asked for alone."""
    also, alone = reported.carried_out().reported, reported.data(events="all")
    assert also is not None
    for name in DATASETS:
        pd.testing.assert_frame_equal(getattr(also, name), getattr(alone, name), obj=name)
