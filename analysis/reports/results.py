"""results.json: the numbers of a report, for other programs (its keys are in DESIGN.md)."""

import json
import math
import platform
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.reports.findings import Findings, Survival

LIBRARIES = ("lifelines", "matplotlib", "numpy", "pandas", "scipy", "sqlalchemy")
PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"

Json = dict[str, Any]


def results(found: Findings, data_sha256: str) -> Json:
    """The results as plain data: no NaN (null instead), a section without data is null."""
    data = found.data
    return {
        "study": data.study.code,
        "cutoff": data.cutoff.isoformat(),
        "events": data.events,
        "data_sha256": data_sha256,
        "versions": versions(found),
        "tfs": _survival(found.tfs),
        "os": _survival(found.os),
        "ttx": rows(found.ttx),
        "qol": rows(found.qol),
        "completion": rows(found.completion),
        "hospital": rows(found.hospital),
        "alerts": rows(found.alerts),
        "queries": rows(found.queries),
        "flow": rows(data.flow.set_axis(["group", "step", "step_number", "n"], axis=1)),
        "checks": rows(
            data.checks.set_axis(["check", "participant", "message", "source", "source_ids"], axis=1)
        ),
    }


def as_text(content: Json) -> str:
    """The JSON as it is written: readable, the same for the same results."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def versions(found: Findings) -> dict[str, str | int]:
    """What made the results: the study's version, Hepatica's, Python's and the libraries'."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    return {
        "study": found.data.study_version,
        "hepatica": project["version"],
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def rows(frame: pd.DataFrame | None) -> list[Json] | None:
    """A frame as a list of rows of plain values, or None."""
    if frame is None:
        return None
    columns = {str(name): frame[name].tolist() for name in frame}
    return [
        {name: plain(value) for name, value in zip(columns, row, strict=True)}
        for row in zip(*columns.values(), strict=True)
    ]


def plain(value: object) -> object:
    """A value that JSON has: None for what is missing or not finite."""
    if value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _survival(found: Survival | None) -> Json | None:
    if found is None:
        return None
    test = found.logrank
    return {
        "kaplan_meier": rows(found.curves.to_frame()),
        "median": rows(found.curves.quantile(0.5)),
        "logrank": None
        if test is None
        else {"statistic": test.statistic, "df": test.df, "p_value": plain(test.p_value)},
    }
