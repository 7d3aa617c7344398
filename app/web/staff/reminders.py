"""Reminders to those selected: seen first, then sent, then told what became of each."""

from collections.abc import Sequence

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField

from app import clock
from app.delivery import reminders as delivery
from app.delivery.reminders import Preview
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import reminders as operations
from app.operations.reminder_decisions import leave_reminder, send_again
from app.queries import reminders as queries
from app.queries import replies
from app.queries.reminders import ReminderRow
from app.queries.troubled_reminders import TROUBLES, Trouble, TroubledRow, counts, troubled
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, StaffForm, stripped
from app.web.staff.pages import page
from app.web.staff.table_file import Columns, table_file, wanted
from app.web.transactions import settings

MOST = 200
DECISION = "/reminders/<int:reminder_id>"
FILE: Columns[TroubledRow] = {
    "participant": lambda row: row.participant,
    "site": lambda row: row.site,
    "visit": lambda row: row.visit,
    "channel": lambda row: row.channel,
    "step": lambda row: row.step,
    "state": lambda row: row.trouble,
    "since": lambda row: row.at,
    "tries": lambda row: row.tries,
    "said": lambda row: row.failure,
}


class DecisionForm(StaffForm):
    """Why someone leaves a message in trouble or sends it again."""

    says = {  # noqa: RUF012 - read, never changed
        Code.NO_ADDRESS: lazy_gettext("There is no address that takes messages."),
        Code.OCCASION_NOT_OPEN: lazy_gettext("No reminder is owed about this visit any more: leave it."),
    }

    reason = StringField(lazy_gettext("Reason"), [Needed(lazy_gettext("Write a reason.")), AtMost(500)])


@blueprint.get("/reminders/preview")
@staff_only("coordinator", "administrator")
def preview_reminders() -> ResponseReturnValue:
    """Show every message in its reader's language, and who gets none and why; nothing is sent."""
    with at_desk() as desk:
        previews = _previews(desk, _chosen(request.args.getlist("occasion")))
        owed = [each for each in previews if each.not_owed is None]
        return page("reminders_preview.html", desk, previews=previews, owed=owed)


@blueprint.post("/reminders/send")
@staff_only("coordinator", "administrator")
def send_reminders() -> ResponseReturnValue:
    """Send; what is asked for twice is sent once."""
    chosen = _chosen(request.form.getlist("occasion"))
    with at_desk(writing=True) as desk:
        _previews(desk, chosen)
        waiting = operations.plan_by_hand(desk.session, occasion_ids=chosen, now=desk.now, actor=desk.actor)
    delivery.send_due(settings(), clock=clock.now, ids=waiting, actor=g.staff.actor)
    return redirect(url_for("staff.sent_reminders", occasion=chosen), 303)


@blueprint.get("/reminders/sent")
@staff_only("coordinator", "administrator")
def sent_reminders() -> ResponseReturnValue:
    """Say for each one what happened."""
    with at_desk() as desk:
        chosen = _chosen(request.args.getlist("occasion"))
        previews = _previews(desk, chosen)
        last: dict[int, ReminderRow] = {
            row.occasion_id: row for row in queries.of_occasions(desk.session, occasion_ids=chosen)
        }
        fates = [(each, last.get(each.occasion_id)) for each in previews]
        return page("reminders_sent.html", desk, fates=fates, outbox=delivery.WRITTEN)


@blueprint.get("/reminders")
@staff_only("coordinator", "monitor", "administrator")
def reminder_log() -> ResponseReturnValue:
    """Show the messages that somebody has to look at, and what to do about each."""
    with at_desk() as desk:
        trouble = next((each for each in TROUBLES if each == request.args.get("state")), None)
        if wanted():
            return table_file(desk, "reminders", FILE, lambda session: _rows(desk, session, trouble))
        return page(
            "reminders_troubled.html",
            desk,
            rows=_rows(desk, desk.session, trouble, limit=MOST),
            counts=counts(desk.session, actor=desk.actor, study_id=desk.study_id, now=desk.now),
            trouble=trouble,
            replies=replies.waiting(desk.session, actor=desk.actor, study_id=desk.study_id, limit=MOST),
            works=desk.staff.role != "monitor",
        )


@blueprint.get(DECISION)
@staff_only("coordinator", "administrator")
def decide_reminder(reminder_id: int) -> ResponseReturnValue:
    """Ask what is to become of one message in trouble."""
    with at_desk() as desk:
        return _decision(desk, reminder_id, DecisionForm())


@blueprint.post(DECISION)
@staff_only("coordinator", "administrator")
def settle_reminder(reminder_id: int) -> ResponseReturnValue:
    """Record the decision, with its reason, and send again where that was decided."""
    form = DecisionForm(request.form)
    again = request.form.get("do") == "again"
    waiting: list[int] = []
    try:
        with at_desk(writing=True) as desk:
            _troubled(desk, reminder_id)
            if not form.validate():
                return _decision(desk, reminder_id, form), 422
            reason = stripped(form.reason.data)
            if again:
                waiting = send_again(
                    desk.session, reminder_id=reminder_id, reason=reason, actor=desk.actor, now=desk.now
                )
            else:
                leave_reminder(
                    desk.session, reminder_id=reminder_id, reason=reason, actor=desk.actor, now=desk.now
                )
    except Refusal as refusal:
        if refusal.code not in form.says:
            raise
        form.refuse(refusal)
        with at_desk() as desk:
            return _decision(desk, reminder_id, form), 422
    flash(gettext("The decision is recorded."))
    if not again:
        return redirect(url_for("staff.reminder_log"), 303)
    delivery.send_due(settings(), clock=clock.now, ids=waiting, actor=g.staff.actor)
    return redirect(url_for("staff.sent_reminders", occasion=request.form.get("occasion")), 303)


def _decision(desk: Desk, reminder_id: int, form: DecisionForm) -> str:
    return page("reminder_decision.html", desk, row=_troubled(desk, reminder_id), form=form)


def _rows(
    desk: Desk,
    session: Session,
    trouble: Trouble | None = None,
    *,
    reminder_id: int | None = None,
    limit: int | None = None,
) -> list[TroubledRow]:
    return troubled(
        session,
        actor=desk.actor,
        study_id=desk.study_id,
        now=desk.now,
        trouble=trouble,
        reminder_id=reminder_id,
        limit=limit,
    )


def _troubled(desk: Desk, reminder_id: int) -> TroubledRow:
    found = _rows(desk, desk.session, reminder_id=reminder_id)
    if not found:
        raise Refusal(Code.NOT_FOUND, f"reminder {reminder_id}")
    return found[0]


def _chosen(given: Sequence[str]) -> list[int]:
    """Return the occasions that were ticked, each once."""
    ids = [int(each) for each in given if each.isascii() and each.isdecimal() and len(each) <= 9]
    return list(dict.fromkeys(ids))[:MOST]


def _previews(desk: Desk, chosen: Sequence[int]) -> list[Preview]:
    return delivery.preview(
        desk.session,
        occasion_ids=chosen,
        now=desk.now,
        actor=desk.actor,
        public_url=settings().public_url,
        configured=settings().channels,
    )
