"""Each kind of contradiction in estimands and the plan of analyses is one fault with its file and place."""

from pathlib import Path

import pytest

from app.formats import study_folder
from tests.fixtures.study_folder import INSTRUMENT, STUDY, changed, faults

PLAN = """
[analysis]
reference = "usual"
looks = { events = [10, 20] }

[[estimands]]
code = "quality"
endpoint = "QOL"
origin = "randomisation"
population = "All randomised"
intercurrent = "None of it"
summary = "Difference of means"
instrument = "rest"
scale = "ENERGY"
meaningful_difference = 8

[[estimands]]
endpoint = "TTX"
origin = "randomisation"
population = "All randomised"
intercurrent = "Death competes"
summary = "Incidence"
death = "censoring"

[[estimands]]
endpoint = "COMPOSITE"
origin = "randomisation"
population = "All randomised"
intercurrent = "Ordered"
summary = "Win ratio"
instrument = "rest"
scale = "TOTAL"

[[analyses]]
code = "tfs-curves"
estimand = "tfs"
rank = "primary"
method = "kaplan-meier"
at_days = [365]

[[analyses]]
code = "quality-mmrm"
estimand = "quality"
rank = "secondary"
method = "mmrm"
visits = ["week-4"]
covariates = ["baseline", "rest.tired"]
covariance = "toeplitz"

[[analyses]]
code = "tfs-rmst"
estimand = "tfs"
rank = "sensitivity"
method = "rmst"
events = "all"
tau_days = 300

[[analyses]]
code = "wins"
estimand = "composite"
rank = "exploratory"
method = "win-ratio"
hierarchy = ["death", "transplant", "score"]
margins = { score = 5 }

[[stay_reasons]]
"""

# what stands there, what is put there; of the one fault: its place, how found begins, a part of allowed
CONTRADICTIONS = [
    ('= "TTX"\n', '= "TTX"\ncode = "os"\n', "estimands[2].code", '"os"', "no other endpoint's name"),
    ('= "TTX"\n', '= "TTX"\ncode = "a b"\n', "estimands[2].code", '"a b"', "letters a-z"),
    ('= "TTX"\n', '= "TTX"\ncode = "quality"\n', "estimands[2].code", '"quality"', "only once"),
    ('death = "censoring"', 'death = "ignored"', "estimands[2].death", '"ignored"', "competing, censoring"),
    ('instrument = "rest"\nscale = "E', 'scale = "E', "estimands[1].instrument", '""', "of the visits: rest"),
    ('"ENERGY"', '"JOY"', "estimands[1].scale", '"JOY"', "a scale of rest: ENERGY"),
    ("= 8", "= 0", "estimands[1].meaningful_difference", "0", "more than 0"),
    ('"Incidence"', '"I"\nscale = "TOTAL"', "estimands[2].scale", '"TOTAL"', "it is for QOL, COMPOSITE"),
    ('reference = "usual"', 'reference = "none"', "analysis.reference", '"none"', "cells, usual"),
    ('reference = "usual"', "alpha = 0.5", "analysis.alpha", "0.5", "less than 0.5"),
    ("[10, 20]", "[20, 20]", "analysis.looks.events", "20, 20", "more than the one before"),
    ("[10, 20]", '[10], spending = "power"', "analysis.looks.parameter", "nothing", "power needs it"),
    ("[10, 20]", "[10], parameter = 1", "analysis.looks.parameter", "1", "obrien-fleming has none"),
    ('rank = "primary"', 'rank = "safety"', "analysis.looks", "no primary analysis", "TFS, OS, TTX"),
    ('"kaplan-meier"\nat_days = [365]', '"cox"', "analysis.looks", "no primary analysis", "by kaplan-meier"),
    ('code = "tfs-rmst"', 'code = "wins"', "analyses[3].code", '"wins"', "only once"),
    (
        'estimand = "quality"',
        'estimand = "joy"',
        "analyses[1].estimand",
        '"joy"',
        "tfs, quality, ttx, composite",
    ),
    (
        '"kaplan-meier"\nat_days = [365]',
        '"mmrm"',
        "analyses[0].method",
        '"mmrm"',
        "a method for TFS: kaplan-meier",
    ),
    (
        "at_days = [365]",
        "tau_days = 365",
        "analyses[0].tau_days",
        "365",
        "kaplan-meier has at_days, conf_type",
    ),
    ("at_days = [365]", "at_days = [-1]", "analyses[0].at_days", "-1", "0 to 36600"),
    ("at_days = [365]", "at_days = [3, 3]", "analyses[0].at_days", "3 more than once", "each once"),
    ("at_days = [365]", 'strata = ["baseline"]', "analyses[0].strata", '"baseline"', "site, or an answer"),
    ("at_days = [365]", 'strata = ["stratum"]', "analyses[0].strata", '"stratum"', "site, or an answer"),
    ("tau_days = 300", "", "analyses[2].tau_days", "nothing", "rmst needs it"),
    ("tau_days = 300", "tau_days = 0", "analyses[2].tau_days", "0", "1 to 36600"),
    ('["week-4"]', '["week-9"]', "analyses[1].visits", '"week-9"', "asks rest: day-0, week-4"),
    ('"toeplitz"', '"spatial"', "analyses[1].covariance", '"spatial"', "unstructured, toeplitz"),
    ('"rest.tired"', '"rest.meld"', "analyses[1].covariates", '"rest.meld"', "an item or a scale of rest"),
    (
        '"rest.tired"',
        '"fluid.meld"',
        "analyses[1].covariates",
        '"fluid.meld"',
        "site, baseline, or an answer",
    ),
    ('"rest.tired"', '"passage"', "analyses[1].covariates", '"passage"', "site, baseline, or an answer"),
    (
        'hierarchy = ["death", "transplant", "score"]',
        "",
        "analyses[3].hierarchy",
        "nothing",
        "win-ratio needs it",
    ),
    ('["death", "transplant", "score"]', '["death"]', "analyses[3].margins", '"score"', "of the score alone"),
    (
        'summary = "Win ratio"\n',
        'summary = "Win ratio"\ntransplant = "ignored"\n',
        "analyses[3].hierarchy",
        '"transplant"',
        "for which a transplant is an event",
    ),
    ("score = 5 }", "score = -5 }", "analyses[3].margins.score", "-5", "0 or more"),
    ("= 8", '= 8\ndeath = "event"', "analyses[1].estimand", '"quality"', "is an event: so mmrm is"),
    (
        'rank = "secondary"',
        'rank = "tertiary"',
        "analyses[1].rank",
        '"tertiary"',
        '"exploratory" or "safety"',
    ),
    ('method = "mmrm"', 'method = "anova"', "analyses[1].method", '"anova"', '"win-ratio", "swimmer"'),
    (
        "tau_days = 300",
        "tau_day = 300",
        "analyses[2].tau_day",
        "a field that is not known",
        "tau_days (perhaps",
    ),
]


