"""Answers given by telephone or on paper, and forms of staff: one page with all questions."""

import secrets
from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeAlias

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app import i18n
from app.domain.answer import AnswerValue, BadAnswer, read_answer, unanswered
from app.domain.response import STAFF
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.i18n import gettext
from app.operations.entered_responses import enter_response
from app.queries import responses, stored_answers
from app.queries.access import Visitor
from app.queries.participants import ParticipantRow
from app.queries.responses import Questionnaire
from app.web.gate import staff_only
from app.web.given import given
from app.web.questions import drawn
from app.web.staff import blueprint
from app.web.staff.asked import Asked
from app.web.staff.desk import Desk, at_desk
from app.web.staff.entry_form import PREFIX, EntryForm, StaffFormEntry, field_of
from app.web.staff.pages import page
from app.web.staff.record import known_as
from app.web.transactions import settings

AnyForm: TypeAlias = EntryForm | StaffFormEntry
NO_FAULTS: Mapping[str, BadAnswer] = {}
ADDRESS = "/participants/<code>/answers/<int:occasion_id>/<instrument>"


@blueprint.get(ADDRESS)
@staff_only("coordinator", "administrator")
def enter_answers(code: str, occasion_id: int, instrument: str) -> ResponseReturnValue:
    """Show the questions with nothing filled in; one that was sent is shown as it was answered."""
    with at_desk() as desk:
        form = _kind_of_form(desk, instrument)(prefix=PREFIX)
        form.submission_id.data = secrets.token_urlsafe(16)
        participant = desk.participant(code)
        found = _found(desk, participant, occasion_id, instrument)
        if found.submitted_at is not None:
            return redirect(url_for("staff.response", code=code, response_id=found.response_id), 303)
        if found.state == "not open":
            raise Refusal(Code.OCCASION_NOT_OPEN, found.state)
        return _page(desk, participant, found, form)


@blueprint.post(ADDRESS)
@staff_only("coordinator", "administrator")
def save_entered(code: str, occasion_id: int, instrument: str) -> ResponseReturnValue:
    """Keep and send what was typed in; or say what is wrong, or what has no answer, and ask again."""
    with at_desk() as desk:
        form = _kind_of_form(desk, instrument)(request.form, prefix=PREFIX)
    faults = NO_FAULTS
    gaps: Collection[str] = ()
    try:
        with at_desk(writing=True) as desk:
            participant = desk.participant(code)
            found = _found(desk, participant, occasion_id, instrument)
            answers, faults = _read(found, _day(desk, participant, form))
            gaps = _gaps(found, answers) if "gaps" not in request.form else ()
            if form.validate() and not faults and not gaps:
                _enter(desk, participant, found, form)
                flash(_stored(found))
                return redirect(url_for("staff.participant", code=code), 303)
    except Refusal as refusal:
        if refusal.code in (Code.NOT_FOUND, Code.NOT_ALLOWED):
            raise
        form.refuse(refusal, field_of(refusal.code))
    with at_desk() as desk:
        participant = desk.participant(code)
        found = _found(desk, participant, occasion_id, instrument)
        return _page(desk, participant, found, form, faults=faults, gaps=gaps), 422


def _kind_of_form(desk: Desk, instrument: str) -> type[EntryForm | StaffFormEntry]:
    return StaffFormEntry if instrument in desk.study.staff_forms else EntryForm


def _stored(found: Questionnaire) -> str:
    if found.is_staff_form:
        return gettext("The form is stored.")
    return gettext("The answers are stored and sent.")


def _enter(desk: Desk, participant: ParticipantRow, found: Questionnaire, form: AnyForm) -> None:
    enter_response(
        desk.session,
        participant_id=participant.id,
        occasion_id=found.occasion_id,
        instrument=found.name,
        raw=_given(found),
        mode=form.mode.data if isinstance(form, EntryForm) else "paper",
        respondent=form.respondent.data if isinstance(form, EntryForm) else STAFF,
        answered_on=form.answered_on.whole_day,
        language=_language(desk, participant, found.name),
        reason=(form.reason.data or "").strip(),
        submission_id=known_as(form.submission_id.data),
        actor=desk.actor,
        now=desk.now,
    )


def _found(desk: Desk, participant: ParticipantRow, occasion_id: int, instrument: str) -> Questionnaire:
    language = _language(desk, participant, instrument)
    return responses.questionnaire(
        desk.session,
        visitor=Visitor(
            participant.id, desk.study_id, participant.site, language, participant.time_zone, desk.actor
        ),
        occasion_id=occasion_id,
        instrument=instrument,
        language=language,
        now=desk.now,
        by_staff=True,
    )


def _language(desk: Desk, participant: ParticipantRow, instrument: str) -> str:
    """Return whose words are shown: those asked for, else the participant's own, of those that there are.

    A form that staff fill in is shown in their own language.
    """
    offered = _languages(desk, instrument)
    whose = i18n.current() if instrument in desk.study.staff_forms else participant.language
    wanted = (request.values.get("language"), whose)
    return next((each for each in wanted if each in offered), desk.study.languages[0])


def _languages(desk: Desk, instrument: str) -> list[str]:
    offered = desk.current.offered
    return [language for language in desk.study.languages if (instrument, language) in offered]


def _given(found: Questionnaire) -> dict[str, str]:
    """Return what was typed for the items of the instrument; the form has fields of its own beside them."""
    items = {item.code for item in found.instrument.items if item.is_answered}
    return {code: text for code, text in given(request.form).items() if code in items}


def _day(desk: Desk, participant: ParticipantRow, form: AnyForm) -> date:
    """Return the day on which the answers were given; today where the form does not say it rightly."""
    typed = form.answered_on.data
    return typed if isinstance(typed, date) else civil_date(desk.now, participant.time_zone)


def _read(found: Questionnaire, given_on: date) -> tuple[dict[str, AnswerValue], dict[str, BadAnswer]]:
    answers: dict[str, AnswerValue] = {}
    faults: dict[str, BadAnswer] = {}
    for code, text in _given(found).items():
        try:
            answers[code] = read_answer(found.instrument, code, text, given_on=given_on)
        except BadAnswer as bad:
            faults[code] = bad
    return answers, faults


def _gaps(found: Questionnaire, answers: Mapping[str, AnswerValue]) -> tuple[str, ...]:
    there = found.answers | {code: value for code, value in answers.items() if value is not None}
    return unanswered(found.instrument, there)


def _page(
    desk: Desk,
    participant: ParticipantRow,
    found: Questionnaire,
    form: AnyForm,
    *,
    faults: Mapping[str, BadAnswer] = NO_FAULTS,
    gaps: Collection[str] = (),
) -> str:
    questions = drawn(settings().database_url, found.wording_id, found.instrument, found.wording)
    draft = None
    if found.given and found.response_id is not None:
        draft = stored_answers.one(
            desk.session, participant_id=participant.id, response_id=found.response_id
        ).answers
    asked = Asked.of(desk.session, found.instrument_version_id, found.wording_id)
    return page(
        "entered.html",
        desk,
        participant=participant,
        found=found,
        form=form,
        wording=found.wording,
        languages_there=_languages(desk, found.name),
        drawn=questions,
        questions=questions.questions(_read(found, _day(desk, participant, form))[0], faults),
        draft=[(asked.question(one.item), asked.answer(one.item, one.value), one) for one in draft or ()],
        faults=faults,
        gaps=gaps,
    )
