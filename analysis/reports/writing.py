"""A report as a folder: datasets, figures, results.json and report.html."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.datasets import StudyData, data_sha256, frames, write
from analysis.datasets.cut import Cut
from analysis.reports.carrying_out import CarriedOut, carry_out
from analysis.reports.page import page
from analysis.reports.plain import Json
from analysis.reports.results import as_text, results

REPORTED = "reported"
"""The folder below `datasets` for those with all reported events, where a sensitivity analysis wants them."""


@dataclass(frozen=True)
class Report:
    """What was written: the page, the results, and the hash of the datasets."""

    data: StudyData
    data_sha256: str
    results: Json
    page: str


def write_report(read: Callable[[], Cut], folder: Path) -> Iterator[str | Report]:
    """Write a report; yields the name of each step before it is taken, and at the end the report."""
    yield "reading the database"
    known = read()
    data = frames(known)
    yield "writing the datasets"
    write(data, folder / "datasets")
    digest = data_sha256(folder / "datasets")
    yield "estimating"
    done = carry_out(known, data)
    also = None
    if done.reported is not None:
        write(done.reported, folder / "datasets" / REPORTED, like=(data, folder / "datasets"))
        also = data_sha256(folder / "datasets" / REPORTED)
    yield "drawing"
    drawn = _drawn(done)
    held = folder / "figures"
    held.mkdir(exist_ok=True)
    for name, svg in drawn.items():
        (held / f"{name}.svg").write_text(svg, encoding="utf-8")
    yield "writing the page"
    report = Report(data, digest, results(done, digest, also), page(done, drawn, digest, also))
    (folder / "results.json").write_text(as_text(report.results), encoding="utf-8")
    (folder / "report.html").write_text(report.page, encoding="utf-8")
    yield report


def _drawn(done: CarriedOut) -> dict[str, str]:
    """Every figure as SVG, by name."""
    findings = [*(found for _, found in done.steps), *done.conduct.values()]
    return {figure.name: figure.svg() for found in findings for figure in found.figures}


STEPS = 5
