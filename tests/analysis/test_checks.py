"""Every kind of inconsistency is found, with its rows; a clean study has none."""

from datetime import date

import pytest

from analysis.datasets.checks.answering import answering
from analysis.datasets.checks.finding import Finding
from app.domain.partial_date import PartialDate
from app.domain.schedule import Window
from app.queries.forms import GivenResponse, PlannedForm
from tests.analysis.trial import Trial


def checks(trial: Trial, *, cutoff: int = 200) -> list[tuple[str, str, str]]:
    frame = trial.data(cutoff=cutoff).checks
    return [
        (str(row.CHECK), str(row.SRCDOM), str(row.SRCSEQ))
        for row in frame.itertuples()
        if row.USUBJID == "tiny-a"
    ]


def test_a_clean_course_has_none(trial: Trial) -> None:
    one = trial.enrol("a", enrolled=-3, consented=-3)
    trial.infused(one, 1)
    trial.answered(one, "d0", {"itch": 1}, on=0)
    trial.event(one, "hospital stay", 10, 12)
    trial.sighted(one, 30, untransplanted=True)
    trial.event(one, "transplant", 60)
    trial.sighted(one, 90, untransplanted=False)
    trial.event(one, "death", 120)
    assert checks(trial) == []


def test_events_after_a_death(trial: Trial) -> None:
    one = trial.enrol("a")
    death = trial.event(one, "death", 50)
    stay = trial.event(one, "hospital stay", 48, 52)
    graft = trial.event(one, "transplant", 60)
    assert checks(trial) == [
        ("event after death", "event", f"{stay} {death}"),
        ("event after death", "event", f"{graft} {death}"),
    ]


