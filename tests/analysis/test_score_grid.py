"""Which scores count beside a death, and on which day of a participant's own course a visit falls."""

from dataclasses import replace

import pandas as pd
import pytest

from app.domain.adjudication import Decision
from app.domain.schedule import window
from app.models import Occasion
from tests.analysis.trial import Trial, day
from tests.fixtures.study import STUDY


def grid(trial: Trial, *visits: str) -> pd.DataFrame:
    rows = trial.data(cutoff=90).score_grid(instrument="itch", scale="ITCH", visits=visits)
    return rows.assign(USUBJID=rows["USUBJID"].str.rpartition("-")[2]).set_index("USUBJID")


@pytest.mark.parametrize(
    ("decision", "counted"), [("confirmed", ["Y", "N"]), (None, ["Y", "Y"]), ("refuted", ["Y", "Y"])]
)
def test_no_score_counts_that_was_given_after_the_death(
    trial: Trial, decision: Decision | None, counted: list[str]
) -> None:
    """A death on day 30 and an answer of day 35: as OS ends on day 30, nobody lived to feel well later."""
    one = trial.enrol("a")
    trial.answered(one, "d0", {"itch": 4, "sleep": 4}, on=0)
    trial.answered(one, "w4", {"itch": 0, "sleep": 0}, on=35)
    trial.event(one, "death", 30, decision=decision)
    assert trial.data(cutoff=90).adqs["ANL01FL"].tolist() == counted
    assert grid(trial, "w4")["AVAL"].isna().tolist() == [counted[1] == "N"]


def test_an_answer_on_the_day_of_the_death_counts(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.answered(one, "w4", {"itch": 0, "sleep": 0}, on=30)
    trial.event(one, "death", 30)
    assert trial.data(cutoff=90).adqs["ANL01FL"].tolist() == ["Y"]


def test_who_dies_before_a_visit_counted_from_the_infusion_is_dead_at_it(trial: Trial) -> None:
    """Infused on day 10, week 4 is due on day 38: a death on day 33 is on day 23 of that count, before it.

    The other one died on day 40, and the third was never infused: week 4 is taken to be due on day 28.
    """
    trial.amend(visits=tuple(replace(visit, anchor="infusion") for visit in STUDY.visits))
    for code, died_on in (("a", 33), ("b", 40), ("c", 30)):
        one = trial.enrol(code, visits=False)
        trial.event(one, "death", died_on)
        if code != "c":
            planned(trial, one, infused=10)
    rows = grid(trial, "w4")
    assert rows["death_day"].to_dict() == {"a": 23, "b": 30, "c": 30}
    assert rows["dead"].to_dict() == {"a": 1, "b": 0, "c": 0}


def planned(trial: Trial, who: int, *, infused: int) -> None:
    trial.infused(who, infused)
    with trial.writing() as session:
        for visit in STUDY.visits:
            meant = window(visit, day(infused))
            session.add(
                Occasion(
                    participant_id=who,
                    visit=visit.code,
                    opens_on=meant.opens_on,
                    due_on=meant.due_on,
                    closes_on=meant.closes_on,
                )
            )
