"""What little data still allow is found: one thing that is impossible takes nothing else with it. By hand."""

from dataclasses import replace
from math import sqrt
from typing import Any

import pytest

from analysis.reports.carrying_out import found
from analysis.reports.finding import Finding
from analysis.reports.step import Step
from app.domain.adjudication import EventKind
from app.domain.analysis_plan import Analysis, Method
from app.domain.estimand import AnyEndpoint, Estimand
from tests.analysis.test_deaths import BEST, QUALITY, WEEK_8, WORST
from tests.analysis.trial import Trial
from tests.fixtures.study import STUDY

INCIDENCE = Estimand(
    endpoint="TTX",
    origin="randomisation",
    population="All",
    intercurrent="Death competes",
    summary="Incidence",
)


def finding(
    trial: Trial,
    method: Method,
    *,
    endpoint: AnyEndpoint = "TFS",
    cutoff: int = 60,
    **options: Any,  # noqa: ANN401 - as a plan has them
) -> Finding:
    analysis = Analysis(code="x", estimand=endpoint.lower(), rank="secondary", method=method)
    analysis = replace(analysis, **options)
    estimand = INCIDENCE if endpoint == "TTX" else trial.data().study.estimands[0]
    return found(Step(data=trial.data(cutoff=cutoff), estimand=estimand, analysis=analysis))


def lived(trial: Trial, arms: str, *, itch: int | None, infused: bool = False) -> None:
    """Each letter is a participant, c of the cells and u of usual care, who died on day 1, 2, ..."""
    for died_on, letter in enumerate(arms, start=1):
        arm = {"c": "cells", "u": "usual"}[letter]
        one = trial.enrol(f"{letter}{itch}{died_on}", arm=arm)
        if infused and letter == "c":
            trial.infused(one, 0)
        if itch is not None:
            trial.answered(one, "d0", {"itch": itch, "sleep": 0}, on=0)
        trial.event(one, "death", died_on)


def test_an_arm_without_an_event_has_no_band_and_the_rest_stands(trial: Trial) -> None:
    """One event of four at risk, two of them in its arm: 1/2 above expectation, variance 1/4, χ² 1."""
    for code, arm in (("a", "cells"), ("b", "cells"), ("c", "usual"), ("d", "usual")):
        one = trial.enrol(code, arm=arm)
        if code == "a":
            trial.event(one, "death", 10)
        else:
            trial.sighted(one, 60, untransplanted=True)
    there = finding(trial, "kaplan-meier", bands="hall-wellner")
    assert there.impossible == ""
    assert there.results["logrank"]["statistic"] == pytest.approx(1)
    assert "bands" not in there.results
    assert "bands(" not in there.code
    assert there.sentences[-1].startswith("The plan asks for simultaneous bands; none are drawn")
    assert there.figures[0].svg()


def test_a_participant_without_a_stratum_is_left_out_of_the_subgroups(trial: Trial) -> None:
    """Deaths in the order u, c, c, u: the ratio is greatest in likelihood where r^2 = r + 1."""
    lived(trial, "uccu", itch=0)
    lived(trial, "c", itch=None)
    there = finding(trial, "subgroups", subgroups=("site",), strata=("itch.itch",))
    assert there.impossible == ""
    whole = there.results["subgroups"][0]
    assert (whole["n"], whole["n_reference"]) == (2, 2)
    assert whole["hazard_ratio"] == pytest.approx((1 + sqrt(5)) / 2)
    assert there.excluded[1] == "Left out: 1 without a covariate or a stratum of the model."
    assert "stratified by Did your skin itch?" in there.methods[0]
    tested = finding(trial, "log-rank", strata=("itch.itch",))
    assert "strata = combined(data.covariates(['itch.itch'], rows)).dropna()" in tested.code


def test_effects_of_products_are_stratified_as_the_plan_says(trial: Trial) -> None:
    """In one stratum u, c, c, u died in this order, in the other u, c, u, c.

    The likelihood is r^3 / (4 (1 + r)^4 (1 + 2r)^2), greatest where 6r^2 = r + 3.
    """
    lived(trial, "uccu", itch=0, infused=True)
    lived(trial, "ucuc", itch=1, infused=True)
    there = finding(trial, "subgroups", subgroups=("lot",), strata=("itch.itch",))
    [row] = there.results["product"]
    assert row["hazard_ratio"] == pytest.approx((1 + sqrt(73)) / 12)
    assert "strata=strata[kept]" in there.code


def test_effects_of_products_take_ties_as_the_plan_says(trial: Trial) -> None:
    """On day 1 one of each arm died, on day 2 the other of usual care; two with cells live on.

    Breslow's likelihood is r / ((2 + 3r)^2 (1 + 2r)), greatest where 12r^2 + 3r = 2.
    """
    for code, arm, died_on in (
        ("a", "usual", 1),
        ("b", "usual", 2),
        ("c", "cells", 1),
        ("d", "cells", None),
        ("e", "cells", None),
    ):
        one = trial.enrol(code, arm=arm)
        if arm == "cells":
            trial.infused(one, 0)
        if died_on is None:
            trial.sighted(one, 60, untransplanted=True)
        else:
            trial.event(one, "death", died_on)
    there = finding(trial, "subgroups", subgroups=("lot",), ties="breslow")
    [row] = there.results["product"]
    assert row["hazard_ratio"] == pytest.approx((sqrt(105) - 3) / 24)


