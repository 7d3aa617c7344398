"""Queries that are not closed, by site and age."""

import pandas as pd

from analysis.datasets import StudyData
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.table import Table
from analysis.reports.words import number

AGES = (("0 to 7 days", 0, 7), ("8 to 30 days", 8, 30), ("over 30 days", 31, None))
READ = (
    "As they stood when this report was made, whatever the cut-off. An answered query waits for whoever"
    " raised it."
)


def find(data: StudyData) -> Finding:
    """How many wait, for how long."""
    found = open_queries(data)
    if found is None:
        return Finding(impossible="No query was raised.")
    return Finding(sentences=(READ,), tables=(_table(data, found),), results={"rows": lines(found)})


def open_queries(data: StudyData) -> pd.DataFrame | None:
    """Queries that are not closed by site and age; None where none was ever raised."""
    if data.queries.empty:
        return None
    waiting = data.queries[data.queries["QYSTAT"] != "closed"]
    rows = []
    for site in sorted(set(data.queries["SITEID"])):
        own = waiting[waiting["SITEID"] == site]
        for age, first, last in AGES:
            aged = own[own["AGEDAYS"].between(first, last if last is not None else own["AGEDAYS"].max())]
            rows.append(
                {
                    "site": site,
                    "age": age,
                    "open": int((aged["QYSTAT"] == "open").sum()),
                    "answered": int((aged["QYSTAT"] == "answered").sum()),
                }
            )
    return pd.DataFrame(rows)


def _table(data: StudyData, found: pd.DataFrame) -> Table:
    names = {site.code: site.name for site in data.study.sites}
    return Table(
        caption=gettext("Queries on values that are not closed, by site and age"),
        columns=[gettext("Site"), gettext("Age"), gettext("Open"), gettext("Answered")],
        rows=[
            [
                str(names.get(row["site"], row["site"])),
                str(row["age"]),
                number(row["open"]),
                number(row["answered"]),
            ]
            for row in lines(found)
        ],
        heads=2,
    )
