"""Reminders to those selected: seen first, then sent, then told what became of each."""

from collections.abc import Sequence

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.delivery import reminders as delivery
from app.delivery.reminders import Preview
from app.operations import reminders as operations
from app.queries import reminders as queries
from app.queries.reminders import ReminderRow
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import Desk, at_desk
from app.web.staff.pages import page
from app.web.transactions import settings

MOST = 200


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
    """Show the messages of which nobody knows whether they left: they are never sent again by themselves."""
    with at_desk() as desk:
        rows = queries.unclear(desk.session, actor=desk.actor, study_id=desk.study_id)
        return page("reminders_unclear.html", desk, rows=rows)


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
    )