def test_signs_of_life_after_a_death(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.event(one, "death", 25)
    call = trial.sighted(one, 26)
    trial.sighted(one, 25)
    trial.answered(one, "w4", {"itch": 1}, on=27)
    infusion = trial.infused(one, 28)
    found = checks(trial)
    assert [check for check, _, _ in found] == ["alive after death"] * 3
    assert {source for _, source, _ in found} == {"answer", "sighting", "treatment"}
    assert ("alive after death", "sighting", str(call)) in found
    assert ("alive after death", "treatment", str(infusion)) in found


def test_a_death_of_which_only_the_year_is_known_contradicts_nothing_in_that_year(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.event(one, "death", PartialDate(2026), decision=None)
    trial.sighted(one, 100)
    assert [check for check, _, _ in checks(trial)] == ["death reported, not confirmed"]


def test_two_deaths(trial: Trial) -> None:
    one = trial.enrol("a")
    first, second = trial.event(one, "death", 50), trial.event(one, "death", 53)
    trial.event(one, "death", 40, decision="refuted")
    assert checks(trial) == [("two deaths", "event", f"{first} {second}")]


@pytest.mark.parametrize("decision", [None, "needs information"])
def test_reports_that_no_one_confirmed(trial: Trial, decision: None) -> None:
    one = trial.enrol("a")
    graft = trial.event(one, "transplant", 50, decision=decision)
    stay = trial.event(one, "hospital stay", 10, 12, decision=decision)
    assert checks(trial) == [
        ("hospital stay reported, not confirmed", "event", str(stay)),
        ("transplant reported, not confirmed", "event", str(graft)),
    ]


def test_an_adverse_event_that_the_analysis_leaves_out_is_told(trial: Trial) -> None:
    one = trial.enrol("a")
    fever = trial.event(one, "adverse event", 5, 4, term="Fever", decision=None)
    trial.withdrawn(one, "follow-up", 30)
    death, tumour = trial.event(one, "death", 30), trial.event(one, "tumour", 31, term="Carcinoma")
    assert checks(trial) == [
        ("adverse event reported, not confirmed", "event", str(fever)),
        ("event after death", "event", f"{tumour} {death}"),
        ("fact after withdrawal", "event", str(tumour)),
    ]


def test_an_event_before_day_0(trial: Trial) -> None:
    one = trial.enrol("a", enrolled=-90, consented=-90)
    graft = trial.event(one, "transplant", -30)
    trial.event(one, "hospital stay", -60, -50)
    assert checks(trial) == [("event before day 0", "event", str(graft))]


def test_a_discharge_before_the_admission(trial: Trial) -> None:
    one = trial.enrol("a")
    stay = trial.event(one, "hospital stay", 20, 18, agreed=(18, 20))
    assert checks(trial) == [("discharge before admission", "event", str(stay))]


def test_a_stay_without_an_end_that_must_have_ended(trial: Trial) -> None:
    one = trial.enrol("a")
    stay, later = trial.event(one, "hospital stay", 20), trial.event(one, "hospital stay", 90)
    assert checks(trial) == [("hospital stay without an end", "event", f"{stay} {later}")]


def test_sightings_against_the_events(trial: Trial) -> None:
    one = trial.enrol("a")
    told = trial.sighted(one, 30, untransplanted=False)
    trial.event(one, "transplant", 60)
    denied = trial.sighted(one, 90, untransplanted=True)
    assert checks(trial) == [
        ("sighting against the events", "sighting", str(told)),
        ("sighting against the events", "sighting", str(denied)),
    ]


def test_infusions_that_do_not_fit(trial: Trial) -> None:
    one = trial.enrol("a", arm="usual", enrolled=-9, consented=-9)
    other_arm = trial.infused(one, 3)
    unknown, early = trial.infused(one, 5, lot="LOT-9"), trial.infused(one, -4)
    assert checks(trial) == [
        ("infusion before day 0", "treatment", str(early)),
        ("infusion in another arm", "treatment", str(other_arm)),
        ("infusion in another arm", "treatment", str(early)),
        ("lot unknown to the study", "treatment", str(unknown)),
    ]


def test_an_infusion_without_randomisation(trial: Trial) -> None:
    one = trial.enrol("a", arm=None)
    infusion = trial.infused(one, 3)
    assert checks(trial) == [("infusion without randomisation", "treatment", str(infusion))]


def test_an_arm_the_study_does_not_have(trial: Trial) -> None:
    one = trial.enrol("a", arm="third")
    assert checks(trial) == [("arm unknown to the study", "participant", str(one))]
    assert trial.data(cutoff=200).arms == {"cells": "Cells", "usual": "Usual care", "third": "third"}


def test_days_out_of_order(trial: Trial) -> None:
    one = trial.enrol("a", enrolled=2, consented=1, randomised=0)
    assert checks(trial) == [
        ("randomised before consent", "participant", str(one)),
        ("randomised before enrolment", "participant", str(one)),
    ]


def test_no_consent(trial: Trial) -> None:
    one = trial.enrol("a", consented=None)
    assert trial.data(cutoff=9).checks["MESSAGE"].tolist() == ["no consent is recorded for any participant"]
    trial.enrol("b")
    assert checks(trial) == [("no consent", "participant", str(one))]


def test_facts_after_a_withdrawal(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.withdrawn(one, "answers", 20)
    trial.withdrawn(one, "follow-up", 40)
    trial.answered(one, "w4", {"itch": 1}, on=25)
    call = trial.sighted(one, 41)
    found = checks(trial)
    assert [(check, source) for check, source, _ in found] == [
        ("fact after withdrawal", "answer"),
        ("fact after withdrawal", "sighting"),
    ]
    assert found[1][2] == str(call)


def test_events_after_a_withdrawal_from_follow_up_are_accounted_for(trial: Trial) -> None:
    """A death that no analysis counts must not vanish: the report tells of it."""
    one = trial.enrol("a")
    trial.withdrawn(one, "follow-up", 20)
    trial.event(one, "hospital stay", 18, 25)
    death = trial.event(one, "death", 40)
    assert checks(trial) == [("fact after withdrawal", "event", str(death))]


def test_a_response_outside_its_window(trial: Trial) -> None:
    one = trial.enrol("a")
    response = trial.answered(one, "w4", {"itch": 1}, on=43)
    assert checks(trial) == [("response outside the window", "response", str(response))]


def test_a_visit_answered_twice() -> None:
    """The database refuses it, so that only the rule can be tested."""
    due_on = date(2026, 2, 2)

    def given(response_id: int) -> GivenResponse:
        return GivenResponse(
            response_id=response_id,
            instrument="itch",
            instrument_version_id=1,
            respondent="patient",
            mode="import",
            answers={},
            answered_on=due_on,
            sent_on=due_on,
        )

    form = PlannedForm(
        occasion_id=1,
        participant_id=1,
        visit="w4",
        window=Window(due_on, due_on, due_on),
        responses=(given(3), given(4)),
    )
    found: list[Finding] = list(answering(None, form))  # type: ignore[arg-type]  # the course is only passed on
    assert [(each.check, each.ids) for each in found] == [("visit answered twice", (3, 4))]


def test_what_lies_after_the_cutoff_is_not_looked_at(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.event(one, "death", 50)
    trial.sighted(one, 60)
    assert checks(trial, cutoff=55) == []
