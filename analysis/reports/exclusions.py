"""Who is not in an analysis, and why, in sentences."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from analysis.reports.step import Step


def excluded(
    step: Step,
    analysed: pd.DataFrame,
    reasons: Mapping[str, int] = MappingProxyType({}),
    *,
    otherwise: str = "without a covariate or a stratum of the model",
) -> tuple[str, ...]:
    """Tell of the randomised who have no row among those analysed (a frame with USUBJID).

    `reasons` are the method's own, each with how many it left out; `otherwise` is what those lack whom
    they leave unexplained.
    """
    randomised = step.data.adsl[step.data.adsl["RANDFL"] == "Y"]
    left = int(analysed["USUBJID"].nunique())
    found = {"without an infusion": len(randomised) - len(step.people)}
    with_day_0 = _with_day_0(step)
    if with_day_0 is not None:
        counted = int((with_day_0["ANL01FL"] == "Y").sum())
        found |= {
            "without a day 0 of this estimand": len(step.people) - len(with_day_0),
            "with an event before day 0 (see the inconsistencies)": len(with_day_0) - counted,
            **reasons,
            otherwise: counted - left - sum(reasons.values()),
        }
    told = ", ".join(f"{number} {why}" for why, number in found.items() if number > 0)
    analysed_words = f"{left} of {len(randomised)} randomised are analysed."
    return (analysed_words, f"Left out: {told}.") if told else (analysed_words,)


def _with_day_0(step: Step) -> pd.DataFrame | None:
    for frame in (step.data.adtte, step.data.adobs):
        own = frame[frame["PARAMCD"] == step.param]
        if len(own):
            return own[own["USUBJID"].isin(step.people["USUBJID"])]
    return None
