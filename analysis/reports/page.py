"""report.html: one page that holds everything, without script and without anything from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from analysis.reports import tables
from analysis.reports.figures.rates import rate_figure
from analysis.reports.figures.survival import survival_figure
from analysis.reports.figures.trajectories import trajectory_figure
from analysis.reports.findings import Endpoint, Findings, Survival
from analysis.reports.results import rows, versions
from analysis.reports.tables import Table
from analysis.reports.words import number, p_value, percent
from app.domain.study import Estimand

TITLES: dict[Endpoint, str] = {
    "TFS": "Transplant-free survival",
    "OS": "Survival",
    "TTX": "Time to transplant",
}
ORIGINS = {"randomisation": "the day of randomisation", "first-infusion": "the day of the first infusion"}


@dataclass(frozen=True)
class SurvivalSection:
    """What the page says of one endpoint; all None where there is no data."""

    title: str
    estimand: Estimand | None
    medians: Table | None = None
    test: str = ""
    figure: str = ""
    table: Table | None = None


def figures(found: Findings) -> dict[str, str]:
    """Every figure that the data allow, as SVG, by name."""
    names = found.data.arms
    drawn: dict[str, str] = {}
    for name, survival in (("tfs", found.tfs), ("os", found.os)):
        if survival is not None:
            title = TITLES[survival.endpoint]
            drawn[name] = survival_figure(
                survival, names, name=name, title=title, description=_described(survival, names, title)
            )
    if found.qol is not None:
        for instrument, means in found.qol.groupby("instrument", sort=True):
            title = f"Mean scores of {instrument} by visit and arm"
            drawn[f"qol-{instrument}"] = trajectory_figure(
                *(means, names, tables.visit_titles(found)),
                name=f"qol-{instrument}",
                title=title,
                description=f"{title}, with 95 % intervals. The table below holds every value.",
            )
    if found.hospital is not None:
        told = "; ".join(
            f"{names[row['group']]} {number(row['rate'], 2)} per person-year"
            for row in rows(found.hospital) or []
        )
        drawn["hospital"] = rate_figure(
            *(found.hospital, names),
            name="hospital",
            title="Hospital stays per person-year by arm",
            description=f"{told}. The table below holds the intervals.",
        )
    return drawn


def _described(found: Survival, names: Mapping[str, str], title: str) -> str:
    medians = "; ".join(
        f"{names[row['group']]}: median "
        + (f"{number(row['time'])} days" if row["time"] is not None else "not reached")
        for row in rows(found.curves.quantile(0.5)) or []
    )
    test = tables.logrank_words(found)
    return f"Kaplan-Meier curves of {title.lower()} by arm with 95 % bands. {medians}. {test}"


def page(found: Findings, drawn: Mapping[str, str], data_sha256: str) -> str:
    """The whole document."""
    data = found.data
    return _template().render(
        data=data,
        title=data.study.title.get("en") or next(iter(data.study.title.values())),
        names=data.arms,
        sha256=data_sha256,
        versions=versions(found),
        origins=ORIGINS,
        glance=glance(found),
        flow=flow(found),
        survival=[_section(found, found.tfs, "TFS", drawn), _section(found, found.os, "OS", drawn)],
        transplants=tables.transplant_table(found),
        transplant_estimand=data.study.estimand("TTX"),
        scores=tables.score_tables(found),
        completion=tables.completion_table(found),
        hospital=tables.hospital_table(found),
        alerts=tables.alert_table(found),
        queries=tables.query_table(found),
        checks=tables.check_tables(found),
        figures={name: Markup(svg) for name, svg in drawn.items()},  # noqa: S704 - drawn and escaped in figures
    )


def _section(
    found: Findings, survival: Survival | None, endpoint: Endpoint, drawn: Mapping[str, str]
) -> SurvivalSection:
    title, names = TITLES[endpoint], found.data.arms
    estimand = found.data.study.estimand(endpoint)
    if survival is None:
        return SurvivalSection(title, estimand)
    return SurvivalSection(
        title=title,
        estimand=estimand,
        medians=tables.median_table(survival, names, title),
        test=tables.logrank_words(survival),
        figure=endpoint.lower() if endpoint.lower() in drawn else "",
        table=tables.survival_table(survival, names, title),
    )


def glance(found: Findings) -> list[tuple[str, str, str]]:
    """The few numbers that are read first: what, how much, and what it is made of."""
    people = found.data.adsl
    randomised = people[people["RANDFL"] == "Y"]
    by_arm = ", ".join(
        f"{int((randomised['ARMCD'] == arm).sum())} {name}" for arm, name in found.data.arms.items()
    )
    tiles = [("Randomised", number(len(randomised)), by_arm)]
    if found.tfs is not None:
        rows_ = found.tfs.rows
        causes = rows_.loc[rows_["event"] == 1, "EVNTDESC"].value_counts().sort_index()
        made_of = ", ".join(f"{n} {cause}{'s' if n != 1 else ''}" for cause, n in causes.items())
        tiles.append(("Deaths and transplants", number(int(rows_["event"].sum())), made_of or "none so far"))
        test = found.tfs.logrank
        if test is not None:
            tiles.append(
                (
                    "Transplant-free survival",
                    f"p = {p_value(test.p_value)}".replace("= <", "<"),
                    "log-rank test between arms",
                )
            )
    if found.completion is not None:
        sums = found.completion[["completed", "expected"]].sum()
        rate = float(sums["completed"] / sums["expected"]) if sums["expected"] else None
        tiles.append(
            ("Questionnaires completed", percent(rate), f"{sums['completed']} of {sums['expected']} expected")
        )
    tiles.append(("Inconsistencies", number(len(found.data.checks)), "listed at the end"))
    return tiles


def flow(found: Findings) -> dict[str, list[tuple[str, int]]]:
    """Steps and counts by arm; the empty arm holds those before randomisation."""
    steps: dict[str, list[tuple[str, int]]] = {}
    for row in rows(found.data.flow) or []:
        if row["N"] or not row["STEP"].startswith("not analysed"):
            steps.setdefault(row["ARMCD"], []).append((row["STEP"], row["N"]))
    return steps


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")
