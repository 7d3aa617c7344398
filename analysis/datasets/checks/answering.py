"""Responses that do not fit their occasion."""

from collections import Counter
from collections.abc import Iterator

from analysis.datasets.adqs import after_infusion, in_window
from analysis.datasets.checks.finding import RESPONSE, Finding
from analysis.datasets.cut import Cut
from app.queries.forms import PlannedForm
from app.queries.outcomes import Course


def late_baseline(cut: Cut, course: Course, form: PlannedForm) -> Iterator[Finding]:
    """Yield what was answered at the baseline visit after the infusion; `form` is one of that visit."""
    for given in form.responses:
        if given.sent_on is not None and after_infusion(cut, course, given):
            yield Finding(
                check="baseline after the infusion",
                course=course,
                message=f"{given.instrument} of {form.visit} was answered on {given.given_on}, after the"
                f" infusion on {course.infusions[0].on}: it gives no baseline",
                source=RESPONSE,
                ids=(given.response_id,),
                tells_arm=True,
            )


def answering(course: Course, form: PlannedForm) -> Iterator[Finding]:
    """Yield responses outside the window of their visit, and questionnaires sent twice for one visit."""
    sent = [each for each in form.responses if each.sent_on is not None]
    for given in sent:
        if not in_window(form, given):
            yield Finding(
                check="response outside the window",
                course=course,
                message=f"{given.instrument} of {form.visit} was answered on {given.given_on};"
                f" the visit was open from {form.window.opens_on} to {form.window.closes_on}",
                source=RESPONSE,
                ids=(given.response_id,),
            )
    for instrument, times in Counter(each.instrument for each in sent).items():
        if times > 1:
            yield Finding(
                check="visit answered twice",
                course=course,
                message=f"{instrument} was sent {times} times for {form.visit}",
                source=RESPONSE,
                ids=tuple(each.response_id for each in sent if each.instrument == instrument),
            )
