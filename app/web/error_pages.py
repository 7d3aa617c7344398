"""Refusals and faults as pages, in the reader's language; as JSON for a script that asks for it."""

import sys
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, current_app, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app import clock, i18n
from app.errors import Code, Refusal
from app.queries import access
from app.web import messages, uploads
from app.web.gate import PARTICIPANT_COOKIE, STAFF_COOKIE, understood
from app.web.messages import Words
from app.web.transactions import reading

STAFF = "/staff/"
MOST_FIELDS = 500
"""More than any of our forms has; a page that gives back more would be work for us, asked for by nobody."""
NOT_TYPED = frozenset({"csrf_token", "report_id", "submission_id", "participant", "do"})


def install(app: Flask) -> None:
    """Answer every refusal and every fault with a page that says what to do."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    if refusal.code == Code.SIGN_IN_FAILED and request.path.startswith(STAFF) and not _typed():
        wanted = request.full_path.rstrip("?") if request.method == "GET" else STAFF
        return redirect(f"/staff/sign-in?{_query(wanted)}", 303)
    if refusal.code == Code.SECOND_FACTOR_NEEDED:
        return redirect("/staff/me", 303)
    if refusal.code == Code.IDENTITY_NEEDED:
        return redirect(
            f"/staff/me/confirm?{_query(request.path if request.method == 'GET' else '/staff/me')}", 303
        )
    return _answer(messages.status(refusal.code), refusal.code, lambda: messages.words(refusal))


def _query(wanted: str) -> str:
    return urlencode({"next": wanted})


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error  # a redirect
    codes = {403: Code.NOT_ALLOWED, 404: Code.NOT_FOUND, 429: Code.TOO_MANY_ATTEMPTS}
    if error.code in codes:
        refusal = Refusal(codes[error.code])
        return _answer(error.code, refusal.code, lambda: messages.words(refusal))
    if error.code == 413:
        return _answer(413, None, messages.too_long_a_file if uploads.wanted_here() else messages.too_much)
    return _answer(error.code, None, messages.broken if error.code >= 500 else messages.not_understood)


def _broken(error: Exception) -> ResponseReturnValue:
    current_app.log_exception(sys.exc_info())
    if current_app.testing:
        raise error
    return _answer(500, None, messages.broken)


def _answer(status: int, code: Code | None, in_words: Callable[[], Words]) -> ResponseReturnValue:
    home = _home()  # first: it finds out which language to speak
    words = in_words()
    if request.accept_mimetypes.best == "application/json":
        body = {"error": code or "broken", "message": f"{words.title}. {words.advice}"}
        return jsonify(body), status
    typed = _typed() if status == 401 or status >= 500 else []
    return make_response(
        render_template("refusal.html", words=words, home=home, typed=typed, status=status), status
    )


def _typed() -> list[tuple[str, str]]:
    """Return what a form brought that could not be taken now, so that its page can send it again.

    A year of birth or a password never comes back: the pages that ask for them are open to all.
    """
    if request.method != "POST" or request.endpoint is None:
        return []
    if getattr(current_app.view_functions[request.endpoint], "__allowed__", None) == ("public",):
        return []
    try:
        typed = list(request.form.items(multi=True))
    except HTTPException:  # it was the form itself that could not be read
        return []
    if len(typed) > MOST_FIELDS:
        return []
    return typed if any(text.strip() for name, text in typed if name not in NOT_TYPED) else []


def _home() -> str | None:
    """Return where the reader can go on from here, and speak their language as far as it is known."""
    staff = request.path.startswith(STAFF)
    if "visitor" not in g and "staff" not in g:
        _recognise(staff)
    if not ({"visitor", "staff", "reader"} & set(g)):
        return None
    return STAFF if staff else "/today"


def _recognise(staff: bool) -> None:
    secret = request.cookies.get(STAFF_COOKIE if staff else PARTICIPANT_COOKIE)
    if not secret:
        return
    ask = access.staff_member if staff else access.signed_in
    try:
        with reading() as session:
            reader = ask(session, secret=secret, now=clock.now())
    except SQLAlchemyError:
        return  # the database itself may be what is broken; the page must still be shown
    if reader is not None:
        g.reader = reader
        i18n.speak(understood(reader.language))
