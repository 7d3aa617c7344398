"""ADTTE: one row for each estimand that is a time to an event, and participant who has a day 0."""

import pandas as pd

from analysis.columns import ADTTE
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame
from analysis.datasets.params import timed
from app.domain.estimand import Endpoint, Estimand
from app.domain.outcomes import EVENT, time_to_event
from app.queries.outcomes import Course

ENDPOINT_NAMES: dict[Endpoint, str] = {
    "TFS": "Transplant-free survival",
    "OS": "Survival, not censored at transplant",
    "TTX": "Time to transplant, death competing",
}


def adtte(cut: Cut) -> pd.DataFrame:
    """Times to an event by the rule of `app.domain.outcomes`, in the order of estimands and participants.

    A time below 0 stays in the frame, is not analysed (ANL01FL N), and stands in the checks.
    """
    rows = (
        _row(cut, course, name, estimand)
        for name, estimand in timed(cut.study).items()
        for course in cut.randomised
    )
    return frame(ADTTE, (row for row in rows if row is not None), whole=frozenset({"AVAL"}))


def endpoint_name(estimand: Estimand) -> str:
    """The endpoint in words, with what is not usual about a transplant or a death."""
    if estimand.endpoint == "OS" and estimand.transplant_is == "censoring":
        return "Survival, censored at transplant"
    if estimand.endpoint == "TTX" and estimand.death_is == "censoring":
        return "Time to transplant, censored at death"
    return ENDPOINT_NAMES[time_endpoint(estimand)]


def time_endpoint(estimand: Estimand) -> Endpoint:
    """The endpoint of an estimand that is a time to an event."""
    if estimand.endpoint in ("TFS", "OS", "TTX"):
        return estimand.endpoint
    raise ValueError(f"{estimand.endpoint} is no time to an event")


def _row(cut: Cut, course: Course, name: str, estimand: Estimand) -> Row | None:
    known = cut.follow_up(course, estimand.origin)
    if known is None:
        return None
    found = time_to_event(
        time_endpoint(estimand), known, transplant=estimand.transplant, death=estimand.death
    )
    # An infusion may be what shows someone alive last: left out alone, its place would tell the arm.
    tells_the_arm = cut.blinded and found.source != "event"
    source = "participant" if found.source == "randomisation" else found.source
    return {
        **cut.who(course),
        "PARAMCD": name,
        "PARAM": endpoint_name(estimand),
        "STARTDT": known.origin_on,
        "ADT": found.on,
        "AVAL": found.days,
        "CNSR": found.censoring,
        "event": int(found.censoring == EVENT),
        "EVNTDESC": found.description,
        "ANL01FL": "Y" if found.days >= 0 else "N",
        "SRCDOM": "" if tells_the_arm else source,
        "SRCSEQ": "" if tells_the_arm else found.source_id,
    }
