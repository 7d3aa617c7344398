"""Messages that a participant's browser shows: begun and ended on the page of preferences."""

import re

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from app.errors import Code, Refusal
from app.formats.subscription import Subscription
from app.operations.push_subscriptions import check_service, end_subscriptions, subscribe
from app.web.gate import participant_only
from app.web.participant.page import blueprint, form_of_visitor, wants_json
from app.web.transactions import settings

_KEY = re.compile(r"[A-Za-z0-9_-]{16,100}=*\Z")


@blueprint.post("/push")
@participant_only
def begin_push() -> ResponseReturnValue:
    """Keep where to push to, as the browser gave it; FAULTY_INPUT for what no browser gives."""
    form = request.form
    given = Subscription(form.get("endpoint", ""), form.get("p256dh", ""), form.get("auth", ""))
    check_service(given.endpoint, settings().push_services)
    if not (_KEY.match(given.p256dh) and _KEY.match(given.auth)):
        raise Refusal(Code.FAULTY_INPUT, "keys: not those of a browser")
    subscribe(
        g.session,
        participant_id=g.visitor.participant_id,
        subscription=given,
        actor=g.visitor.actor,
        now=g.now,
        contact_keys=settings().contact_keys,
    )
    return _done()


@blueprint.post("/push/end")
@participant_only
def end_push() -> ResponseReturnValue:
    """Push no more to this browser; without an address, to none of the participant's."""
    form_of_visitor()
    endpoint = request.form.get("endpoint", "")
    end_subscriptions(
        g.session,
        participant_id=g.visitor.participant_id,
        endpoint_hash=Subscription(endpoint, "", "").hash if endpoint else None,
        actor=g.visitor.actor,
        now=g.now,
    )
    return _done()


def _done() -> ResponseReturnValue:
    return ("", 204) if wants_json() else redirect("/preferences?saved", 303)
