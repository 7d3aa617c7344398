"""An administrator starts the change of someone's address who has lost their mailbox."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.delivery.email_changes import send_confirmation
from app.errors import Code, Refusal
from app.i18n import lazy_gettext
from app.operations.email_changes import ask_email_change_of
from app.queries import people
from app.queries.people import PersonRow
from app.web import messages
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import at_desk
from app.web.staff.fields import stripped
from app.web.staff.me import be_fresh
from app.web.staff.my_email import new_address
from app.web.staff.pages import page
from app.web.staff.password_mail import fate_words
from app.web.staff.person import ADDRESS, PersonForm, reason_box
from app.web.transactions import settings

AT = {
    Code.ALREADY_RECORDED: "email",
    Code.TOO_MANY_ATTEMPTS: "email",
    Code.REASON_NEEDED: "reason",
    Code.DEACTIVATED: None,
}


class EmailOfForm(PersonForm):
    """The new address, and why it is not its owner who asks."""

    title = lazy_gettext("Change the e-mail address")
    button = lazy_gettext("Send the link")
    says = {  # noqa: RUF012 - read, never changed
        Code.ALREADY_RECORDED: lazy_gettext("Someone has this address already."),
    }

    email = new_address(
        lazy_gettext(
            "A link to confirm it goes there. It works once, for a day; until then the old address stays in "
            "force. Make sure on another way that it is them who ask."
        )
    )
    reason = reason_box()


@blueprint.get(f"{ADDRESS}/email")
@staff_only("administrator")
def person_email(account_id: int) -> ResponseReturnValue:
    """Show the form."""
    be_fresh()
    return _form(account_id, EmailOfForm())


@blueprint.post(f"{ADDRESS}/email")
@staff_only("administrator")
def ask_person_email(account_id: int) -> ResponseReturnValue:
    """Take it down with its reason, and mail the link with no transaction open meanwhile."""
    be_fresh()
    form = EmailOfForm(request.form)
    if not form.validate():
        return _form(account_id, form), 422
    try:
        with at_desk(writing=True) as desk:
            mail = ask_email_change_of(
                desk.session,
                account_id=account_id,
                email=stripped(form.email.data),
                reason=stripped(form.reason.data),
                actor=desk.actor,
                now=desk.now,
            )
    except Refusal as refusal:
        if refusal.code not in AT:
            raise
        form.refuse(refusal, AT[refusal.code])
        return _form(account_id, form), messages.status(refusal.code)
    fate = send_confirmation(settings(), mail=mail, actor=g.staff.actor, clock=clock.now)
    flash(fate_words(fate), "good" if fate == "sent" else "warn")
    return redirect(url_for("staff.person", account_id=account_id), 303)


def _form(account_id: int, form: EmailOfForm) -> str:
    with at_desk() as desk:
        row: PersonRow = people.one(desk.session, actor=desk.actor, account_id=account_id)
        return page("person_form.html", desk, person=row, form=form)
