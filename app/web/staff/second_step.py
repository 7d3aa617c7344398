"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from app import clock
from app.errors import Code, Refusal
from app.i18n import lazy_gettext
from app.operations import sign_in as signing_in
from app.operations.links import Refused
from app.operations.sign_in import HalfWay
from app.web import messages
from app.web.gate import public
from app.web.staff import blueprint, half_way, passkeys
from app.web.staff.fields import Needed, StaffForm
from app.web.staff.sign_in import come_in, ours
from app.web.transactions import reading, settings, writing


class CodeForm(StaffForm):
    """A code may be pasted or filled in by the browser; nobody has to remember or copy anything."""

    code = StringField(
        lazy_gettext("Code"),
        [Needed(lazy_gettext("Enter the code."))],
        description=lazy_gettext("Six digits from your app, or one of your recovery codes."),
    )


@blueprint.get("/sign-in/second-step")
@public
def second_step() -> ResponseReturnValue:
    """Show the form to who has done the first step."""
    found = half_way.recall(now=clock.now())
    return _begin_again() if found is None else _form(CodeForm(), found[0])


@blueprint.post("/sign-in/second-step")
@public
def take_second_step() -> ResponseReturnValue:
    """Let in whoever types a right code; failed tries are counted."""
    found = half_way.recall(now=clock.now())
    if found is None:
        return _begin_again()
    form = CodeForm(request.form)
    if not form.validate():
        return _form(form, found[0]), 422
    with writing() as session:
        outcome = signing_in.sign_in_by_code(
            session,
            half=found[0],
            typed=form.code.data or "",
            address=request.remote_addr or "",
            now=clock.now(),
            contact_keys=settings().contact_keys,
        )
    return _refused(form, found[0], outcome) if isinstance(outcome, Refused) else come_in(outcome, found[1])


@blueprint.post("/sign-in/second-step/passkey")
@public
def take_second_step_by_passkey() -> ResponseReturnValue:
    """Let in whoever shows a passkey of the account."""
    found = half_way.recall(now=clock.now())
    if found is None:
        return _begin_again()
    with writing() as session:
        outcome = signing_in.sign_in_by_passkey(
            session,
            answer=request.form.get("answer", ""),
            half=found[0],
            address=request.remote_addr or "",
            place=passkeys.place(),
            now=clock.now(),
            key=settings().secret_key,
        )
    if isinstance(outcome, Refused):
        return _refused(CodeForm(), found[0], outcome)
    return come_in(outcome, ours(found[1]))


def _refused(form: CodeForm, half: HalfWay, outcome: Refused) -> ResponseReturnValue:
    if outcome.code == Code.SIGN_IN_FAILED:  # the account has changed under their hands
        half_way.forget()
        return _begin_again()
    said = messages.words(Refusal(outcome.code))
    form.code.data = ""  # it is of no use a second time
    form.refusals = (f"{said.title}. {said.advice}",)
    return _form(form, half), messages.status(outcome.code)


def _begin_again() -> ResponseReturnValue:
    return redirect(url_for("staff.sign_in"), 303)


def _form(form: CodeForm, half: HalfWay) -> str:
    with reading() as session:
        passkey = passkeys.to_confirm(session, half.account_id)
    return render_template("staff/second_step.html", form=form, passkey=passkey)
