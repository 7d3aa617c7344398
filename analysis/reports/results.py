"""results.json: the numbers of a report, for other programs (its keys are in DESIGN.md)."""

import json
import platform
import tomllib
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from analysis.datasets import StudyData
from analysis.reports.carrying_out import CarriedOut
from analysis.reports.finding import Finding
from analysis.reports.plain import Json, lines
from analysis.reports.plan_hash import plan_sha256
from analysis.reports.step import Step
from app.domain.analysis_methods import METHODS, OPTIONS

LIBRARIES = ("lifelines", "matplotlib", "numpy", "pandas", "scipy", "sqlalchemy")
PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def results(done: CarriedOut, data_sha256: str, reported_sha256: str | None = None) -> Json:
    """The results as plain data: no NaN (null instead), a section without data is null.

    `reported_sha256` is the hash of the datasets with all reported events, where an analysis wants them.
    """
    data, told = done.data, done.described
    scores = [each for code, each in told.items() if code.startswith("qol-")]
    return {
        "study": data.study.code,
        "cutoff": data.cutoff.isoformat(),
        "events": data.events,
        "blinded": ("masked" if data.masked else "pooled") if data.blinded else None,
        "data_sha256": data_sha256,
        "reported_sha256": reported_sha256,
        "plan_sha256": plan_sha256(data.study),
        "versions": versions(data),
        "tfs": _survival(told["tfs"]),
        "os": _survival(told["os"]),
        "ttx": told["ttx"].results.get("counts"),
        "qol": [row for each in scores for row in each.results.get("means", [])] or None,
        "completion": _rows(done, "completion"),
        "hospital": told["hospital"].results.get("rates"),
        "alerts": _rows(done, "alerts"),
        "queries": _rows(done, "queries"),
        "flow": lines(data.flow.set_axis(["group", "step", "step_number", "n"], axis=1)),
        "checks": _rows(done, "checks"),
        "multiplicity": done.together.results if done.together else None,
        "analyses": {step.code: _analysis(step, found) for step, found in done.steps},
    }


def as_text(content: Json) -> str:
    """The JSON as it is written: readable, the same for the same results."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def versions(data: StudyData) -> dict[str, str | int]:
    """What made the results: the study's version, Hepatica's, Python's and the libraries'."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    return {
        "study": data.study_version,
        "hepatica": project["version"],
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def options(step: Step) -> Json:
    """The options of a step that the plan gives."""
    given = asdict(step.analysis)
    named = METHODS[step.analysis.method].options
    return {name: _listed(given[name]) for name in OPTIONS if name in named and given[name]}


def _analysis(step: Step, found: Finding) -> Json:
    return {
        "title": step.title,
        "rank": step.analysis.rank,
        "estimand": step.estimand.key,
        "endpoint": step.estimand.endpoint,
        "method": step.analysis.method,
        "options": options(step),
        "events": step.data.events,
        "impossible": found.impossible or None,
        "sentences": list(found.sentences),
        "excluded": list(found.excluded),
        "results": found.results or None,
    }


def _survival(found: Finding) -> Json | None:
    keys = ("kaplan_meier", "median", "logrank")
    return {key: found.results[key] for key in keys} if found.results else None


def _rows(done: CarriedOut, section: str) -> list[Json] | None:
    found: list[Json] | None = done.conduct[section].results.get("rows")
    return found


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
