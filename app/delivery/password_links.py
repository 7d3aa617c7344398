"""Invitations and ways back by e-mail: the link with which a member of staff chooses a password."""

from collections.abc import Callable
from datetime import datetime

from app import database, i18n
from app.config import Config
from app.delivery import email
from app.delivery.email import Message
from app.domain.account import PasswordLinkKind
from app.domain.actor import Actor
from app.formats import password_token
from app.i18n import format_instant, gettext
from app.operations.link_mails import MailFate
from app.operations.password_links import PasswordMail, issue_password_link, record_password_mail


def mail_password_link(
    config: Config, *, account_id: int, kind: PasswordLinkKind, actor: Actor, clock: Callable[[], datetime]
) -> MailFate:
    """Make a link, which ends every earlier one, mail it, and return what became of it.

    Opens its own transactions, none while the mail server is spoken to. Refuses as `issue_password_link`.
    """
    with database.writing(config.database_url) as session:
        mail = issue_password_link(session, account_id=account_id, kind=kind, actor=actor, now=clock())
    return send_password_link(config, mail=mail, actor=actor, clock=clock)


def send_password_link(
    config: Config, *, mail: PasswordMail, actor: Actor, clock: Callable[[], datetime]
) -> MailFate:
    """Mail a link that was made in a transaction which is committed by now."""
    fate, reason = email.attempt(_message(mail, config), config=config, now=clock())
    with database.writing(config.database_url) as session:
        record_password_mail(session, mail=mail, fate=fate, reason=reason, actor=actor, now=clock())
    return fate


def _message(mail: PasswordMail, config: Config) -> Message:
    with i18n.speaking(mail.language):
        if mail.kind == "invitation":
            # Translators: subject of an e-mail to a new member of staff
            subject = gettext("Your account")
            why = gettext("You are invited to work here. Choose your password with this link:")
        else:
            # Translators: subject of an e-mail to a member of staff
            subject = gettext("Choose a new password")
            why = gettext("Choose a new password with this link:")
        paragraphs = (
            why,
            f"{config.public_url}/staff/password/{password_token.sign(mail.link_id, config.link_keys)}",
            gettext("It works once, until %(when)s.", when=format_instant(mail.expires_at)),
            gettext("If you do not expect this message, do nothing: nothing changes."),
        )
    return Message(mail.address, subject, "\n\n".join(paragraphs) + "\n", mail.language)
