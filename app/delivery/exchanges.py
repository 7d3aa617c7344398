"""What went over HTTP: of a library that says only yes or no, this tells how far a message came.

Every request that the library `requests` makes passes through `Session.send`; while `watched` is open its
answers and faults are kept. Nothing is changed or tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import requests

from app.delivery.outcomes import NotSentError, UncertainError

Exchange = requests.Response | requests.RequestException

TRY_LATER = frozenset({408, 425, 429, 503})
"""Answers by which a server says that it has not taken a request and may take it later."""
NOT_LET_IN = frozenset({401, 402, 403, 407})
"""Answers by which it says that it takes none of ours: the key, the account, the credit."""

NO_CONNECTION = frozenset({"NewConnectionError", "ConnectTimeoutError"})
"""What urllib3, on which `requests` stands, calls a connection that was never there."""

_kept: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)
_send = requests.Session.send


def _watched_send(
    self: requests.Session,
    request: requests.PreparedRequest,
    **options: Any,  # noqa: ANN401 - passed on
) -> requests.Response:
    kept = _kept.get()
    try:
        response = _send(self, request, **options)
    except requests.RequestException as fault:
        if kept is not None:
            kept.append(fault)
        raise
    if kept is not None:
        kept.append(response)
    return response


requests.Session.send = _watched_send  # type: ignore[method-assign]  # the only place that every request passes


@contextmanager
def watched() -> Iterator[list[Exchange]]:
    """Keep what this thread asks for over HTTP, in order."""
    kept: list[Exchange] = []
    before = _kept.set(kept)
    try:
        yield kept
    finally:
        _kept.reset(before)


def judged(last: Exchange, what: str) -> NotSentError | UncertainError | None:
    """Return what became of a message by its last exchange; None where the server took it.

    A fault before the connection stood says that nothing left. After that a time-out, a broken connection, or
    an answer of a gateway whose own server did not answer it leave everything possible.
    """
    if isinstance(last, requests.RequestException):
        if never_left(last):
            return NotSentError(f"{what}: {type(last).__name__}", temporary=True, server=True)
        return UncertainError(f"{what}: {type(last).__name__}")
    code = last.status_code
    if 200 <= code < 300:
        return None
    said = f"{what} refused: HTTP {code}"
    if code in TRY_LATER:
        return NotSentError(said, temporary=True, server=code != 408)
    if code in NOT_LET_IN:
        return NotSentError(said, temporary=True, server=True)
    return UncertainError(said) if code >= 500 else NotSentError(said, temporary=False)


def never_left(fault: requests.RequestException) -> bool:
    """Return whether a request failed before any of it was on the way."""
    if isinstance(fault, requests.ConnectTimeout | requests.exceptions.SSLError | ValueError):
        return True  # no connection, no trust in it, or no address that one could connect to
    cause = fault.args[0] if fault.args else None
    cause = getattr(cause, "reason", cause)  # of what was tried often enough, which is once
    return any(kind.__name__ in NO_CONNECTION for kind in type(cause).__mro__)