@pytest.fixture
def planned(folder: Path) -> Path:
    return changed(folder, STUDY, "\n[[stay_reasons]]\n", PLAN)


def test_the_plan_is_without_faults(planned: Path) -> None:
    assert [each.code for each in study_folder.read(planned).study.analyses] == [
        *("tfs-curves", "quality-mmrm", "tfs-rmst", "wins")
    ]


@pytest.mark.parametrize(("old", "new", "place", "found", "allowed"), CONTRADICTIONS)
def test_a_contradiction_is_one_fault_at_its_place(
    planned: Path, old: str, new: str, place: str, found: str, allowed: str
) -> None:
    (fault,) = faults(changed(planned, STUDY, old, new))
    assert (fault.file, fault.place) == (STUDY, place)
    assert fault.found.startswith(found)
    assert allowed in fault.allowed


def test_an_endpoint_stands_twice_only_with_codes(planned: Path) -> None:
    changed(planned, STUDY, 'endpoint = "TTX"\n', 'endpoint = "TFS"\n')
    changed(planned, STUDY, 'death = "censoring"\n', "")
    (fault,) = faults(planned)
    assert (fault.place, fault.found) == ("estimands", "TFS more than once")


def test_an_instrument_that_cannot_be_read_gives_no_faults_that_only_follow_from_it(planned: Path) -> None:
    changed(planned, STUDY, '"rest.tired"', '"rest.meld"')
    changed(planned, INSTRUMENT, '"code": "TOTAL"', '"code": 7')
    assert {fault.file for fault in faults(planned)} == {INSTRUMENT}


def test_a_treated_set_needs_something_to_treat_with(planned: Path) -> None:
    text = (planned / STUDY).read_text(encoding="utf-8")
    start, end = text.index("[[product_lots]]"), text.index("[[estimands]]")
    text = text[:start] + text[end:].replace('"first-infusion"', '"randomisation"\nset = "treated"')
    place = planned / STUDY
    place.write_text(text.replace(PLAN, "\n[[stay_reasons]]\n"), encoding="utf-8")
    (fault,) = faults(planned)
    assert (fault.place, fault.found) == ("estimands[0].set", '"treated"')


