"""Choosing a password with a link from a mail, and asking for such a link."""

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, PasswordField

from app import clock, database, i18n
from app.config import Config
from app.delivery.password_links import mail_password_link
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import attempts
from app.operations.links import Refused
from app.operations.password_links import choose_password
from app.queries import people
from app.web import messages
from app.web.gate import public, understood
from app.web.staff import blueprint
from app.web.staff.fields import Needed, StaffForm, stripped
from app.web.staff.passwords import fault
from app.web.transactions import reading, settings, writing

LONGEST_ADDRESS = 254


class AskForm(StaffForm):
    """The address that one signs in with."""

    email = EmailField(lazy_gettext("E-mail address"), [Needed(lazy_gettext("Enter your e-mail address."))])


class PasswordForm(StaffForm):
    """Typed once: whoever mistypes it asks for another link."""

    password = PasswordField(
        lazy_gettext("New password"),
        [Needed(lazy_gettext("Enter the new password."))],
        description=lazy_gettext(
            "A sentence of your own is good. Password managers and pasting are welcome."
        ),
    )


@blueprint.get("/password")
@public
def ask_for_password() -> ResponseReturnValue:
    """Show the form."""
    return render_template("staff/ask_password.html", form=AskForm(), asked=False)


@blueprint.post("/password")
@public
def send_password() -> ResponseReturnValue:
    """Say the same to everybody, and only then look whether there is such an account, and mail the link."""
    form = AskForm(request.form)
    if not form.validate():
        return render_template("staff/ask_password.html", form=form, asked=False), 422
    email = stripped(form.email.data).lower()[:LONGEST_ADDRESS]
    if _too_many(email, request.remote_addr or ""):
        said = messages.words(Refusal(Code.TOO_MANY_ATTEMPTS))
        form.refusals = (f"{said.title}. {said.advice}",)
        return render_template("staff/ask_password.html", form=form, asked=False), 429
    response = make_response(render_template("staff/ask_password.html", form=form, asked=True))
    _after(response, settings(), email)
    return response


@blueprint.get("/password/<token>")
@public
def choose(token: str) -> ResponseReturnValue:
    """Show the form where the link is good; nothing is used up by looking."""
    opens, _alone = _opens(token)
    return _form(PasswordForm(), opens), 200 if opens else 404


@blueprint.post("/password/<token>")
@public
def save_password(token: str) -> ResponseReturnValue:
    """Set the password, and lead to the door."""
    form = PasswordForm(request.form)
    opens, alone = _opens(token)
    weak = fault(form.password.data or "", alone=alone) if form.validate() else None
    if weak:
        form.password.errors = [weak]
    if opens and not form.password.errors:
        try:
            with writing() as session:
                refused = choose_password(
                    session,
                    token=token,
                    password=form.password.data or "",
                    link_keys=settings().link_keys,
                    now=clock.now(),
                    alone=alone,
                )
            if not isinstance(refused, Refused):
                flash(gettext("Your password is set. Sign in with it."))
                return redirect(url_for("staff.sign_in"), 303)
            opens = False
        except Refusal as refusal:  # what a stranger would try first for this very person
            if refusal.code != Code.FAULTY_INPUT:
                raise
            form.password.errors = [
                gettext(
                    "This password is easily guessed. "
                    "Choose words that nobody connects with you or the study."
                )
            ]
    return _form(form, opens), 422 if opens else 404


def _opens(token: str) -> tuple[bool, bool]:
    """Return whether a link is good, and whether the password will be all that is asked for."""
    with reading() as session:
        found = people.link_opens(session, token=token, link_keys=settings().link_keys, now=clock.now())
    if found is None:
        return False, False
    language, second_factor = found
    i18n.speak(understood(language))
    return True, settings().second_factor == "optional" and not second_factor


def _form(form: PasswordForm, opens: bool) -> str:
    return render_template("staff/choose_password.html", form=form, opens=opens)


def _too_many(email: str, address: str) -> bool:
    """Count an asking, by what was typed and by where it comes from."""
    now = clock.now()
    with writing() as session:
        if any(
            [
                attempts.too_many(session, kind="address", subject=address, now=now),
                attempts.too_many(session, kind="reset", subject=email, now=now),
            ]
        ):
            return True
        attempts.count(session, kind="reset", subject=email, now=now)
        attempts.count(session, kind="address", subject=address, now=now)
    return False


def _after(response: Response, config: Config, email: str) -> None:
    """Do the rest once the page has left: how long it takes tells nobody whether there is an account."""
    log = current_app.logger

    @response.call_on_close
    def send() -> None:
        try:
            with database.reading(config.database_url) as session:
                account_id = people.account_id_of(session, email=email)
            if account_id is not None:
                actor = Actor("account", account_id)
                mail_password_link(config, account_id=account_id, kind="reset", actor=actor, clock=clock.now)
        except Exception:
            log.exception("a link for a new password was not sent")
