"""Corrections: asked for beside an answer that was sent, and accepted or declined by someone else."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField, TextAreaField

from app.domain.answer import BadAnswer
from app.domain.correction import CORRECTION_STATES, CorrectionState
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import corrections as operations
from app.queries import corrections as queries
from app.queries import stored_answers, studies
from app.queries.corrections import CorrectionRow
from app.web.gate import staff_only
from app.web.given import given
from app.web.questions import drawn
from app.web.staff import blueprint, words
from app.web.staff.asked import Asked
from app.web.staff.desk import Desk, at_desk
from app.web.staff.entry_form import PREFIX
from app.web.staff.fields import AtMost, Needed, StaffForm, choices, stripped
from app.web.staff.pages import page
from app.web.staff.table_file import Columns, table_file, wanted
from app.web.transactions import settings

ADDRESS = "/participants/<code>/responses/<int:response_id>/correction/<item>"
FILE: Columns[CorrectionRow] = {
    "participant": lambda row: row.participant,
    "site": lambda row: row.site,
    "visit": lambda row: row.visit,
    "instrument": lambda row: row.instrument,
    "item": lambda row: row.item,
    "answer": lambda row: str(row.original),
    "correction": lambda row: str(row.value),
    "source": lambda row: row.source,
    "reason": lambda row: row.reason,
    "requested_at": lambda row: row.requested_at,
    "requested_by": lambda row: row.requested_by,
    "state": lambda row: row.state,
    "note": lambda row: row.note,
    "decided_at": lambda row: row.decided_at,
    "decided_by": lambda row: row.decided_by,
}


class CorrectionForm(StaffForm):
    """Who says so, and why; the answer itself is drawn as its question."""

    says = {  # noqa: RUF012 - read, never changed
        Code.ALREADY_RECORDED: lazy_gettext(
            "This is the answer that stands there already, or another correction of it waits for a decision."
        ),
    }

    source = RadioField(
        lazy_gettext("Who says so?"),
        [Needed(lazy_gettext("Choose one."))],
        choices=choices(words.CORRECTION_SOURCES.items()),
    )
    reason = StringField(lazy_gettext("Reason"), [Needed(lazy_gettext("Write a reason.")), AtMost(500)])


class DecisionForm(StaffForm):
    """Accepted or declined."""

    says = {  # noqa: RUF012 - read, never changed
        Code.NOT_ALLOWED: lazy_gettext("Someone else decides about your own request."),
        Code.ALREADY_RECORDED: lazy_gettext("A decision was made meanwhile."),
    }

    decision = RadioField(
        lazy_gettext("Your decision"),
        [Needed(lazy_gettext("Choose a decision."))],
        choices=choices([(word, words.CORRECTION_STATES[word]) for word in ("accepted", "declined")]),
    )
    note = TextAreaField(lazy_gettext("Note"), [AtMost(500)])


@blueprint.get(ADDRESS)
@staff_only("coordinator", "administrator")
def ask_correction(code: str, response_id: int, item: str) -> ResponseReturnValue:
    """Show the answer that was sent, and the question with nothing filled in."""
    with at_desk() as desk:
        return _asking(desk, code, response_id, item, CorrectionForm(prefix=PREFIX))


@blueprint.post(ADDRESS)
@staff_only("coordinator", "administrator")
def request_correction(code: str, response_id: int, item: str) -> ResponseReturnValue:
    """Record the request beside the answer."""
    form, fault = CorrectionForm(request.form, prefix=PREFIX), None
    try:
        with at_desk(writing=True) as desk:
            participant = desk.participant(code)
            if form.validate():
                operations.request_correction(
                    desk.session,
                    participant_id=participant.id,
                    response_id=response_id,
                    item=item,
                    raw=given(request.form).get(item, ""),
                    source=form.source.data,
                    reason=stripped(form.reason.data),
                    actor=desk.actor,
                    now=desk.now,
                )
                flash(gettext("The correction is asked for; someone else decides about it."))
                return redirect(url_for("staff.response", code=code, response_id=response_id), 303)
    except BadAnswer as bad:
        if bad.asked is None:
            raise Refusal(Code.NOT_FOUND, f"item {item}") from bad
        fault = bad
    except Refusal as refusal:
        if refusal.code != Code.ALREADY_RECORDED:
            raise
        form.refuse(refusal)
    with at_desk() as desk:
        return _asking(desk, code, response_id, item, form, fault), 422


def _asking(
    desk: Desk,
    code: str,
    response_id: int,
    item: str,
    form: CorrectionForm,
    fault: BadAnswer | None = None,
) -> str:
    participant = desk.participant(code)
    found = stored_answers.one(desk.session, participant_id=participant.id, response_id=response_id)
    asked = Asked.of(desk.session, found.instrument_version_id, found.wording_id)
    if found.submitted_at is None or item not in {
        each.code for each in asked.instrument.items if each.is_answered and not each.practice
    }:
        raise Refusal(Code.NOT_FOUND, f"an answer to {item} that was sent")
    value = next((each.value for each in found.answers if each.item == item and each.counts), None)
    wording = studies.wording(desk.session, found.wording_id)
    questions = drawn(settings().database_url, found.wording_id, asked.instrument, wording)
    return page(
        "correction.html",
        desk,
        form=form,
        participant=participant,
        response_id=response_id,
        wording=wording,
        answer=asked.answer(item, value),
        question=questions.question(item, fault),
        fault=fault,
    )


@blueprint.get("/corrections")
@staff_only("coordinator", "monitor", "administrator")
def corrections() -> ResponseReturnValue:
    """Show the requests: those that wait, or all in one state."""
    given_state = request.args.get("state", "open")
    state: CorrectionState | None = next((each for each in CORRECTION_STATES if each == given_state), None)
    with at_desk() as desk:
        if wanted():
            return table_file(
                desk,
                "corrections",
                FILE,
                lambda session: queries.listed(
                    session, actor=desk.actor, study_id=desk.study_id, state=state
                ),
            )
        rows = queries.listed(desk.session, actor=desk.actor, study_id=desk.study_id)
        return page(
            "corrections.html",
            desk,
            rows=[(row, told(desk, row)) for row in rows if state in (None, row.state)],
            counts={each: sum(row.state == each for row in rows) for each in CORRECTION_STATES},
            state=state,
            form=DecisionForm(),
        )


def told(desk: Desk, row: CorrectionRow) -> tuple[str, str, str]:
    """Return the question, the answer that was sent and the correction in words."""
    asked = Asked.of(desk.session, row.instrument_version_id, row.wording_id)
    return (
        asked.question(row.item),
        asked.answer(row.item, row.original),
        asked.answer(row.item, row.value),
    )


@blueprint.post("/corrections/<int:correction_id>")
@staff_only("monitor", "administrator")
def decide_correction(correction_id: int) -> ResponseReturnValue:
    """Accept or decline it."""
    form = DecisionForm(request.form)
    try:
        with at_desk(writing=True) as desk:
            if form.validate():
                operations.decide_correction(
                    desk.session,
                    correction_id=correction_id,
                    decision=form.decision.data,
                    note=stripped(form.note.data),
                    actor=desk.actor,
                    now=desk.now,
                )
                flash(gettext("The decision is recorded."))
                return redirect(url_for("staff.corrections"), 303)
    except Refusal as refusal:
        if refusal.code == Code.NOT_FOUND:
            raise
        form.refuse(refusal)
    for _, said in form.faults():
        flash(said, "warn")
    return redirect(url_for("staff.corrections"), 303)
