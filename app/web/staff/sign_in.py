"""Signing in with e-mail and password, and out again."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, PasswordField

from app import clock
from app.domain.actor import ROLES
from app.errors import Refusal
from app.i18n import lazy_gettext
from app.operations import sessions
from app.operations import sign_in as signing_in
from app.operations.links import Refused
from app.web import messages
from app.web.gate import STAFF_COOKIE, public, staff_only
from app.web.staff import blueprint
from app.web.staff.fields import Needed, StaffForm, stripped
from app.web.transactions import settings, writing


class SignInForm(StaffForm):
    """Both may be pasted or filled in by a password manager."""

    email = EmailField(lazy_gettext("E-mail address"), [Needed(lazy_gettext("Enter your e-mail address."))])
    password = PasswordField(lazy_gettext("Password"), [Needed(lazy_gettext("Enter your password."))])


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form."""
    return _form(SignInForm())


@blueprint.post("/sign-in")
@public
def let_in() -> ResponseReturnValue:
    """Let in whoever knows the password; failed tries are counted."""
    form = SignInForm(request.form)
    if not form.validate():
        return _form(form), 422
    with writing() as session:
        outcome = signing_in.sign_in(
            session,
            email=stripped(form.email.data),
            password=form.password.data or "",
            address=request.remote_addr or "",
            now=clock.now(),
        )
    if isinstance(outcome, Refused):
        refusal = Refusal(outcome.code)
        said = messages.words(refusal)
        form.refusals = (f"{said.title}. {said.advice}",)
        return _form(form), messages.status(outcome.code)
    response = redirect(_next_page(), 303)
    response.set_cookie(
        STAFF_COOKIE,
        outcome.secret,
        max_age=outcome.lasting,
        httponly=True,
        samesite="Lax",
        secure=settings().secure_cookies,
        path="/staff",
    )
    return response


@blueprint.post("/sign-out")
@staff_only(*ROLES)
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    with writing() as session:
        sessions.end_session(session, secret=request.cookies[STAFF_COOKIE], now=g.now)
    response = redirect(url_for("staff.sign_in"), 303)
    response.delete_cookie(STAFF_COOKIE, path="/staff")
    return response


def _form(form: SignInForm) -> str:
    return render_template("staff/sign_in.html", form=form, wanted=request.values.get("next", ""))


def _next_page() -> str:
    """Return the page that was wanted before signing in, if it is one of ours."""
    wanted = request.form.get("next", "")
    ours = wanted.startswith("/staff/") and wanted.isprintable() and "\\" not in wanted
    return wanted if ours else url_for("staff.worklist")
