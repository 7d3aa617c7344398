"""Who has which time, from rows of the database to rows of ADTTE and ADSL."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis import StudyData
from analysis.columns import DATASETS
from analysis.datasets.counts import survival_counts
from analysis.datasets.masks import masks
from app.domain.analysis_plan import AnalysisSettings
from app.domain.partial_date import PartialDate
from app.domain.study import Randomisation
from app.errors import Refusal
from tests.analysis.trial import Trial, day, utc
from tests.fixtures.study import STUDY


def time(data: StudyData, endpoint: str, code: str) -> tuple[int, int, str]:
    """Days, CNSR and the source row of one participant."""
    rows = data.adtte
    found = rows[(rows["PARAMCD"] == endpoint) & (rows["SUBJID"] == code)]
    assert len(found) == 1
    row = found.iloc[0]
    assert row["event"] == int(row["CNSR"] == 0)
    return int(row["AVAL"]), int(row["CNSR"]), f"{row['SRCDOM']} {row['SRCSEQ']}"


def test_a_course_on_both_databases(trial_on_both: Trial) -> None:
    trial = trial_on_both
    died = trial.enrol("a")
    death = trial.event(died, "death", 50)
    grafted = trial.enrol("b", arm="usual")
    transplant = trial.event(grafted, "transplant", 20)
    trial.event(grafted, "death", 60)
    alive = trial.enrol("c")
    call = trial.sighted(alive, 80)
    trial.enrol("d", arm=None)
    data = trial.data()
    assert data.cutoff == day(80)
    assert time(data, "TFS", "a") == time(data, "OS", "a") == (50, 0, f"event {death}")
    assert time(data, "TTX", "a") == (50, 2, f"event {death}")
    assert time(data, "TFS", "b") == time(data, "TTX", "b") == (20, 0, f"event {transplant}")
    assert time(data, "OS", "b")[:2] == (60, 0)
    assert time(data, "TFS", "c") == time(data, "OS", "c") == (80, 1, f"sighting {call}")
    assert list(data.adsl["SUBJID"]) == ["a", "b", "c", "d"]
    assert list(data.adsl["ARMCD"]) == ["cells", "usual", "cells", ""]
    assert list(data.adsl["RANDFL"]) == ["Y", "Y", "Y", "N"]
    assert "d" not in set(data.adtte["SUBJID"])
    row = data.adsl.set_index("SUBJID").loc["b"]
    assert (row["TRNDT"], row["DTHDT"]) == (pd.Timestamp(day(20)), pd.Timestamp(day(60)))
    assert row["LSTALVDT"] == pd.Timestamp(day(20))
    assert row["USUBJID"] == "tiny-b"


def test_nothing_after_the_cutoff_is_known(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.sighted(one, 30)
    trial.event(one, "death", 61)
    trial.enrol("later", enrolled=61, randomised=61)
    trial.enrol("not yet", enrolled=10, randomised=61)
    data = trial.data(cutoff=60)
    assert time(data, "OS", "a")[:2] == (30, 1)
    assert list(data.adsl["SUBJID"]) == ["a", "not yet"]
    assert list(data.adsl["RANDFL"]) == ["Y", "N"]
    assert data.adsl["DTHDT"].isna().all()
    assert time(trial.data(cutoff=61), "OS", "a")[:2] == (61, 0)


def test_a_report_counts_only_when_confirmed_unless_all_are_asked_for(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.sighted(one, 70)
    trial.event(one, "death", 90, decision=None)
    two = trial.enrol("b")
    trial.event(two, "death", 40, decision="refuted")
    trial.sighted(two, 90)
    moved = trial.enrol("c")
    trial.event(moved, "death", 44, agreed=(47, None))
    confirmed, every = trial.data(), trial.data(events="all")
    assert time(confirmed, "OS", "a")[:2] == (70, 1)
    assert time(every, "OS", "a")[:2] == (90, 0)
    assert time(confirmed, "OS", "b")[:2] == time(every, "OS", "b")[:2] == (90, 1)
    assert time(confirmed, "OS", "c")[:2] == time(every, "OS", "c")[:2] == (47, 0)


def test_a_transplant_no_one_confirmed_ends_the_time_known_free_of_one(trial: Trial) -> None:
    reported = trial.enrol("reported")
    told = trial.enrol("told")
    refuted = trial.enrol("refuted")
    for one in (reported, told, refuted):
        trial.sighted(one, 30)
        trial.sighted(one, 80)
    trial.event(reported, "transplant", 50, decision=None)
    trial.sighted(told, 55, untransplanted=False)
    trial.event(refuted, "transplant", 50, decision="refuted")
    data = trial.data()
    assert time(data, "TFS", "reported")[:2] == time(data, "TFS", "told")[:2] == (30, 1)
    assert time(data, "OS", "reported")[:2] == time(data, "OS", "told")[:2] == (80, 1)
    assert time(data, "TFS", "refuted")[:2] == (80, 1)
    assert time(trial.data(events="all"), "TFS", "reported")[:2] == (50, 0)


def test_a_withdrawal_from_follow_up_ends_it_and_others_do_not(trial: Trial) -> None:
    for scope in ("follow-up", "answers", "contact"):
        one = trial.enrol(scope)
        trial.sighted(one, 30)
        trial.withdrawn(one, scope, 40)
        trial.event(one, "death", 60)
    data = trial.data()
    assert time(data, "OS", "follow-up")[:2] == (40, 1)  # who withdraws is alive on that day
    assert time(data, "OS", "answers")[:2] == time(data, "OS", "contact")[:2] == (60, 0)
    assert data.adsl.set_index("SUBJID").loc["follow-up", "FUWDDT"] == pd.Timestamp(day(40))


def test_an_answer_shows_life_on_the_day_it_was_given_in_the_participants_zone(trial: Trial) -> None:
    kiritimati = trial.enrol("east", zone="Pacific/Kiritimati")
    honolulu = trial.enrol("west", zone="Pacific/Honolulu")
    for one in (kiritimati, honolulu):
        # 11:00 UTC on day 28 is 01:00 of day 29 at UTC+14 and of day 28 at UTC-10; received two days later.
        trial.answered(one, "w4", {"itch": 1}, on=utc(28, 11))
    data = trial.data(cutoff=90)
    assert time(data, "OS", "east")[:2] == (29, 1)
    assert time(data, "OS", "west")[:2] == (28, 1)
    assert time(data, "OS", "east")[2].startswith("answer ")


def test_a_proxys_answer_shows_no_life_and_a_draft_does(trial: Trial) -> None:
    proxy, draft = trial.enrol("proxy"), trial.enrol("draft")
    trial.answered(proxy, "w4", {"itch": 1}, on=30, respondent="proxy")
    trial.answered(draft, "w4", {"itch": 1}, on=30, sent=False)
    data = trial.data(cutoff=90)
    assert time(data, "OS", "proxy")[:2] == (0, 1)
    assert time(data, "OS", "draft")[:2] == (30, 1)


def test_a_partly_known_date_is_its_first_possible_day(trial: Trial) -> None:
    month, before = trial.enrol("month"), trial.enrol("before")
    trial.event(month, "death", PartialDate(2026, 3), decision=None)
    trial.event(before, "death", PartialDate(2026), decision=None)
    data = trial.data(events="all", cutoff=120)
    assert time(data, "OS", "month")[:2] == (55, 0)
    assert time(data, "OS", "before")[:2] == (0, 0)


def test_a_death_in_a_month_does_not_go_before_a_day_seen_alive_in_it(trial: Trial) -> None:
    """By reasoning: someone alive on 14 February who died in February 2026 did not die on the 1st."""
    one = trial.enrol("a")
    trial.sighted(one, 40)
    trial.sighted(one, 60)  # in March: a contradiction, which no day of February can heal
    trial.event(one, "death", PartialDate(2026, 2), decision=None)
    data = trial.data(events="all", cutoff=120)
    assert time(data, "OS", "a")[:2] == time(data, "TFS", "a")[:2] == (40, 0)
    assert data.adsl["LSTALVDT"].tolist() == [pd.Timestamp(day(40))]
    assert "alive after death" in set(data.checks["CHECK"])


@pytest.mark.parametrize(("seen", "expected"), [(75, (0, 1)), (58, (58, 0))])
def test_who_is_alive_after_the_cut_off_did_not_die_before_it(
    trial: Trial, seen: int, expected: tuple[int, int]
) -> None:
    """By reasoning: day 60 is 6 March; who was seen on day 75, the 21st, and died in March died after both.

    Seen on day 58 alone, they may have died before the cut-off, and not before that day.
    """
    one = trial.enrol("a")
    trial.event(one, "death", PartialDate(2026, 3), decision=None)
    trial.sighted(one, seen)
    assert time(trial.data(events="all", cutoff=60), "OS", "a")[:2] == expected
    (counted,) = survival_counts(
        trial.url, study="tiny", endpoint="OS", events="all", cutoff=day(60)
    ).to_dict("records")
    assert (counted["duration"], 1 - counted["event"]) == expected
    trial.amend(settings=AnalysisSettings(late_deaths="as-known"))
    as_known = (58, 0) if seen == 58 else (55, 0)  # on day 60 nobody knew of day 75
    assert time(trial.data(events="all", cutoff=60), "OS", "a")[:2] == as_known


def test_a_time_below_0_is_kept_and_not_analysed(trial: Trial) -> None:
    one = trial.enrol("a", enrolled=-9)
    trial.event(one, "death", -5)
    data = trial.data(cutoff=10)
    assert list(data.adtte["AVAL"]) == [-5, -5, -5]
    assert set(data.adtte["ANL01FL"]) == {"N"}
    assert "event before day 0" in set(data.checks["CHECK"])


def test_the_first_infusion_stands_in_adsl_with_its_lot(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.infused(one, 9)
    trial.infused(one, 3)
    trial.enrol("b", arm="usual")
    people = trial.data().adsl.set_index("SUBJID")
    assert people.loc["a", "TRTSDT"] == pd.Timestamp(day(3))
    lot = people.loc[["a"], ["LOT", "LOTSRC", "LOTDONOR", "LOTPASS", "LOTPRES", "ROUTE"]].to_numpy().tolist()
    assert lot == [["LOT-1", "umbilical cord", "allogeneic", 4, "cryopreserved", "peripheral vein"]]
    assert people["TRTSDT"].isna().tolist() == [False, True]
    assert people.loc["b", "LOT"] == ""


def test_a_blinded_reader_sees_one_arm_and_nothing_that_tells_it(trial: Trial) -> None:
    one, two = trial.enrol("a"), trial.enrol("b", arm="usual")
    trial.infused(one, 9)
    trial.sighted(two, 12)
    trial.infused(two, 3)
    data = trial.data(blinded=True)
    assert data.arms == {"all": "All participants"}
    for frame in (data.adsl, data.adtte):
        assert set(frame["ARMCD"]) == {"all"}
        written = frame.to_csv()
        assert not any(word in written for word in ("LOT-1", "cells", "Usual", "treatment"))
    assert data.adsl["TRTSDT"].isna().all()
    assert time(data, "OS", "a") == (9, 1, " ")
    assert data.checks.empty
    assert "had an infusion" not in set(data.flow["STEP"])


def test_what_shows_a_blinded_reader_someone_alive_has_no_place(trial: Trial) -> None:
    """One is last seen by an infusion, the other by a call: neither source is told, or the first would be."""
    one, two = trial.enrol("a"), trial.enrol("b", arm="usual")
    trial.infused(one, 9)
    trial.sighted(two, 12)
    assert set(trial.data().adtte["SRCDOM"]) == {"treatment", "sighting"}
    blind = trial.data(blinded=True)
    for frame in (blind.adtte, blind.adobs):
        assert set(frame["SRCDOM"]) == {""}
        assert set(frame["SRCSEQ"]) == {""}


def test_a_day_0_that_only_the_infused_have_is_no_row_for_a_blinded_reader(trial: Trial) -> None:
    survival = replace(STUDY.estimands[0], endpoint="OS")
    infused = replace(survival, code="infused", origin="first-infusion")
    trial.amend(estimands=(survival, infused))
    trial.infused(trial.enrol("a"), 3)
    trial.enrol("b", arm="usual")
    assert "INFUSED" in set(trial.data().adtte["PARAMCD"])
    assert "INFUSED" not in set(trial.data(blinded=True).adtte["PARAMCD"])


def test_arms_that_are_unequal_by_design_are_not_masked() -> None:
    """Two of three would have one letter, and so tell the other."""
    unequal = replace(STUDY, randomisation=Randomisation(blocks=(3, 6), ratio={"cells": 2}))
    with pytest.raises(Refusal, match="it randomises 2 cells to 1 usual; allowed: pooled arms"):
        masks(unequal, "a secret")
    assert set(masks(STUDY, "a secret")) == {"cells", "usual"}


@pytest.mark.parametrize("name", ["adsl", "adtte", "adqs", "adho", "forms", "flow", "checks"])
def test_frames_have_their_columns_also_without_rows(trial: Trial, name: str) -> None:
    trial.enrol("a", arm=None)
    assert list(getattr(trial.data(), name)) == list(DATASETS[name])
