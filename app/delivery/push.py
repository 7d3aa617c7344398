"""Web Push: a short message for one browser, encrypted for it alone, handed to its push service."""

import json
from dataclasses import dataclass
from typing import Any

import requests
from pywebpush import Vapid, WebPushException, webpush

from app.config import Config
from app.delivery.exchanges import Exchange, judged
from app.delivery.outcomes import NotSentError, UncertainError, before_leaving
from app.errors import Code, Refusal
from app.formats.subscription import Subscription
from app.operations.push_subscriptions import is_service

TIMEOUT = 30
KEPT = 24 * 60 * 60
"""Seconds for which the push service keeps it for a phone that is off."""
GONE = frozenset({404, 410})
"""Answers by which a push service says that the browser takes no more (RFC 8030, 7.3)."""
ANOTHER_KEY = frozenset({401, 403})
"""Answers by which it says that the browser subscribed to another key than ours (RFC 8292, 4.2)."""


@dataclass(frozen=True)
class Notification:
    """What the browser shows, and the address that it opens."""

    title: str
    text: str
    url: str
    language: str


class _ToOnePlace(requests.Session):
    """Follows no redirect: a subscription names its push service, and no other server gets the message."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []  # one word for each request, from before it is on the way

    def request(self, *args: Any, **named: Any) -> requests.Response:  # noqa: ANN401 - passed on
        """Send one request to where it is addressed."""
        self.asked.append("asked")
        return super().request(*args, **(named | {"allow_redirects": False}))


def send(notification: Notification, browser: Subscription, *, config: Config) -> None:
    """Hand a message to the browser's push service; no transaction may be open.

    Raises NotSentError (`bounced` where the browser no longer takes any, or is behind no push service that is
    known), UncertainError, Refusal NOT_CONFIGURED without a key.
    """
    if config.vapid_private_key is None:
        raise Refusal(Code.NOT_CONFIGURED, "VAPID_PRIVATE_KEY is not set")
    # Looked at again: it may have been stored when more was taken for a push service than is now.
    if not is_service(browser.endpoint, config.push_services):
        raise NotSentError("not a push service that is known here", temporary=False, bounced=True)
    said = {
        "title": notification.title,
        "body": notification.text,
        "url": notification.url,
        "lang": notification.language,
    }
    place = _ToOnePlace()
    with before_leaving("push", unless=place.asked):
        _hand_over(json.dumps(said, ensure_ascii=False), browser, config, place)


def _hand_over(said: str, browser: Subscription, config: Config, place: _ToOnePlace) -> None:
    try:
        webpush(
            {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}},
            data=said,
            vapid_private_key=Vapid.from_string(config.vapid_private_key),
            vapid_claims={"sub": config.vapid_subject},
            ttl=KEPT,
            timeout=TIMEOUT,
            headers={"Urgency": "normal"},
            requests_session=place,
        )
    except WebPushException as fault:
        if fault.response is None:
            raise NotSentError("the browser's keys are no keys", temporary=False, bounced=True) from fault
        if fault.status_code in GONE | ANOTHER_KEY:
            gone = f"push service: HTTP {fault.status_code}, the browser takes no more"
            raise NotSentError(gone, temporary=False, bounced=True) from fault
        raise _of_one_maker(fault.response, "push") from fault
    except requests.RequestException as fault:
        raise _of_one_maker(fault, "push service") from fault
    except ValueError as fault:
        raise NotSentError("the browser's keys are no keys", temporary=False, bounced=True) from fault


def _of_one_maker(last: Exchange, what: str) -> NotSentError | UncertainError:
    """Return what became of a message; browsers of another maker have another service, and wait for none."""
    found = judged(last, what) or NotSentError(what, temporary=False)
    if isinstance(found, NotSentError):
        found.server = False
    return found
