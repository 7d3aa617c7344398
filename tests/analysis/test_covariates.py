"""Facts of day 0 and of the product beside rows, and what was answered at baseline."""

import pandas as pd

from analysis.datasets import combined
from tests.analysis.trial import Trial


def test_baseline_holds_what_was_answered_in_its_window(trial: Trial) -> None:
    one, two, late = (trial.enrol(code) for code in ("a", "b", "late"))
    trial.answered(one, "d0", {"itch": 3, "sleep": "declined"}, on=1)
    trial.answered(one, "w4", {"itch": 1, "sleep": 1}, on=29)
    trial.answered(two, "d0", {"itch": 0, "sleep": 2}, on=1, sent=False)
    trial.answered(late, "d0", {"itch": 4, "sleep": 4}, on=9)
    rows = trial.data(cutoff=60).adbl
    assert rows[["SUBJID", "PARAMCD", "TYPE", "AVAL", "AVALC"]].to_numpy().tolist() == [
        ["a", "itch", "choice", 3.0, "3"],
        ["a", "ITCH", "scale", 25.0, "25.0"],  # reversed, 0 to 4 on 0 to 100
    ]


def test_columns_stand_beside_the_rows_that_ask_for_them(trial: Trial) -> None:
    one, two = trial.enrol("a"), trial.enrol("b", arm="usual")
    trial.answered(one, "d0", {"itch": 3, "sleep": 3}, on=1)
    trial.infused(one, 3)
    data = trial.data(cutoff=60)
    rows = data.adtte.query("PARAMCD == 'OS'").iloc[::-1]
    found = data.covariates(["site", "itch.itch", "itch.ITCH", "passage", "cell-source", "stratum"], rows)
    assert found.index.equals(rows.index)
    assert found.loc[rows.index[1]].tolist()[:5] == ["mad", "3", 25.0, 4.0, "umbilical cord"]
    other = found.loc[rows.index[0]]
    assert other["site"] == "mad"
    assert other.drop("site").isna().all()
    assert found["stratum"].isna().all()
    labels = combined(found[["site", "itch.itch"]])
    assert labels.iloc[1] == "mad / 3"
    assert pd.isna(labels.iloc[0])
    assert two
