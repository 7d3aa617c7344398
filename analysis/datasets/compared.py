"""What a hierarchical composite compares, as columns of one row a participant."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.datasets.study_frames import StudyFrames


def compared(data: StudyFrames, param: str, *, instrument: str, scale: str, visit: str) -> pd.DataFrame:
    """One row for each participant observed for an estimand of ADOBS (`param`), by PARAMCD.

    Columns: USUBJID, ARMCD; days (observed); dead; transplant_days (to the transplant, or observed without)
    and transplanted; nights and admissions (lists of days from day 0; a stay whose end is not known has one
    night); change (of the scale's score from baseline to the visit), missing where one of the two is.
    """
    observed = data.adobs
    analysed = (observed["PARAMCD"] == param) & (observed["ANL01FL"] == "Y")
    people = observed[analysed].reset_index(drop=True)
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
            **_hospital(data, people),
            "change": _change(data, people, instrument, scale, visit),
        }
    )


def stays_in_days(data: StudyFrames, param: str) -> pd.DataFrame:
    """Spells of those observed for an estimand of ADOBS: participant, admitted, discharged (days from day 0).

    Of a discharge after the end of observation nothing is known: it is missing.
    """
    observed = data.adobs
    people = observed[(observed["PARAMCD"] == param) & (observed["ANL01FL"] == "Y")]
    stays = data.adho.merge(people[["USUBJID", "STARTDT", "ENDDT"]], on="USUBJID")
    stays = stays[stays["ASTDT"] <= stays["ENDDT"]]
    left = stays["AENDT"].where(stays["AENDT"] <= stays["ENDDT"])
    return pd.DataFrame(
        {
            "participant": stays["USUBJID"],
            "admitted": (stays["ASTDT"] - stays["STARTDT"]).dt.days,
            "discharged": (left - stays["STARTDT"]).dt.days,
        }
    )


def _hospital(data: StudyFrames, people: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    stays = data.adho.merge(people[["USUBJID", "STARTDT", "ENDDT"]], on="USUBJID")
    stays = stays[(stays["ASTDT"] >= stays["STARTDT"]) & (stays["ASTDT"] <= stays["ENDDT"])]
    until = stays["AENDT"].fillna(stays["ASTDT"] + pd.Timedelta(days=1))
    first = (stays["ASTDT"] - stays["STARTDT"]).dt.days
    end = (until.where(until <= stays["ENDDT"], stays["ENDDT"]) - stays["STARTDT"]).dt.days
    nights: dict[str, list[int]] = {}
    admissions: dict[str, list[int]] = {}
    for who, start, stop in zip(stays["USUBJID"], first, end, strict=True):
        admissions.setdefault(who, []).append(int(start))
        nights.setdefault(who, []).extend(range(int(start), int(stop)))
    return {
        name: pd.Series([held.get(who, []) for who in people["USUBJID"]], dtype=object)
        for name, held in (("nights", nights), ("admissions", admissions))
    }


def _change(
    data: StudyFrames, people: pd.DataFrame, instrument: str, scale: str, visit: str
) -> pd.Series[float]:
    rows = data.adqs
    asked = (rows["PARCAT1"] == instrument) & (rows["PARAMCD"] == scale) & (rows["AVISIT"] == visit)
    rows = rows[asked & (rows["ANL01FL"] == "Y")]
    return people["USUBJID"].map(rows.drop_duplicates("USUBJID", keep="last").set_index("USUBJID")["CHG"])
