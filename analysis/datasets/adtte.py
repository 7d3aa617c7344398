"""ADTTE: one row for each endpoint and participant who has a day 0."""

import pandas as pd

from analysis.columns import ADTTE
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame
from app.domain.outcomes import EVENT, time_to_event
from app.domain.study import ENDPOINTS, Endpoint
from app.queries.outcomes import Course

ENDPOINT_NAMES: dict[Endpoint, str] = {
    "TFS": "Transplant-free survival",
    "OS": "Survival, not censored at transplant",
    "TTX": "Time to transplant, death competing",
}


def adtte(cut: Cut) -> pd.DataFrame:
    """Times to an event by the rule of `app.domain.outcomes`, in the order of endpoints and participants.

    A time below 0 stays in the frame, is not analysed (ANL01FL N), and stands in the checks.
    """
    rows = (_row(cut, course, endpoint) for endpoint in ENDPOINTS for course in cut.randomised)
    return frame(ADTTE, (row for row in rows if row is not None), whole=frozenset({"AVAL"}))


def _row(cut: Cut, course: Course, endpoint: Endpoint) -> Row | None:
    known = course.follow_up(origin=cut.origin(endpoint), events=cut.events, cutoff_on=cut.cutoff_on)
    if known is None:
        return None
    found = time_to_event(endpoint, known)
    tells_the_arm = cut.blinded and found.source == "treatment"
    source = "participant" if found.source == "randomisation" else found.source
    return {
        **cut.who(course),
        "PARAMCD": endpoint,
        "PARAM": ENDPOINT_NAMES[endpoint],
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
