"""My sign-in: by what someone shows who they are, for them to set up, rename and remove."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField

from app.domain.actor import ROLES
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import reauthentication, second_factors, sessions
from app.operations.passwords import change_password
from app.operations.recovery_codes import new_recovery_codes
from app.operations.second_factors import TABLES
from app.queries import email_changes
from app.queries.access import hashed
from app.queries.second_factors import ways_in
from app.web import messages
from app.web.gate import STAFF_COOKIE, is_unsettled, staff_only
from app.web.staff import blueprint, passkeys, passwords, words
from app.web.staff.fields import Needed, StaffForm, stripped
from app.web.staff.sign_in import ours
from app.web.transactions import reading, settings, writing

FRESH = timedelta(minutes=10)
LONGEST_NAME = 80
UTC = ZoneInfo("UTC")


class ConfirmForm(StaffForm):
    """The password again."""

    password = PasswordField(lazy_gettext("Password"), [Needed(lazy_gettext("Enter your password."))])


class PasswordForm(StaffForm):
    """A new password, typed once: it can be shown."""

    password = PasswordField(
        lazy_gettext("New password"),
        [Needed(lazy_gettext("Enter the new password."))],
        description=lazy_gettext(
            "A sentence of your own is good. Password managers and pasting are welcome."
        ),
    )


@blueprint.get("/me")
@staff_only(*ROLES, settled=False)
def me() -> ResponseReturnValue:
    """Show what there is."""
    with reading() as session:
        found = ways_in(session, account_id=g.staff.account_id)
        waiting = email_changes.waiting(session, account_id=g.staff.account_id, now=g.now)
    return my_page("me.html", found=found, needed=is_unsettled(g.staff), waiting=waiting)


@blueprint.post("/me/factors")
@staff_only(*ROLES, settled=False)
def change_factor() -> ResponseReturnValue:
    """Rename or remove an app, a passkey, or the tie to the provider."""
    be_fresh()
    kind = next((each for each in TABLES if each == request.form.get("kind")), None)
    factor_id = request.form.get("factor", type=int)
    if kind is None or factor_id is None:
        raise Refusal(Code.NOT_FOUND, "no such way in")
    name = stripped(request.form.get("name"))[:LONGEST_NAME]
    with writing() as session:
        if request.form.get("do") == "remove":
            second_factors.remove(
                session,
                account_id=g.staff.account_id,
                kind=kind,
                factor_id=factor_id,
                actor=g.staff.actor,
                now=g.now,
            )
            flash(gettext("It is removed."))
        elif name:
            second_factors.rename(
                session,
                account_id=g.staff.account_id,
                kind=kind,
                factor_id=factor_id,
                name=name,
                actor=g.staff.actor,
                now=g.now,
            )
            flash(gettext("The name is changed."))
    return redirect(url_for("staff.me"), 303)


@blueprint.post("/me/recovery-codes")
@staff_only(*ROLES, settled=False)
def make_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them, this once; they stand on no page that can be fetched again."""
    be_fresh()
    with writing() as session:
        if not ways_in(session, account_id=g.staff.account_id).any:
            raise Refusal(Code.SECOND_FACTOR_NEEDED)
        codes = new_recovery_codes(session, account_id=g.staff.account_id, actor=g.staff.actor, now=g.now)
    return show_codes(codes)


@blueprint.get("/me/password")
@staff_only(*ROLES, settled=False)
def my_password() -> ResponseReturnValue:
    """Show the form for a new password."""
    be_fresh()
    return my_page("me_password.html", form=PasswordForm())


@blueprint.post("/me/password")
@staff_only(*ROLES, settled=False)
def change_my_password() -> ResponseReturnValue:
    """Change it, and sign out every other browser."""
    be_fresh()
    form = PasswordForm(request.form)
    alone = settings().second_factor == "optional" and not g.staff.second_factor
    if form.validate():
        fault = passwords.fault(form.password.data or "", context=(g.staff.name, g.staff.email), alone=alone)
        if fault is not None:
            form.password.errors = [fault]
    if form.errors or form.password.errors:
        return my_page("me_password.html", form=form), 422
    with writing() as session:
        change_password(
            session,
            account_id=g.staff.account_id,
            password=form.password.data or "",
            alone=alone,
            actor=g.staff.actor,
            now=g.now,
        )
        sessions.end_sessions(
            session,
            account_id=g.staff.account_id,
            actor=g.staff.actor,
            now=g.now,
            keep=request.cookies[STAFF_COOKIE],
        )
    flash(gettext("The password is changed. Every other browser is signed out."))
    return redirect(url_for("staff.me"), 303)


@blueprint.get("/me/confirm")
@staff_only(*ROLES, settled=False)
def confirm() -> ResponseReturnValue:
    """Ask again who it is, before anything is changed that lets people in."""
    return _confirm(ConfirmForm())


@blueprint.post("/me/confirm")
@staff_only(*ROLES, settled=False)
def take_confirmation() -> ResponseReturnValue:
    """Take the password or a passkey, and go on to what was wanted."""
    form = ConfirmForm(request.form)
    answer = request.form.get("answer", "")
    if not answer and not form.validate():
        return _confirm(form), 422
    known = {"account_id": g.staff.account_id, "address": request.remote_addr or "", "now": g.now}
    with writing() as session:
        refusal = (
            reauthentication.confirm_by_passkey(
                session, answer=answer, place=passkeys.place(), key=settings().secret_key, **known
            )
            if answer
            else reauthentication.confirm_identity(session, password=form.password.data or "", **known)
        )
        if refusal is None:
            reauthentication.note_proof(
                session,
                secret_hash=hashed(request.cookies[STAFF_COOKIE]),
                proof="passkey" if answer else None,
                now=g.now,
            )
    if refusal is None:
        return redirect(ours(request.form.get("next", "")), 303)
    if refusal.code == Code.SIGN_IN_FAILED:
        form.password.errors = [gettext("The password is wrong.")]
    else:
        said = messages.words(refusal)
        form.refusals = (f"{said.title}. {said.advice}",)
    return _confirm(form), messages.status(refusal.code)


def be_fresh() -> None:
    """Refuse who has not shown who they are in the last minutes: they are asked again, and led back."""
    if not timedelta(0) <= g.now - g.staff.proved_at < FRESH:
        raise Refusal(Code.IDENTITY_NEEDED)


def show_codes(codes: tuple[str, ...]) -> str:
    """Return the page with recovery codes, to be printed or copied."""
    return my_page("me_recovery_codes.html", codes=codes)


def my_page(template: str, **values: object) -> str:
    """Return a page about the own sign-in: it belongs to no study, and shows none of its places."""
    return render_template(f"staff/{template}", staff=g.staff, words=words, utc=UTC, **values)


def _confirm(form: ConfirmForm) -> str:
    with reading() as session:
        passkey = passkeys.to_confirm(session, g.staff.account_id)
        bound = ways_in(session, account_id=g.staff.account_id).provider is not None
    return my_page(
        "me_confirm.html",
        form=form,
        wanted=request.values.get("next", ""),
        passkey=passkey,
        provider=bound and settings().provider is not None,
    )
