"""The data and R's numbers of tests/analysis/reference, made by make_reference.R beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="session")
def r_kaplan_meier() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / "kaplan_meier.json").read_text())
    return found


@pytest.fixture(scope="session")
def r_logrank() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / "logrank.json").read_text())
    return found


@pytest.fixture(scope="session")
def pbc() -> pd.DataFrame:
    """The trial in primary biliary cholangitis, with the columns that make_reference.R works out."""
    patients = pd.read_csv(REFERENCE / "pbc.csv")
    return patients.assign(
        tfs=(patients["status"] > 0).astype(int),
        death=(patients["status"] == 2).astype(int),
        entry=patients["id"] * 37 % 400,
        weight=0.5 + patients["id"] % 7 / 4,
    )


@pytest.fixture(scope="session")
def randomised(pbc: pd.DataFrame) -> pd.DataFrame:
    return pbc[pbc["trt"].notna()].astype({"trt": int})


@pytest.fixture(scope="session")
def aml() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "aml.csv")
