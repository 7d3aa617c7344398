"""ADBL: what was answered at baseline, one row for each answer and score: the covariates of day 0."""

from collections.abc import Iterator

import pandas as pd

from analysis.columns import ADBL
from analysis.datasets.adqs import after_infusion, baseline_visit, counted
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame
from app.domain.answer import DECLINED
from app.queries.forms import GivenResponse, PlannedForm
from app.queries.outcomes import Course

NO_NUMBERS = ("date", "text")
"""Types whose answers are no numbers, whatever they look like."""


def adbl(cut: Cut) -> pd.DataFrame:
    """The answers of the baseline visit sent in its window, not after the infusion; none declined."""
    courses, visit = cut.by_id(), baseline_visit(cut)
    return frame(
        ADBL,
        (
            row
            for form in cut.forms
            if form.visit == visit
            for given in form.responses
            if given.sent_on is not None
            for row in _rows(cut, courses[form.participant_id], form, given)
        ),
    )


def _rows(cut: Cut, course: Course, form: PlannedForm, given: GivenResponse) -> Iterator[Row]:
    if not counted(cut, course, form, given) or after_infusion(cut, course, given):
        return
    instrument = cut.instruments[given.instrument_version_id]
    shared: Row = {
        **cut.who(course),
        "PARCAT1": given.instrument,
        "SRCDOM": "response",
        "SRCSEQ": given.response_id,
    }
    types = {item.code: item.type for item in instrument.items}
    for code, value in given.answers.items():
        if value is None or value == DECLINED:
            continue
        number = value if isinstance(value, int | float) and types[code] not in NO_NUMBERS else None
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield {**shared, "PARAMCD": code, "TYPE": types[code], "AVAL": number, "AVALC": text}
    for code, score in cut.scores(given).items():
        if score is not None:
            yield {**shared, "PARAMCD": code, "TYPE": "scale", "AVAL": score, "AVALC": str(score)}
