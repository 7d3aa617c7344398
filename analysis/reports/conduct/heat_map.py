"""Completion at a glance: visits across, all participants, arms and sites down."""

from functools import partial

import pandas as pd

from analysis.datasets import StudyData
from analysis.reports.alternative import with_table
from analysis.reports.figures.completion import completion_figure
from analysis.reports.finding import Figure
from analysis.reports.language import gettext, in_own_language
from analysis.reports.plain import lines
from analysis.reports.table import Table
from analysis.reports.words import number, percent

Group = tuple[str, str, bool]
ALL = "all"


def heat_maps(data: StudyData) -> tuple[Figure, ...]:
    """A figure for each questionnaire of which anything was expected."""
    expected = data.forms[data.forms["EXPFL"] == "Y"]
    instruments = list(dict.fromkeys(expected["PARCAT1"]))
    return tuple(
        _figure(data, expected[expected["PARCAT1"] == each], each, several=len(instruments) > 1)
        for each in sorted(instruments)
    )


def _groups(data: StudyData) -> dict[str, list[Group]]:
    """By the column that they are counted by: code, name, and whether a line parts it from those above.

    One arm or one site alone is everyone again, and is left out.
    """
    arms = list(data.arms.items())
    there = set(data.adsl["SITEID"])
    sites = [(site.code, site.name) for site in data.study.sites if site.code in there]
    parted = {
        column: [(code, name, place == 0) for place, (code, name) in enumerate(named)]
        for column, named in (("ARMCD", arms), ("SITEID", sites))
        if len(named) > 1
    }
    return {"": [(ALL, gettext("All"), False)], **parted}


def _figure(data: StudyData, forms: pd.DataFrame, instrument: str, *, several: bool) -> Figure:
    groups = _groups(data)
    counts = _counts(forms, groups)
    known = {visit.code: in_own_language(visit.title, visit.code) for visit in data.study.schedule}
    days = forms.groupby("AVISIT")["AVISITN"].min().sort_values(kind="stable")
    visits = [(visit, known.get(visit, visit)) for visit in days.index]
    title = gettext("Completion by visit")
    if several:
        title = gettext(
            "%(questionnaire)s: completion by visit", questionnaire=_questionnaire(data, instrument)
        )
    told = gettext(
        "Completed of expected questionnaires (due by the cut-off, the participant alive and taking part) by"
        " visit, for all, by arm and by site; the darker, the more complete."
    )
    named = [
        (f"{column}/{code}", name, parted) for column, own in groups.items() for code, name, parted in own
    ]
    return Figure(
        name=f"completion-{instrument}" if several else "completion",
        title=title,
        caption=told,
        description=with_table(told),
        table=_table(title, counts, named, visits),
        drawing=partial(completion_figure, counts, named, visits),
    )


def _questionnaire(data: StudyData, instrument: str) -> str:
    titles = {each: found.title for each, found in data.words.by_language(instrument).items()}
    return in_own_language(titles, instrument)


def _counts(forms: pd.DataFrame, groups: dict[str, list[Group]]) -> pd.DataFrame:
    """Columns group (column/code), visit, expected, completed."""
    found = []
    for column in groups:
        by = forms[column] if column else pd.Series(ALL, index=forms.index)
        counted = (forms["COMPFL"] == "Y").groupby([by.rename("group"), forms["AVISIT"]]).agg(["size", "sum"])
        counted = counted.set_axis(["expected", "completed"], axis=1).reset_index(names=["group", "visit"])
        found.append(counted.assign(group=f"{column}/" + counted["group"].astype(str)))
    return pd.concat(found, ignore_index=True)


def _table(title: str, counts: pd.DataFrame, groups: list[Group], visits: list[tuple[str, str]]) -> Table:
    cells = {(row["group"], row["visit"]): row for row in lines(counts)}
    there = [
        (name, words, cells[group, visit])
        for group, name, _ in groups
        for visit, words in visits
        if (group, visit) in cells
    ]
    return Table(
        caption=title,
        columns=[
            gettext("Arm or site"),
            gettext("Visit"),
            gettext("Completed"),
            gettext("Expected"),
            gettext("Completion"),
        ],
        rows=[
            [
                name,
                visit,
                number(row["completed"]),
                number(row["expected"]),
                percent(row["completed"] / row["expected"]),
            ]
            for name, visit, row in there
        ],
        heads=2,
    )
