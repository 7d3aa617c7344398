"""Signing in through an organisation: to its provider of single sign-on, and back."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import current_app, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from app import clock
from app.config import Provider
from app.delivery import identity_provider
from app.errors import Code, Refusal
from app.operations.links import Refused
from app.operations.provider_sign_in import sign_in_by_provider
from app.operations.sign_in import HalfWay
from app.web.gate import public
from app.web.staff import blueprint, half_way
from app.web.staff.sign_in import come_in, ours
from app.web.transactions import settings, writing

LASTING = timedelta(minutes=10)
NAME = "at_provider"


@blueprint.get("/sign-in/provider")
@public
def to_provider() -> ResponseReturnValue:
    """Send the browser to the provider, and keep in its own signed cookie what the answer must fit."""
    with _logged():
        asked = identity_provider.ask(_provider(), back=_back())
    cookie[NAME] = {
        "state": asked.state,
        "nonce": asked.nonce,
        "verifier": asked.verifier,
        "wanted": ours(request.args.get("next", "")),
        "at": clock.now().timestamp(),
    }
    return redirect(asked.address)


@blueprint.get("/sign-in/provider/back")
@public
def from_provider() -> ResponseReturnValue:
    """Let in whom the provider knows, if this browser asked and the answer fits what it asked."""
    with _logged():
        return _believe(_provider(), cookie.pop(NAME, None))


def _believe(provider: Provider, kept: dict[str, Any] | None) -> ResponseReturnValue:
    state = request.args.get("state", "")
    lasting = LASTING.total_seconds()
    if kept is None or not hmac.compare_digest(kept["state"].encode(), state.encode()):
        raise Refusal(Code.PROVIDER_REFUSED, "this browser did not ask, or asked something else since")
    if not 0 <= clock.now().timestamp() - kept["at"] < lasting:
        raise Refusal(Code.PROVIDER_REFUSED, "the answer came too late")
    if request.args.get("iss", provider.issuer) != provider.issuer:
        raise Refusal(Code.PROVIDER_REFUSED, "the answer came from another provider")
    if "code" not in request.args:
        raise Refusal(Code.PROVIDER_REFUSED, f"it says {request.args.get('error', 'nothing')}")
    identity = identity_provider.answered(
        provider, code=request.args["code"], nonce=kept["nonce"], verifier=kept["verifier"], back=_back()
    )
    with writing() as session:
        outcome = sign_in_by_provider(
            session,
            issuer=identity.issuer,
            subject=identity.subject,
            email=identity.email,
            multi_factor=identity.multi_factor,
            second_factor=provider.second_factor,
            now=clock.now(),
        )
    if isinstance(outcome, Refused):
        raise Refusal(outcome.code, "no account, one that is deactivated, or a tie that was removed")
    if isinstance(outcome, HalfWay):
        half_way.remember(outcome, kept["wanted"], now=clock.now())
        return redirect(url_for("staff.second_step"), 303)
    return come_in(outcome, kept["wanted"])


@blueprint.get("/sign-in/provider/out")
@public
def out_of_provider() -> ResponseReturnValue:
    """Send the browser to where it is signed out at the provider as well."""
    back = f"{settings().public_url}{url_for('staff.sign_in')}"
    return redirect(identity_provider.way_out(_provider(), back=back) or back)


@contextmanager
def _logged() -> Iterator[None]:
    """Write down why somebody was refused, for whoever runs the server: the page does not say it."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code == Code.PROVIDER_REFUSED:
            current_app.logger.warning("single sign-on: %s", refusal.detail)
        raise


def _provider() -> Provider:
    provider = settings().provider
    if provider is None:
        raise Refusal(Code.NOT_FOUND, "no provider is set")
    return provider


def _back() -> str:
    return f"{settings().public_url}{url_for('staff.from_provider')}"
