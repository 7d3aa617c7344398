"""A participant's way in: inert until someone presses Continue and knows the year of birth."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import clock, i18n
from app.errors import Code, Refusal
from app.i18n import gettext
from app.operations import links
from app.operations.links import Refused
from app.queries import access
from app.web import messages
from app.web.gate import PARTICIPANT_COOKIE, public
from app.web.participant import text_size
from app.web.participant.page import blueprint
from app.web.transactions import reading, settings, writing


@blueprint.get("/p/<token>")
@public
def link(token: str) -> ResponseReturnValue:
    """Show the same form whatever the token is worth; only its language depends on it."""
    _speak_for(token)
    return render_template("participant/link.html", fault=None, languages=i18n.languages())


@blueprint.post("/p/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """Let the browser in when the link is alive and the year of birth is right."""
    if text_size.asked_for():
        return redirect(request.path, 303)
    birth_year = request.form.get("birth_year", "")
    if not birth_year.strip():
        _speak_for(token)
        return _refused(Code.SIGN_IN_FAILED)  # nothing was guessed, so nothing is counted
    config = settings()
    with writing() as session:
        outcome = links.open_link(
            session,
            token=token,
            birth_year=birth_year,
            address=request.remote_addr or "",
            now=clock.now(),
            link_keys=config.link_keys,
            contact_keys=config.contact_keys,
        )
    if isinstance(outcome, Refused):
        _speak_for(token)
        return _refused(outcome.code)
    response = redirect("/today", 303)
    response.set_cookie(
        PARTICIPANT_COOKIE,
        outcome.secret,
        max_age=outcome.lasting,
        httponly=True,
        samesite="Lax",
        secure=config.secure_cookies,
    )
    return response


def _refused(code: Code) -> ResponseReturnValue:
    if code == Code.SIGN_IN_FAILED:
        return render_template("participant/link.html", fault=code, languages=i18n.languages()), 422
    words = no_way_in() if code == Code.LINK_INVALID else messages.words(Refusal(code))
    again = code in (Code.TOO_MANY_ATTEMPTS, Code.TOO_MANY_TODAY)
    return render_template("participant/no_way_in.html", words=words, again=again), messages.status(code)


def no_way_in() -> messages.Words:
    """Return the words for a link that is over, was replaced by a newer one, or never was."""
    return messages.Words(
        gettext("This link no longer works"),
        gettext(
            "Look for a newer message or sheet from the study team and use the link on it. "
            "Or call the study team: they will give you a new link. Answers that were saved are safe."
        ),
    )


def _speak_for(token: str) -> None:
    """Speak the language that was asked for, or else that of the link's participant."""
    if request.args.get("language") in i18n.languages():
        return  # chosen on this page
    with reading() as session:
        known = access.link(session, token=token, keys=settings().link_keys, now=clock.now())
    if known is not None and known.language in i18n.languages():
        i18n.speak(known.language)
