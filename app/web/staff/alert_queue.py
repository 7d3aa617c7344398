"""The queue of alarming answers: each stays until someone has said what became of it."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import ValidationError

from app.domain.alerts import ALERT_STATES, dispositions
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import alert_steps
from app.queries import alerts
from app.queries.alerts import RaisedAlert
from app.web.gate import staff_only
from app.web.staff import blueprint, table_file
from app.web.staff.alerts import disposition_words, shown
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, StaffForm, choices, count_shown, stripped
from app.web.staff.owner import OwnerForm
from app.web.staff.pages import page

PER_PAGE = 50
COLUMNS: table_file.Columns[RaisedAlert] = {
    "alert": lambda row: row.id,
    "participant": lambda row: row.participant,
    "site": lambda row: row.site,
    "visit": lambda row: row.visit,
    "rule": lambda row: row.rule,
    "response": lambda row: row.response_id,
    "raised_at": lambda row: row.raised_at,
    "deadline_at": lambda row: row.deadline_at,
    "state": lambda row: row.state,
    "owner": lambda row: None if row.owner_id is None else f"account:{row.owner_id}",
    "disposition": lambda row: row.ended.disposition if row.ended else None,
    "ended_at": lambda row: row.ended.at if row.ended else None,
    "ended_by": lambda row: row.ended.by if row.ended else None,
    "note": lambda row: row.ended.note if row.ended else None,
}
ONE = "/alerts/<int:alert_id>"


class DispositionForm(StaffForm):
    """What became of an alert."""

    says = {  # noqa: RUF012 - read, never changed
        Code.CHANGED_MEANWHILE: lazy_gettext(
            "Something was recorded since you opened the page. Look at it before you add to it."
        ),
    }

    seen = HiddenField("")
    disposition = RadioField(
        lazy_gettext("What became of it"), [Needed(lazy_gettext("Choose what became of it."))]
    )
    note = TextAreaField(lazy_gettext("Note"), [AtMost(1000)])

    def offer(self, desk: Desk, row: RaisedAlert) -> None:
        """Offer the rule's list."""
        offered = dispositions(desk.study, row.rule)
        self.disposition.choices = choices((each.code, disposition_words(each)) for each in offered)
        self.with_note = {each.code for each in offered if each.note}

    def validate_note(self, field: TextAreaField) -> None:
        """Some dispositions say too little by themselves."""
        if self.disposition.data in self.with_note and not stripped(field.data):
            raise ValidationError(gettext("Say more about it in a note."))


class NoteForm(StaffForm):
    """A note of its own."""

    remark = TextAreaField(lazy_gettext("Note"), [Needed(lazy_gettext("Write the note.")), AtMost(1000)])


@blueprint.get("/alerts")
@staff_only("coordinator", "monitor", "administrator")
def alert_queue() -> ResponseReturnValue:
    """Show those that have not ended, the earliest deadline first, or what the address asks for."""
    given = request.args
    wanted = next((state for state in ALERT_STATES if state == given.get("state")), None)
    with at_desk() as desk:
        mine = given.get("owner") == "me"
        asked: alerts.Asked = {
            "actor": desk.actor,
            "study_id": desk.study_id,
            "now": desk.now,
            "state": wanted,
            "site": given.get("site") or None,
            "owner_id": desk.staff.account_id if mine else None,
        }
        if table_file.wanted():
            return table_file.table_file(
                desk, "alerts", COLUMNS, lambda session: alerts.everything(session, **asked)
            )
        found = alerts.queue(desk.session, **asked, page=given.get("page", 1, type=int), per_page=PER_PAGE)
        return page(
            "alert_queue.html",
            desk,
            found=found,
            rows=shown(desk, found.rows),
            wanted=wanted or "",
            states=ALERT_STATES,
            site=given.get("site", ""),
            mine=mine,
        )


@blueprint.get(ONE)
@staff_only("coordinator", "monitor", "administrator")
def alert(alert_id: int) -> ResponseReturnValue:
    """Show one with all that was done, and ask what became of it."""
    with at_desk() as desk:
        row = _alert(desk, alert_id)
        return _page(desk, row, DispositionForm())


@blueprint.post(ONE)
@staff_only("coordinator", "administrator")
def end_alert(alert_id: int) -> ResponseReturnValue:
    """Record what became of it; the same form sent twice is one disposition."""
    form = DispositionForm(request.form)
    try:
        with at_desk(writing=True) as desk:
            row = _alert(desk, alert_id)
            form.offer(desk, row)
            if form.validate():
                alert_steps.close_alert(
                    desk.session,
                    alert_id=row.id,
                    disposition=form.disposition.data,
                    note=stripped(form.note.data),
                    seen=count_shown(form.seen),
                    actor=desk.actor,
                    now=desk.now,
                )
                flash(gettext("It is recorded what became of it."), "good")
                return redirect(url_for("staff.alert_queue"), 303)
    except Refusal as refusal:
        if refusal.code != Code.CHANGED_MEANWHILE:
            raise
        form.refuse(refusal)
    with at_desk() as desk:
        return _page(desk, _alert(desk, alert_id), form), 422


@blueprint.post(f"{ONE}/owner")
@staff_only("coordinator", "administrator")
def give_alert(alert_id: int) -> ResponseReturnValue:
    """Give it to someone, or take it oneself."""
    form = OwnerForm(request.form)
    with at_desk(writing=True) as desk:
        row = _alert(desk, alert_id)
        form.offer(desk, row.site)
        taken = "take" in request.form
        if not taken and not form.validate():
            raise Refusal(Code.UNKNOWN_CODE, "owner")
        account_id = desk.staff.account_id if taken else int(form.owner.data)
        alert_steps.assign_alert(
            desk.session, alert_id=row.id, account_id=account_id, actor=desk.actor, now=desk.now
        )
    return redirect(url_for("staff.alert", alert_id=alert_id), 303)


@blueprint.post(f"{ONE}/note")
@staff_only("coordinator", "administrator")
def note_alert(alert_id: int) -> ResponseReturnValue:
    """Add a note; it ends nothing."""
    form = NoteForm(request.form)
    with at_desk(writing=True) as desk:
        row = _alert(desk, alert_id)
        if form.validate():
            alert_steps.note_alert(
                desk.session, alert_id=row.id, note=stripped(form.remark.data), actor=desk.actor, now=desk.now
            )
            return redirect(url_for("staff.alert", alert_id=alert_id), 303)
    with at_desk() as desk:
        return _page(desk, _alert(desk, alert_id), DispositionForm(), form), 422


def _alert(desk: Desk, alert_id: int) -> RaisedAlert:
    return alerts.one(desk.session, actor=desk.actor, study_id=desk.study_id, alert_id=alert_id, now=desk.now)


def _page(desk: Desk, row: RaisedAlert, form: DispositionForm, note: NoteForm | None = None) -> str:
    form.offer(desk, row)
    form.seen.data = str(len(row.steps))
    owner = OwnerForm(data={"owner": str(row.owner_id or "")})
    owner.offer(desk, row.site)
    (alert,) = shown(desk, [row])
    return page(
        "alert.html",
        desk,
        alert=alert,
        form=form,
        owner_form=owner,
        note_form=note or NoteForm(),
    )
