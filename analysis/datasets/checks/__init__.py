"""CHECKS: every inconsistency in the data, found before any estimator sees them.

Nothing is repaired: each finding names its rows, so that someone can look at them.
"""

from collections.abc import Callable, Iterator

import pandas as pd

from analysis.columns import CHECKS
from analysis.datasets.adqs import baseline_visit
from analysis.datasets.checks import events, life
from analysis.datasets.checks.answering import answering, late_baseline
from analysis.datasets.checks.finding import PARTICIPANT, Finding
from analysis.datasets.checks.treatment import treatment
from analysis.datasets.cut import Cut
from analysis.datasets.frame import frame
from app.queries.outcomes import Course

OF_COURSE: tuple[Callable[[Course], Iterator[Finding]], ...] = (
    events.two_deaths,
    events.after_death,
    life.alive_after_death,
    events.before_day_0,
    life.order_of_days,
    life.told_of_transplant,
    events.discharge_before_admission,
    events.stay_without_end,
    life.after_withdrawal,
    events.unread,
)


def checks(cut: Cut) -> pd.DataFrame:
    """The findings by kind and participant; where blinded, without those that tell an arm."""
    found = [finding for finding in _findings(cut) if not (cut.blinded and finding.tells_arm)]
    found.sort(key=lambda each: (each.check, each.course.code if each.course else "", each.source, each.ids))
    return frame(
        CHECKS,
        (
            {
                "CHECK": each.check,
                "USUBJID": cut.usubjid(each.course) if each.course else "",
                "MESSAGE": each.message,
                "SRCDOM": each.source,
                "SRCSEQ": " ".join(map(str, each.ids)),
            }
            for each in found
        ),
    )


def _findings(cut: Cut) -> Iterator[Finding]:
    for course in cut.courses:
        for check in OF_COURSE:
            yield from check(course)
        yield from treatment(cut, course)
    yield from events.late_deaths(cut)
    yield from _consents(cut)
    courses, baseline = cut.by_id(), baseline_visit(cut)
    for form in cut.forms:
        if form.visit == baseline:
            yield from late_baseline(cut, courses[form.participant_id], form)
        yield from answering(courses[form.participant_id], form)


def _consents(cut: Cut) -> Iterator[Finding]:
    if any(course.consents for course in cut.courses):
        for course in cut.courses:
            yield from life.without_consent(course)
    else:  # one line for a study that records none here, instead of one for everybody
        yield Finding(
            check="no consent",
            course=None,
            message="no consent is recorded for any participant",
            source=PARTICIPANT,
            ids=(),
        )
