"""An administrator helps someone who has lost their second step."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Code, Refusal
from app.i18n import gettext
from app.operations.second_factors import reset_second_factor
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.me import be_fresh
from app.web.staff.sign_in import ours
from app.web.transactions import writing


@blueprint.post("/accounts/reset-second-factor")
@staff_only("administrator")
def reset_factor() -> ResponseReturnValue:
    """Take all of somebody's second steps out of use; `next` is the page to go back to."""
    be_fresh()
    account_id = request.form.get("account", type=int)
    if account_id is None:
        raise Refusal(Code.NOT_FOUND, "which account?")
    with writing() as session:
        reset_second_factor(session, account_id=account_id, actor=g.staff.actor, now=g.now)
    flash(gettext("Their second step is taken out of use, and they are signed out everywhere."))
    return redirect(ours(request.form.get("next", url_for("staff.me"))), 303)
