"""Scores, changes, both completion rates and why forms are missing, counted by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from analysis.reports.conduct.completion import rates
from app.domain.study import AfterTransplant
from app.domain.withdrawal import WithdrawalScope
from app.models import MissedReason, Occasion
from app.operations.studies import load_study
from tests.analysis.trial import WRITTEN, Trial, day, described
from tests.fixtures.study import COMMAND, FOLDER, MORNING, STUDY


def test_scores_and_changes_from_baseline(trial: Trial) -> None:
    one = trial.enrol("a")
    first = trial.answered(one, "d0", {"itch": 3, "sleep": 1}, on=2)
    trial.answered(one, "w4", {"itch": 1, "sleep": "declined"}, on=30)
    rows = trial.data(cutoff=60).adqs
    # Reversed, 0 to 4 on 0 to 100: itch 3 is 25, sleep 1 is 75; itch 1 alone is 75 (half of the items).
    assert rows["AVAL"].tolist() == [50, 75]
    assert rows["BASE"].tolist() == [50, 50]
    assert rows["CHG"].isna().tolist() == [True, False]
    assert rows["CHG"].iloc[1] == 25
    assert rows["ABLFL"].tolist() == ["Y", "N"]
    assert rows["AVISITN"].tolist() == [0, 28]
    assert rows["ADY"].tolist() == [3, 31]
    assert set(rows["SRCDOM"]) == {"response"}
    assert rows["SRCSEQ"].iloc[0] == str(first)


@pytest.mark.parametrize(
    ("after", "score"),
    [(timedelta(0), 100), (timedelta(minutes=-1), 0), (timedelta(minutes=1), 0)],
    ids=["with the sending", "before another", "after the sending"],
)
def test_of_an_item_the_answer_given_last_until_the_sending_counts(
    trial: Trial, after: timedelta, score: float
) -> None:
    """The worst itch is told with the sending; no itch is told too, and stored later."""
    one = trial.enrol("a")
    response_id = trial.answered(one, "d0", {"itch": 4}, on=2)
    trial.answer_again(response_id, {"itch": 0}, after=after)
    assert trial.data(cutoff=60).adqs["AVAL"].tolist() == [score]


def test_drafts_and_what_came_after_the_cutoff_are_no_responses(trial: Trial) -> None:
    one, two = trial.enrol("a"), trial.enrol("b")
    trial.answered(one, "d0", {"itch": 1}, on=2, sent=False)
    trial.answered(two, "w4", {"itch": 1}, on=33)
    assert trial.data(cutoff=32).adqs.empty
    assert len(trial.data(cutoff=33).adqs) == 1


@pytest.mark.parametrize("scope", ["answers", "follow-up"])
def test_what_was_answered_after_a_withdrawal_does_not_count(trial: Trial, scope: WithdrawalScope) -> None:
    """A withdrawal that is told late: what was sent until that day stays, what came after does not count."""
    one = trial.enrol("a")
    trial.answered(one, "d0", {"itch": 1, "sleep": 1}, on=2)
    trial.answered(one, "w4", {"itch": 1, "sleep": 1}, on=30)
    trial.withdrawn(one, scope, 2)
    data = trial.data(cutoff=90)
    assert data.adqs["ANL01FL"].tolist() == ["Y", "N"]
    forms = data.forms.set_index("AVISIT")
    assert forms["COMPFL"].to_dict() == {"d0": "Y", "w4": "N"}
    assert forms["EXPFL"].to_dict() == {"d0": "Y", "w4": "N"}
    assert forms.loc["w4", "REASON"] == "withdrew"
    assert "fact after withdrawal" in set(data.checks["CHECK"])


def test_the_baseline_flag_is_on_the_row_that_gives_the_baseline(trial: Trial) -> None:
    """ADaM: BASE is the AVAL of the one row with ABLFL Y; no flag on a row that gives no baseline."""
    kept, late, unscored = trial.enrol("kept"), trial.enrol("late"), trial.enrol("unscored")
    trial.answered(kept, "d0", {"itch": 1, "sleep": 1}, on=2)
    trial.answered(late, "d0", {"itch": 1, "sleep": 1}, on=8)
    trial.answered(unscored, "d0", {"itch": "declined", "sleep": "declined"}, on=2)
    rows = trial.data(cutoff=60).adqs.set_index("SUBJID")
    assert rows["ABLFL"].to_dict() == {"kept": "Y", "late": "N", "unscored": "N"}
    assert rows["BASE"].notna().to_dict() == {"kept": True, "late": False, "unscored": False}


def test_what_was_answered_after_the_infusion_is_no_baseline(trial: Trial) -> None:
    """ADaM: the last value before the treatment. The visit of day 0 is open until day 7.

    Infused on day 2: an answer of day 6 tells how it went with the cells. One of the day itself counts.
    """
    for code, infused, answered in (("late", 2, 6), ("same", 2, 2), ("never", None, 6)):
        one = trial.enrol(code)
        if infused is not None:
            trial.infused(one, infused)
        trial.answered(one, "d0", {"itch": 1, "sleep": 1}, on=answered)
        trial.answered(one, "w4", {"itch": 0, "sleep": 0}, on=28)
    data = trial.data(cutoff=60)
    start, week = (data.adqs[data.adqs["AVISIT"] == visit].set_index("SUBJID") for visit in ("d0", "w4"))
    assert start["ABLFL"].to_dict() == {"late": "N", "same": "Y", "never": "Y"}
    assert start["ANL01FL"].to_dict() == {"late": "Y", "same": "Y", "never": "Y"}
    assert week["CHG"].dropna().to_dict() == {"same": 25, "never": 25}
    assert set(data.adbl["SUBJID"]) == {"same", "never"}
    found = data.checks[data.checks["CHECK"] == "baseline after the infusion"]
    assert found["USUBJID"].tolist() == ["tiny-late"]
    assert "on 2026-01-11, after the infusion on 2026-01-07" in found["MESSAGE"].iloc[0]
    hidden = trial.data(cutoff=60, blinded=True)
    assert (hidden.adqs["ABLFL"] == "Y").sum() == 3
    assert "baseline after the infusion" not in set(hidden.checks["CHECK"])


def test_means_by_hand(trial: Trial) -> None:
    for code, itch in (("a", 0), ("b", 1), ("c", 4)):
        trial.answered(trial.enrol(code), "d0", {"itch": itch, "sleep": itch}, on=1)
    trial.answered(trial.enrol("d", arm="usual"), "d0", {"itch": 2, "sleep": 2}, on=1)
    outside = trial.enrol("e")
    trial.answered(outside, "d0", {"itch": 4, "sleep": 4}, on=8)
    means = described(trial.data(cutoff=60), "qol-itch", "means")
    assert means is not None
    assert means[["scale", "visit", "group", "n"]].to_numpy().tolist() == [
        ["ITCH", "d0", "cells", 3],
        ["ITCH", "d0", "usual", 1],
    ]
    # 100, 75 and 0: mean 175/3, variance (41.67^2 + 16.67^2 + 58.33^2)/2; t(2) at 97.5 % is 4.302653.
    assert means["mean"].tolist() == pytest.approx([175 / 3, 50])
    sd = (((125 / 3) ** 2 + (50 / 3) ** 2 + (175 / 3) ** 2) / 2) ** 0.5
    assert means["sd"].iloc[0] == pytest.approx(sd)
    assert means["lower"].iloc[0] == pytest.approx(175 / 3 - 4.302653 * sd / 3**0.5, rel=1e-6)
    assert means["upper"].iloc[0] == pytest.approx(175 / 3 + 4.302653 * sd / 3**0.5, rel=1e-6)
    assert means[["sd", "lower", "upper"]].iloc[1].isna().all()


def test_completion_and_available_data_by_hand(trial: Trial) -> None:
    """Ten in the arm at week 4 (due on day 28, open from day 21 to 42), at a cut-off long after."""
    for code in ("sent 1", "sent 2", "sent 3"):
        trial.answered(trial.enrol(code), "w4", {"itch": 1, "sleep": 1}, on=30)
    trial.answered(trial.enrol("empty"), "w4", {"itch": "declined"}, on=30)
    trial.answered(trial.enrol("draft"), "w4", {"itch": 1}, on=30, sent=False)
    trial.answered(trial.enrol("late"), "w4", {"itch": 1}, on=43)
    trial.enrol("nothing")
    trial.event(trial.enrol("died before"), "death", 10)
    trial.event(trial.enrol("died unread"), "death", 25, decision=None)
    trial.withdrawn(trial.enrol("withdrew"), "answers", 12)
    trial.event(trial.enrol("died after", arm="usual"), "death", 43)
    found = rates(trial.data(cutoff=90))
    assert found is not None
    week = found[found["visit"] == "w4"].set_index("group")
    cells = week.loc["cells"].to_dict()
    assert (cells["completed"], cells["expected"]) == (3, 7)
    assert (cells["available"], cells["randomised"]) == (3, 10)
    assert cells["completion_rate"] == pytest.approx(3 / 7)
    assert cells["available_rate"] == pytest.approx(0.3)
    assert cells["reasons"] == {
        "answered outside the window": 1,
        "begun, not sent": 1,
        "died": 2,
        "not begun": 1,
        "sent without enough answers": 1,
        "withdrew": 1,
    }
    usual = week.loc["usual"].to_dict()
    assert (usual["completed"], usual["expected"], usual["randomised"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("choice", "expected", "reasons"),
    [("continue", 3, {"not begun": 3}), ("stop", 1, {"had a transplant": 2, "not begun": 1})],
)
def test_a_study_that_stops_after_a_transplant_expects_nothing_that_opens_after_it(
    trial: Trial, choice: AfterTransplant, expected: int, reasons: dict[str, int]
) -> None:
    with trial.writing() as session:
        folder = replace(FOLDER, study=replace(STUDY, after_transplant=choice))
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    trial.event(trial.enrol("before"), "transplant", 20)
    trial.event(trial.enrol("unread"), "transplant", 20, decision=None)
    trial.event(trial.enrol("open by then"), "transplant", 21)
    found = rates(trial.data(cutoff=90))
    assert found is not None
    week = found[found["visit"] == "w4"].set_index("group").loc["cells"]
    assert (week["expected"], week["reasons"]) == (expected, reasons)


def test_what_staff_say_of_a_missed_visit_stands_beside_why_it_is_not_there(trial: Trial) -> None:
    """The reason recorded last counts; where the form is there after all, what was said of it does not."""
    ill, there = trial.enrol("ill"), trial.enrol("there")
    trial.enrol("unsaid")
    trial.answered(there, "d0", {"itch": 1, "sleep": 1}, on=2)
    with trial.writing() as session:
        first = session.scalars(select(Occasion.id).where(Occasion.visit == "d0").order_by(Occasion.id)).all()
        owners = {session.get_one(Occasion, each).participant_id: each for each in first}
        for owner, reason in ((ill, "not reached"), (ill, "too ill"), (there, "refused")):
            session.add(MissedReason(occasion_id=owners[owner], reason=reason, **WRITTEN))
            session.flush()
    data = trial.data(cutoff=20)
    start = data.forms[data.forms["AVISIT"] == "d0"].set_index("SUBJID")
    assert start["MISSRSN"].to_dict() == {"ill": "too ill", "there": "", "unsaid": ""}
    found = rates(data)
    assert found is not None
    assert found.set_index("visit").loc["d0", "reasons"] == {"not begun": 1, "not begun (too ill)": 1}


def test_what_is_not_due_yet_is_not_expected(trial: Trial) -> None:
    trial.enrol("a")
    early = trial.enrol("early")
    trial.answered(early, "w4", {"itch": 1, "sleep": 1}, on=22)
    forms = trial.data(cutoff=27).forms
    week = forms[forms["AVISIT"] == "w4"].set_index("SUBJID")
    assert week["EXPFL"].to_dict() == {"a": "N", "early": "N"}
    assert week["COMPFL"].to_dict() == {"a": "N", "early": "Y"}
    assert week.loc["a", "REASON"] == "not due by the cut-off"
    due = trial.data(cutoff=28).forms
    assert set(due.loc[due["AVISIT"] == "w4", "EXPFL"]) == {"Y"}


def test_a_study_without_answers_has_no_section(trial: Trial) -> None:
    trial.enrol("a", visits=False)
    data = trial.data(cutoff=90)
    assert described(data, "qol-itch", "means") is None
    assert rates(data) is None
    assert data.cutoff == day(90)