@pytest.mark.parametrize("method", ["responders", "deterioration"])
def test_a_change_that_is_noticed_has_a_size(planned: Path, method: str) -> None:
    changed(planned, STUDY, 'covariates = ["baseline", "rest.tired"]\ncovariance = "toeplitz"\n', "")
    changed(planned, STUDY, "meaningful_difference = 8\n", "")
    (fault,) = faults(changed(planned, STUDY, '"mmrm"', f'"{method}"'))
    assert (fault.place, fault.found) == ("analyses[1].difference", "nothing")


@pytest.mark.parametrize(
    ("method", "said", "found", "allowed"),
    [
        ("responders", 'death = "censoring"', 'death is "censoring"', "event, competing, while-alive"),
        ("responders", 'transplant = "censoring"', 'transplant is "censoring"', "ignored, event"),
        ("worst-rank", 'death = "competing"', 'death is "competing"', "one of event"),
        (
            "worst-rank",
            'death = "event"\ntransplant = "censoring"',
            'transplant is "censoring"',
            "ignored, event",
        ),
        (
            "while-alive-mean",
            'death = "censoring"',
            'death is "censoring"',
            "one of while-alive: so while-alive-mean",
        ),
    ],
)
def test_a_method_takes_only_deaths_and_transplants_that_it_can_carry_out(
    planned: Path, method: str, said: str, found: str, allowed: str
) -> None:
    changed(planned, STUDY, 'covariates = ["baseline", "rest.tired"]\ncovariance = "toeplitz"\n', "")
    changed(planned, STUDY, 'scale = "ENERGY"\n', f'scale = "ENERGY"\n{said}\n')
    (fault,) = faults(changed(planned, STUDY, '"mmrm"', f'"{method}"'))
    assert fault.place == "analyses[1].estimand"
    assert found in fault.found
    assert allowed in fault.allowed


@pytest.mark.parametrize(
    ("method", "options"),
    [("multiple-imputation", ""), ("tipping-point", "deltas = [-5]\n"), ("pattern-mixture", "")],
)
def test_no_imputation_takes_a_death_that_censors(planned: Path, method: str, options: str) -> None:
    """As if nobody died: that would be scores after a death."""
    old = 'covariates = ["baseline", "rest.tired"]\ncovariance = "toeplitz"\n'
    changed(planned, STUDY, old, f"seed = 1\n{options}")
    changed(planned, STUDY, 'scale = "ENERGY"\n', 'scale = "ENERGY"\ndeath = "censoring"\n')
    (fault,) = faults(changed(planned, STUDY, '"mmrm"', f'"{method}"'))
    assert (fault.place, fault.found) == ("analyses[1].estimand", '"quality", whose death is "censoring"')
    assert fault.allowed == f"an estimand whose death is one of while-alive: so {method} takes it"


SECOND = ('rank = "sensitivity"', 'rank = "primary"')  # the restricted mean of transplant-free survival
NO_LOOKS = ("looks = { events = [10, 20] }\n", "")


@pytest.mark.parametrize(
    ("changes", "place", "found", "allowed"),
    [
        (
            [SECOND],
            "analysis.multiplicity",
            "nothing",
            "fixed-sequence, holm or none: 2 analyses are primary",
        ),
        (
            [NO_LOOKS, ('reference = "usual"', 'multiplicity = "holm"')],
            "analysis.multiplicity",
            '"holm"',
            "two primary analyses or more",
        ),
        (
            [SECOND, ('reference = "usual"', 'multiplicity = "fixed-sequence"')],
            "analysis.multiplicity",
            '"fixed-sequence"',
            "none where looks are planned",
        ),
        (
            [
                *(SECOND, NO_LOOKS, ('reference = "usual"', 'multiplicity = "holm"')),
                ('"rmst"\nevents = "all"\ntau_days = 300', '"follow-up"'),
            ],
            "analyses[2].method",
            '"follow-up"',
            "one p value of 2 arms for holm: kaplan-meier",
        ),
    ],
    ids=["several and no word", "one and a rule", "a rule and looks", "no p value"],
)
def test_a_rule_for_several_primary_analyses_fits_them(
    planned: Path, changes: list[tuple[str, str]], place: str, found: str, allowed: str
) -> None:
    for old, new in changes:
        changed(planned, STUDY, old, new)
    (fault,) = faults(planned)
    assert (fault.file, fault.place, fault.found) == (STUDY, place, found)
    assert allowed in fault.allowed


@pytest.mark.parametrize("rule", ["holm", "fixed-sequence", "none"])
def test_several_primary_analyses_have_one_rule(planned: Path, rule: str) -> None:
    for old, new in (SECOND, NO_LOOKS, ('reference = "usual"', f'multiplicity = "{rule}"')):
        changed(planned, STUDY, old, new)
    assert study_folder.read(planned).study.analysis.multiplicity == rule
