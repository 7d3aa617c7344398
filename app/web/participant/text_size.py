"""The size of the text on a participant's pages: three, remembered by the phone itself.

The buttons send `do=size:large`. On a page with a form to fill in they belong to that form, so that nothing
typed is lost where no script runs; elsewhere to one of their own, which comes here.
"""

from urllib.parse import urlsplit

from flask import Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.web.gate import public
from app.web.participant.page import blueprint
from app.web.transactions import settings

COOKIE = "hepatica_size"
SIZES = ("normal", "large", "larger")
FIRST_PAGE = "/today"
LASTING = 365 * 24 * 3600


@blueprint.app_template_global("text_size")
def chosen() -> str:
    """Return the size that this phone remembers; every page asks for it, refusals too."""
    size = request.cookies.get(COOKIE, "")
    return size if size in SIZES else SIZES[0]


@blueprint.app_template_global("this_page")
def this_page() -> str:
    """Return the address of the page, to come back to; of one that cannot be written, the first page's."""
    return request.full_path if request.full_path.isprintable() else FIRST_PAGE


def asked_for() -> str | None:
    """Return the size that a button of the form asks for, or None where another was pressed."""
    try:
        action, _, size = request.form.get("do", "").partition(":")
    except HTTPException:  # longer than any form of ours: its page says so
        return None
    return size if action == "size" and size in SIZES else None


@blueprint.post("/text-size")
@public
def text_size() -> ResponseReturnValue:
    """Go back to the page; what was asked for is remembered below."""
    return redirect(_own_page(request.form.get("back", "")), 303)


@blueprint.after_request
def _remember(response: Response) -> Response:
    size = asked_for() if request.method == "POST" else None
    if size is not None:
        # Not HttpOnly: on a page without a connection a script changes it.
        response.set_cookie(COOKIE, size, max_age=LASTING, samesite="Lax", secure=settings().secure_cookies)
    return response


def _own_page(address: str) -> str:
    """Return an address if it is a page of participants, else the first page."""
    try:
        path, query = urlsplit(address)[2:4]
        adapter = current_app.create_url_adapter(request)
        endpoint = adapter.match(path, "GET")[0] if adapter else None
    except (ValueError, HTTPException):  # no address, or none of ours
        return FIRST_PAGE
    if not (path.startswith("/") and str(endpoint).startswith(f"{blueprint.name}.")):
        return FIRST_PAGE
    return f"{path}?{query}" if query else path
