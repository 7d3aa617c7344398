"""Text messages and messengers: through Apprise, which knows the providers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import apprise
from apprise import AppriseAsset, NotifyBase, NotifyFormat

from app.delivery.exchanges import judged, watched
from app.delivery.outcomes import NotSentError, UncertainError, before_leaving
from app.errors import Code, Refusal
from app.formats.contact_hash import plain_number

FORM = "Apprise addresses with {to} where the telephone number goes, such as twilio://SID:TOKEN@FROM/{to}"
_PLAIN = re.compile(r"\+?[0-9]{5,15}\Z")


@dataclass(frozen=True)
class ShortMessage:
    """One text to one telephone number."""

    to: str
    text: str


def send(message: ShortMessage, *, urls: Sequence[str]) -> None:
    """Hand a text to the first provider that takes it; no transaction may be open.

    A provider that surely did not take it and would not take another hands on to the next. Raises
    NotSentError, UncertainError, and Refusal NOT_CONFIGURED for addresses that Apprise does not know.
    """
    number = plain_number(message.to)
    if not _PLAIN.match(number):
        raise NotSentError("not a telephone number", temporary=False, bounced=True)
    for place, url in enumerate(urls, 1):
        try:
            with before_leaving("text message"):
                by = provider(url, number)
            _hand_over(message.text, by)
        except NotSentError as fault:
            if not fault.server or place == len(urls):
                raise
        else:
            return


def provider(url: str, number: str) -> NotifyBase:
    """Return Apprise's way to one number; Refusal NOT_CONFIGURED where the address leads to none."""
    # Apprise's own retries are for whole notifications; what became of ours decides whether it goes again.
    asset = AppriseAsset(default_service_retry=0, async_mode=False)
    filled = url.replace("{to}", quote(number, safe="")) if "{to}" in url else None
    made = None if filled is None else apprise.Apprise.instantiate(filled, asset=asset)
    if made is None:
        raise Refusal(Code.NOT_CONFIGURED, f"SMS_URL: write {FORM}")
    return made


def _hand_over(text: str, by: NotifyBase) -> None:
    """Send once, and find out from the exchanges what Apprise's yes or no leaves open.

    Without a single request nothing left. A no after a request that was answered well is the provider's own
    words inside its answer: they are not known here, so neither is the message's fate.
    """
    with watched() as exchanges:
        taken = by.notify(body=text, body_format=NotifyFormat.TEXT)
    if taken:
        return
    if not exchanges:
        raise NotSentError("the provider's address takes no such number or text", temporary=False)
    raise judged(exchanges[-1], "text message") or UncertainError("a no inside the provider's answer")
