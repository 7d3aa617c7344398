"""A report as a folder: datasets, figures, results.json and report.html."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.datasets import StudyData, data_sha256, write
from analysis.reports.findings import findings
from analysis.reports.page import figures, page
from analysis.reports.results import Json, as_text, results


@dataclass(frozen=True)
class Report:
    """What was written: the page, the results, and the hash of the datasets."""

    data: StudyData
    data_sha256: str
    results: Json
    page: str


def write_report(load: Callable[[], StudyData], folder: Path) -> Iterator[str | Report]:
    """Write a report; yields the name of each step before it is taken, and at the end the report."""
    yield "reading the database"
    data = load()
    yield "writing the datasets"
    write(data, folder / "datasets")
    digest = data_sha256(folder / "datasets")
    yield "estimating"
    found = findings(data)
    yield "drawing"
    drawn = figures(found)
    held = folder / "figures"
    held.mkdir(exist_ok=True)
    for name, svg in drawn.items():
        (held / f"{name}.svg").write_text(svg, encoding="utf-8")
    yield "writing the page"
    report = Report(data, digest, results(found, digest), page(found, drawn, digest))
    (folder / "results.json").write_text(as_text(report.results), encoding="utf-8")
    (folder / "report.html").write_text(report.page, encoding="utf-8")
    yield report


STEPS = 5
