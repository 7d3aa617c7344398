"""How long participants are observed, in pieces between admissions; tumours and other adverse events."""

from typing import Any

import pytest

from app.domain.estimand import Estimand
from tests.analysis.trial import Trial

WORDS: dict[str, Any] = {
    "origin": "randomisation",
    "population": "All",
    "intercurrent": "As usual",
    "summary": "By arm",
}


def pieces(trial: Trial, param: str = "HOSP") -> list[list[Any]]:
    rows = trial.data(cutoff=200).adrec.query(f"PARAMCD == '{param}'")
    columns = rows[["SUBJID", "TSTART", "TSTOP", "EVENT", "TERMINAL"]]
    return [[str(who), *map(int, numbers)] for who, *numbers in columns.to_numpy().tolist()]


def test_pieces_end_with_admissions_and_with_the_observation(trial: Trial) -> None:
    one = trial.enrol("a")
    trial.event(one, "hospital stay", 10, 14)
    trial.event(one, "hospital stay", 30, 31)
    trial.sighted(one, 90)
    assert pieces(trial) == [["a", 0, 10, 1, 0], ["a", 10, 30, 1, 0], ["a", 30, 90, 0, 0]]
    assert trial.data(cutoff=200).adrec["ADURN"].tolist()[:2] == [4, 1]


def test_an_admission_on_the_first_and_on_the_last_day(trial: Trial) -> None:
    one, two = trial.enrol("a"), trial.enrol("b")
    trial.event(one, "hospital stay", 0, 2)
    trial.event(one, "hospital stay", 50)
    trial.event(one, "death", 50)
    trial.enrol("c")
    assert pieces(trial) == [["a", 0, 0, 1, 0], ["a", 0, 50, 1, 1], ["b", 0, 0, 0, 0], ["c", 0, 0, 0, 0]]
    assert two


def test_an_estimand_that_censors_at_the_transplant_stops_there(trial: Trial) -> None:
    trial.amend(
        estimands=(
            Estimand(endpoint="HOSP", **WORDS),
            Estimand(code="own-liver", endpoint="HOSP", transplant="censoring", **WORDS),
        )
    )
    one = trial.enrol("a")
    trial.event(one, "transplant", 20)
    trial.event(one, "hospital stay", 40, 45)
    trial.event(one, "death", 60)
    assert pieces(trial) == [["a", 0, 40, 1, 0], ["a", 40, 60, 0, 1]]
    assert pieces(trial, "OWN-LIVER") == [["a", 0, 20, 0, 0]]
    observed = trial.data(cutoff=200).adobs.set_index("PARAMCD")
    assert observed["ENDFL"].to_dict() == {"HOSP": "D", "OWN-LIVER": "T"}
    assert observed["DAYS"].to_dict() == {"HOSP": 60, "OWN-LIVER": 20}


@pytest.mark.parametrize(("on", "counted"), [(12, "Y"), (-3, "N")])
def test_a_tumour_with_what_was_said_of_it(trial: Trial, on: int, counted: str) -> None:
    one = trial.enrol("a", enrolled=-9)
    event_id = trial.event(
        one,
        "tumour",
        on,
        term="Hepatocellular carcinoma",
        criteria="life-threatening",
        recovery="not recovered",
    )
    trial.sighted(one, 90)
    (row,) = trial.data(cutoff=200).adae.to_dict("records")
    assert (row["AECAT"], row["AETERM"], row["AESER"]) == ("tumour", "Hepatocellular carcinoma", "Y")
    assert (row["AESCRIT"], row["AEOUT"], row["ANL01FL"]) == ("life-threatening", "not recovered", counted)
    assert row["SRCSEQ"] == str(event_id)


def test_a_tumour_after_the_last_visit_is_not_lost(trial: Trial) -> None:
    """Issue 5, 7: found on day 45 in one who was seen last on day 40, it is one of the two observed.

    By hand: 45 days at risk to the tumour and 60 without one.
    """
    trial.amend(estimands=(Estimand(endpoint="SAFETY", **WORDS),))
    one, other = trial.enrol("a"), trial.enrol("b", arm="usual")
    trial.sighted(one, 40)
    trial.event(one, "tumour", 45, term="Hepatocellular carcinoma", criteria="other")
    trial.sighted(other, 60)
    data = trial.data(cutoff=200)
    assert data.adae["ANL01FL"].tolist() == ["Y"]
    assert data.adobs.query("PARAMCD == 'SAFETY'")["DAYS"].tolist() == [45, 60]
    assert data.adtte.query("PARAMCD == 'OS'")[["AVAL", "CNSR"]].to_numpy().tolist() == [[45, 1], [60, 1]]
