"""The course of albumin in the trial in primary biliary cholangitis, and what R made of it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

REFERENCE = Path(__file__).parents[1] / "reference"
COLUMNS: dict[str, Any] = {"outcome": "albumin", "participant": "id", "day": "day"}


@cache
def albumin() -> pd.DataFrame:
    """One row a participant and visit: id, trt, visit, day, albumin, albumin0, terminal and died (days)."""
    visits = pd.read_csv(REFERENCE / "pbcseq_visits.csv")
    ended = pd.read_csv(REFERENCE / "pbc.csv").set_index("id").loc[visits["id"]].reset_index()
    return visits.assign(
        terminal=ended["time"].where(ended["status"] > 0), died=ended["time"].where(ended["status"] == 2)
    )


@cache
def from_day_0() -> pd.DataFrame:
    """The same with a row for the baseline, on day 0."""
    visits = albumin()
    first = visits.drop_duplicates("id")
    return pd.concat([first.assign(day=0, albumin=first["albumin0"]), visits], ignore_index=True)


@cache
def r_quality_of_life() -> dict[str, Any]:
    """Made by reference/make_quality_of_life.R, one number a participant in the order of their ids."""
    found: dict[str, Any] = json.loads((REFERENCE / "quality_of_life.json").read_text())
    return found
