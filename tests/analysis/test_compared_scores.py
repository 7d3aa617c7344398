"""Which score the change in a hierarchical composite is of; every number by hand.

The score is 100 without itch and bad sleep, 0 with the worst of both, 50 in the middle of both.
"""

from dataclasses import replace

import pytest

from analysis.reports.carrying_out import found
from analysis.reports.step import Step
from app.domain.analysis_plan import Analysis
from app.domain.estimand import Estimand, Strategy
from tests.analysis.test_deaths import BEST, WORST
from tests.analysis.trial import Trial

MIDDLE = {"itch": 2, "sleep": 2}
COURSE = Estimand(
    endpoint="COMPOSITE",
    origin="randomisation",
    population="All",
    intercurrent="A transplant is worse than a lower score",
    summary="Who fared better",
    instrument="itch",
    scale="ITCH",
)


@pytest.fixture
def moved(trial: Trial) -> Trial:
    """All at 0 on day 0 and observed to day 60; week 4 may be answered on days 21 to 42.

    `a` transplanted on day 30 and at 100 on day 35; `b` at 50 on day 25 and transplanted on day 30; `c` at
    100 on day 28, the day of the transplant; `d` at 100, never transplanted.
    """
    for code, arm, transplanted, answers, on in (
        ("a", "cells", 30, BEST, 35),
        ("b", "cells", 30, MIDDLE, 25),
        ("c", "usual", 28, BEST, 28),
        ("d", "usual", None, BEST, 28),
    ):
        one = trial.enrol(code, arm=arm)
        trial.answered(one, "d0", WORST, on=0)
        trial.answered(one, "w4", answers, on=on)
        if transplanted is not None:
            trial.event(one, "transplant", transplanted)
        trial.sighted(one, 60)
    return trial


def changes(trial: Trial, transplant: Strategy) -> dict[str, float]:
    trial.amend(estimands=(replace(COURSE, transplant=transplant),))
    rows = trial.data(cutoff=60).compared("COMPOSITE", instrument="itch", scale="ITCH", visit="w4")
    known = rows.dropna(subset=["change"])
    return dict(zip(known["USUBJID"].str.removeprefix("tiny-"), known["change"], strict=True))


def test_where_a_transplant_is_an_event_no_score_after_it_counts(moved: Trial) -> None:
    assert changes(moved, "event") == {"b": 50, "c": 100, "d": 100}


def test_where_a_transplant_is_ignored_the_score_after_it_counts(moved: Trial) -> None:
    assert changes(moved, "ignored") == {"a": 100, "b": 50, "c": 100, "d": 100}


def test_a_score_with_the_new_liver_wins_no_pair(trial: Trial) -> None:
    """Both were transplanted on day 30: `a` scored before it, by 50 better, `b` at 100 after it alone.

    The transplants tie. Counting what `b` felt with the new liver, `b` would win.
    """
    for code, arm, answers, on in (("a", "cells", MIDDLE, 25), ("b", "usual", BEST, 35)):
        one = trial.enrol(code, arm=arm)
        trial.answered(one, "d0", WORST, on=0)
        trial.answered(one, "w4", answers, on=on)
        trial.event(one, "transplant", 30)
        trial.sighted(one, 60)
    trial.amend(estimands=(COURSE,))
    analysis = Analysis(
        code="x",
        estimand="composite",
        rank="primary",
        method="win-ratio",
        hierarchy=("death", "transplant", "score"),
    )
    data = trial.data(cutoff=60)
    parts = found(Step(data=data, estimand=COURSE, analysis=analysis)).results["components"]
    decided = {each["component"]: (each["wins"], each["losses"], each["ties"]) for each in parts}
    assert decided["change"] == (0, 0, 1)
