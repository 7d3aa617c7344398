"""Who is in an analysis that counts from the first infusion, and what is a baseline for whom; by hand."""

from dataclasses import replace
from typing import Any

import pytest

from analysis.datasets import StudyData
from analysis.reports.again import scores_of
from analysis.reports.carrying_out import found
from analysis.reports.step import Step
from app.domain.analysis_plan import Analysis
from app.domain.estimand import Estimand
from tests.analysis.test_deaths import BEST, QUALITY, WORST
from tests.analysis.trial import Trial

SINCE = replace(QUALITY, origin="first-infusion")


@pytest.fixture
def some(trial: Trial) -> Trial:
    """The baseline visit may be answered on days 0 to 7. All at 0 then and at 100 in week 4.

    `a` answered on day 2 and was infused on day 3; `b` was infused on day 3 and answered on day 5; `c`, in
    the same arm, and `d`, in usual care, answered on day 5 and were never infused.
    """
    for code, arm, infused, answered in (
        ("a", "cells", 3, 2),
        ("b", "cells", 3, 5),
        ("c", "cells", None, 5),
        ("d", "usual", None, 5),
    ):
        one = trial.enrol(code, arm=arm)
        trial.answered(one, "d0", WORST, on=answered)
        trial.answered(one, "w4", BEST, on=28)
        if infused is not None:
            trial.infused(one, infused)
    return trial


def step(data: StudyData, estimand: Estimand = QUALITY) -> Step:
    analysis = Analysis(code="m", estimand="qol", rank="secondary", method="means", visits=("w4",))
    return Step(data=data, estimand=estimand, analysis=analysis)


def test_who_was_never_infused_has_a_baseline_for_what_counts_from_randomisation(some: Trial) -> None:
    rows = step(some.data(cutoff=60)).scores
    changed = rows[rows["CHG"].notna()]
    assert changed["SUBJID"].tolist() == ["a", "c", "d"]


def test_who_was_never_infused_has_none_for_what_counts_from_the_infusion(some: Trial) -> None:
    """Of the infused `a` alone had answered before: nobody else has a change of score since the infusion."""
    here = step(some.data(cutoff=60), SINCE)
    assert set(here.scores["SUBJID"]) == {"a", "b"}
    assert here.scores.dropna(subset=["CHG"])["SUBJID"].tolist() == ["a"]


def test_the_report_counts_them_out_and_its_code_finds_the_same(some: Trial) -> None:
    some.amend(estimands=(SINCE,))
    data = some.data(cutoff=60)
    told = found(step(data, SINCE))
    named: dict[str, Any] = {"data": data}
    exec(scores_of(step(data, SINCE)), named)  # noqa: S102 - our own lines
    assert set(named["rows"]["SUBJID"]) == {"a", "b"}
    assert told.excluded == ("2 of 4 randomised are analysed.", "Left out: 2 without an infusion.")
