"""ADHO: hospital stays, merged into the spells that are counted."""

import pandas as pd

from analysis.columns import ADHO
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame, study_day
from app.domain.outcomes import time_to_event
from app.domain.stays import Spell, spells
from app.queries.outcomes import Course


def adho(cut: Cut) -> pd.DataFrame:
    """The spells of the randomised that began by the cut-off, in the order of participants and days."""
    return frame(ADHO, (row for course in cut.randomised for row in _rows(cut, course)))


def _rows(cut: Cut, course: Course) -> list[Row]:
    stays = [
        (each.event_id, each.started_on, each.ended_on)
        for each in course.settled_events(cut.events)
        if each.kind == "hospital stay" and each.started_on <= cut.cutoff_on
    ]
    known = cut.follow_up(course, "randomisation")
    if known is None or not stays:
        return []
    observed_until = time_to_event("OS", known).on
    return [
        _row(cut, course, number, spell, counted=known.origin_on <= spell.started_on <= observed_until)
        for number, spell in enumerate(spells(stays), start=1)
    ]


def _row(cut: Cut, course: Course, number: int, spell: Spell, *, counted: bool) -> Row:
    still_there = spell.ended_on is not None and spell.ended_on > cut.cutoff_on
    ended_on = None if still_there else spell.ended_on
    return {
        **cut.who(course),
        "ASEQ": number,
        "ASTDT": spell.started_on,
        "AENDT": ended_on,
        "AENRF": "AFTER" if still_there else "",
        "ASTDY": study_day(spell.started_on, course.randomised_on),
        "ADURN": (ended_on - spell.started_on).days if ended_on else None,
        "ANL01FL": "Y" if counted else "N",
        "SRCDOM": "event",
        "SRCSEQ": " ".join(map(str, spell.event_ids)),
    }