@pytest.mark.parametrize("kind", ["transplant", "death"])
def test_incidence_is_drawn_where_all_events_were_on_day_0(trial: Trial, kind: EventKind) -> None:
    """One of two was transplanted, or died, on the day of randomisation, which is the cut-off."""
    for code, arm in (("a", "cells"), ("b", "usual")):
        one = trial.enrol(code, arm=arm)
        if code == "a":
            trial.event(one, kind, 0)
    there = finding(trial, "cumulative-incidence", endpoint="TTX", cutoff=0)
    assert there.impossible == ""
    rows = [row["incidence"] for row in there.results["incidence"] if row["group"] == "cells"]
    assert rows == [1]
    assert there.figures[0].svg()


def test_one_arm_has_its_share_of_responders_and_its_means(trial: Trial) -> None:
    """Three of four improved by 10 or more; scores 100, 100, 100 and 0 in week 4, 0 in all on day 0.

    Wilson's interval of 3 of 4: (0.75 + 0.4802 -+ 1.96 root(0.0469 + 0.0600)) / 1.9604, 30.1 to 95.4 %. The
    mean is 75 with the error root(2500 / 4) = 25 and 3 degrees of freedom: 75 -+ 3.1824 * 25.
    """
    estimand = replace(QUALITY, death="while-alive")
    trial.amend(estimands=(estimand,))
    for number in range(4):
        one = trial.enrol(f"p{number}")
        trial.answered(one, "d0", WORST, on=0)
        trial.answered(one, "w4", BEST if number else WORST, on=28)
    told: tuple[tuple[Method, str, str], ...] = (
        (
            "responders",
            "Responders at Week 4, Cells: 3 of 4, 75.0 % (95 % interval 30.1 to 95.4).",
            "contrast",
        ),
        ("mmrm", "Mean at Week 4, Cells: 75.0 points (95 % interval −4.6 to 154.6).", "contrasts"),
    )
    for method, sentence, key in told:
        analysis = Analysis(code="x", estimand="qol", rank="secondary", method=method, visits=("w4",))
        there = found(Step(data=trial.data(cutoff=60), estimand=estimand, analysis=analysis))
        assert there.impossible == ""
        assert there.sentences[0] == sentence
        assert there.sentences[1] == "It compares arms with Usual care; there is Cells alone."
        assert there.results[key] == []
        assert all(figure.svg() for figure in there.figures)


@pytest.mark.parametrize(("method", "answered"), [("mmrm", 0), ("mmrm", 8), ("worst-rank", 0)])
def test_a_result_of_an_earlier_visit_than_the_plan_means_says_so(
    trial: Trial, method: Method, answered: int
) -> None:
    """The plan means week 8; of eight in two arms so many have answered it, and all have answered week 4."""
    estimand = replace(QUALITY, death="event" if method == "worst-rank" else "while-alive")
    trial.amend(estimands=(estimand,), visits=(*STUDY.visits, WEEK_8))
    for number in range(8):
        one = trial.enrol(f"p{number}", arm=("cells", "usual")[number % 2])
        for visit, day in (("d0", 0), ("w4", 28), ("w8", 56))[: 3 if number < answered else 2]:
            trial.answered(one, visit, {"itch": number % 5, "sleep": number * day % 3}, on=day)
    analysis = Analysis(code="x", estimand="qol", rank="primary", method=method, visits=("w4", "w8"))
    there = found(Step(data=trial.data(cutoff=70), estimand=estimand, analysis=analysis))
    assert there.impossible == ""
    caution = "Caution: Week 8 is the visit of the plan, and nobody has a score then; this is told of Week 4."
    assert (caution in there.sentences) == (answered == 0)


def test_a_model_calls_its_covariates_as_the_questionnaire_does(trial: Trial) -> None:
    for number, itch in enumerate((0, 3, 0, 3, 3, 0, 3, 0), start=1):
        one = trial.enrol(
            f"p{number}", arm=("cells", "usual")[number % 2], site=("mad", "cai")[number // 3 % 2]
        )
        trial.answered(one, "d0", {"itch": itch, "sleep": number % 4}, on=0)
        trial.event(one, "death", number)
    there = finding(trial, "cox", covariates=("itch.itch", "itch.ITCH", "site"))
    assert there.impossible == ""
    terms = [row[0] for row in there.tables[1].rows]
    assert terms == [
        "Cells against Usual care",
        "Did your skin itch?: Often",
        "Itch and sleep",
        "Site: Madrid",
    ]
    assert "adjusted for Did your skin itch? and Itch and sleep and site" in there.sentences[0]
