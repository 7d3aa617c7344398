"""Views that take a file: how much they may be sent, kept in memory so that nothing unsealed meets a disk."""

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, ParamSpec

from flask import Flask, Request, current_app, request
from flask.typing import ResponseReturnValue

from app.web.transactions import settings

Given = ParamSpec("Given")
View = Callable[Given, ResponseReturnValue]
BESIDE = 100_000
"""Bytes for the rest of the form, and for what its parts are wrapped in."""


class InMemory(Request):
    """A request whose files are never written to a temporary file, as Werkzeug does with longer ones."""

    def _get_file_stream(self, *_told: Any, **_also_told: Any) -> IO[bytes]:  # noqa: ANN401 - as Werkzeug calls it
        return BytesIO()


def takes_a_file(view: View[Given]) -> View[Given]:
    """Let a view be sent a file of the size that the settings allow."""
    view.__takes_a_file__ = True  # type: ignore[attr-defined]  # a mark that install() looks for
    return view


def wanted_here() -> bool:
    """Return whether the page at hand takes a file."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "__takes_a_file__", False)


def install(app: Flask) -> None:
    """Widen the limit of a request's length for those views, before anybody reads the form."""
    app.request_class = InMemory
    app.before_request(_widen)


def _widen() -> None:
    if wanted_here():
        request.max_content_length = settings().largest_document + BESIDE
