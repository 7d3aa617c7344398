"""The first page: what is due, when the next is due, whom to call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import g, request
from flask.typing import ResponseReturnValue

from app import i18n
from app.domain.answer import AnswerValue
from app.domain.schedule import ANSWERABLE
from app.domain.study import Visit
from app.queries import history, occasions, responses, studies
from app.queries.occasions import InstrumentStatus, OccasionStatus
from app.queries.studies import CurrentStudy
from app.web.gate import participant_only
from app.web.participant import alarms
from app.web.participant.page import blueprint, page


@dataclass(frozen=True)
class Task:
    """One questionnaire that waits for answers."""

    occasion_id: int
    instrument: str
    visit: Visit
    title: str
    title_language: str
    closes_on: date
    answered: int
    total: int
    """How many of the questions that everybody is asked have an answer, and how many there are."""


@blueprint.get("/today")
@participant_only
def today() -> ResponseReturnValue:
    """Show what waits for answers, the first to close first."""
    current = studies.current(g.session, study_id=g.visitor.study_id)
    statuses = occasions.of_participant(g.session, participant_id=g.visitor.participant_id, now=g.now)
    due = [
        _task(current, status, instrument)
        for status in statuses
        if status.state in ANSWERABLE
        for instrument in status.instruments
        if instrument.submitted_at is None
    ]
    due.sort(key=lambda task: task.closes_on)
    return page(
        "today.html",
        due=due,
        next_on=occasions.next_due_on(statuses),
        saved="saved" in request.args,
        alarms=alarms.standing(),
        history=history.is_shown(g.session, visitor=g.visitor),
    )


def _task(current: CurrentStudy, status: OccasionStatus, instrument: InstrumentStatus) -> Task:
    name = instrument.name
    language = i18n.current() if (name, i18n.current()) in current.offered else current.study.languages[0]
    offered = current.offered[name, language]
    wording = studies.wording(g.session, offered.wording_id)
    questions = studies.instrument(g.session, offered.instrument_version_id)
    answers: Mapping[str, AnswerValue] = {}
    if instrument.response_id is not None:
        begun = responses.questionnaire(
            g.session,
            visitor=g.visitor,
            occasion_id=status.occasion_id,
            instrument=name,
            language=language,
            now=g.now,
        )
        questions, answers = begun.instrument, begun.answers
    counted = [item.code for item in questions.items if item.is_answered and not item.when]
    return Task(
        occasion_id=status.occasion_id,
        instrument=name,
        visit=status.visit,
        title=wording.title,
        title_language=wording.language,
        closes_on=status.window.closes_on,
        answered=sum(answers.get(code) is not None for code in counted),
        total=len(counted),
    )
