"""Confirming a new e-mail address with the link that was mailed there."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, i18n
from app.delivery.email_changes import send_notice
from app.i18n import gettext
from app.operations.email_changes import confirm_email_change
from app.operations.links import Refused
from app.queries.email_changes import opened
from app.web.gate import STAFF_COOKIE, public, understood
from app.web.staff import blueprint
from app.web.transactions import reading, settings, writing


@blueprint.get("/address/<token>")
@public
def new_email(token: str) -> ResponseReturnValue:
    """Show the address and a button where the link is good; a scanner that looks changes nothing."""
    with reading() as session:
        found = opened(session, token=token, link_keys=settings().link_keys, now=clock.now())
    if found is None:
        return render_template("staff/confirm_email.html", email=None), 404
    i18n.speak(understood(found.language))
    return render_template("staff/confirm_email.html", email=found.email)


@blueprint.post("/address/<token>")
@public
def confirm_email(token: str) -> ResponseReturnValue:
    """Put the address in force, and tell the old one."""
    with writing() as session:
        changed = confirm_email_change(
            session,
            token=token,
            link_keys=settings().link_keys,
            now=clock.now(),
            keep=request.cookies.get(STAFF_COOKIE),
        )
    if isinstance(changed, Refused):
        return render_template("staff/confirm_email.html", email=None), 404
    i18n.speak(understood(changed.language))
    if not changed.again:
        send_notice(settings(), changed=changed, clock=clock.now)
    flash(gettext("The e-mail address is changed: from now on it is the one that you sign in with."))
    return redirect(url_for("staff.me"), 303)
