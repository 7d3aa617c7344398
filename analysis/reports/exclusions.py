"""Who is not in an analysis, and why, in sentences."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from analysis.reports.step import Step


def excluded(
    step: Step, analysed: pd.DataFrame, reasons: Mapping[str, int] = MappingProxyType({})
) -> tuple[str, ...]:
    """Tell of the randomised who have no row among those analysed (a frame with USUBJID).

    `reasons` are the method's own, each with how many it left out; what they leave unexplained is told too.
    """
    randomised = step.data.adsl[step.data.adsl["RANDFL"] == "Y"]
    left = int(analysed["USUBJID"].nunique())
    sentences = [f"{left} of {len(randomised)} randomised are analysed."]
    if step.estimand.set == "treated":
        sentences.append(_told(len(randomised) - len(step.people), "had no infusion"))
    with_day_0 = _with_day_0(step)
    if with_day_0 is not None:
        sentences.append(_told(len(step.people) - len(with_day_0), "have no day 0 of this estimand"))
        early = int((with_day_0["ANL01FL"] == "N").sum())
        sentences.append(_told(early, "have an event before day 0, which stands among the inconsistencies"))
        sentences += [_told(number, why) for why, number in reasons.items()]
        others = int((with_day_0["ANL01FL"] == "Y").sum()) - left - sum(reasons.values())
        sentences.append(_told(others, "lack what this analysis needs"))
    return tuple(sentence for sentence in sentences if sentence)


def _with_day_0(step: Step) -> pd.DataFrame | None:
    for frame in (step.data.adtte, step.data.adobs):
        own = frame[frame["PARAMCD"] == step.param]
        if len(own):
            return own[own["USUBJID"].isin(step.people["USUBJID"])]
    return None


def _told(number: int, why: str) -> str:
    return f"{number} {why}." if number > 0 else ""
