"""Scores of one scale as a grid: a row for each randomised participant and visit, there or not."""

from collections.abc import Sequence

import pandas as pd

from analysis.datasets.study_frames import StudyFrames


def score_grid(data: StudyFrames, *, instrument: str, scale: str, visits: Sequence[str]) -> pd.DataFrame:
    """One row for each randomised participant and visit, visits in the order given.

    Columns: USUBJID, ARMCD; AVISIT (ordered), AVISITN (planned day); AVAL (missing where there is none that
    counts), BASE; death_day and transplant_day (from the day that visits are counted from, missing: none);
    dead (1 where death came by the planned day); due (1 where that day lies on or before the cut-off).
    """
    people = data.adsl[data.adsl["RANDFL"] == "Y"]
    planned = {visit.code: visit for visit in data.study.schedule}
    grid = people[["USUBJID", "ARMCD", "RANDDT", "DTHDT", "TRNDT"]].merge(
        pd.DataFrame({"AVISIT": list(visits), "AVISITN": [planned[visit].day for visit in visits]}),
        how="cross",
    )
    rows = data.adqs
    own = rows[(rows["PARCAT1"] == instrument) & (rows["PARAMCD"] == scale) & (rows["ANL01FL"] == "Y")]
    scores = own.drop_duplicates(["USUBJID", "AVISIT"], keep="last")[["USUBJID", "AVISIT", "AVAL"]]
    base = own.dropna(subset=["BASE"]).drop_duplicates("USUBJID").set_index("USUBJID")["BASE"]
    grid = grid.merge(scores, on=["USUBJID", "AVISIT"], how="left")
    start = grid["USUBJID"].map(_first_days(data, visits)).fillna(grid["RANDDT"])
    death, transplant = ((grid[day] - start).dt.days for day in ("DTHDT", "TRNDT"))
    due = start + pd.to_timedelta(grid["AVISITN"], unit="D") <= pd.Timestamp(data.cutoff)
    return pd.DataFrame(
        {
            "USUBJID": grid["USUBJID"],
            "ARMCD": grid["ARMCD"],
            "AVISIT": pd.Categorical(grid["AVISIT"], categories=list(visits)),
            "AVISITN": grid["AVISITN"],
            "AVAL": grid["AVAL"].mask(death <= grid["AVISITN"]),
            "BASE": grid["USUBJID"].map(base),
            "death_day": death,
            "transplant_day": transplant,
            "dead": (death <= grid["AVISITN"]).astype(int),
            "due": due.astype(int),
        }
    )


def _first_days(data: StudyFrames, visits: Sequence[str]) -> "pd.Series[pd.Timestamp]":
    """By participant the day that the last of the visits is counted from, where it is no randomisation."""
    anchors = {visit.code: data.study.anchor_of(visit) for visit in data.study.schedule}
    anchor = anchors[visits[-1]] if visits else "randomisation"
    if anchor == "randomisation":
        return pd.Series(dtype="datetime64[s]")
    alike = [each for each in visits if anchors[each] == anchor]
    rows = data.forms[data.forms["AVISIT"].isin(alike)].drop_duplicates("USUBJID")
    return (rows["DUEDT"] - pd.to_timedelta(rows["AVISITN"], unit="D")).set_axis(rows["USUBJID"])
