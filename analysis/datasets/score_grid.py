"""Scores of one scale as a grid: a row for each randomised participant and visit, there or not."""

from collections.abc import Sequence

import pandas as pd

from analysis.datasets.study_frames import StudyFrames

ONE_SCORE = ["USUBJID", "AVISIT"]
"""A visit that was answered twice has one score: the last one."""
ENDS = ["DTHDT", "DTHREPDT", "TRNDT"]
"""Days in ADSL on which scores end: a death that counts, one that is reported, a transplant."""


def score_grid(data: StudyFrames, *, instrument: str, scale: str, visits: Sequence[str]) -> pd.DataFrame:
    """One row for each randomised participant and visit, visits in the order given.

    Columns: USUBJID, ARMCD; AVISIT (ordered), AVISITN (planned day); AVAL (missing where there is none that
    counts), BASE; death_day and transplant_day (from the day that visits are counted from, missing: none);
    dead and transplanted (1 where that came before the visit, as `ended_before` has it); reported_dead (1
    also where the death is only reported and not refuted, and no score came after it); due (1 where the
    planned day lies on or before the cut-off).
    """
    people = data.adsl[data.adsl["RANDFL"] == "Y"]
    planned = {visit.code: visit for visit in data.study.schedule}
    grid = people[["USUBJID", "ARMCD", "RANDDT", *ENDS]].merge(
        pd.DataFrame({"AVISIT": list(visits), "AVISITN": [planned[visit].day for visit in visits]}),
        how="cross",
    )
    rows = data.adqs
    own = rows[(rows["PARCAT1"] == instrument) & (rows["PARAMCD"] == scale) & (rows["ANL01FL"] == "Y")]
    scored = own[own["AVAL"].notna()]
    scores = scored.drop_duplicates(ONE_SCORE, keep="last")[[*ONE_SCORE, "AVAL", "ADT"]]
    base = own.dropna(subset=["BASE"]).drop_duplicates("USUBJID").set_index("USUBJID")["BASE"]
    grid = grid.merge(scores, on=ONE_SCORE, how="left")
    start = grid["USUBJID"].map(_first_days(data, visits)).fillna(grid["RANDDT"])
    death, transplant = ((grid[day] - start).dt.days for day in ("DTHDT", "TRNDT"))
    planned_on = start + pd.to_timedelta(grid["AVISITN"], unit="D")
    dead, reported, transplanted = (ended_before(grid[day], grid["ADT"], planned_on) for day in ENDS)
    score = grid["AVAL"].mask(dead)
    return pd.DataFrame(
        {
            "USUBJID": grid["USUBJID"],
            "ARMCD": grid["ARMCD"],
            "AVISIT": pd.Categorical(grid["AVISIT"], categories=list(visits)),
            "AVISITN": grid["AVISITN"],
            "AVAL": score,
            "BASE": grid["USUBJID"].map(base),
            "death_day": death,
            "transplant_day": transplant,
            "dead": dead.astype(int),
            "reported_dead": (dead | (reported & ~_scored_later(score, grid["USUBJID"]))).astype(int),
            "transplanted": transplanted.astype(int),
            "due": (planned_on <= pd.Timestamp(data.cutoff)).astype(int),
        }
    )


def _scored_later(score: "pd.Series[float]", who: "pd.Series[str]") -> "pd.Series[bool]":
    """Whether a participant has a score at this visit or at a later one; visits in order."""
    backwards = score.notna().astype(int)[::-1]
    return backwards.groupby(who[::-1]).cummax()[::-1] == 1


def after_transplant(people: pd.DataFrame, scores: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows of ADQS were given after the transplant of their participant, in the rows of ADSL."""
    return scores["ADT"] > scores["USUBJID"].map(people.set_index("USUBJID")["TRNDT"])


def ended_before(
    end: "pd.Series[pd.Timestamp]", given: "pd.Series[pd.Timestamp]", planned: "pd.Series[pd.Timestamp]"
) -> "pd.Series[bool]":
    """Whether an end came before a visit: before its score was given or, without a score, by its planned day.

    A visit may be answered days before or after it is due, so that the planned day alone would call someone
    ended who was well enough to answer first, and count what was felt with the new liver.
    """
    return (end < given) | (given.isna() & (end <= planned))


def _first_days(data: StudyFrames, visits: Sequence[str]) -> "pd.Series[pd.Timestamp]":
    """By participant the day that the last of the visits is counted from, where it is no randomisation."""
    anchors = {visit.code: data.study.anchor_of(visit) for visit in data.study.schedule}
    anchor = anchors[visits[-1]] if visits else "randomisation"
    if anchor == "randomisation":
        return pd.Series(dtype="datetime64[s]")
    alike = [each for each in visits if anchors[each] == anchor]
    rows = data.forms[data.forms["AVISIT"].isin(alike)].drop_duplicates("USUBJID")
    return (rows["DUEDT"] - pd.to_timedelta(rows["AVISITN"], unit="D")).set_axis(rows["USUBJID"])
