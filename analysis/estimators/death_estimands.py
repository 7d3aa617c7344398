"""What to compare when some die: scores while alive, or death counted as a score.

Each answers another question, and so does `worst_rank_contrast`; none imputes a score after death.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimators.area_under_curve import area_under_curve
from analysis.estimators.input_error import InputError, is_number, refuse_where
from analysis.estimators.mean_differences import MeanDifferences, mean_differences
from analysis.estimators.observations import Floats, Labels, Numbers, grouping, numbers


def while_alive_contrast(
    frame: pd.DataFrame,
    *,
    outcome: str,
    participant: str,
    day: str,
    arm: str,
    reference: object,
    summary: Literal["average", "last"] = "average",
    horizon: float | None = None,
    death: str | None = None,
    conf_level: float = 0.95,
) -> MeanDifferences:
    """Compare scores for as long as people lived: their average over time, or the last one.

    The estimand (the while-alive strategy of ICH E9(R1)): the difference between arms in the mean of each
    participant's average score (or last score) from day 0 to death or the horizon. How long that was does not
    count: an arm whose members die early after good scores looks good, and survival must be shown beside it.

    Arguments as for `area_under_curve`, whose `average` or `last` is compared by Welch's test. Scores end
    with the last one seen, be it for death or for silence: impute silence before. Raises InputError.

    One who died had 60 and 80 on days 0 and 10, another 50 throughout; two others 40 and 60:

    >>> rows = {"who": [1, 1, 2, 2, 3, 4], "day": [0, 10, 0, 90, 0, 0], "arm": list("aaaabb")}
    >>> frame = pd.DataFrame(rows | {"eq": [60, 80, 50, 50, 40, 60]})
    >>> columns = {"outcome": "eq", "participant": "who", "day": "day", "arm": "arm"}
    >>> found = while_alive_contrast(frame, **columns, reference="b").to_frame()
    >>> found[["mean", "reference_mean", "difference"]]
       mean  reference_mean  difference
    0  60.0            50.0        10.0
    """
    if summary not in {"average", "last"}:
        raise InputError("summary", repr(summary), "choose one of average, last")
    areas = area_under_curve(
        frame, outcome=outcome, participant=participant, day=day, arm=arm, horizon=horizon, death=death
    )
    return areas.contrast(reference, measure=summary, conf_level=conf_level)


def composite_contrast(
    score: Numbers,
    dead: Numbers,
    arm: Labels,
    *,
    reference: object,
    at_death: float = 0.0,
    conf_level: float = 0.95,
) -> MeanDifferences:
    """Compare mean scores at one time, counting death as a score: 0 for a utility, whose 0 is death.

    The estimand (a composite strategy of ICH E9(R1)): the difference in means over all randomised, `at_death`
    standing for who had died. It means something only where such a value does. `score`: one a participant,
    missing for the `dead` (1), and for nobody else: impute before, or leave those rows out and say so. By
    Welch's test. Raises InputError (a ValueError).

    Utilities 0.8 and death against 0.9 and 0.5: means 0.4 and 0.7.

    >>> found = composite_contrast([0.8, None, 0.9, 0.5], [0, 1, 0, 0], ["a", "a", "b", "b"], reference="b")
    >>> found.to_frame()[["mean", "reference_mean", "difference", "std_error"]].round(4)
       mean  reference_mean  difference  std_error
    0   0.4             0.7        -0.3     0.4472
    """
    if not (is_number(at_death) and np.isfinite(at_death)):
        raise InputError("at_death", repr(at_death), "a finite number")
    scores = numbers("score", score)
    died = numbers("dead", dead, len(scores), "score")
    refuse_where((died != 0) & (died != 1), "dead", died, "1 is dead, 0 alive")
    refuse_gaps(scores, died == 1)
    arms = grouping("arm", arm, np.ones(len(scores), dtype=bool), "score")
    value = np.where(died == 1, at_death, scores)
    return mean_differences(
        value,
        arms,
        reference=reference,
        conf_level=conf_level,
        estimand=f"Mean score, death counted as {at_death:g}",
    )


def refuse_gaps(score: Floats, dead: NDArray[np.bool_]) -> None:
    """Refuse a score of someone dead, and none of someone alive."""
    refuse_where(dead & ~np.isnan(score), "score", score, "the dead have none")
    refuse_where(~dead & ~np.isfinite(score), "score", score, "everyone alive has one: impute, or leave out")
