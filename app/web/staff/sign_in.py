"""Signing in with a password or a passkey, and out again."""

from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, PasswordField

from app import clock
from app.domain.actor import ROLES
from app.errors import Refusal
from app.i18n import lazy_gettext, ngettext, speaking
from app.operations import sessions
from app.operations import sign_in as signing_in
from app.operations.links import Refused
from app.operations.sign_in import HalfWay, LetIn
from app.web import messages
from app.web.gate import STAFF_COOKIE, public, staff_only, understood
from app.web.staff import blueprint, half_way, passkeys, words
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
    """Let in whoever knows the password, or lead them on to the second step; failed tries are counted."""
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
        return _refused(form, outcome)
    if isinstance(outcome, HalfWay):
        half_way.remember(outcome, next_page(), now=clock.now())
        return redirect(url_for("staff.second_step"), 303)
    return come_in(outcome, next_page())


@blueprint.post("/sign-in/passkey")
@public
def let_in_by_passkey() -> ResponseReturnValue:
    """Let in whoever shows a passkey: nothing else is asked for."""
    with writing() as session:
        outcome = signing_in.sign_in_by_passkey(
            session,
            answer=request.form.get("answer", ""),
            half=None,
            address=request.remote_addr or "",
            place=passkeys.place(),
            now=clock.now(),
            key=settings().secret_key,
        )
    return _refused(SignInForm(), outcome) if isinstance(outcome, Refused) else come_in(outcome, next_page())


@blueprint.post("/sign-out")
@staff_only(*ROLES, settled=False)
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    with writing() as session:
        sessions.end_session(session, secret=request.cookies[STAFF_COOKIE], now=g.now)
    through_provider = g.staff.proved_by in ("provider", "provider mfa") and settings().provider is not None
    response = redirect(url_for("staff.sign_in", out="provider" if through_provider else None), 303)
    response.delete_cookie(STAFF_COOKIE, path="/staff")
    return response


def come_in(outcome: LetIn, wanted: str) -> ResponseReturnValue:
    """Give the browser its secret, tell of failed tries, and go on to the page that was wanted."""
    half_way.forget()
    if outcome.failed is not None:
        with speaking(understood(outcome.language)):
            flash(_failed_tries(outcome), "warn")
    response = redirect(wanted, 303)
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


def next_page() -> str:
    """Return the page that was wanted before signing in, if it is one of ours."""
    return ours(request.form.get("next", ""))


def ours(wanted: str) -> str:
    """Return an address if it is one of ours, and the first page otherwise."""
    right = wanted.startswith("/staff/") and wanted.isprintable() and "\\" not in wanted
    return wanted if right else url_for("staff.today")


def _failed_tries(outcome: LetIn) -> str:
    failed = outcome.failed
    if failed is None:
        return ""
    said = ngettext(
        "%(number)s try to sign in to your account failed since you were last here.",
        "%(number)s tries to sign in to your account failed since you were last here.",
        failed.count,
        number=failed.count,
    )
    return f"{said} ({words.instant(failed.since, ZoneInfo('UTC'))})" if failed.since else said


def _refused(form: SignInForm, outcome: Refused) -> ResponseReturnValue:
    said = messages.words(Refusal(outcome.code))
    form.refusals = (f"{said.title}. {said.advice}",)
    return _form(form), messages.status(outcome.code)


def _form(form: SignInForm) -> str:
    return render_template(
        "staff/sign_in.html",
        form=form,
        wanted=request.values.get("next", ""),
        passkey=passkeys.to_sign_in(),
        provider=settings().provider,
        out=request.args.get("out") == "provider" and settings().provider is not None,
    )
