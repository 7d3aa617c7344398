"""A questionnaire: drawn whole, saved answer by answer, sent once."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from flask import g, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from app import i18n
from app.domain.answer import unanswered
from app.domain.schedule import ANSWERABLE
from app.errors import Code, Refusal
from app.i18n import gettext
from app.operations import responses as changes
from app.operations.responses import Saved, Submitted
from app.queries import responses
from app.queries.responses import Questionnaire
from app.web.gate import participant_only
from app.web.participant.language import speak_from_now_on
from app.web.participant.page import blueprint, page
from app.web.questions import drawn
from app.web.transactions import settings

LONGEST_ID = 64
NOT_ANSWERS = frozenset({"do", "submission_id", "gaps", "age"})
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
    try:
        if do == "send":
            return _send(occasion_id, instrument)
        saved = _save(occasion_id, instrument)
    except Refusal as refusal:
        if refusal.code != Code.ALREADY_SENT:
            raise
        _submit(occasion_id, instrument)  # what came too late is kept in the trail, beside the response
        return _go_on(f"/receipt/{refusal.detail}", status=409)
    if _wants_json():
        kept = [code for code in _given() if code not in saved.faults]
        return jsonify(saved=kept, faults=_words(saved)), 422 if saved.faults else 200
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
    return page("receipt.html", sent=sent, sent_at=sent.submitted_at.astimezone(g.visitor.time_zone))


def _found(occasion_id: int, instrument: str) -> Questionnaire:
    return responses.questionnaire(
        g.session,
        visitor=g.visitor,
        occasion_id=occasion_id,
        instrument=instrument,
        language=i18n.current(),
        now=g.now,
    )


def _page(found: Questionnaire, *, faults: Collection[str] = (), gaps: Collection[str] = ()) -> str:
    questions = drawn(settings().database_url, found.wording_id, found.instrument, found.wording)
    return page(
        "survey.html",
        wording=found.wording,
        instrument=found.instrument,
        foreign=found.wording.language != i18n.current(),
        questions=questions.questions(found.answers),
        answered=any(value is not None for value in found.answers.values()),
        submission_id=secrets.token_urlsafe(16),
        faults=faults,
        gaps=gaps,
    )


def _save(occasion_id: int, instrument: str) -> Saved:
    return changes.save_answers(
        g.session,
        visitor=g.visitor,
        occasion_id=occasion_id,
        instrument=instrument,
        raw=_given(),
        answered_at=_answered_at(),
        now=g.now,
        language=i18n.current(),
    )


def _send(occasion_id: int, instrument: str) -> ResponseReturnValue:
    """Send, unless there are gaps that the participant was not told of: then save, and tell."""
    if "gaps" not in request.form:
        found = _found(occasion_id, instrument)
        if found.receipt is None:
            saved = _save(occasion_id, instrument)
            if not saved.faults and unanswered(found.instrument, saved.answers):
                return _go_on(f"/survey/{occasion_id}/{instrument}?gaps")
    sent = _submit(occasion_id, instrument)
    if sent.receipt is not None:
        return _go_on(f"/receipt/{sent.receipt}")
    if _wants_json():
        return jsonify(faults=_words(sent.saved)), 422
    return _page(_found(occasion_id, instrument), faults=sent.saved.faults), 422


def _submit(occasion_id: int, instrument: str) -> Submitted:
    return changes.submit_response(
        g.session,
        visitor=g.visitor,
        occasion_id=occasion_id,
        instrument=instrument,
        raw=_given(),
        submission_id=request.form.get("submission_id", "")[:LONGEST_ID] or secrets.token_urlsafe(16),
        now=g.now,
        language=i18n.current(),
    )


def _go_on(address: str, status: int = 200) -> ResponseReturnValue:
    if _wants_json():
        return jsonify(location=address), status
    return redirect(address, 303)


def _given() -> dict[str, str]:
    return {code: text for code, text in request.form.items() if code not in NOT_ANSWERS}


def _answered_at() -> datetime:
    """Return when the answer was given: it may have waited on the phone for a connection.

    The phone says how many seconds ago that was; what its clock shows is of no use, it may be years off.
    """
    try:
        age = timedelta(seconds=float(request.form.get("age", "0")))
    except (ValueError, OverflowError):
        return g.now  # type: ignore[no-any-return]  # what flask.g holds is Any
    return g.now - min(max(age, timedelta(0)), OLDEST)  # type: ignore[no-any-return]


def _words(saved: Saved) -> dict[str, str]:
    return dict.fromkeys(saved.faults, gettext("Please choose one of the answers."))


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
