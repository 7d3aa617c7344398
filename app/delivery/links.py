"""A participant's link by e-mail, when staff ask for it."""

from collections.abc import Callable
from datetime import datetime

from app import database, i18n
from app.config import Config
from app.delivery import email
from app.delivery.email import Message
from app.domain.actor import Actor
from app.formats import link_token
from app.i18n import gettext
from app.operations.link_mails import LinkMail, MailFate, prepare_link_mail, record_link_mail


def mail_link(
    config: Config, *, participant_id: int, actor: Actor, clock: Callable[[], datetime]
) -> MailFate:
    """Mail a participant their link and return what became of it; "written" went to the outbox folder.

    Opens its own transactions, none while the mail server is spoken to. Refuses as `prepare_link_mail` does.
    """
    with database.writing(config.database_url) as session:
        mail = prepare_link_mail(
            session,
            participant_id=participant_id,
            actor=actor,
            now=clock(),
            contact_keys=config.contact_keys,
        )
    fate, reason = email.attempt(_message(mail, config), config=config, now=clock())
    with database.writing(config.database_url) as session:
        record_link_mail(session, mail=mail, fate=fate, reason=reason, actor=actor, now=clock())
    return fate


def _message(mail: LinkMail, config: Config) -> Message:
    with i18n.speaking(mail.language):
        # Translators: subject of an e-mail. It must not name an illness, a treatment or a hospital.
        subject = gettext("Your link to your questions")
        paragraphs = (
            gettext("This link leads to your questions:"),
            f"{config.public_url}/p/{link_token.sign(mail.link_id, config.link_keys)}",
            gettext("It is yours alone: please do not pass it on. It will ask for your year of birth."),
            gettext("If anything is unclear, call %(phone)s.", phone=mail.phone),
        )
    return Message(mail.address, subject, "\n\n".join(paragraphs) + "\n", mail.language)
