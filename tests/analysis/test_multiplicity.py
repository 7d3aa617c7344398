"""Several primary analyses held together by the plan's rule; adjusted by hand, Holm's as R's p.adjust."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.reports.finding import Finding
from analysis.reports.multiplicity import held_together, with_adjusted
from analysis.reports.step import Step
from app.domain.analysis_plan import Analysis, AnalysisSettings, Multiplicity, Rank
from app.domain.estimand import Estimand
from tests.analysis.trial import Trial
from tests.fixtures.study import STUDY

TFS = STUDY.estimands[0]


def primary(trial: Trial, p_values: list[float | None]) -> list[tuple[Step, Finding]]:
    """Log-rank tests with these p values, and one that is not primary; None where nothing was found."""
    data = trial.data(cutoff=60)
    asked: list[tuple[Rank, float | None]] = [("primary", p) for p in p_values] + [("secondary", 0.001)]
    return [
        (
            Step(
                data=data,
                estimand=TFS,
                analysis=Analysis(code=f"a{number}", estimand="tfs", rank=rank, method="log-rank"),
            ),
            Finding(impossible="Nobody")
            if p is None
            else Finding(
                sentences=("The test.", "More."),
                headline=("p", "log-rank test"),
                results={"logrank": {"p_value": p}},
            ),
        )
        for number, (rank, p) in enumerate(asked, start=1)
    ]


@pytest.mark.parametrize(
    ("rule", "p_values", "adjusted", "significant"),
    [
        # 3 x 0.01, 2 x 0.02, 1 x 0.04
        ("holm", [0.04, 0.01, 0.02], [0.04, 0.03, 0.04], [True, True, True]),
        # 3 x 0.02 is not below 0.05, so nothing after it is
        ("holm", [0.02, 0.03, 0.04], [0.06, 0.06, 0.06], [False, False, False]),
        # what was not found is one of three all the same: 3 x 0.02, 2 x 0.03
        ("holm", [0.02, None, 0.03], [0.06, None, 0.06], [False, False, False]),
        ("fixed-sequence", [0.04, 0.01, 0.05], [0.04, 0.04, 0.05], [True, True, True]),
        ("fixed-sequence", [0.01, 0.06, 0.001], [0.01, 0.06, 0.06], [True, False, False]),
        # nothing is tested after what could not be
        ("fixed-sequence", [0.01, None, 0.001], [0.01, None, 1.0], [True, False, False]),
    ],
)
def test_the_rule_holds_the_primary_analyses_together(
    trial: Trial,
    rule: Multiplicity,
    p_values: list[float | None],
    adjusted: list[float | None],
    significant: list[bool],
) -> None:
    trial.enrol("a")
    study = replace(STUDY, analysis=AnalysisSettings(multiplicity=rule))
    together = held_together(study, primary(trial, p_values))
    assert together is not None
    assert [row["analysis"] for row in together.rows] == ["a1", "a2", "a3"]
    assert [row["p_value"] for row in together.rows] == p_values
    assert [row["adjusted_p_value"] for row in together.rows] == [
        each if each is None else pytest.approx(each) for each in adjusted
    ]
    assert [row["significant"] for row in together.rows] == significant


def test_without_a_rule_or_a_test_nothing_is_adjusted(trial: Trial) -> None:
    trial.enrol("a")
    for rule in (None, "none"):
        study = replace(STUDY, analysis=AnalysisSettings(multiplicity=rule))
        assert held_together(study, primary(trial, [0.01, 0.02])) is None
    study = replace(STUDY, analysis=AnalysisSettings(multiplicity="holm"))
    assert held_together(study, primary(trial, [None, None])) is None


def test_the_adjusted_value_stands_beside_the_raw_one(trial: Trial) -> None:
    """Of two: 2 x 0.02 and 1 x 0.03, which is no less; at 0.03 neither is significant."""
    trial.enrol("a")
    study = replace(STUDY, analysis=AnalysisSettings(multiplicity="holm", alpha=0.03))
    steps = primary(trial, [0.02, 0.03])
    together = held_together(study, steps)
    assert together is not None
    assert together.table.rows == [
        ["Transplant-free survival (a1)", "0.020", "0.040", "no"],
        ["Transplant-free survival (a2)", "0.030", "0.040", "no"],
    ]
    first, _, last = (with_adjusted(step, found, together) for step, found in steps)
    told = "Held together with the other primary analyses: adjusted p = 0.040, not significant at 0.03."
    assert first.sentences == ("The test.", told, "More.")
    assert first.headline == ("p", "log-rank test, adjusted p = 0.040")
    assert last is steps[-1][1]


def test_the_report_and_the_results_tell_it(told: Trial, tmp_path: Path) -> None:
    """The second p value is the greatest of both, whatever they are."""
    quality = Estimand(
        endpoint="QOL",
        origin="randomisation",
        population="All",
        intercurrent="As usual",
        summary="By arm",
        instrument="itch",
        scale="ITCH",
    )
    told.amend(
        Analysis(code="curves", estimand="tfs", rank="primary", method="kaplan-meier"),
        Analysis(code="scores", estimand="qol", rank="primary", method="mmrm", visits=("w4",)),
        estimands=(TFS, quality),
        settings=AnalysisSettings(multiplicity="fixed-sequence"),
    )
    done = CliRunner().invoke(
        main, ["report", "--database-url", told.url, "--out", str(tmp_path)], catch_exceptions=False
    )
    assert done.exit_code == 0
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    held, analyses = found["multiplicity"], found["analyses"]
    assert (held["rule"], held["alpha"]) == ("fixed-sequence", 0.05)
    raw = [
        analyses["curves"]["results"]["logrank"]["p_value"],
        analyses["scores"]["results"]["contrasts"][-1]["p_value"],
    ]
    assert [row["p_value"] for row in held["analyses"]] == raw
    assert [row["adjusted_p_value"] for row in held["analyses"]] == [raw[0], max(raw)]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("(Maurer, Hothorn and Lehmacher 1995)") == 2  # beside the analyses, among the methods
    assert page.count("Primary analyses held together: adjusted p values") == 2  # the caption and its region
    assert '<h2 id="primary">Primary analyses</h2>' in page
    assert page.count("Held together with the other primary analyses: adjusted p = ") == 2
