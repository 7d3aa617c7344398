"""What is mailed on the way to another address of staff: a link to the new one, a notice to the old one."""

from collections.abc import Callable
from datetime import datetime

from app import database, i18n
from app.config import Config
from app.delivery import email
from app.delivery.email import Message
from app.domain.actor import Actor
from app.formats import email_token
from app.i18n import format_instant, gettext
from app.operations.email_changes import (
    ConfirmationMail,
    EmailChanged,
    record_email_change_mail,
    record_email_notice,
)
from app.operations.link_mails import MailFate


def send_confirmation(
    config: Config, *, mail: ConfirmationMail, actor: Actor, clock: Callable[[], datetime]
) -> MailFate:
    """Mail the link of a change that was asked for in a transaction which is committed by now."""
    fate, reason = email.attempt(_confirmation(mail, config), config=config, now=clock())
    with database.writing(config.database_url) as session:
        record_email_change_mail(session, mail=mail, fate=fate, reason=reason, actor=actor, now=clock())
    return fate


def send_notice(config: Config, *, changed: EmailChanged, clock: Callable[[], datetime]) -> MailFate:
    """Tell the old address that it is no longer the account's, but not which one is now."""
    fate, reason = email.attempt(_notice(changed), config=config, now=clock())
    with database.writing(config.database_url) as session:
        record_email_notice(
            session,
            changed=changed,
            fate=fate,
            reason=reason,
            actor=Actor("account", changed.account_id),
            now=clock(),
        )
    return fate


def _confirmation(mail: ConfirmationMail, config: Config) -> Message:
    with i18n.speaking(mail.language):
        if mail.taken:
            # Translators: subject of an e-mail to a member of staff
            subject = gettext("Your e-mail address")
            paragraphs: tuple[str, ...] = (
                gettext("Someone entered this address as the new one of another account."),
                gettext("It belongs to your account already, so nothing changes."),
            )
        else:
            # Translators: subject of an e-mail to a member of staff
            subject = gettext("Confirm the new e-mail address")
            paragraphs = (
                gettext("This address was entered as the new one of an account. Confirm it with this link:"),
                f"{config.public_url}/staff/address/{email_token.sign(mail.change_id, config.link_keys)}",
                gettext("It works once, until %(when)s.", when=format_instant(mail.expires_at)),
                gettext("If you do not expect this message, do nothing: nothing changes."),
            )
    return Message(mail.address, subject, "\n\n".join(paragraphs) + "\n", mail.language)


def _notice(changed: EmailChanged) -> Message:
    with i18n.speaking(changed.language):
        # Translators: subject of an e-mail to a member of staff
        subject = gettext("Your e-mail address is changed")
        paragraphs = (
            gettext("Your account has another e-mail address now: this one no longer signs you in."),
            gettext("If you did not expect this, tell an administrator of the study at once."),
        )
    return Message(changed.old, subject, "\n\n".join(paragraphs) + "\n", changed.language)
