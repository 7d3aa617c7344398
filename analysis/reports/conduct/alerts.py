"""Alarming answers by rule and arm, and what became of them."""

import pandas as pd

from analysis.datasets import StudyData
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.table import Table
from analysis.reports.words import number

READ = "Raised by the cut-off. What became of them is counted as it stood when this report was made."


def find(data: StudyData) -> Finding:
    """How many, of how many participants, and how soon someone ended them."""
    found = counts(data)
    if found is None:
        return Finding(impossible="No alarming answer was raised.")
    return Finding(sentences=(READ,), tables=(_table(data, found),), results={"rows": lines(found)})


def counts(data: StudyData) -> pd.DataFrame | None:
    """Alarming answers by rule and arm: how many, of how many participants, and how soon someone ended them.

    None where none was raised. Every arm stands beside every rule, also with none; the median is of the hours
    to the first disposition.
    """
    raised = data.alerts[data.alerts["ARMCD"] != ""]
    if raised.empty:
        return None
    randomised = data.adsl.loc[data.adsl["RANDFL"] == "Y", "ARMCD"].value_counts()
    rows = []
    for rule in sorted(set(raised["RULE"])):
        for arm in data.arms:
            own = raised[(raised["RULE"] == rule) & (raised["ARMCD"] == arm)]
            rows.append(
                {
                    "rule": rule,
                    "group": arm,
                    "randomised": int(randomised.get(arm, 0)),
                    "alerts": len(own),
                    "participants": int(own["USUBJID"].nunique()),
                    "escalated": int((own["ESCFL"] == "Y").sum()),
                    "without_disposition": int((own["DISPFL"] == "N").sum()),
                    "median_hours": float(own["DISPHRS"].median()),
                }
            )
    return pd.DataFrame(rows)


def _table(data: StudyData, found: pd.DataFrame) -> Table:
    return Table(
        caption=gettext("Alarming answers by rule and arm"),
        columns=[
            gettext("Rule"),
            gettext("Arm"),
            gettext("Randomised"),
            gettext("With an alert"),
            gettext("Alerts"),
            gettext("Past their deadline"),
            gettext("Without a disposition"),
            gettext("Median hours to a disposition"),
        ],
        rows=[
            [
                str(row["rule"]),
                data.arms[row["group"]],
                *(number(row[name]) for name in ("randomised", "participants", "alerts")),
                *(number(row[name]) for name in ("escalated", "without_disposition")),
                number(row["median_hours"], 1),
            ]
            for row in lines(found)
        ],
        heads=2,
    )
