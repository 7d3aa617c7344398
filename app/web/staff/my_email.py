"""My sign-in: another e-mail address, in force once it is confirmed from there."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField
from wtforms.validators import Email

from app import clock
from app.delivery.email_changes import send_confirmation
from app.domain.actor import ROLES
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations.email_changes import ask_email_change, cancel_email_change
from app.queries.second_factors import ways_in
from app.web import messages
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.fields import AtMost, Needed, StaffForm, stripped
from app.web.staff.me import be_fresh, my_page
from app.web.staff.password_mail import fate_words
from app.web.transactions import reading, settings, writing

AT = {Code.ALREADY_RECORDED: "email", Code.TOO_MANY_ATTEMPTS: "email"}


def new_address(description: str = "") -> EmailField:
    """Return the box for a new address."""
    instruction = lazy_gettext("Enter an e-mail address such as name@example.org.")
    return EmailField(
        lazy_gettext("New e-mail address"),
        [Needed(instruction), AtMost(254), Email(instruction)],
        description=description,
    )


class EmailForm(StaffForm):
    """The address that one wants to have."""

    says = {  # noqa: RUF012 - read, never changed
        Code.ALREADY_RECORDED: lazy_gettext("This is your address already."),
    }

    email = new_address()


@blueprint.get("/me/email")
@staff_only(*ROLES)
def my_email() -> ResponseReturnValue:
    """Show the form for a new address."""
    be_fresh()
    return _form(EmailForm())


@blueprint.post("/me/email")
@staff_only(*ROLES)
def ask_my_email() -> ResponseReturnValue:
    """Take it down and mail the link; what is said is the same where the address is of another account."""
    be_fresh()
    form = EmailForm(request.form)
    if not form.validate():
        return _form(form), 422
    try:
        with writing() as session:
            mail = ask_email_change(
                session,
                account_id=g.staff.account_id,
                email=stripped(form.email.data),
                actor=g.staff.actor,
                now=g.now,
            )
    except Refusal as refusal:
        if refusal.code not in AT:
            raise
        form.refuse(refusal, AT[refusal.code])
        return _form(form), messages.status(refusal.code)
    fate = send_confirmation(settings(), mail=mail, actor=g.staff.actor, clock=clock.now)
    flash(fate_words(fate), "good" if fate == "sent" else "warn")
    return redirect(url_for("staff.me"), 303)


@blueprint.post("/me/email/cancel")
@staff_only(*ROLES)
def cancel_my_email() -> ResponseReturnValue:
    """Keep the address as it is; nobody needs to show again who they are for that."""
    with writing() as session:
        cancel_email_change(session, account_id=g.staff.account_id, actor=g.staff.actor, now=g.now)
    flash(gettext("The address stays as it is."))
    return redirect(url_for("staff.me"), 303)


def _form(form: EmailForm) -> str:
    with reading() as session:
        found = ways_in(session, account_id=g.staff.account_id)
    return my_page("me_email.html", form=form, bound=found.provider is not None, provider=settings().provider)
