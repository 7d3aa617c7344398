"""Every inconsistency in the data, by its kind, with the rows that contradict each other."""

from analysis.datasets import StudyData
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.table import Table

COLUMNS = ["check", "participant", "message", "source", "source_ids"]
READ = (
    "Found in the data before anything was estimated. Nothing was repaired; each line names its rows in the"
    " database, so that someone can look at them."
)


def find(data: StudyData) -> Finding:
    """A table for each kind."""
    rows = lines(data.checks.set_axis(COLUMNS, axis=1))
    if not rows:
        return Finding(impossible="None was found.", results={"rows": rows})
    return Finding(sentences=(READ,), tables=tuple(_tables(data)), results={"rows": rows})


def _tables(data: StudyData) -> list[Table]:
    """The inconsistencies, a table for each kind."""
    tables = []
    for check, own in data.checks.groupby("CHECK", sort=True):
        source = [f"{domain} {ids}".strip() for domain, ids in zip(own["SRCDOM"], own["SRCSEQ"], strict=True)]
        told = zip(own["USUBJID"], own["MESSAGE"], source, strict=True)
        tables.append(
            Table(
                caption=f"{str(check)[0].upper()}{str(check)[1:]}: {len(own)}",
                columns=[gettext("Participant"), gettext("What is inconsistent"), gettext("Source")],
                rows=[[str(who or "whole study"), str(message), where] for who, message, where in told],
                words=2,
                english=True,
            )
        )
    return tables
