"""What a hierarchical composite compares, as columns of one row a participant."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.datasets.params import observed
from analysis.datasets.score_grid import after_transplant
from analysis.datasets.study_frames import StudyFrames


def compared(data: StudyFrames, param: str, *, instrument: str, scale: str, visit: str) -> pd.DataFrame:
    """One row for each participant observed for an estimand of ADOBS (`param`), by PARAMCD.

    Columns: USUBJID, ARMCD; days (observed); dead; transplant_days (to the transplant, or observed without)
    and transplanted; nights and admissions (lists of days from day 0 to the end of observation; a stay whose
    end is not known has one night); change (of the scale's score from baseline to the visit), missing where
    one of the two is. Where a transplant is an event for the estimand, a score that was given after it is
    none: how someone fared by then is told by the transplant. Within the time that two share, scores are
    compared visit by visit, on whichever day of its window each was given.
    """
    people = _observed(data, param)
    known = people["USUBJID"].map(data.adsl.set_index("USUBJID")["TRNDT"])
    transplanted_on = (known - people["STARTDT"]).dt.days
    counts = (transplanted_on >= 0) & (transplanted_on <= people["DAYS"])
    return pd.DataFrame(
        {
            "USUBJID": people["USUBJID"],
            "ARMCD": people["ARMCD"],
            "days": people["DAYS"],
            "dead": (people["ENDFL"] == "D").astype(int),
            "transplant_days": transplanted_on.where(counts, people["DAYS"]).astype(int),
            "transplanted": counts.astype(int),
            **_hospital(data, param, people),
            "change": _change(data, param, people, (instrument, scale, visit)),
        }
    )


def stays_in_days(data: StudyFrames, param: str) -> pd.DataFrame:
    """Spells of those observed for an estimand of ADOBS: participant, admitted, discharged (days from day 0).

    Who is in hospital when the observation ends was not discharged before: of a discharge after that day
    only this is known, and the day after it stands here. A discharge is missing where nothing is known.
    """
    people = _observed(data, param)
    stays = data.adho.merge(people[["USUBJID", "STARTDT", "ENDDT"]], on="USUBJID")
    stays = stays[stays["ASTDT"] <= stays["ENDDT"]]
    still_there = (stays["AENRF"] == "AFTER") | (stays["AENDT"] > stays["ENDDT"])
    left = stays["AENDT"].mask(still_there, stays["ENDDT"] + pd.Timedelta(days=1))
    return pd.DataFrame(
        {
            "participant": stays["USUBJID"],
            "admitted": (stays["ASTDT"] - stays["STARTDT"]).dt.days,
            "discharged": (left - stays["STARTDT"]).dt.days,
        }
    )


def _observed(data: StudyFrames, param: str) -> pd.DataFrame:
    """The analysed rows of ADOBS for an estimand, of those in its set."""
    rows = data.adobs
    kept = (rows["PARAMCD"] == param) & (rows["ANL01FL"] == "Y")
    if observed(data.study)[param].of_the_infused:
        kept &= rows["USUBJID"].isin(data.adsl.loc[data.adsl["TRTFL"] == "Y", "USUBJID"])
    return rows[kept].reset_index(drop=True)


def _hospital(data: StudyFrames, param: str, people: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """Nights from day 0 on, also of those who were in hospital then; admissions from day 0 on."""
    stays = stays_in_days(data, param)
    until = stays["participant"].map(people.set_index("USUBJID")["DAYS"])
    end = stays["discharged"].fillna(stays["admitted"] + 1).clip(upper=until)
    nights: dict[str, list[int]] = {}
    admissions: dict[str, list[int]] = {}
    for who, start, stop in zip(stays["participant"], stays["admitted"], end, strict=True):
        if start >= 0:
            admissions.setdefault(who, []).append(int(start))
        nights.setdefault(who, []).extend(range(max(int(start), 0), int(stop)))
    return {
        name: pd.Series([held.get(who, []) for who in people["USUBJID"]], dtype=object)
        for name, held in (("nights", nights), ("admissions", admissions))
    }


def _change(
    data: StudyFrames, param: str, people: pd.DataFrame, asked: tuple[str, str, str]
) -> pd.Series[float]:
    rows = data.adqs
    own = (rows[["PARCAT1", "PARAMCD", "AVISIT"]] == asked).all(axis=1)
    own &= (rows["ANL01FL"] == "Y") & rows["CHG"].notna()
    if observed(data.study)[param].transplant_is == "event":
        own &= ~after_transplant(data.adsl, rows)
    scores = rows[own].drop_duplicates("USUBJID", keep="last").set_index("USUBJID")
    return people["USUBJID"].map(scores["CHG"])
