"""The data and R's numbers of tests/analysis/reference, made by the R scripts beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
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
def r_rmst() -> dict[str, Any]:
    """Restricted means of pbc.csv: R's print(rmean=) and survRM2."""
    found: dict[str, Any] = json.loads((REFERENCE / "rmst.json").read_text())
    return found


@pytest.fixture(scope="session")
def r_survival() -> dict[str, Any]:
    """Numbers on R's own data, made by make_survival.R."""
    found: dict[str, Any] = json.loads((REFERENCE / "survival.json").read_text())
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


@pytest.fixture(scope="session")
def lung() -> pd.DataFrame:
    """Advanced lung cancer, with the columns that make_survival.R works out from the number of the row."""
    patients = pd.read_csv(REFERENCE / "lung.csv")
    row = patients.index + 1
    return patients.assign(
        event=patients["status"] - 1, count=1 + row % 3, weight=0.5 + row % 5 / 4, entry=row * 37 % 200
    )


@pytest.fixture(scope="session")
def veteran() -> pd.DataFrame:
    """Lung cancer of veterans; `celltype` has the order of R's factor."""
    order = pd.CategoricalDtype(["squamous", "smallcell", "adeno", "large"])
    return pd.read_csv(REFERENCE / "veteran.csv").astype({"celltype": order})


@pytest.fixture(scope="session")
def colon() -> pd.DataFrame:
    """Adjuvant treatment of colon cancer, two rows a patient; `rx` has the order of R's factor."""
    arms = pd.CategoricalDtype(["Obs", "Lev", "Lev+5FU"])
    return pd.read_csv(REFERENCE / "colon.csv").astype({"rx": arms})


@pytest.fixture(scope="session")
def colon_deaths(colon: pd.DataFrame) -> pd.DataFrame:
    """The rows about death."""
    return colon[colon["etype"] == 2]


@pytest.fixture(scope="session")
def mgus2() -> pd.DataFrame:
    """Monoclonal gammopathy, on the clock of age in months."""
    rows = pd.read_csv(REFERENCE / "mgus2.csv")
    return rows.assign(entry=rows["age"] * 12, exit=rows["age"] * 12 + rows["futime"])


@pytest.fixture(scope="session")
def gammopathy(mgus2: pd.DataFrame) -> pd.DataFrame:
    """The same, cause 1 progression, 2 death without it; columns as in make_competing.R."""
    cause = np.where(mgus2["pstat"] == 1, 1, 2 * mgus2["death"])
    time = mgus2["futime"].where(mgus2["pstat"] == 0, mgus2["ptime"])
    return mgus2.assign(
        cause=cause,
        time=time,
        exit=mgus2["entry"] + time,
        weight=0.5 + mgus2["id"] % 7 / 4,
        decade=(mgus2["age"] // 10).clip(4, 8),
    )


@pytest.fixture(scope="session")
def transplant() -> pd.DataFrame:
    """The waiting list for a liver: `event` in words, "censored" among them."""
    return pd.read_csv(REFERENCE / "transplant.csv")


@pytest.fixture(scope="session")
def r_competing_risks() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / "competing_risks.json").read_text())
    return found
