"""A participant's link by e-mail."""

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.delivery.links import mail_link
from app.errors import Code, Refusal
from app.i18n import gettext
from app.operations.link_mails import MailFate
from app.web import messages
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import at_desk
from app.web.transactions import settings

SAID_AT_THE_LINK = (Code.DEAD, Code.WITHDRAWN, Code.NO_ADDRESS)


@blueprint.post("/participants/<code>/link/mail")
@staff_only("coordinator", "administrator")
def mail(code: str) -> ResponseReturnValue:
    """Send it, with no transaction open, and say what became of it."""
    with at_desk() as desk:
        participant = desk.participant(code)
        desk.refuse_undelegated()
    try:
        fate = mail_link(settings(), participant_id=participant.id, actor=g.staff.actor, clock=clock.now)
    except Refusal as refusal:
        if refusal.code not in SAID_AT_THE_LINK:
            raise
        said = messages.words(refusal)
        flash(f"{said.title}. {said.advice}", "warn")
    else:
        flash(_fates()[fate], "good" if fate == "sent" else "warn")
    return redirect(url_for("staff.link", code=code), 303)


def _fates() -> dict[MailFate, str]:
    return {
        "sent": gettext("The link is on its way by e-mail."),
        "written": gettext("No mail server is set: the message was written to the outbox folder, not sent."),
        "failed": gettext("The message was not sent. Check the address, or try again later."),
        "uncertain": gettext(
            "The connection broke. Nobody knows whether the message left: ask the participant."
        ),
    }
