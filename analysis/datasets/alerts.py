"""ALERTS: one row for each alarming answer, and what became of it."""

import pandas as pd

from analysis.columns import ALERTS
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame, study_day
from app.domain.schedule import civil_date
from app.queries.handled import HandledAlert
from app.queries.outcomes import Course

HOUR = 3600


def alerts(cut: Cut) -> pd.DataFrame:
    """The alerts raised by the cut-off, in the order of participants; their ends as they stand, whenever."""
    courses = cut.by_id()
    rows = [
        _row(cut, courses[each.participant_id], each) for each in cut.alerts if each.participant_id in courses
    ]
    kept = [row for row in rows if row["ASTDT"] <= cut.cutoff_on]
    return frame(ALERTS, sorted(kept, key=lambda row: (row["USUBJID"], row["SRCSEQ"])))


def _row(cut: Cut, course: Course, alert: HandledAlert) -> Row:
    raised_on = civil_date(alert.raised_at, course.time_zone)
    ended = alert.first_ended_at
    return {
        **cut.who(course),
        "RULE": alert.rule,
        "ASTDT": raised_on,
        "ASTDY": study_day(raised_on, course.randomised_on),
        "ESCFL": "Y" if alert.escalated else "N",
        "DISPFL": "Y" if ended else "N",
        "DISPCD": alert.disposition or "",
        "DISPHRS": (ended - alert.raised_at).total_seconds() / HOUR if ended else None,
        "SRCDOM": "alert",
        "SRCSEQ": alert.alert_id,
    }
