"""Tables of the page: captions, column heads and cells as text, one table for each figure and section."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.reports.figures.survival import risk_table, ticks
from analysis.reports.findings import Findings, Survival
from analysis.reports.results import Json, rows
from analysis.reports.words import NOTHING, interval, number, p_value, percent, percent_interval


@dataclass(frozen=True, kw_only=True)
class Table:
    """The first `heads` columns of each row name it, the last `words` hold words, those between numbers."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    heads: int = 1
    words: int = 0


def survival_table(found: Survival, names: dict[str, str], title: str) -> Table:
    """What the figure shows, in numbers: counts and survival at the times of its ticks."""
    at = ticks(int(found.rows["AVAL"].max()))
    curves = {(row["group"], row["time"]): row for row in rows(found.curves.at(at.days)) or []}
    lines = []
    for count in rows(risk_table(found, at)) or []:
        days = count["time"] * at.days_per_unit
        here = curves.get((count["group"], days), {})
        counts = [str(count[name]) for name in ("at_risk", "censored", "events")]
        share = percent(here.get("survival"), 1) if here else NOTHING
        limits = percent_interval(here.get("lower"), here.get("upper")) if here else NOTHING
        lines.append([names[count["group"]], str(count["time"]), *counts, share, limits])
    return Table(
        caption=f"{title} at the times below the figure",
        columns=[
            "Arm",
            f"{at.unit.capitalize()} since day 0",
            "At risk",
            "Censored",
            "Events",
            "Free of the event",
            "95 % interval",
        ],
        rows=lines,
        heads=2,
    )


def median_table(found: Survival, names: dict[str, str], title: str) -> Table:
    """Participants, events and the median of each arm, in days."""
    size, events = (
        found.rows["ARMCD"].value_counts(),
        found.rows.groupby("ARMCD", observed=True)["event"].sum(),
    )
    return Table(
        caption=f"{title}: median time by arm (– not reached)",
        columns=["Arm", "Participants", "Events", "Median, days", "95 % interval, days"],
        rows=[
            [
                names[row["group"]],
                number(int(size[row["group"]])),
                number(int(events[row["group"]])),
                number(row["time"]),
                interval(row["lower"], row["upper"]),
            ]
            for row in rows(found.curves.quantile(0.5)) or []
        ],
    )


def logrank_words(found: Survival) -> str:
    """The test in one line, or why there is none."""
    test = found.logrank
    if test is None:
        return "No log-rank test: it needs two arms and an event while both were at risk."
    return (
        f"Log-rank test: χ² = {number(test.statistic, 3)} on {test.df} degree{'s' if test.df != 1 else ''} of"
        f" freedom, p = {p_value(test.p_value)}".replace("p = <", "p <")
    )


def transplant_table(found: Findings) -> Table | None:
    """How many were transplanted, died first, or neither."""
    if found.ttx is None:
        return None
    names = found.data.arms
    return Table(
        caption="First of transplant and death, by arm",
        columns=[
            "Arm",
            "Participants",
            "Transplanted",
            "Died without a transplant",
            "Neither by the end of follow-up",
        ],
        rows=[
            [
                names[row["group"]],
                *(number(row[name]) for name in ("n", "transplanted", "died_before_transplant", "censored")),
            ]
            for row in rows(found.ttx) or []
        ],
    )


def score_tables(found: Findings) -> dict[str, Table]:
    """Means by scale, visit and arm, a table for each questionnaire."""
    lines: dict[str, list[list[str]]] = {}
    visits = visit_titles(found)
    for row in rows(found.qol) or []:
        limits = interval(row["lower"], row["upper"], 1)
        told = [row["title"], visits.get(row["visit"], row["visit"]), found.data.arms[row["group"]]]
        numbers = [number(row["n"]), number(row["mean"], 1), number(row["sd"], 1), limits]
        lines.setdefault(row["instrument"], []).append([*told, *numbers])
    return {
        name: Table(
            caption=f"Mean scores of {name} by scale, visit and arm",
            columns=["Scale", "Visit", "Arm", "n", "Mean", "SD", "95 % interval"],
            rows=held,
            heads=3,
        )
        for name, held in lines.items()
    }


