"""What the automatic checks find in a study and nobody was asked about yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.data_checks import Facts, Finding, Given, Span, findings
from app.domain.study import Study
from app.errors import Refusal
from app.formats import contact as contact_format
from app.models import Contact, DataQuery, Participant
from app.queries import forms, outcomes, studies
from app.queries.forms import PlannedForm
from app.queries.outcomes import Course, Reported

WITH_A_REASON = ("telephone", "paper")
"""What staff type in outside the window of its visit has a reason in the trail."""


def unasked(session: Session, *, study_id: int, contact_keys: Sequence[str]) -> list[tuple[int, Finding]]:
    """Return the findings and whose they are, without those that were ever asked about.

    Years of birth are opened for it and go no further than into the answer of a check.
    """
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
    study = studies.current(session, study_id=study_id).study
    born = _born(session, study_id, contact_keys)
    return [
        (course.participant_id, finding)
        for course in courses
        for finding in findings(
            _facts(course, given[course.participant_id], study, born.get(course.participant_id))
        )
        if (course.participant_id, finding.name) not in there
    ]


def _born(session: Session, study_id: int, contact_keys: Sequence[str]) -> dict[int, int]:
    """Return the years of birth by participant; of details that the keys do not open there is none."""
    rows = session.execute(
        select(Contact.participant_id, Contact.sealed)
        .join(Participant, Participant.id == Contact.participant_id)
        .where(Participant.study_id == study_id)
    )
    found = {}
    for participant_id, sealed in rows:
        with suppress(Refusal):
            found[participant_id] = contact_format.unseal(sealed, contact_keys).birth_year
    return found


def _facts(course: Course, planned: Sequence[PlannedForm], study: Study, birth_year: int | None) -> Facts:
    standing = [each for each in course.events if each.stands]
    return Facts(
        participant_id=course.participant_id,
        consented_on=course.consents[0].on if course.consents else None,
        randomised_on=course.randomised_on,
        stays=[_span(each) for each in standing if each.event.kind == "hospital stay"],
        deaths=[_span(each) for each in standing if each.event.kind == "death"],
        alive_on=[each.on for each in (*course.answered, *course.sightings)],
        given=[given for form in planned for given in _given(form)],
        enrolled_on=course.enrolled_on,
        birth_year=birth_year,
        ages=(study.youngest_age, study.oldest_age),
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
