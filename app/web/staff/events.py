"""Reported events: confirmed or refuted with agreed dates, blind to the arm."""

import re

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import ValidationError

from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import events as operations
from app.queries import data_queries, participants
from app.queries import events as queries
from app.queries.events import EventRow
from app.web.gate import staff_only
from app.web.speech import said
from app.web.staff import blueprint
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, StaffForm, TypedDate, choices, stripped
from app.web.staff.pages import page

OUTCOMES = ("reported", "needs information", "confirmed", "refuted")


AT = {Code.DATE_OUT_OF_ORDER: "ended_on", Code.DATE_IN_FUTURE: "started_on"}


class ReadingForm(StaffForm):
    """A decision, and the full dates where an event is confirmed."""

    says = {  # noqa: RUF012 - read, never changed
        Code.DATE_OUT_OF_ORDER: lazy_gettext("Enter a date of discharge that is not before the admission."),
        Code.CHANGED_MEANWHILE: lazy_gettext(
            "A reading was recorded since you opened the page. Look at it before you add another."
        ),
    }

    seen = HiddenField("")
    decision = RadioField(
        lazy_gettext("Your decision"),
        [Needed(lazy_gettext("Choose a decision."))],
        choices=choices(
            [
                ("confirmed", lazy_gettext("Confirmed: it happened")),
                ("refuted", lazy_gettext("Refuted: it did not happen")),
                ("needs information", lazy_gettext("Needs information: the records do not tell yet")),
            ]
        ),
    )
    started_on = TypedDate(lazy_gettext("Agreed date"))
    ended_on = TypedDate(
        lazy_gettext("Agreed date of discharge"),
        description=lazy_gettext("Leave it empty if the stay has not ended."),
    )
    note = TextAreaField(
        lazy_gettext("Note"),
        [AtMost(1000)],
        description=lazy_gettext("What the records say, or what is missing. Do not mention the treatment."),
    )

    def validate_started_on(self, field: TypedDate) -> None:
        """A confirmed event has a full date."""
        if self.decision.data == "confirmed" and field.data is None and not field.errors:
            raise ValidationError(gettext("Enter the agreed date to confirm the event."))

    def validate_note(self, field: TextAreaField) -> None:
        """Whoever asks for information says which."""
        if self.decision.data == "needs information" and not stripped(field.data):
            raise ValidationError(gettext("Write what information is needed."))


@blueprint.get("/events")
@staff_only("coordinator", "monitor", "adjudicator", "administrator")
def events() -> ResponseReturnValue:
    """Show those that wait for a reading, or all with one outcome."""
    wanted = request.args.get("outcome", "")
    with at_desk() as desk:
        rows = queries.reported(desk.session, actor=desk.actor, study_id=desk.study_id, open_only=False)
        counts = {each: sum(row.outcome == each for row in rows) for each in OUTCOMES}
        shown = [
            row
            for row in rows
            if (row.outcome == wanted if wanted in OUTCOMES else row.outcome in OUTCOMES[:2])
        ]
        return page(
            "events.html", desk, rows=shown, counts=counts, wanted=wanted if wanted in OUTCOMES else ""
        )


@blueprint.get("/events/<int:event_id>")
@staff_only("coordinator", "monitor", "adjudicator", "administrator")
def event(event_id: int) -> ResponseReturnValue:
    """Show what was reported and what was read before, and ask for a decision."""
    with at_desk() as desk:
        row = _event(desk, event_id)
        form = ReadingForm()
        form.seen.data = str(len(row.readings))
        return _page(desk, row, form)


@blueprint.post("/events/<int:event_id>")
@staff_only("coordinator", "adjudicator", "administrator")
def read_event(event_id: int) -> ResponseReturnValue:
    """Record the reading beside the earlier ones; the same form sent twice is one reading."""
    form = ReadingForm(request.form)
    try:
        with at_desk(writing=True) as desk:
            row = _event(desk, event_id)
            if form.validate():
                _record(desk, row, form)
                flash(gettext("The reading is recorded."), "good")
                return redirect(url_for("staff.events"), 303)
    except Refusal as refusal:
        if refusal.code == Code.NOT_FOUND:
            raise
        form.refuse(refusal, AT.get(refusal.code))
    with at_desk() as desk:
        row = _event(desk, event_id)
        form.seen.data = str(len(row.readings))
        return _page(desk, row, form), 422


def _record(desk: Desk, row: EventRow, form: ReadingForm) -> None:
    confirmed = form.decision.data == "confirmed"
    has_end = confirmed and row.kind == "hospital stay" and form.ended_on.data is not None
    operations.read_event(
        desk.session,
        event_id=row.id,
        decision=form.decision.data,
        agreed_started_on=form.started_on.whole_day if confirmed else None,
        agreed_ended_on=form.ended_on.whole_day if has_end else None,
        note=stripped(form.note.data),
        seen=_seen(form),
        actor=desk.actor,
        now=desk.now,
    )


def _seen(form: ReadingForm) -> int:
    """Return how many readings the page showed; -1, which nobody saw, for what is no number."""
    typed = form.seen.data or ""
    return int(typed) if re.fullmatch("[0-9]{1,9}", typed) else -1


def _event(desk: Desk, event_id: int) -> EventRow:
    row = queries.one(desk.session, actor=desk.actor, event_id=event_id)
    participant = participants.one(desk.session, actor=desk.actor, participant_id=row.participant_id)
    if participant.study_id != desk.study_id:
        raise Refusal(Code.NOT_FOUND, f"event {event_id} in study {desk.code}")
    return row


def _page(desk: Desk, row: EventRow, form: ReadingForm) -> str:
    reasons = {each.code: said(each.text) for each in desk.study.stay_reasons}
    return page(
        "event.html",
        desk,
        row=row,
        form=form,
        reason=reasons.get(row.reason, row.reason),
        queried=data_queries.of_participant(desk.session, participant_id=row.participant_id),
        participant_code=row.participant_code,
    )
