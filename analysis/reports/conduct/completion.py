"""Completion and available data of questionnaires, after SISAQOL, with why the others are not there."""

import pandas as pd

from analysis.datasets import StudyData
from analysis.reports.conduct.heat_map import heat_maps
from analysis.reports.finding import Finding
from analysis.reports.language import gettext, in_own_language
from analysis.reports.plain import Json, lines
from analysis.reports.table import Table
from analysis.reports.words import NOTHING, number, out_of, percent

VISIT = ["instrument", "visit", "day", "group"]
NOT_DUE = "not due by the cut-off"
READ = (
    "Two rates, after SISAQOL. Completion: of the questionnaires expected at a visit (due by the cut-off, the"
    " participant alive and taking part). Available data: of all who were randomised; what the dead and the"
    " withdrawn can no longer give counts against this one alone."
)


def find(data: StudyData) -> Finding:
    """Both rates by visit and arm."""
    found = rates(data)
    if found is None:
        return Finding(impossible="No questionnaire has fallen due.")
    return Finding(
        sentences=(READ,),
        figures=heat_maps(data),
        tables=(_table(data, found),),
        results={"rows": lines(found)},
    )


def rates(data: StudyData) -> pd.DataFrame | None:
    """SISAQOL's two rates by questionnaire, visit and arm; None where nothing was due.

    Completed of those expected (due by the cut-off, alive and taking part), and available of all randomised;
    `reasons` counts why the others are not there, in brackets what staff say of it.
    """
    forms = data.forms.rename(
        columns={"PARCAT1": "instrument", "AVISIT": "visit", "AVISITN": "day", "ARMCD": "group"}
    )
    due = forms.groupby(VISIT[:3])["EXPFL"].transform(lambda flags: (flags == "Y").any())
    forms = forms[due.astype(bool)] if len(forms) else forms
    if forms.empty:
        return None
    expected, there = forms["EXPFL"] == "Y", forms["COMPFL"] == "Y"
    counted = forms.assign(expected=expected, completed=expected & there, available=there)
    found = counted.groupby(VISIT)[["expected", "completed", "available"]].sum().reset_index()
    randomised = data.adsl.loc[data.adsl["RANDFL"] == "Y", "ARMCD"].value_counts()
    found["randomised"] = found["group"].map(randomised).astype("int64")
    found["completion_rate"] = (found["completed"] / found["expected"]).where(found["expected"] > 0)
    found["available_rate"] = found["available"] / found["randomised"]
    reasons = _reasons(forms)
    found["reasons"] = pd.Series([_whole(reasons, row) for row in lines(found)], dtype=object)
    arms = {arm: place for place, arm in enumerate(data.arms)}
    place = found.assign(group=found["group"].map(arms)).sort_values(["instrument", "day", "group"])
    return found.loc[place.index].reset_index(drop=True)


def _reasons(forms: pd.DataFrame) -> dict[tuple[object, ...], dict[str, int]]:
    """How often each reason is given, by `VISIT`."""
    own = forms[forms["REASON"] != ""]
    told = own["REASON"].where(own["MISSRSN"] == "", own["REASON"] + " (" + own["MISSRSN"] + ")")
    found: dict[tuple[object, ...], dict[str, int]] = {}
    counts = own.assign(told=told).groupby([*VISIT, "told"]).size().reset_index(name="n")
    for *row, reason, n in counts.itertuples(index=False, name=None):
        found.setdefault(tuple(row), {})[str(reason)] = int(n)
    return found


def _whole(reasons: dict[tuple[object, ...], dict[str, int]], row: Json) -> dict[str, int]:
    """The reasons of a row with those added whose window has not opened: there and not there are everyone."""
    told = reasons.get(tuple(row[name] for name in VISIT), {})
    rest = row["randomised"] - row["available"] - sum(told.values())
    return told | {NOT_DUE: told.get(NOT_DUE, 0) + rest} if rest > 0 else told


def _table(data: StudyData, found: pd.DataFrame) -> Table:
    """Both rates with their numerators and denominators, and why forms are not there."""
    visits = {visit.code: in_own_language(visit.title, visit.code) for visit in data.study.schedule}
    several = len(set(found["instrument"])) > 1
    return Table(
        caption=gettext("Completion and available data by visit and arm"),
        columns=[
            gettext("Visit"),
            gettext("Arm"),
            gettext("Completed of expected"),
            gettext("Completion"),
            gettext("Available of randomised"),
            gettext("Available data"),
            gettext("Not there because"),
        ],
        rows=[_line(row, visits, data.arms, several=several) for row in lines(found)],
        heads=2,
        words=1,
    )


def _line(row: Json, visits: dict[str, str], arms: dict[str, str], *, several: bool) -> list[str]:
    title = visits.get(str(row["visit"]), str(row["visit"]))
    return [
        f"{title}, {row['instrument']}" if several else title,
        arms[row["group"]],
        out_of(row["completed"], row["expected"]),
        percent(row["completion_rate"]),
        out_of(row["available"], row["randomised"]),
        percent(row["available_rate"]),
        "; ".join(f"{_reason_words(reason)}: {number(n)}" for reason, n in row["reasons"].items()) or NOTHING,
    ]


def _reason_words(reason: str) -> str:
    """A reason in the language of tables; what staff say of it, in brackets, stays theirs."""
    said, *staff = reason.split(" (", 1)
    words = {
        "died": gettext("died"),
        "withdrew": gettext("withdrew"),
        "had a transplant": gettext("had a transplant"),
        NOT_DUE: gettext("not due by the cut-off"),
        "not begun": gettext("not begun"),
        "begun, not sent": gettext("begun, not sent"),
        "answered outside the window": gettext("answered outside the window"),
        "sent without enough answers": gettext("sent without enough answers"),
    }
    return " (".join([words.get(said, said), *staff])
