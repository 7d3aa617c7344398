"""One reported event: what is said of it, what is like it, and a reading of it, blind to the arm."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, RadioField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from app.domain.adjudication import LASTING_KINDS
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import readings
from app.operations.signatures import Signing
from app.queries import data_queries, documents, participants, signatures
from app.queries import events as queries
from app.queries.events import EventRow
from app.web import transactions
from app.web.gate import staff_only
from app.web.speech import said
from app.web.staff import blueprint, signing, words
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, StaffForm, TypedDate, choices, count_shown, stripped
from app.web.staff.pages import page

AT = {
    Code.DATE_OUT_OF_ORDER: "ended_on",
    Code.DATE_IN_FUTURE: "started_on",
    Code.SIGN_IN_FAILED: "password",
    Code.TOO_MANY_ATTEMPTS: "password",
    Code.SIGNATURE_NEEDED: "password",
    Code.IN_USE: "duplicate_of",
}
MEANING = lazy_gettext("I have read the report and the records, and this is my decision.")
Similar = list[tuple[EventRow, Any]]


class ReadingForm(StaffForm):
    """A decision, and the full dates where an event is confirmed."""

    says = {  # noqa: RUF012 - read, never changed
        Code.DATE_OUT_OF_ORDER: lazy_gettext("Enter an end that is not before the beginning."),
        Code.CHANGED_MEANWHILE: lazy_gettext(
            "A reading was recorded since you opened the page. Look at it before you add another."
        ),
        Code.SIGN_IN_FAILED: lazy_gettext("The password is wrong."),
        Code.PASSKEY_REFUSED: lazy_gettext(
            "The passkey was not accepted. Try again, or sign with your password."
        ),
        Code.IN_USE: lazy_gettext("That event is read as a duplicate itself. Choose the one that counts."),
    }

    seen = HiddenField("")
    decision = RadioField(
        lazy_gettext("Your decision"), [Needed(lazy_gettext("Choose a decision."))], validate_choice=True
    )
    started_on = TypedDate(lazy_gettext("Agreed date"))
    ended_on = TypedDate(
        lazy_gettext("Agreed end"), description=lazy_gettext("Leave it empty if it has not ended.")
    )
    duplicate_of = SelectField(lazy_gettext("Duplicate of"), default="", validate_choice=True)
    note = TextAreaField(
        lazy_gettext("Note"),
        [AtMost(1000)],
        description=lazy_gettext("What the records say, or what is missing. Do not mention the treatment."),
    )
    password = PasswordField(lazy_gettext("Password"), description=lazy_gettext("It signs your reading."))
    answer = HiddenField("")

    def offer(self, similar: Similar) -> None:
        """Offer the decisions, and as duplicates those events that are like this one."""
        offered = [
            ("confirmed", lazy_gettext("Confirmed: it happened")),
            ("refuted", lazy_gettext("Refuted: it did not happen")),
            ("needs information", lazy_gettext("Needs information: the records do not tell yet")),
        ]
        if similar:
            offered.append(("duplicate", lazy_gettext("Duplicate: another report tells of it")))
        self.decision.choices = choices(offered)
        self.duplicate_of.choices = choices(
            [("", gettext("None")), *((str(row.id), _named(row)) for row, _ in similar)]
        )

    def validate_started_on(self, field: TypedDate) -> None:
        """A confirmed event has a full date."""
        if self.decision.data == "confirmed" and field.data is None and not field.errors:
            raise ValidationError(gettext("Enter the agreed date to confirm the event."))

    def validate_duplicate_of(self, field: SelectField) -> None:
        """A duplicate names the other event."""
        if self.decision.data == "duplicate" and not field.data:
            raise ValidationError(gettext("Choose the event that tells of the same."))

    def validate_note(self, field: TextAreaField) -> None:
        """Whoever asks for information says which."""
        if self.decision.data == "needs information" and not stripped(field.data):
            raise ValidationError(gettext("Write what information is needed."))


@blueprint.get("/events/<int:event_id>")
@staff_only("coordinator", "monitor", "adjudicator", "administrator")
def event(event_id: int) -> ResponseReturnValue:
    """Show what was reported and what was read before, and ask for a decision."""
    with at_desk() as desk:
        row, similar = of_desk(desk, event_id)
        form = ReadingForm()
        form.offer(similar)
        return shown(desk, row, similar, form)


@blueprint.post("/events/<int:event_id>")
@staff_only("coordinator", "adjudicator", "administrator")
def read_event(event_id: int) -> ResponseReturnValue:
    """Record the reading beside the earlier ones; the same form sent twice is one reading."""
    form = ReadingForm(request.form)
    try:
        with at_desk() as desk:
            row, similar = of_desk(desk, event_id)
            form.offer(similar)
            signed = desk.study.adjudication.is_signed(row.kind)
            right = form.validate()
        if not right:
            _wanted(row)
        if right:
            declared = _signing(form) if signed else None
            with at_desk(writing=True) as desk:
                _record(desk, row, form, declared)
                flash(gettext("The reading is recorded."), "good")
                return redirect(url_for("staff.events"), 303)
    except Refusal as refusal:
        if refusal.code in (Code.NOT_FOUND, Code.NOT_ALLOWED):
            raise
        form.refuse(refusal, AT.get(refusal.code))
    with at_desk() as desk:
        row, similar = of_desk(desk, event_id)
        return shown(desk, row, similar, form), 422


def _wanted(row: EventRow) -> None:
    """Let nobody correct a form that they are not shown."""
    if not row.may_read:
        raise Refusal(Code.NOT_ALLOWED, f"event {row.id} needs no reading by this person")


def _signing(form: ReadingForm) -> Signing:
    """Return what the signature means, once it is sure who signs."""
    confirmed_by = signing.confirm(password=form.password.data or "", answer=form.answer.data or "")
    return Signing(str(MEANING), confirmed_by)


def _record(desk: Desk, row: EventRow, form: ReadingForm, declared: Signing | None) -> None:
    confirmed = form.decision.data == "confirmed"
    has_end = confirmed and row.kind in LASTING_KINDS and form.ended_on.data is not None
    readings.read_event(
        desk.session,
        event_id=row.id,
        decision=form.decision.data,
        agreed_started_on=form.started_on.whole_day if confirmed else None,
        agreed_ended_on=form.ended_on.whole_day if has_end else None,
        duplicate_of=int(form.duplicate_of.data) if form.decision.data == "duplicate" else None,
        note=stripped(form.note.data),
        seen=count_shown(form.seen),
        signing=declared,
        actor=desk.actor,
        now=desk.now,
    )


def of_desk(desk: Desk, event_id: int) -> tuple[EventRow, Similar]:
    """Return an event of the study at hand, and those like it."""
    row = queries.one(desk.session, actor=desk.actor, event_id=event_id)
    participant = participants.one(desk.session, actor=desk.actor, participant_id=row.participant_id)
    if participant.study_id != desk.study_id:
        raise Refusal(Code.NOT_FOUND, f"event {event_id} in study {desk.code}")
    return row, queries.similar(desk.session, row=row, actor=desk.actor)


def shown(desk: Desk, row: EventRow, similar: Similar, form: ReadingForm, **more: object) -> str:
    """Return the page of an event."""
    reasons = {each.code: said(each.text) for each in desk.study.stay_reasons}
    form.seen.data = str(len(row.readings))
    form.answer.data = ""  # an answer is good once
    signed = desk.study.adjudication.is_signed(row.kind)
    return page(
        "event.html",
        desk,
        row=row,
        form=form,
        similar=similar,
        names={other.id: _named(other) for other, _ in similar},
        reason_of=lambda each: reasons.get(each.reason, each.reason),
        lasts=row.kind in LASTING_KINDS,
        signed=signed,
        ways=signing.ways(desk.session) if signed else None,
        meaning=MEANING,
        signatures=signatures.of_event(desk.session, event_id=row.id, readings=row.readings),
        attached=documents.of_event(desk.session, event_id=row.id),
        queried=data_queries.of_participant(desk.session, participant_id=row.participant_id),
        participant_code=row.participant_code,
        largest_document=transactions.settings().largest_document // 1_000_000,
        **more,
    )


def _named(row: EventRow) -> str:
    """Return what tells an event of a participant from the others of its kind."""
    when = words.period(row.started, row.ended, row.ongoing)
    return gettext("Event %(number)s: %(when)s", number=row.id, when=when)
