"""A questionnaire: drawn whole, saved answer by answer, sent once."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from flask import g, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from app import i18n
from app.domain.answer import BadAnswer, unanswered
from app.domain.response import Respondent
from app.domain.schedule import ANSWERABLE
from app.errors import Code, Refusal
from app.i18n import gettext
from app.operations.answers import Entry, Saved, save_answers
from app.operations.responses import Submitted, submit_response
from app.queries import responses
from app.queries.responses import Questionnaire
from app.web.answer_words import fault_words
from app.web.gate import participant_only
from app.web.given import given
from app.web.participant import alarms
from app.web.participant.language import speak_from_now_on
from app.web.participant.page import blueprint, form_of_visitor, go_on, milliseconds, page, wants_json
from app.web.questions import drawn
from app.web.transactions import settings

LONGEST_ID = 64
LONGEST_PHONE = 16
OLDEST = timedelta(days=30)
"""An answer that waited longer on a phone than this is dated as if it had waited this long."""


@blueprint.get("/survey/<int:occasion_id>/<instrument>")
@participant_only
def survey(occasion_id: int, instrument: str) -> ResponseReturnValue:
    """Bring the whole instrument with the answers so far; one that was sent leads to its receipt."""
    found = _found(occasion_id, instrument)
    if found.receipt is not None:
        return redirect(f"/receipt/{found.receipt}", 303)
    if found.state not in ANSWERABLE:
        raise Refusal(Code.OCCASION_NOT_OPEN, found.state)
    gaps = unanswered(found.instrument, found.answers) if "gaps" in request.args else ()
    return _page(found, gaps=gaps)


@blueprint.post("/survey/<int:occasion_id>/<instrument>")
@participant_only
def answer(occasion_id: int, instrument: str) -> ResponseReturnValue:
    """Save what came; then send, change the language, or stop for now, as the button says."""
    do = request.form.get("do", "save")
    form_of_visitor()
    try:
        if do == "send":
            return _send(occasion_id, instrument)
        saved = _save(occasion_id, instrument)
    except Refusal as refusal:
        if refusal.code != Code.ALREADY_SENT:
            raise
        _submit(occasion_id, instrument)  # what came too late is kept in the trail, beside the response
        return go_on(f"/receipt/{refusal.detail}", status=409)
    if wants_json():
        return _told(saved, f"/receipt/{saved.receipt}" if saved.receipt else None)
    if saved.faults:
        return _page(_found(occasion_id, instrument), faults=saved.faults), 422
    action, _, tag = do.partition(":")
    if action == "language":
        speak_from_now_on(tag)
    if action in ("language", "size"):
        return redirect(f"/survey/{occasion_id}/{instrument}", 303)
    return redirect("/today?saved", 303)


@blueprint.get("/receipt/<receipt>")
@participant_only
def receipt(receipt: str) -> ResponseReturnValue:
    """Show what was sent, that nobody watches it live, and whom to call."""
    sent = responses.receipt(g.session, visitor=g.visitor, receipt=receipt, now=g.now)
    if sent is None:
        raise Refusal(Code.NOT_FOUND, f"receipt {receipt}")
    sent_at = sent.submitted_at.astimezone(g.visitor.time_zone)
    return page("receipt.html", sent=sent, sent_at=sent_at, alarms=alarms.standing())


def _found(occasion_id: int, instrument: str) -> Questionnaire:
    return responses.questionnaire(
        g.session,
        visitor=g.visitor,
        occasion_id=occasion_id,
        instrument=instrument,
        language=i18n.current(),
        now=g.now,
    )


def _page(
    found: Questionnaire, *, faults: Mapping[str, BadAnswer] | None = None, gaps: Collection[str] = ()
) -> str:
    questions = drawn(settings().database_url, found.wording_id, found.instrument, found.wording)
    return page(
        "survey.html",
        wording=found.wording,
        instrument=found.instrument,
        drawn_at=milliseconds(g.now),
        foreign=found.wording.language != i18n.current(),
        drawn=questions,
        questions=questions.questions(found.answers, faults),
        answered=any(value is not None for value in found.answers.values()),
        submission_id=secrets.token_urlsafe(16),
        respondent=found.respondent,
        respondents=_respondents(),
        faults=faults,
        gaps=gaps,
        alarms=alarms.of_questions(found.instrument, found.answers),
    )


def _save(occasion_id: int, instrument: str) -> Saved:
    return save_answers(
        g.session,
        visitor=g.visitor,
        occasion_id=occasion_id,
        instrument=instrument,
        raw=_given(),
        entries=_entries(),
        respondent=_respondent(),
        now=g.now,
        language=_answered_in(),
    )


def _send(occasion_id: int, instrument: str) -> ResponseReturnValue:
    """Send, unless there are gaps that the participant was not told of: then save, and tell."""
    if "gaps" not in request.form:
        found = _found(occasion_id, instrument)
        if found.receipt is None:
            saved = _save(occasion_id, instrument)
            if not saved.faults and unanswered(found.instrument, saved.answers):
                return go_on(f"/survey/{occasion_id}/{instrument}?gaps")
    sent = _submit(occasion_id, instrument)
    if wants_json():
        return _told(sent.saved, f"/receipt/{sent.receipt}" if sent.receipt else None)
    if sent.receipt is not None:
        return go_on(f"/receipt/{sent.receipt}")
    return _page(_found(occasion_id, instrument), faults=sent.saved.faults), 422


def _submit(occasion_id: int, instrument: str) -> Submitted:
    return submit_response(
        g.session,
        visitor=g.visitor,
        occasion_id=occasion_id,
        instrument=instrument,
        raw=_given(),
        entries=_entries(),
        respondent=_respondent(),
        submission_id=request.form.get("submission_id", "")[:LONGEST_ID] or secrets.token_urlsafe(16),
        sent_at=_given_at("do"),
        now=g.now,
        language=_answered_in(),
    )


def _answered_in() -> str:
    """Return the language of the page that was answered, which may have waited while it was changed."""
    asked = request.form.get("language")
    return asked if asked in i18n.languages() else i18n.current()


def _told(saved: Saved, location: str | None) -> ResponseReturnValue:
    """Answer a phone: what is stored now, what could not be taken and why, and where the receipt is."""
    kept = [code for code in _given() if code not in saved.faults]
    told = {"saved": kept, "faults": _words(saved), "now": milliseconds(g.now)}
    return jsonify(told | ({"location": location} if location else {})), 422 if saved.faults else 200


def _given() -> dict[str, str]:
    return given(request.form)


def _entries() -> dict[str, Entry]:
    """Return what the phone says of the answers that it kept until now; a page without a script kept none."""
    phone = request.form.get("phone", "")[:LONGEST_PHONE] or None
    return {
        code: Entry(_given_at(code), request.form[f"{code}:id"][:LONGEST_ID], phone, _sequence(code))
        for code in _given()
        if request.form.get(f"{code}:id")
    }


def _sequence(code: str) -> int | None:
    """Return an answer's place among all that was done on its phone."""
    place = request.form.get(f"{code}:order", "")
    return int(place) if place.isascii() and place.isdecimal() and len(place) <= LONGEST_PHONE else None


def _given_at(name: str) -> datetime:
    """Return when something was done on the phone, by our own clock.

    The phone says what its clock showed then and what it shows now. Both may be years off: only the time that
    went by between them is of use.
    """
    try:
        gone_by = float(request.form["clock"]) - float(request.form[f"{name}:at"])
        age = timedelta(milliseconds=gone_by)
    except (KeyError, ValueError, OverflowError):
        return g.now  # type: ignore[no-any-return]  # what flask.g holds is Any
    return g.now - min(max(age, timedelta(0)), OLDEST)  # type: ignore[no-any-return]


def _respondents() -> list[tuple[Respondent, str]]:
    return [
        ("patient", gettext("I answer by myself")),
        ("patient with help", gettext("Someone helps me: the answers are mine")),
        ("proxy", gettext("I am answering for someone")),
    ]


def _respondent() -> Respondent | None:
    said = request.form.get("respondent")
    return next((each for each, _ in _respondents() if each == said), None)


def _words(saved: Saved) -> dict[str, str]:
    return {code: fault_words(bad) for code, bad in saved.faults.items()}
