"""Every method of a plan on a small trial: it finds something and shows it, its Python finds the same."""

import ast
import re
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from babel.messages.pofile import read_po

from analysis import datasets, estimators
from analysis.estimators import means
from analysis.reports import figure, language
from analysis.reports.carrying_out import found
from analysis.reports.finding import Finding
from analysis.reports.methods import METHODS
from analysis.reports.plain import lines, plain
from analysis.reports.primary_tests import P_VALUES, primary_p_value
from analysis.reports.step import Step
from analysis.reports.words import p_words
from app.domain import analysis_methods
from app.domain.analysis_plan import Analysis, Method
from app.domain.estimand import Estimand
from app.errors import Refusal
from tests.analysis.trial import Trial, begin
from tests.fixtures.pseudo_language import OPENS, PSEUDO, Pseudo
from tests.fixtures.study import STUDY

WORDS: dict[str, Any] = {
    "origin": "randomisation",
    "population": "All",
    "intercurrent": "As usual",
    "summary": "By arm",
}
WEEK_8 = replace(STUDY.visits[1], code="w8", day=56)
ESTIMANDS = (
    Estimand(endpoint="TFS", **WORDS),
    Estimand(endpoint="TTX", **WORDS),
    Estimand(endpoint="HOSP", **WORDS),
    Estimand(endpoint="QOL", instrument="itch", scale="ITCH", meaningful_difference=10, **WORDS),
    Estimand(
        code="dead",
        endpoint="QOL",
        instrument="itch",
        scale="ITCH",
        death="event",
        transplant="event",
        **WORDS,
    ),
    Estimand(endpoint="COMPOSITE", instrument="itch", scale="ITCH", **WORDS),
    Estimand(endpoint="SAFETY", **WORDS),
)
STEPS: dict[str, dict[str, Any]] = {
    "kaplan-meier": {"estimand": "tfs", "at_days": (30, 60), "bands": "hall-wellner"},
    "landmark": {"estimand": "tfs", "landmark_day": 30, "at_days": (20,)},
    "follow-up": {"estimand": "safety"},
    "random-slope": {"estimand": "qol", "visits": ("d0", "w4", "w8"), "covariates": ("site",)},
    "log-rank": {"estimand": "tfs", "strata": ("itch.itch",), "rho": 1.0},
    "rmst": {"estimand": "tfs", "tau_days": 60},
    "cox": {"estimand": "tfs", "covariates": ("itch.ITCH",), "strata": ("site",)},
    "event-counts": {"estimand": "ttx"},
    "cumulative-incidence": {"estimand": "ttx", "at_days": (30, 60)},
    "fine-gray": {"estimand": "ttx", "covariates": ("itch.ITCH",)},
    "time-lost": {"estimand": "ttx", "tau_days": 60},
    "rates": {"estimand": "hosp"},
    "rate-ratio": {"estimand": "hosp", "model": "poisson", "covariates": ("itch.ITCH",)},
    "mean-cumulative-count": {"estimand": "hosp", "at_days": (30, 60)},
    "means": {"estimand": "qol"},
    "mmrm": {"estimand": "qol", "covariates": ("baseline", "site"), "covariance": "adaptive"},
    "win-ratio": {
        "estimand": "composite",
        "hierarchy": ("death", "transplant", "hospital-days", "hospital-stays", "score"),
        "margins": {"score": 10},
    },
    "days-out-of-hospital": {"estimand": "hosp", "tau_days": 60},
    "readmission": {"estimand": "hosp", "within_days": (10, 30)},
    "recurrent-cox": {"estimand": "hosp", "model": "pwp-total-time"},
    "exposure-adjusted": {
        "estimand": "safety",
        "kinds": ("adverse-event", "serious", "death", "hospital-stay", "tumour"),
    },
    "subgroups": {"estimand": "tfs", "subgroups": ("passage", "site", "itch.ITCH")},
    "swimmer": {"estimand": "composite"},
    "responders": {"estimand": "qol", "visits": ("w4",)},
    "deterioration": {"estimand": "qol", "difference": 20.0},
    "area-under-curve": {"estimand": "qol", "visits": ("w4",)},
    "while-alive-mean": {"estimand": "qol", "visits": ("w4", "w8")},
    "composite-mean": {"estimand": "dead", "visits": ("w4",), "at_death": 0.0},
    "worst-rank": {"estimand": "dead", "visits": ("w8",)},
    "multiple-imputation": {"estimand": "qol", "visits": ("w4",), "seed": 7, "imputations": 5},
    "pattern-mixture": {"estimand": "qol", "visits": ("w4",), "seed": 7, "imputations": 5},
    "tipping-point": {
        "estimand": "qol",
        "visits": ("w4",),
        "deltas": (0.0, -20.0),
        "seed": 7,
        "imputations": 5,
    },
}
TWICE: dict[str, dict[str, Any]] = {
    "cumulative-incidence": {"estimand": "safety", "kinds": ("tumour", "death", "hospital-stay")},
    "rate-ratio": {"estimand": "hosp", "model": "exact"},
    "recurrent-cox": {"estimand": "hosp", "model": "andersen-gill"},
    "follow-up": {"estimand": "tfs"},
}
TEMPLATE = Path(__file__).parents[2] / "translations" / "analysis.pot"
TEXTS = re.compile(r"<text\b[^>]*>([^<]*)</text>")
UNLIKE = ("event-counts", "rates", "means", "swimmer")
"""Methods whose results name columns otherwise than their lines of Python."""


