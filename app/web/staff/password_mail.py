"""What became of a mail with a link for choosing a password, in words."""

from app.i18n import gettext
from app.operations.link_mails import MailFate


def fate_words(fate: MailFate) -> str:
    """Return a sentence in the language in use."""
    fates: dict[MailFate, str] = {
        "sent": gettext("The link is on its way by e-mail."),
        "written": gettext("No mail server is set: the message was written to the outbox folder, not sent."),
        "failed": gettext("The message was not sent. Check the address, or try again later."),
        "uncertain": gettext("The connection broke. Nobody knows whether the message left."),
    }
    return fates[fate]
