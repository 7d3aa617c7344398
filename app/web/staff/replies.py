"""Answers to messages: to open one is to read it, and stands in the trail."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.i18n import gettext
from app.operations import replies as operations
from app.queries import replies as queries
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import at_desk
from app.web.staff.pages import page
from app.web.transactions import settings

ADDRESS = "/replies/<int:reply_id>"


@blueprint.get(ADDRESS)
@staff_only("coordinator", "administrator")
def reply(reply_id: int) -> ResponseReturnValue:
    """Show what was answered, and leave the entry that it was read."""
    with at_desk(writing=True) as desk:
        desk.refuse_undelegated()
        row = queries.one(desk.session, actor=desk.actor, study_id=desk.study_id, reply_id=reply_id)
        said = operations.read_reply(
            desk.session,
            study_id=desk.study_id,
            reply_id=reply_id,
            actor=desk.actor,
            now=desk.now,
            contact_keys=settings().contact_keys,
        )
        return page("reply.html", desk, row=row, answer=said)


@blueprint.post(ADDRESS)
@staff_only("coordinator", "administrator")
def settle_reply(reply_id: int) -> ResponseReturnValue:
    """Note that it is dealt with."""
    with at_desk(writing=True) as desk:
        operations.settle_reply(
            desk.session, study_id=desk.study_id, reply_id=reply_id, actor=desk.actor, now=desk.now
        )
    flash(gettext("The answer is dealt with."))
    return redirect(url_for("staff.reminder_log"), 303)
