"""What the automatic checks find in a study and nobody was asked about yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.data_checks import Facts, Finding, Given, Span, findings
from app.models import DataQuery, Participant
from app.queries import forms, outcomes
from app.queries.forms import PlannedForm
from app.queries.outcomes import Course, Reported

WITH_A_REASON = ("telephone", "paper")
"""What staff type in outside the window of its visit has a reason in the trail."""


def unasked(session: Session, *, study_id: int) -> list[tuple[int, Finding]]:
    """Return the findings and whose they are, without those that were ever asked about."""
    courses = outcomes.courses(session, study_id=study_id)
    planned = forms.forms(
        session, study_id=study_id, zones={each.participant_id: each.time_zone for each in courses}
    )
    given: Mapping[int, list[PlannedForm]] = defaultdict(list)
    for form in planned:
        given[form.participant_id].append(form)
    there = {
        (row.participant_id, row.finding)
        for row in session.execute(
            select(DataQuery.participant_id, DataQuery.finding)
            .join(Participant)
            .where(Participant.study_id == study_id, DataQuery.finding.is_not(None))
        )
    }
    return [
        (course.participant_id, finding)
        for course in courses
        for finding in findings(_facts(course, given[course.participant_id]))
        if (course.participant_id, finding.name) not in there
    ]


def _facts(course: Course, planned: Sequence[PlannedForm]) -> Facts:
    standing = [each for each in course.events if each.stands]
    return Facts(
        participant_id=course.participant_id,
        consented_on=course.consents[0].on if course.consents else None,
        randomised_on=course.randomised_on,
        stays=[_span(each) for each in standing if each.event.kind == "hospital stay"],
        deaths=[_span(each) for each in standing if each.event.kind == "death"],
        alive_on=[each.on for each in (*course.answered, *course.sightings)],
        given=[given for form in planned for given in _given(form)],
    )


def _given(form: PlannedForm) -> list[Given]:
    return [
        Given(
            response_id=each.response_id,
            on=each.given_on,
            opened_on=form.window.opens_on,
            closed_on=form.window.closes_on,
        )
        for each in form.responses
        if each.given_on is not None and each.sent_on is not None and each.mode not in WITH_A_REASON
    ]


def _span(reported: Reported) -> Span:
    """Return when an event was: the days that a reviewer agreed on, or else those reported."""
    event, reading = reported.event, reported.counting
    if reading is not None and reading.agreed_started_on is not None:
        ended, on = reading.agreed_ended_on, reading.agreed_started_on
        return Span(event_id=event.id, first=on, last=on, ended_first=ended, ended_last=ended)
    return Span(
        event_id=event.id,
        first=event.started.earliest,
        last=event.started.latest,
        ended_first=event.ended.earliest if event.ended else None,
        ended_last=event.ended.latest if event.ended else None,
    )
