"""FLOW: how many participants reach each step, as CONSORT's diagram counts them."""

from collections.abc import Callable

import pandas as pd

from analysis.columns import FLOW
from analysis.datasets.frame import Row, frame

Count = Callable[[pd.DataFrame, pd.DataFrame], int]


def _flag(column: str, value: str) -> Count:
    return lambda people, _times: int((people[column] == value).sum())


def _dated(column: str) -> Count:
    return lambda people, _times: int(people[column].notna().sum())


def _outcome(endpoint: str, **values: object) -> Count:
    def count(_people: pd.DataFrame, times: pd.DataFrame) -> int:
        kept = times["PARAMCD"] == endpoint
        for column, value in values.items():
            kept &= times[column] == value
        return int(kept.sum())

    return count


BEFORE: dict[str, Count] = {
    "enrolled": lambda people, _times: len(people),
    "not randomised": _flag("RANDFL", "N"),
    "randomised": _flag("RANDFL", "Y"),
}
BY_ARM: dict[str, Count] = {
    "randomised": lambda people, _times: len(people),
    "had an infusion": _flag("TRTFL", "Y"),
    "died": _flag("DTHFL", "Y"),
    "had a transplant": _dated("TRNDT"),
    "withdrew from follow-up": _dated("FUWDDT"),
    "withdrew from answering": _dated("QSWDDT"),
    "analysed for transplant-free survival": _outcome("TFS", ANL01FL="Y"),
    "not analysed (event before day 0)": _outcome("TFS", ANL01FL="N"),
    "analysed for survival": _outcome("OS", ANL01FL="Y"),
}


def flow(people: pd.DataFrame, times: pd.DataFrame, arms: list[str], *, blinded: bool) -> pd.DataFrame:
    """Counts from ADSL and ADTTE: first of all participants (ARMCD empty), then of each arm."""
    rows: list[Row] = [
        {"ARMCD": "", "STEP": step, "STEPN": number, "N": count(people, times)}
        for number, (step, count) in enumerate(BEFORE.items(), start=1)
    ]
    for arm in arms:
        own, own_times = people[people["ARMCD"] == arm], times[times["ARMCD"] == arm]
        rows += [
            {"ARMCD": arm, "STEP": step, "STEPN": number, "N": count(own, own_times)}
            for number, (step, count) in enumerate(BY_ARM.items(), start=len(BEFORE) + 1)
            if not (blinded and step == "had an infusion")
        ]
    return frame(FLOW, rows)
