"""The browsers in which a member of staff is signed in; each can be signed out from any other."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actor import ROLES
from app.i18n import gettext
from app.operations import sessions
from app.queries import people
from app.web.gate import STAFF_COOKIE, staff_only
from app.web.staff import blueprint
from app.web.staff.desk import at_desk
from app.web.staff.pages import page
from app.web.transactions import writing


@blueprint.get("/browsers")
@staff_only(*ROLES)
def browsers() -> ResponseReturnValue:
    """Show one's own."""
    with at_desk() as desk:
        return page(
            "browsers.html",
            desk,
            browsers=people.browsers(
                desk.session,
                account_id=desk.staff.account_id,
                now=desk.now,
                secret=request.cookies[STAFF_COOKIE],
            ),
        )


@blueprint.post("/browsers")
@staff_only(*ROLES)
def end_browsers() -> ResponseReturnValue:
    """Sign out one of them, or all but the one at hand."""
    with writing() as session:
        sessions.end_sessions(
            session,
            account_id=g.staff.account_id,
            mark=request.form.get("browser") or None,
            keep=request.cookies[STAFF_COOKIE],
            actor=g.staff.actor,
            now=g.now,
        )
    flash(gettext("Signed out."))
    return redirect(url_for("staff.browsers", study=request.args.get("study")), 303)
