"""A form of staff in the analysis: covariates and subgroups with their words, and no questionnaire owed."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from analysis.reports.methods import subgroups
from analysis.reports.step import Step
from app import database
from app.domain.analysis_plan import Analysis
from app.operations.entered_responses import enter_response
from app.operations.studies import load_study
from tests.analysis.trial import Trial
from tests.fixtures.staff_form import WITH_FORM
from tests.fixtures.study import COMMAND, DAY_0, MORNING, STUDY


@pytest.fixture
def known(trial: Trial) -> Trial:
    """Four participants, of three of whom the form is there; two of each arm, each arm with a death."""
    with database.writing(trial.url) as session:
        load_study(session, folder=WITH_FORM, actor=COMMAND, now=MORNING)
    forms: tuple[dict[str, str], ...] = (
        {"meld": "21", "cause": "1"},
        {"meld": "18", "cause": "0"},
        {"meld": "30", "cause": "1"},
        {},
    )
    for number, answers in enumerate(forms):
        one = trial.enrol(f"p{number}", arm=("cells", "usual")[number % 2])
        trial.sighted(one, 60, untransplanted=True)
        if answers:
            fill_in(trial, one, answers)
    trial.event(1, "death", 70)
    trial.event(2, "death", 75)
    return trial


def fill_in(trial: Trial, participant_id: int, answers: Mapping[str, str]) -> None:
    with trial.writing() as session:
        enter_response(
            session,
            participant_id=participant_id,
            occasion_id=2 * participant_id - 1,
            instrument="site",
            raw=answers,
            mode="paper",
            respondent="staff",
            answered_on=DAY_0,
            language="en",
            reason="",
            submission_id=f"s{participant_id}",
            actor=COMMAND,
            now=MORNING + timedelta(days=1),
        )


def test_its_answers_are_covariates_and_it_is_no_questionnaire(known: Trial) -> None:
    data = known.data(cutoff=80)
    rows = data.adtte.query("PARAMCD == 'OS'")
    found = data.covariates(["site.meld", "site.cause"], rows)
    assert found["site.meld"].tolist()[:3] == [21, 18, 30]
    assert found["site.cause"].tolist()[:3] == ["1", "0", "1"]
    assert found.iloc[3].isna().all()
    assert set(data.adbl["PARCAT1"]) == {"site"}
    assert set(data.forms["PARCAT1"]) == {"itch"}
    assert len(data.forms) == 8  # one questionnaire at each of two visits
    assert set(data.adqs["QSEVAL"]) == {"staff"}


def test_subgroups_are_told_in_the_words_of_the_form(known: Trial) -> None:
    analysis = Analysis(
        code="s",
        estimand="tfs",
        rank="exploratory",
        method="subgroups",
        subgroups=("site.cause", "site.meld"),
    )
    step = Step(data=known.data(cutoff=80), estimand=STUDY.estimands[0], analysis=analysis)
    (figure,) = subgroups.find(step).figures
    assert [row[:2] for row in figure.table.rows] == [
        ["All", "All"],
        ["Aetiology", "Alcohol"],
        ["Aetiology", "Virus"],
        ["Aetiology", "not known"],
        ["MELD score", "18"],
        ["MELD score", "21"],
        ["MELD score", "30"],
        ["MELD score", "not known"],
    ]


def test_what_has_no_words_keeps_its_name(known: Trial) -> None:
    words = known.data(cutoff=80).words
    assert words.named("site.ILL", ["en"]) == "Illness"
    assert words.named("site.meld", ["ar", "en"]) == "MELD score"
    assert words.named("site.meld", ["ar"]) == "site.meld"
    assert words.named("other.item", ["en"]) == "other.item"
    assert words.answer("site.cause", "1", ["en"]) == "Virus"
    assert words.answer("site.cause", "not known", ["en"]) == "not known"
    assert words.answer("site.meld", "21", ["en"]) == "21"
    assert words.answer("cell-source", "bone marrow", ["en"]) == "bone marrow"
