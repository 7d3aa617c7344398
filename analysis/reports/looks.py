"""The boundary of a group-sequential look, beside the primary test."""

from dataclasses import dataclass

import pandas as pd

from analysis.estimators import alpha_spending
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.words import number, percent
from app.domain.analysis_plan import Looks, Spending

NAMES: dict[Spending, str] = {
    "obrien-fleming": "of the kind of O'Brien and Fleming",
    "pocock": "of the kind of Pocock",
    "power": "of Kim and DeMets' power family",
    "hwang-shih-decani": "of Hwang, Shih and DeCani",
}
SOURCE = (
    "Alpha {alpha:g}, two-sided, is spent over {looks} looks planned after {events} events, {kind} (Lan"
    " and DeMets 1983); earlier looks are taken to have been made at their planned numbers."
)


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """What the look says in a sentence, for results.json, and in the methods paragraph."""

    sentence: str
    results: Json
    source: str


def boundary(step: Step, events: int, p_value: float | None) -> Boundary | None:
    """The boundary at this number of events, where the study plans looks and this is its primary analysis."""
    looks = step.data.study.analysis.looks
    if looks is None or step.analysis.rank != "primary":
        return None
    alpha, final = step.data.study.analysis.alpha, looks.events[-1]
    told = ", ".join(map(str, looks.events))
    source = SOURCE.format(alpha=alpha, looks=len(looks.events), events=told, kind=NAMES[looks.spending])
    made = [planned for planned in looks.events if planned <= events]
    if not made:
        sentence = (
            f"{events} events: the first look is planned after {looks.events[0]}, and decides nothing before."
        )
        return Boundary(sentence=sentence, results={"look": 0, "events": events}, source=source)
    information = [planned / final for planned in made[:-1]] + [min(1.0, events / final)]
    row = lines(_spent(information, looks, alpha))[-1]
    crossed = p_value is not None and p_value < row["nominal_p"]
    sentence = (
        f"Look {len(made)} of {len(looks.events)}, {events} of {final} planned events"
        f" ({percent(row['information'])} of the information): the boundary is p <"
        f" {_small(row['nominal_p'])}, which is {'crossed' if crossed else 'not crossed'}."
    )
    return Boundary(sentence=sentence, results={**row, "events": events, "crossed": crossed}, source=source)


def _spent(information: list[float], looks: Looks, alpha: float) -> pd.DataFrame:
    return alpha_spending(information, kind=looks.spending, alpha=alpha, parameter=looks.parameter).to_frame()


def _small(p: float) -> str:
    return number(p, 4) if p >= 0.0001 else f"{p:.2g}"
