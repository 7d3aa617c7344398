"""ADQS: one row for each scale of each response that was sent."""

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from analysis.columns import ADQS
from analysis.datasets.adsl import first_event_on
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame, study_day
from app.queries.forms import GivenResponse, PlannedForm
from app.queries.outcomes import Course


def adqs(cut: Cut) -> pd.DataFrame:
    """Scores by the instrument version that was answered, in the order of participants, visits and scales."""
    courses, visit = cut.by_id(), baseline_visit(cut)
    at_baseline = [form for form in cut.forms if form.visit == visit]
    late = {
        given.response_id
        for form in at_baseline
        for given in form.responses
        if after_infusion(cut, courses[form.participant_id], given)
    }
    base = {
        (row["USUBJID"], row["PARCAT1"], row["PARAMCD"]): row["AVAL"]
        for row in _sent(cut, courses, at_baseline)
        if row["ANL01FL"] == "Y" and row["AVAL"] is not None and row["SRCSEQ"] not in late
    }
    return frame(ADQS, (_with_change(row, base, visit) for row in _sent(cut, courses, cut.forms)))


def _sent(cut: Cut, courses: Mapping[int, Course], planned: Iterable[PlannedForm]) -> Iterator[Row]:
    for form in planned:
        for given in form.responses:
            if given.sent_on is not None:
                yield from _rows(cut, courses[form.participant_id], form, given)


def baseline_visit(cut: Cut) -> str | None:
    """The last visit due on or before the day of randomisation, or else of what visits are counted from."""
    early = [visit for visit in cut.study.schedule if visit.day <= 0]
    own_day_0 = [visit for visit in early if cut.study.anchor_of(visit) == "randomisation"]
    return max(own_day_0 or early, key=lambda visit: visit.day).code if early else None


def in_window(form: PlannedForm, given: GivenResponse) -> bool:
    """Whether the last answer was given while the visit was open."""
    on = given.given_on
    return on is not None and form.window.opens_on <= on <= form.window.closes_on


def analysed(course: Course, form: PlannedForm, given: GivenResponse) -> bool:
    """Whether it was given in the window of the visit, and not after a withdrawal of answers or follow-up."""
    on = given.given_on
    ends = (form.window.closes_on, course.withdrawn("answers"), course.withdrawn("follow-up"))
    return on is not None and form.window.opens_on <= on <= min(filter(None, ends))


def counted(cut: Cut, course: Course, form: PlannedForm, given: GivenResponse) -> bool:
    """Whether its scores count: it is analysed, and nobody says that it was given after the death."""
    died_on = first_event_on(cut, course, "death")
    on = given.given_on
    return analysed(course, form, given) and (died_on is None or on is None or on <= died_on)


def after_infusion(cut: Cut, course: Course, given: GivenResponse) -> bool:
    """Whether someone had been infused on a day before they answered, so that it tells nothing of baseline.

    On the day of the infusion nobody knows which came first: that is baseline, as in ADaM. What staff fill
    in tells of the visit, whenever they came to it. A blinded report looks at no infusion: it tells the arm.
    """
    if cut.blinded or given.respondent == "staff":
        return False
    first = course.infusions[0].on if course.infusions else None
    return first is not None and given.given_on is not None and given.given_on > first


def _rows(cut: Cut, course: Course, form: PlannedForm, given: GivenResponse) -> Iterator[Row]:
    instrument = cut.instruments[given.instrument_version_id]
    shared = {
        **cut.who(course),
        "PARCAT1": given.instrument,
        "AVISIT": form.visit,
        "AVISITN": cut.visit_day(form, course),
        "ADT": given.given_on,
        "ADY": study_day(given.given_on, course.randomised_on),
        "QSEVAL": given.respondent,
        "ANL01FL": "Y" if counted(cut, course, form, given) else "N",
        "SRCDOM": "response",
        "SRCSEQ": given.response_id,
    }
    titles = {scale.code: scale.title for scale in instrument.scales}
    for code, score in cut.scores(given).items():
        yield {**shared, "PARAMCD": code, "PARAM": titles[code], "AVAL": score}


def _with_change(row: Row, base: Mapping[tuple[str, str, str], float], baseline: str | None) -> Row:
    start = base.get((row["USUBJID"], row["PARCAT1"], row["PARAMCD"]))
    at_baseline = row["AVISIT"] == baseline
    there = not at_baseline and start is not None and row["AVAL"] is not None
    row["ABLFL"] = "Y" if at_baseline and start is not None else "N"
    row["BASE"] = start
    row["CHG"] = row["AVAL"] - start if there else None
    return row
