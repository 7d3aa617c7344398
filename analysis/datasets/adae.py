"""ADAE: tumours and other adverse events of the randomised."""

import pandas as pd

from analysis.columns import ADAE
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame, study_day
from app.domain.adjudication import SAFETY_KINDS, SettledEvent
from app.domain.outcomes import time_to_event
from app.queries.outcomes import Course


def adae(cut: Cut) -> pd.DataFrame:
    """The events that began by the cut-off, in the order of participants and days."""
    return frame(ADAE, (row for course in cut.randomised for row in _rows(cut, course)))


def _rows(cut: Cut, course: Course) -> list[Row]:
    told = [
        each
        for each in course.settled_events(cut.events)
        if each.kind in SAFETY_KINDS and each.started_on <= cut.cutoff_on
    ]
    known = cut.follow_up(course, "randomisation")
    if not told or known is None:
        return []
    until = time_to_event("OS", known).on
    return [_row(cut, course, each, counted=known.origin_on <= each.started_on <= until) for each in told]


def _row(cut: Cut, course: Course, event: SettledEvent, *, counted: bool) -> Row:
    said = cut.particulars[event.event_id]
    return {
        **cut.who(course),
        "AECAT": event.kind,
        "AETERM": said.term,
        "AESER": "Y" if said.criteria else "N",
        "AESCRIT": said.criteria,
        "AEOUT": said.recovery,
        "ASTDT": event.started_on,
        "AENDT": event.ended_on if event.ended_on and event.ended_on <= cut.cutoff_on else None,
        "ASTDY": study_day(event.started_on, course.randomised_on),
        "ANL01FL": "Y" if counted else "N",
        "SRCDOM": "event",
        "SRCSEQ": event.event_id,
    }