@pytest.fixture(scope="module")
def data(module_sqlite_url: str) -> datasets.StudyData:
    """Forty participants; what happens to them is drawn once and for all."""
    trial, chance = begin(module_sqlite_url), Random(5)
    lots = (*STUDY.product_lots, replace(STUDY.product_lots[0], code="LOT-2", passage=6))
    trial.amend(estimands=ESTIMANDS, visits=(*STUDY.visits, WEEK_8), product_lots=lots)
    for number in range(40):
        _live(trial, chance, f"p{number:02}", ("cells", "usual")[number % 2])
    return trial.data(cutoff=100)


def _live(trial: Trial, chance: Random, code: str, arm: str) -> None:
    one, worse = trial.enrol(code, arm=arm, site=chance.choice(["mad", "cai"])), arm == "usual"
    if not worse:
        trial.infused(one, 2, lot=("LOT-1", "LOT-2")[int(code[1:]) // 2 % 2])
    itch = chance.randint(0, 4)
    trial.answered(one, "d0", {"itch": itch, "sleep": chance.randint(0, 4)}, on=0)
    end = chance.randint(40, 99)
    if chance.random() < (0.5 if worse else 0.3):
        trial.event(one, "death", end)
    else:
        trial.sighted(one, end, untransplanted=True)
    if chance.random() < (0.4 if worse else 0.2):
        trial.event(one, "transplant", chance.randint(30, end))
    for day in {chance.randint(1, end) for _ in range(chance.randint(0, 3))}:
        trial.event(one, "hospital stay", day, min(end, day + chance.randint(0, 5)))
    if chance.random() < 0.2:
        trial.event(one, "tumour", chance.randint(1, end), term="Carcinoma", criteria="other")
    if end > 42:
        trial.answered(one, "w4", {"itch": chance.randint(0, 4), "sleep": itch}, on=29)
    if end > 60:
        trial.answered(one, "w8", {"itch": (itch + chance.randint(0, 4)) // 2, "sleep": itch}, on=57)


ALL = [
    pytest.param(method, asked, id=f"{method}-{asked['estimand']}")
    for method, asked in [*STEPS.items(), *TWICE.items()]
]


def carried_out(data: datasets.StudyData, method: Any, asked: dict[str, Any]) -> Finding:  # noqa: ANN401
    estimands = {each.key: each for each in ESTIMANDS}
    analysis = Analysis(code="x", rank="secondary", method=method, **asked)
    return found(Step(data=data, estimand=estimands[asked["estimand"]], analysis=analysis))


def test_arms_stand_in_the_order_of_the_study_whatever_happened(data: datasets.StudyData) -> None:
    """Nobody had an adverse event, and in the tumours' rows the arm of whoever had the first came first."""
    kinds = ("tumour", "adverse-event", "death")
    found = carried_out(data, "exposure-adjusted", {"estimand": "safety", "kinds": kinds}).results
    for kind in kinds:
        assert [row["group"] for row in found[kind]["rates"]] == ["cells", "usual"]


def test_a_landmark_counts_from_its_day(data: datasets.StudyData) -> None:
    [drawn] = carried_out(data, "landmark", {"estimand": "tfs", "landmark_day": 30}).figures
    assert "Months since day 30" in drawn.table.columns
    assert "Time since day 30, months" in drawn.svg()


def test_what_a_model_of_arms_rests_on_is_counted(data: datasets.StudyData) -> None:
    """As the rows of ADTTE and ADREC have it, counted without any model."""
    times = data.adtte.query("PARAMCD == 'TTX' and ANL01FL == 'Y'")
    expected = [
        [
            name,
            *(
                str(int(((times["ARMCD"] == arm) & times["CNSR"].isin(which)).sum()))
                for which in ([0, 1, 2], [0], [2])
            ),
        ]
        for arm, name in data.arms.items()
    ]
    counted = carried_out(data, "fine-gray", {"estimand": "ttx"}).tables[0]
    assert counted.columns[1:] == ["Participants", "Transplant", "Death before transplant"]
    assert counted.rows == expected
    stays = data.adrec.query("PARAMCD == 'HOSP' and EVENT == 1")["ARMCD"].value_counts()
    counted = carried_out(data, "rate-ratio", {"estimand": "hosp"}).tables[0]
    assert [row[2] for row in counted.rows] == [str(stays[arm]) for arm in data.arms]


def test_every_method_that_tests_arms_has_its_p_value() -> None:
    assert set(P_VALUES) == {name for name, rule in analysis_methods.METHODS.items() if rule.tests}


@pytest.mark.parametrize("method", P_VALUES)
def test_the_p_value_that_stands_for_a_method_is_told_in_its_first_sentences(
    data: datasets.StudyData, method: Method
) -> None:
    asked = STEPS[method]
    estimands = {each.key: each for each in ESTIMANDS}
    analysis = Analysis(code="x", rank="primary", method=method, **asked)
    step = Step(data=data, estimand=estimands[asked["estimand"]], analysis=analysis)
    finding = found(step)
    p = primary_p_value(step, finding.results)
    assert p is not None
    assert any(p_words(p) in sentence for sentence in finding.sentences[:2])


def test_every_method_is_tried() -> None:
    assert set(STEPS) == set(METHODS)


@pytest.mark.parametrize(("method", "asked"), ALL)
def test_a_method_finds_something_and_shows_it(
    data: datasets.StudyData, method: str, asked: dict[str, Any]
) -> None:
    finding = carried_out(data, method, asked)
    assert finding.impossible == ""
    assert finding.sentences
    assert finding.results
    assert finding.excluded[0].endswith("randomised are analysed.")
    for table in (*finding.tables, *(drawn.table for drawn in finding.figures)):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}
    for drawn in finding.figures:
        assert drawn.svg() == drawn.svg()
        assert drawn.description


@pytest.mark.parametrize(("method", "asked"), ALL)
def test_words_of_tables_and_figures_are_in_the_language_of_the_report(
    data: datasets.StudyData, method: str, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A language made by machine has every message; what is not in it was never marked for translation."""
    monkeypatch.setattr(language, "_catalogue", lambda _: Pseudo())
    monkeypatch.setattr(language, "current", lambda: PSEUDO)
    finding = carried_out(data, method, asked)
    tables = [*finding.tables, *(drawn.table for drawn in finding.figures)]
    said = [each for table in tables for each in (table.caption, *table.columns)]
    said += [each for drawn in finding.figures for each in (drawn.title, drawn.caption, drawn.description)]
    assert [each for each in said if OPENS not in each and each not in ("n", "p")] == []
    cells = {cell for table in tables for row in table.rows for cell in row}
    assert [cell for cell in cells if " to " in cell or " not " in cell] == []
    messages = {message.id for message in read_po(TEMPLATE.read_bytes().splitlines(keepends=True))}
    drawn_words = {text for drawn in finding.figures for text in TEXTS.findall(drawn.svg())}
    assert drawn_words & messages == set()
    assert cells & messages == set()
    told = " ".join((*finding.sentences, *finding.excluded, *finding.methods, str(finding.results)))
    assert OPENS not in told


def test_a_figure_can_be_drawn_again_by_its_name(data: datasets.StudyData) -> None:
    """Those of the description, for the study has no plan, and those of its conduct."""
    for name in ("tfs", "qol-itch", "hospital", "flow", "completion"):
        drawn = figure(data, name)
        assert drawn.name == name
        assert drawn._repr_svg_() == drawn.svg()
    with pytest.raises(Refusal, match="a figure called 'nothing'"):
        figure(data, "nothing")


@pytest.mark.parametrize(("method", "asked"), ALL)
def test_its_python_finds_the_same(data: datasets.StudyData, method: str, asked: dict[str, Any]) -> None:
    finding = carried_out(data, method, asked)
    names = {name: getattr(estimators, name) for name in estimators.__all__}
    names |= {
        "mean_score": means.mean_score,
        "combined": datasets.combined,
        "levels": datasets.levels,
        "pd": pd,
        "data": data,
    }
    tree = ast.parse(finding.code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, "again", "exec"), names)  # noqa: S102 - our own lines
    again = eval(compile(ast.Expression(last.value), "again", "eval"), names)  # noqa: S307
    if method in UNLIKE:
        return
    told: object
    if hasattr(again, "statistic"):
        told = {"statistic": again.statistic, "df": again.df, "p_value": plain(again.p_value)}
    else:
        told = lines(again.to_frame())
    results = finding.results.values()
    nested = [inner for each in results if isinstance(each, dict) for inner in each.values()]
    assert told in [*results, *nested]
