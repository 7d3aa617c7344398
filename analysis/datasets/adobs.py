"""ADOBS: for how long each participant is observed, one row for each estimand that is no time to an event."""

import pandas as pd

from analysis.columns import ADOBS
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame
from analysis.datasets.params import observed
from app.domain.estimand import Estimand, Strategy
from app.domain.outcomes import EVENT, time_to_event
from app.queries.outcomes import Course


def adobs(cut: Cut) -> pd.DataFrame:
    """Times observed, in the order of estimands and participants who have a day 0.

    They end as survival does: with death or the last day known alive; for an estimand that a transplant
    censors with the transplant.
    """
    rows = (
        _row(cut, course, name, estimand)
        for name, estimand in observed(cut.study).items()
        for course in cut.randomised
    )
    return frame(ADOBS, (row for row in rows if row is not None))


def _row(cut: Cut, course: Course, name: str, estimand: Estimand) -> Row | None:
    known = cut.follow_up(course, estimand.origin)
    if known is None:
        return None
    until: Strategy = "censoring" if estimand.transplant_is == "censoring" else "ignored"
    found = time_to_event("OS", known, transplant=until)
    how = (
        "D" if found.censoring == EVENT else "T" if found.description == "censored at the transplant" else "C"
    )
    # An infusion may be what shows someone alive last: left out alone, its place would tell the arm.
    tells_the_arm = cut.blinded and found.source != "event"
    source = "participant" if found.source == "randomisation" else found.source
    return {
        **cut.who(course),
        "PARAMCD": name,
        "STARTDT": known.origin_on,
        "ENDDT": found.on,
        "DAYS": found.days,
        "ENDFL": how,
        "ANL01FL": "Y" if found.days >= 0 else "N",
        "SRCDOM": "" if tells_the_arm else source,
        "SRCSEQ": "" if tells_the_arm else found.source_id,
    }
