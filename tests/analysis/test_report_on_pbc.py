"""The whole way on real data: files, database, report; R's numbers (tests/analysis/reference) to 1e-9."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.testing import assert_allclose

from analysis.__main__ import main
from app import database
from app.domain.actor import Actor
from app.formats import study_folder, tables
from app.operations.imports import import_study_data
from app.operations.studies import load_study
from tests.fixtures.study import COMMAND, CONTACT_KEYS, MORNING

PBC = Path(__file__).parents[2] / "studies" / "pbc"
REFERENCE = Path(__file__).parent / "reference"
ARMS = {"trt=1": "d-penicillamine", "trt=2": "placebo"}
TOLERANCE = 1e-9

Json = dict[str, Any]


@pytest.fixture(scope="module")
def results(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """results.json of the report on the PBC trial, on SQLite and on PostgreSQL."""
    url = module_database_url
    with database.writing(url) as session:
        study_id = load_study(session, folder=study_folder.read(PBC), actor=COMMAND, now=MORNING).study_id
    with database.writing(url) as session:
        import_study_data(
            session,
            study_id=study_id,
            tables=tables.read(PBC / "data"),
            actor=Actor("import", name="pbc"),
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )
    out = tmp_path_factory.mktemp("pbc")
    asked = ["report", "--database-url", url, "--study", "pbc", "--cutoff", "1987-12-31", "--out", str(out)]
    ran = CliRunner().invoke(main, asked, catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    found: Json = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def curve() -> Json:
    found: Json = json.loads((REFERENCE / "kaplan_meier.json").read_text())["pbc_tfs_trt"]
    return found


def column(rows: list[Json], name: str) -> list[float]:
    return [np.nan if row[name] is None else row[name] for row in rows]


def r_numbers(values: list[float | None]) -> list[float]:
    return [np.nan if value is None else value for value in values]


def test_every_row_of_transplant_free_survival(results: Json, curve: Json) -> None:
    rows, steps, limits = results["tfs"]["kaplan_meier"], curve["curve"], curve["ci"]["log-log"]
    assert [row["group"] for row in rows] == [ARMS[stratum] for stratum in steps["strata"]]
    for name, r_name in {
        "time": "time",
        "at_risk": "n.risk",
        "events": "n.event",
        "censored": "n.censor",
        "survival": "surv",
        "std_error": "std.err.surv",
    }.items():
        assert_allclose(column(rows, name), r_numbers(steps[r_name]), rtol=TOLERANCE, err_msg=name)
    for name in ("lower", "upper"):
        assert_allclose(column(rows, name), r_numbers(limits[name]), rtol=TOLERANCE, err_msg=name)


def test_medians(results: Json, curve: Json) -> None:
    limits = curve["ci"]["log-log"]
    medians = {row["group"]: row for row in results["tfs"]["median"]}
    for stratum, arm in ARMS.items():
        for name, r_name in {"time": "quantile", "lower": "q.lower", "upper": "q.upper"}.items():
            assert medians[arm][name] == limits[r_name][stratum]["50"]


def test_logrank(results: Json) -> None:
    expected = json.loads((REFERENCE / "logrank.json").read_text())["rho0"]["pbc_tfs_trt"]
    found = results["tfs"]["logrank"]
    assert found["df"] == expected["df"]
    assert found["statistic"] == pytest.approx(expected["chisq"], rel=TOLERANCE)
    assert found["p_value"] == pytest.approx(expected["p"], rel=TOLERANCE)


def test_the_106_without_an_arm_are_in_the_flow_alone(results: Json) -> None:
    flow = {(row["group"], row["step"]): row["n"] for row in results["flow"]}
    assert flow["", "enrolled"] == 418
    assert flow["", "not randomised"] == 106
    assert flow["d-penicillamine", "analysed for transplant-free survival"] == 158
    assert flow["placebo", "analysed for transplant-free survival"] == 154
    # From the data: status 1 (transplant) 10 and 9, status 2 (death) 65 and 60.
    assert [(row["transplanted"], row["died_before_transplant"]) for row in results["ttx"]] == [
        (10, 65),
        (9, 60),
    ]


def test_sections_without_data_are_null(results: Json) -> None:
    assert results["qol"] is results["completion"] is results["hospital"] is None
    assert [row["check"] for row in results["checks"]] == ["no consent"]
