"""The language of a participant's pages, and leaving them."""

from flask import g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import i18n
from app.operations import participants, sessions
from app.web.gate import PARTICIPANT_COOKIE, participant_only, public
from app.web.participant.page import blueprint, form_of_visitor, go_on


@blueprint.post("/language")
@participant_only
def change_language() -> ResponseReturnValue:
    """Speak another language from here on, on every device."""
    speak_from_now_on(request.form.get("language", ""))
    return redirect("/today", 303)


def speak_from_now_on(tag: str) -> None:
    """Change the visitor's language; Refusal LANGUAGE_NOT_OFFERED for one that the study does not have."""
    participants.change_language(
        g.session,
        participant_id=g.visitor.participant_id,
        language=tag,
        actor=g.visitor.actor,
        now=g.now,
    )


@blueprint.post("/leave")
@participant_only
def leave() -> ResponseReturnValue:
    """Sign this browser out; the link lets it in again. Whoever came in since is not signed out by it."""
    form_of_visitor()
    sessions.end_session(g.session, secret=request.cookies[PARTICIPANT_COOKIE], now=g.now)
    response = make_response(go_on(f"/left?language={i18n.current()}"))
    response.delete_cookie(PARTICIPANT_COOKIE)
    return response


@blueprint.get("/left")
@public
def left() -> ResponseReturnValue:
    """Say that the pages are closed, and how to come back."""
    return render_template("participant/left.html")
