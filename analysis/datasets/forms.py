"""FORMS: one row for each questionnaire of each visit, expected or not, there or not, and why not."""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.columns import FORMS
from analysis.datasets.adqs import analysed
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame
from app.domain.response import STAFF
from app.domain.schedule import Ends, NotExpected, why_not_expected
from app.queries.forms import GivenResponse, PlannedForm
from app.queries.outcomes import Course


def forms(cut: Cut) -> pd.DataFrame:
    """The questionnaires of those randomised, in the order of participants and due days.

    SISAQOL's two rates are counted from them. Only visits whose window opened by the cut-off, or that were
    answered, are there.
    """
    courses = cut.by_id()
    return frame(FORMS, (row for form in cut.forms for row in _rows(cut, courses[form.participant_id], form)))


def _rows(cut: Cut, course: Course, form: PlannedForm) -> Iterator[Row]:
    if course.randomised_on is None:
        return
    planned = cut.visits[form.visit].instruments if form.visit in cut.visits else ()
    given = {each.instrument: each for each in form.responses if each.respondent != STAFF}
    due = form.window.due_on <= cut.cutoff_on
    for instrument in dict.fromkeys((*planned, *given)):
        response = given.get(instrument)
        reason = _reason(cut, course, form, response)
        yield {
            **cut.who(course),
            "PARCAT1": instrument,
            "AVISIT": form.visit,
            "AVISITN": cut.visit_day(form, course),
            "OPENDT": form.window.opens_on,
            "DUEDT": form.window.due_on,
            "CLOSEDT": form.window.closes_on,
            "ADT": response.given_on if response else None,
            "EXPFL": "Y" if due and reason not in NOT_EXPECTED else "N",
            "COMPFL": "N" if reason else "Y",
            "REASON": reason,
            "MISSRSN": form.missed_because if reason else "",
            "SRCDOM": "response" if response else "occasion",
            "SRCSEQ": response.response_id if response else form.occasion_id,
        }


ENDED: Mapping[NotExpected, str] = {
    "dead": "died",
    "withdrawn": "withdrew",
    "transplanted": "had a transplant",
}
NOT_EXPECTED = ("not due by the cut-off", *ENDED.values())


def _ends(cut: Cut, course: Course) -> Ends:
    # Once a death is reported no one expects answers any more, whether or not it has been confirmed yet.
    events = course.settled_events("all")
    withdrawn = (course.withdrawn("answers"), course.withdrawn("follow-up"))
    stops = cut.study.after_transplant == "stop"
    transplants = [each.started_on for each in events if each.kind == "transplant"] if stops else []
    return Ends(
        dead_on=min((each.started_on for each in events if each.kind == "death"), default=None),
        withdrawn_on=min((day for day in withdrawn if day is not None), default=None),
        transplanted_on=min(transplants, default=None),
    )


def _reason(cut: Cut, course: Course, form: PlannedForm, response: GivenResponse | None) -> str:
    """Why a questionnaire is not there; empty where it is."""
    if response is not None and response.sent_on is not None and analysed(course, form, response):
        scored = cut.scores(response).values()
        return "" if any(score is not None for score in scored) else "sent without enough answers"
    ended = why_not_expected(form.window, _ends(cut, course), today=cut.cutoff_on)
    if ended is not None:
        return ENDED[ended]
    if form.window.due_on > cut.cutoff_on:
        return "not due by the cut-off"
    if response is None:
        return "not begun"
    return "answered outside the window" if response.sent_on else "begun, not sent"
