"""The report does what the plan says, in its order, and tells plainly what it cannot do."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from analysis import datasets, estimators
from analysis.__main__ import main
from analysis.estimators import means, rates
from analysis.reports import figure
from analysis.reports.finding import Finding
from analysis.reports.methods import METHODS
from analysis.reports.step import Step
from app.domain import analysis_methods
from app.domain.analysis_plan import Analysis, AnalysisSettings, LateDeaths, Looks, Method, Rank
from app.domain.estimand import Estimand
from app.errors import Refusal
from tests.analysis.trial import Trial, begin, day

WORDS: dict[str, Any] = {"population": "All", "intercurrent": "As usual", "summary": "By arm"}
ESTIMANDS = (
    Estimand(endpoint="TFS", origin="randomisation", **WORDS),
    Estimand(endpoint="OS", origin="randomisation", **WORDS),
    Estimand(code="own-liver", endpoint="OS", origin="randomisation", transplant="censoring", **WORDS),
    Estimand(endpoint="TTX", origin="randomisation", **WORDS),
    Estimand(code="infused", endpoint="OS", origin="first-infusion", set="treated", **WORDS),
    Estimand(endpoint="HOSP", origin="randomisation", **WORDS),
    Estimand(endpoint="QOL", origin="randomisation", instrument="itch", scale="ITCH", **WORDS),
)


def analysis(
    code: str,
    estimand: str,
    method: Method,
    rank: Rank = "secondary",
    **options: Any,  # noqa: ANN401 - the fields of an analysis
) -> Analysis:
    return Analysis(code=code, estimand=estimand, rank=rank, method=method, **options)


@pytest.fixture
def planned(told: Trial) -> Trial:
    told.amend(
        analysis("mean-time", "tfs", "rmst", tau_days=60),
        analysis("curves", "tfs", "kaplan-meier", "primary", at_days=(30,)),
        analysis("curves-all", "tfs", "kaplan-meier", "sensitivity", events="all"),
        analysis("test", "tfs", "log-rank", strata=("site",), rho=1.0),
        analysis("counts", "ttx", "event-counts", "exploratory"),
        analysis("stays", "hosp", "rates"),
        analysis("scores", "qol", "means"),
        estimands=ESTIMANDS,
    )
    return told


def report(trial: Trial, out: Path, *words: str) -> dict[str, Any]:
    asked = ["report", "--database-url", trial.url, "--out", str(out), *words]
    ran = CliRunner().invoke(main, asked, catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    found: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return found


def by_code(trial: Trial, *, blinded: bool = False) -> dict[str, tuple[Step, Finding]]:
    return {step.code: (step, found) for step, found in trial.carried_out(blinded=blinded).steps}


def test_what_is_planned_stands_in_the_report_in_the_order_of_ranks(planned: Trial, tmp_path: Path) -> None:
    analyses = report(planned, tmp_path)["analyses"]
    order = ["curves", "mean-time", "test", "stays", "scores", "curves-all", "counts"]
    assert list(analyses) == order
    assert [each["impossible"] for each in analyses.values()] == [None] * len(order)
    assert analyses["mean-time"]["options"] == {"tau_days": 60}
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    headings = ["Primary analysis", "Secondary analyses", "Sensitivity analyses", "Exploratory analyses"]
    places = [page.index(f">{heading}</h2>") for heading in headings]
    assert places == sorted(places)
    assert "Safety</h2>" not in page
    assert {path.stem for path in (tmp_path / "figures").iterdir()} == {
        "curves",
        "curves-all",
        "stays",
        "scores",
        "flow",
        "completion",
    }


@pytest.mark.parametrize("second", ["primary", "secondary"])
def test_several_primary_analyses_are_told_to_be_unadjusted(
    told: Trial, tmp_path: Path, second: Rank
) -> None:
    """Beside their results and among the methods, twice; not where one analysis is primary."""
    told.amend(
        analysis("curves", "tfs", "kaplan-meier", "primary"),
        analysis("mean-time", "tfs", "rmst", second, tau_days=60),
        settings=AnalysisSettings(multiplicity="none"),
    )
    report(told, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    caution = "The plan has 2 primary analyses. Each is held against the whole two-sided error of 0.05"
    assert page.count(caution) == (2 if second == "primary" else 0)


def test_the_same_data_and_plan_give_the_same_bytes(planned: Trial, tmp_path: Path) -> None:
    for name in ("one", "two"):
        report(planned, tmp_path / name)
    first, second = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "two")
    )
    assert first == second


def test_all_reported_events_are_a_sensitivity_analysis_beside_the_confirmed_ones(
    planned: Trial, tmp_path: Path
) -> None:
    found = report(planned, tmp_path)["analyses"]
    deaths = {
        code: sum(row["events"] for row in found[code]["results"]["kaplan_meier"])
        for code in found
        if "curves" in code
    }
    assert deaths == {
        "curves": 2,
        "curves-all": 3,
    }  # the death of the fourth participant waits for a reviewer
    assert (found["curves"]["events"], found["curves-all"]["events"]) == ("confirmed", "all")
    reported = pd.read_csv(tmp_path / "datasets" / "reported" / "adtte.csv")
    assert reported.query("PARAMCD == 'TFS'")["event"].sum() == 3


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (analysis("x", "tfs", "rmst", tau_days=9000), "The data do not allow it: tau is 9000: at most"),
        (analysis("x", "infused", "kaplan-meier"), "Nobody has a day 0 to count from."),
    ],
)
def test_what_cannot_be_done_is_told_with_its_reason(
    told: Trial, tmp_path: Path, asked: Analysis, why: str
) -> None:
    told.amend(asked, estimands=ESTIMANDS)
    assert report(told, tmp_path)["analyses"]["x"]["impossible"].startswith(why)
    assert why in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_blind_report_compares_nothing_and_does_not_tell_who_was_infused(told: Trial) -> None:
    told.infused(1, 2)
    told.amend(
        analysis("mean-time", "tfs", "rmst", tau_days=60),
        analysis("infused", "infused", "kaplan-meier"),
        analysis("since-infusion", "since-infusion", "kaplan-meier"),
        estimands=(*ESTIMANDS, replace(ESTIMANDS[4], code="since-infusion", set="randomised")),
    )
    found = by_code(told, blinded=True)
    assert found["since-infusion"][1].impossible.startswith("Who was infused tells the arm")
    assert found["mean-time"][1].sentences == ("Arms are pooled in this report: nothing is compared.",)
    assert [row["group"] for row in found["mean-time"][1].results["rmst"]] == ["all"]
    assert found["infused"][1].impossible.startswith("Who was infused tells the arm")


def test_a_masked_report_leaves_out_subgroups_by_product_and_says_so(
    told: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.source.secret", lambda: "a secret")
    told.infused(1, 2)
    told.amend(
        analysis("groups", "tfs", "subgroups", subgroups=("site", "passage")),
        analysis("product", "tfs", "subgroups", subgroups=("passage",)),
        estimands=ESTIMANDS,
    )
    found = report(told, tmp_path, "--blinded=masked")["analyses"]
    why = "Subgroups by product (passage) are left out: what was infused tells the arm"
    assert found["groups"]["results"]["product"] == []
    assert found["groups"]["sentences"][-1].startswith(why)
    assert found["product"]["impossible"].startswith(why)
    assert report(told, tmp_path)["analyses"]["groups"]["results"]["product"]


def test_who_was_not_infused_is_counted_out(told: Trial) -> None:
    told.infused(1, 2)
    told.infused(3, 5)
    told.amend(analysis("infused", "infused", "kaplan-meier"), estimands=ESTIMANDS)
    step, found = by_code(told)["infused"]
    assert found.excluded == ("2 of 8 randomised are analysed.", "Left out: 6 without an infusion.")
    assert step.times["STARTDT"].tolist() == [pd.Timestamp(day(2)), pd.Timestamp(day(5))]


def test_a_transplant_is_what_the_estimand_says(told: Trial) -> None:
    """The second participant is transplanted on day 40 and last seen on day 61."""
    told.amend(estimands=ESTIMANDS)
    times = told.data().adtte.query("SUBJID == 'p1'").set_index("PARAMCD")
    assert times["AVAL"].to_dict() == {"TFS": 40, "OS": 61, "OWN-LIVER": 40, "TTX": 40}
    assert times["CNSR"].to_dict() == {"TFS": 0, "OS": 1, "OWN-LIVER": 1, "TTX": 0}
    assert times.loc["OWN-LIVER", "EVNTDESC"] == "censored at the transplant"


def test_a_figure_of_all_events_is_not_drawn_of_confirmed_ones(planned: Trial, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="counts all reported events, and these data hold confirmed ones"):
        figure(planned.data(), "curves-all")
    report(planned, tmp_path)
    of_report = (tmp_path / "figures" / "curves-all.svg").read_text(encoding="utf-8")
    assert figure(planned.data(events="all"), "curves-all").svg() == of_report
    line = "events=&#34;all&#34;)</code>"
    assert line in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_every_finding_is_found_again_by_its_lines_of_python(planned: Trial) -> None:
    for step, found in planned.carried_out().steps:
        names = {name: getattr(estimators, name) for name in estimators.__all__}
        names |= {"mean_score": means.mean_score, "event_rate": rates.event_rate}
        names |= {"data": step.data, "combined": datasets.combined, "pd": pd}
        exec(found.code, names)  # noqa: S102 - our own lines


@pytest.mark.parametrize(("how", "events"), [("count", 1), ("as-known", 0)])
def test_a_death_told_after_the_cutoff_counts_as_the_study_says(
    trial: Trial, how: LateDeaths, events: int
) -> None:
    """Everything is recorded on day 0; a cut-off before that day knows of nothing later."""
    trial.amend(settings=AnalysisSettings(late_deaths=how))
    one = trial.enrol("a", enrolled=-90, randomised=-90)
    trial.sighted(one, -60)
    trial.event(one, "death", -20)
    data = trial.data(cutoff=-10)
    row = data.adtte.query("PARAMCD == 'OS'").iloc[0]
    assert (row["event"], row["AVAL"]) == (events, 70 if events else 0)
    left_out = data.checks.query("CHECK == 'death told after the cut-off'")["MESSAGE"].tolist()
    assert [each.endswith("it does not count") for each in left_out] == [True] * (1 - events)
    assert data.late_deaths == 1


def test_a_plan_on_both_databases(database_url: str) -> None:
    trial = begin(database_url)
    for number in range(6):
        one = trial.enrol(f"p{number}", arm=("cells", "usual")[number % 2])
        trial.sighted(one, 60 + number, untransplanted=True)
    trial.event(1, "death", 30)
    trial.amend(analysis("curves", "tfs", "kaplan-meier", "primary"), estimands=ESTIMANDS)
    ((step, found),) = trial.carried_out().steps
    assert (step.title, found.impossible) == (
        "Transplant-free survival: Kaplan-Meier curves and log-rank test",
        "",
    )


def test_methods_are_those_that_a_plan_can_name() -> None:
    assert set(METHODS) <= set(analysis_methods.METHODS)


@pytest.mark.parametrize(
    ("events", "told_so"),
    [
        ((3, 6), "2 events: the first look is planned after 3, and decides nothing before."),
        # O'Brien-Fleming's share of 0.05 at half the information: 0.003051 (Lan and DeMets 1983, table 1).
        ((2, 4), "Look 1 of 2, 2 of 4 planned events (50 % of the information): the boundary is p < 0.0031,"),
        (
            (1, 2),
            "Look 2 of 2, 2 of 2 planned events (100 % of the information): the boundary is p < 0.0490,",
        ),
    ],
)
def test_the_boundary_of_a_look_stands_beside_the_primary_test(
    told: Trial, events: tuple[int, int], told_so: str
) -> None:
    told.amend(
        analysis("curves", "tfs", "kaplan-meier", "primary"),
        analysis("other", "tfs", "kaplan-meier"),
        estimands=ESTIMANDS,
        settings=AnalysisSettings(looks=Looks(events=events)),
    )
    found = by_code(told)
    assert found["curves"][1].sentences[1].startswith(told_so)
    assert "look" in found["curves"][1].results["logrank"]
    assert "look" not in found["other"][1].results["logrank"]


def test_a_method_that_is_not_there_yet_is_told(told: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.reports.carrying_out.METHODS", {})
    told.amend(analysis("curves", "tfs", "kaplan-meier"), estimands=ESTIMANDS)
    assert by_code(told)["curves"][1].impossible == "This version of Hepatica does not have the method yet."


def test_who_has_no_stratum_is_left_out_and_counted(told: Trial) -> None:
    told.answered(told.enrol("late"), "w4", {"itch": 1, "sleep": 1}, on=30)
    plan = analysis("test", "tfs", "log-rank", strata=("itch.itch",))
    told.amend(plan, replace(plan, code="whole", strata=()), estimands=ESTIMANDS)
    found = by_code(told)
    assert found["whole"][1].excluded == ("9 of 9 randomised are analysed.",)
    assert found["test"][1].excluded == (
        "8 of 9 randomised are analysed.",
        "Left out: 1 without a covariate or a stratum of the model.",
    )
