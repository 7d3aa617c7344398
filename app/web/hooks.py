"""Where mail servers and gateways report bounces and answers: signed, once, and told nothing in return."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from app import clock
from app.domain.actor import Actor
from app.domain.channels import KIND_OF
from app.operations.hooks import REPORT_KINDS, Report, take_report
from app.web.gate import public
from app.web.transactions import settings, writing

blueprint = Blueprint("hooks", __name__)

LATEST = 300
"""Seconds by which the sender's clock and ours may differ; what is older is refused."""


@blueprint.post("/hooks/<channel>")
@public
def report(channel: str) -> Response:
    """Take one report; whose address it is about, if anybody's, is not told."""
    config, now, body = settings(), clock.now(), request.get_data()
    signature = request.headers.get("Hepatica-Signature", "")
    stamp = request.headers.get("Hepatica-Timestamp", "")
    if not is_signed(channel, body, stamp=stamp, signature=signature, key=config.hook_key, now=now):
        return Response(status=403)
    found = _read(channel, body)
    if found is None:
        return Response("channel, kind or contact: not known here\n", 422, content_type="text/plain")
    with writing() as session:
        take_report(
            session,
            report=found,
            signature=signature,
            now=now,
            actor=Actor("command", name=f"hook {channel}"),
            contact_keys=config.contact_keys,
        )
    return Response(status=204)


def sign(channel: str, body: bytes, *, stamp: str, key: str) -> str:
    """Return the signature of a body, the second at which it was sent, and the channel it was sent to.

    Without the channel, a report of a text message could be posted again as one of a mail.
    """
    return hmac.new(key.encode(), f"{stamp}.{channel}.".encode() + body, hashlib.sha256).hexdigest()


def is_signed(
    channel: str, body: bytes, *, stamp: str, signature: str, key: str | None, now: datetime
) -> bool:
    """Return whether a report was signed with our key within the last minutes."""
    if key is None or not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return False
    right = hmac.compare_digest(sign(channel, body, stamp=stamp, key=key).encode(), signature.encode())
    return right and abs(now.timestamp() - int(stamp)) <= LATEST


def _read(channel: str, body: bytes) -> Report | None:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return None
    if channel not in KIND_OF or not isinstance(said, dict) or said.get("kind") not in REPORT_KINDS:
        return None
    contact, text = said.get("contact"), said.get("text", "")
    if not isinstance(contact, str) or not isinstance(text, str) or not 3 <= len(contact) <= 320:
        return None
    return Report(channel, said["kind"], contact, text)
