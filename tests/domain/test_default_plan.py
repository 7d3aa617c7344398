"""The steps of a plan in their order, and what stands in for a plan that a study does not have."""

from dataclasses import replace

from app.domain.analysis_plan import RANKS, Analysis
from app.domain.default_plan import planned
from app.domain.estimand import STRATEGIES, Estimand
from app.domain.study_changes import study_changes
from tests.fixtures.study import STUDY

QUALITY = Estimand(
    code="itching",
    endpoint="QOL",
    origin="randomisation",
    population="All randomised",
    intercurrent="None",
    summary="Difference of means",
    instrument="itch",
    scale="ITCH",
)


def test_a_study_without_a_plan_is_described() -> None:
    steps = planned(replace(STUDY, estimands=(*STUDY.estimands, QUALITY)))
    assert [(each.code, each.method) for _, each in steps] == [
        ("tfs", "kaplan-meier"),
        ("os", "kaplan-meier"),
        ("ttx", "event-counts"),
        ("hospital", "rates"),
        ("qol-itch", "means"),
    ]
    estimands = [estimand for estimand, _ in steps]
    assert estimands[0] == STUDY.estimands[0]
    assert estimands[1].summary == ""
    assert estimands[-1] == replace(QUALITY, scale="")


def test_what_is_planned_is_done_in_the_order_of_ranks_and_nothing_else() -> None:
    analyses = tuple(
        Analysis(code=f"{rank}-{number}", estimand="tfs", rank=rank, method="kaplan-meier")
        for number, rank in enumerate((*reversed(RANKS), "primary"))
    )
    steps = planned(replace(STUDY, analyses=analyses))
    assert [each.code for _, each in steps] == [
        *("primary-4", "primary-5", "secondary-3", "sensitivity-2", "exploratory-1", "safety-0")
    ]
    assert {estimand for estimand, _ in steps} == {STUDY.estimands[0]}


def test_a_strategy_that_is_not_named_is_the_first_of_the_endpoint() -> None:
    assert (QUALITY.transplant_is, QUALITY.death_is) == ("ignored", "while-alive")
    assert replace(QUALITY, death="event").death_is == "event"
    assert all(each.transplant and each.death for each in STRATEGIES.values())


def test_an_amendment_of_the_plan_is_told() -> None:
    step = Analysis(code="tfs-rmst", estimand="tfs", rank="primary", method="rmst", tau_days=365)
    old = replace(STUDY, analyses=(step,))
    assert list(study_changes(old, replace(STUDY, analyses=(replace(step, tau_days=730),)))) == [
        "analysis tfs-rmst: tau_days 365 becomes 730"
    ]
    assert list(study_changes(STUDY, old)) == ["analysis tfs-rmst: new"]
    assert list(study_changes(STUDY, replace(STUDY, estimands=(*STUDY.estimands, QUALITY)))) == [
        "estimand itching: new"
    ]
