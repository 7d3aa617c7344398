"""Setting up a second step: an app with codes, or a passkey."""

import segno
from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session
from wtforms import HiddenField, StringField

from app.domain.actor import ROLES
from app.errors import Code, Refusal
from app.formats import one_time_code
from app.i18n import gettext, lazy_gettext
from app.operations import sessions
from app.operations.code_apps import add_code_app
from app.operations.passkeys import add_passkey
from app.operations.recovery_codes import new_recovery_codes
from app.queries.second_factors import ways_in
from app.web import messages
from app.web.gate import STAFF_COOKIE, staff_only
from app.web.staff import blueprint, passkeys
from app.web.staff.fields import AtMost, Needed, StaffForm, stripped
from app.web.staff.me import LONGEST_NAME, be_fresh, my_page, show_codes
from app.web.transactions import reading, settings, writing

INSTALLATION = "Hepatica"


class NamedForm(StaffForm):
    """What the new thing is to be called."""

    name = StringField(
        lazy_gettext("Name"),
        [AtMost(LONGEST_NAME)],
        description=lazy_gettext("So that you know it again, such as “my phone”."),
    )

    def named(self, otherwise: str) -> str:
        """Return the name, or another where none was typed."""
        return stripped(self.name.data) or otherwise


class AppForm(NamedForm):
    """The first code of a new app."""

    says = {  # noqa: RUF012 - read, never changed
        Code.CODE_WRONG: lazy_gettext("This is not the code that the app shows now."),
    }

    sealed = HiddenField("")
    code = StringField(
        lazy_gettext("Code"),
        [Needed(lazy_gettext("Enter the code."))],
        description=lazy_gettext("The six digits that the app shows now."),
    )


@blueprint.get("/me/app")
@staff_only(*ROLES, settled=False)
def code_app() -> ResponseReturnValue:
    """Show a new secret as a QR code and as text; nothing is kept until a code of it is typed."""
    be_fresh()
    return _app_page(AppForm())


@blueprint.post("/me/app")
@staff_only(*ROLES, settled=False)
def make_code_app() -> ResponseReturnValue:
    """Keep the app once it shows the right code."""
    be_fresh()
    form = AppForm(request.form)
    if _secret(form) is None or not form.validate():
        return _app_page(form), 422
    try:
        with writing() as session:
            added = add_code_app(
                session,
                account_id=g.staff.account_id,
                name=form.named(gettext("App with codes")),
                sealed=form.sealed.data or "",
                code=form.code.data or "",
                actor=g.staff.actor,
                now=g.now,
                contact_keys=settings().contact_keys,
            )
            codes = _settled(session, again=added.again)
    except Refusal as refusal:
        if refusal.code != Code.CODE_WRONG:
            raise
        form.refuse(refusal, "code")
        form.code.data = ""
        return _app_page(form), 422
    return _done(codes)


@blueprint.get("/me/passkey")
@staff_only(*ROLES, settled=False)
def passkey() -> ResponseReturnValue:
    """Offer to make a passkey."""
    be_fresh()
    return _passkey_page(NamedForm())


@blueprint.post("/me/passkey")
@staff_only(*ROLES, settled=False)
def make_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser made."""
    be_fresh()
    form = NamedForm(request.form)
    if not form.validate():
        return _passkey_page(form), 422
    try:
        with writing() as session:
            add_passkey(
                session,
                account_id=g.staff.account_id,
                name=form.named(gettext("Passkey")),
                answer=request.form.get("answer", ""),
                place=passkeys.place(),
                actor=g.staff.actor,
                now=g.now,
                key=settings().secret_key,
            )
            codes = _settled(session)
    except Refusal as refusal:
        if refusal.code not in (Code.PASSKEY_REFUSED, Code.ALREADY_RECORDED):
            raise
        form.refuse(refusal)
        return _passkey_page(form), messages.status(refusal.code)
    return _done(codes)


def _settled(session: Session, *, again: bool = False) -> tuple[str, ...]:
    """Sign out every other browser, which has not shown this; make recovery codes where there are none.

    `again`: the form was sent twice. The page with the codes of the first time was never seen: make new ones.
    """
    account_id = g.staff.account_id
    sessions.end_sessions(
        session,
        account_id=account_id,
        actor=g.staff.actor,
        now=g.now,
        keep=request.cookies[STAFF_COOKIE],
    )
    if not again and ways_in(session, account_id=account_id).recovery_codes:
        return ()
    return new_recovery_codes(session, account_id=account_id, actor=g.staff.actor, now=g.now)


def _done(codes: tuple[str, ...]) -> ResponseReturnValue:
    if codes:
        return show_codes(codes)
    flash(gettext("It is set up. Every other browser is signed out."))
    return redirect(url_for("staff.me"), 303)


def _secret(form: AppForm) -> str | None:
    """Return the secret that the page was sent with, or None where it is not one that we sealed for them."""
    try:
        return one_time_code.unseal(
            form.sealed.data or "", account_id=g.staff.account_id, keys=settings().contact_keys
        )
    except Refusal:
        return None


def _app_page(form: AppForm) -> str:
    secret = _secret(form) or one_time_code.new_secret()
    form.sealed.data = one_time_code.seal(secret, account_id=g.staff.account_id, keys=settings().contact_keys)
    address = one_time_code.address(secret, account=g.staff.email, installation=INSTALLATION)
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return my_page(
        "me_app.html",
        form=form,
        qr=Markup(drawing),  # noqa: S704 - segno's own drawing: the address stands in it as squares only
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    )


def _passkey_page(form: NamedForm) -> str:
    with reading() as session:
        options = passkeys.to_make(
            session, account_id=g.staff.account_id, email=g.staff.email, name=g.staff.name
        )
    return my_page("me_passkey.html", form=form, passkey=options)
