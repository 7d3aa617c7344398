"""ADSL: one row a participant, the randomised and the others."""

from datetime import date

import pandas as pd

from analysis.columns import ADSL
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame
from app.domain.adjudication import EventChoice
from app.queries.outcomes import Course


def adsl(cut: Cut) -> pd.DataFrame:
    """The participants enrolled by the cut-off, by code; where blinded, nothing tells the arm."""
    return frame(ADSL, (_row(cut, course) for course in cut.courses))


def _row(cut: Cut, course: Course) -> Row:
    who = cut.who(course)
    died_on = first_event_on(cut, course, "death")
    return {
        **who,
        "ARM": who["TRTP"],
        "TRT01P": who["TRTP"],
        "ENRLDT": course.enrolled_on,
        "RANDDT": course.randomised_on,
        "RANDFL": _flag(course.randomised_on is not None),
        "DTHDT": died_on,
        "DTHFL": _flag(died_on is not None),
        "DTHREPDT": first_event_on(cut, course, "death", events="all"),
        "TRNDT": first_event_on(cut, course, "transplant"),
        "LSTALVDT": last_alive_on(cut, course),
        "FUWDDT": course.withdrawn("follow-up"),
        "QSWDDT": course.withdrawn("answers"),
        "STRATUM": cut.levels.get(course.participant_id),
        **({} if cut.blinded else _first_infusion(cut, course)),
        "SRCDOM": "participant",
        "SRCSEQ": course.participant_id,
    }


def _first_infusion(cut: Cut, course: Course) -> Row:
    if not course.infusions:
        return {"TRTFL": "N"}
    first = course.infusions[0]
    known: Row = {"TRTFL": "Y", "TRTSDT": first.on, "LOT": first.lot, "ROUTE": first.route}
    lot = next((each for each in cut.study.product_lots if each.code == first.lot), None)
    if lot is None:
        return known
    return known | {
        "LOTSRC": lot.source,
        "LOTDONOR": lot.donor_type,
        "LOTDAGE": lot.donor_age_years,
        "LOTPASS": lot.passage,
        "LOTPRES": lot.preservation,
        "LOTVIAB": lot.viability_percent,
    }


def first_event_on(cut: Cut, course: Course, kind: str, *, events: EventChoice | None = None) -> date | None:
    """The day of the first counted event of a kind by the cut-off and before a withdrawal from follow-up.

    Which events count is by default what the cut says.
    """
    last_on = min(filter(None, (cut.cutoff_on, course.withdrawn("follow-up"))))
    days = (each.started_on for each in course.settled_events(events or cut.events) if each.kind == kind)
    return min((day for day in days if day <= last_on), default=None)


def last_alive_on(cut: Cut, course: Course) -> date:
    """The last day on which something shows the participant alive; enrolment where nothing later does."""
    ends = (cut.cutoff_on, course.withdrawn("follow-up"), first_event_on(cut, course, "death"))
    last_on = min(filter(None, ends))
    shown = (each.on for each in course.seen(cut.events) if each.on <= last_on)
    return max(shown, default=course.enrolled_on)


def _flag(value: bool) -> str:
    return "Y" if value else "N"