def completion_table(found: Findings) -> Table | None:
    """Both of SISAQOL's rates with their numerators and denominators, and why forms are not there."""
    if found.completion is None:
        return None
    lines = [_completion(found, row) for row in rows(found.completion) or []]
    return Table(
        caption="Completion and available data by visit and arm",
        columns=[
            "Visit",
            "Arm",
            "Completed of expected",
            "Completion",
            "Available of randomised",
            "Available data",
            "Not there because",
        ],
        rows=lines,
        heads=2,
        words=1,
    )


def visit_titles(found: Findings) -> dict[str, str]:
    """What visits are called; one that the study no longer has keeps its code."""
    return {visit.code: visit.title.get("en", visit.code) for visit in found.data.study.schedule}


def _completion(found: Findings, row: Json) -> list[str]:
    several = found.completion is not None and found.completion["instrument"].nunique() > 1
    title = str(visit_titles(found).get(row["visit"], row["visit"]))
    visit = f"{title}, {row['instrument']}" if several else title
    return [
        visit,
        found.data.arms[row["group"]],
        f"{row['completed']} of {row['expected']}",
        percent(row["completion_rate"]),
        f"{row['available']} of {row['randomised']}",
        percent(row["available_rate"]),
        ", ".join(f"{reason} {n}" for reason, n in row["reasons"].items()) or NOTHING,
    ]


def hospital_table(found: Findings) -> Table | None:
    """Stays per person-year."""
    if found.hospital is None:
        return None
    return Table(
        caption="Hospital stays per person-year alive and observed, by arm",
        columns=[
            "Arm",
            "Participants",
            "With a stay",
            "Stays",
            "Person-years",
            "Per person-year",
            "95 % interval",
        ],
        rows=[
            [
                found.data.arms[row["group"]],
                *(number(row[name]) for name in ("participants", "with_a_stay", "stays")),
                number(row["person_years"], 1),
                number(row["rate"], 2),
                interval(row["lower"], row["upper"], 2),
            ]
            for row in rows(found.hospital) or []
        ],
    )


def alert_table(found: Findings) -> Table | None:
    """Alarming answers by rule and arm, and what became of them."""
    if found.alerts is None:
        return None
    return Table(
        caption="Alarming answers by rule and arm",
        columns=[
            "Rule",
            "Arm",
            "Randomised",
            "With an alert",
            "Alerts",
            "Past their deadline",
            "Without a disposition",
            "Median hours to a disposition",
        ],
        rows=[
            [
                str(row["rule"]),
                found.data.arms[row["group"]],
                *(number(row[name]) for name in ("randomised", "participants", "alerts")),
                *(number(row[name]) for name in ("escalated", "without_disposition")),
                number(row["median_hours"], 1),
            ]
            for row in rows(found.alerts) or []
        ],
        heads=2,
    )


def query_table(found: Findings) -> Table | None:
    """Queries that are not closed, by site and age."""
    if found.queries is None:
        return None
    names = {site.code: site.name for site in found.data.study.sites}
    return Table(
        caption="Queries on values that are not closed, by site and age",
        columns=["Site", "Age", "Open", "Answered"],
        rows=[
            [
                str(names.get(row["site"], row["site"])),
                str(row["age"]),
                number(row["open"]),
                number(row["answered"]),
            ]
            for row in rows(found.queries) or []
        ],
        heads=2,
    )


def check_tables(found: Findings) -> list[Table]:
    """The inconsistencies, a table for each kind."""
    tables = []
    for check, own in found.data.checks.groupby("CHECK", sort=True):
        source = [f"{domain} {ids}".strip() for domain, ids in zip(own["SRCDOM"], own["SRCSEQ"], strict=True)]
        lines = zip(own["USUBJID"], own["MESSAGE"], source, strict=True)
        tables.append(
            Table(
                caption=f"{str(check)[0].upper()}{str(check)[1:]}: {len(own)}",
                columns=["Participant", "What is inconsistent", "Source"],
                rows=[[str(who or "whole study"), str(told), where] for who, told, where in lines],
                words=2,
            )
        )
    return tables
