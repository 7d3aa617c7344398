"""The whole course of each participant: death, transplant, stays in hospital and scores in one frame."""

from __future__ import annotations

import pandas as pd

from analysis.datasets.compared import stays_in_days
from analysis.datasets.study_frames import StudyFrames

COLUMNS = ["USUBJID", "ARMCD", "KIND", "FROM", "TO", "VALUE"]
NUMBERS = {"FROM": "int64", "TO": "int64", "VALUE": "float64"}
KINDS = ("observed", "transplant", "death", "stay", "score", "missed")


def courses(data: StudyFrames, param: str, *, instrument: str, scale: str) -> pd.DataFrame:
    """One row for each thing that happened to those observed for an estimand of ADOBS, by PARAMCD.

    Columns: USUBJID, ARMCD; KIND: observed, transplant, death, stay, score, missed (a questionnaire expected
    and not there); FROM and TO in days from day 0; VALUE, the score. By participant, then as KIND stands
    here, then by day. A stay whose end is not known ends where it began; one that outlasts the observation
    ends with it.
    """
    observed = data.adobs
    people = observed[(observed["PARAMCD"] == param) & (observed["ANL01FL"] == "Y")]
    people = people[["USUBJID", "ARMCD", "STARTDT", "ENDDT", "DAYS", "ENDFL"]].reset_index(drop=True)
    known = people["USUBJID"].map(data.adsl.set_index("USUBJID")["TRNDT"])
    parts = {
        "observed": people.assign(FROM=0, TO=people["DAYS"]),
        "transplant": _on(people, known),
        "death": _on(people, people["ENDDT"].where(people["ENDFL"] == "D")),
        "stay": _stays(data, people, param),
        "score": _scores(data, people, instrument, scale),
        "missed": _missed(data, people, instrument),
    }
    alike = [part.assign(KIND=kind).reindex(columns=COLUMNS).astype(NUMBERS) for kind, part in parts.items()]
    found = pd.concat(alike, ignore_index=True)
    ordered = found.assign(
        who=found["USUBJID"].map(dict(zip(people["USUBJID"], people.index, strict=True))),
        kind=found["KIND"].map(dict(zip(KINDS, range(len(KINDS)), strict=True))),
    ).sort_values(["who", "kind", "FROM", "TO"], kind="stable")
    return ordered[COLUMNS].reset_index(drop=True)


def _on(people: pd.DataFrame, days: pd.Series[pd.Timestamp]) -> pd.DataFrame:
    """What happened on one day, where it happened while the participant was observed."""
    day = (days - people["STARTDT"]).dt.days
    there = (day >= 0) & (day <= people["DAYS"])
    return people[there].assign(FROM=day[there], TO=day[there])


def _stays(data: StudyFrames, people: pd.DataFrame, param: str) -> pd.DataFrame:
    stays = stays_in_days(data, param).merge(people, left_on="participant", right_on="USUBJID")
    until = stays["discharged"].fillna(stays["admitted"]).clip(upper=stays["DAYS"])
    stays = stays.assign(FROM=stays["admitted"].clip(lower=0), TO=until)
    return stays[stays["TO"] >= 0]


def _scores(data: StudyFrames, people: pd.DataFrame, instrument: str, scale: str) -> pd.DataFrame:
    rows = data.adqs
    asked = (rows["PARCAT1"] == instrument) & (rows["PARAMCD"] == scale) & (rows["ANL01FL"] == "Y")
    rows = rows[asked & rows["AVAL"].notna()].drop(columns="ARMCD").merge(people, on="USUBJID")
    day = (rows["ADT"] - rows["STARTDT"]).dt.days
    rows = rows.assign(FROM=day, TO=day, VALUE=rows["AVAL"])
    return rows[day <= rows["DAYS"]]


def _missed(data: StudyFrames, people: pd.DataFrame, instrument: str) -> pd.DataFrame:
    rows = data.forms
    asked = (rows["PARCAT1"] == instrument) & (rows["EXPFL"] == "Y") & (rows["COMPFL"] == "N")
    rows = rows[asked].drop(columns="ARMCD").merge(people, on="USUBJID")
    day = (rows["DUEDT"] - rows["STARTDT"]).dt.days
    rows = rows.assign(FROM=day, TO=day)
    return rows[day <= rows["DAYS"]]
