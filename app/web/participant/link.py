"""A participant's way in: inert until someone presses Continue and knows the year of birth."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, i18n
from app.errors import Code, Refusal
from app.formats import link_token
from app.i18n import gettext
from app.operations import links
from app.operations.link_codes import find_by_code
from app.operations.link_requests import ask_for_link
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
    """Show the same form whatever the token is worth; only its language depends on it.

    A browser that this very link has let in goes straight on: it only follows where it may go anyway.
    """
    secret = request.cookies.get(PARTICIPANT_COOKIE)
    if secret:
        with reading() as session:
            if access.came_by(
                session, secret=secret, token=token, keys=settings().link_keys, now=clock.now()
            ):
                return redirect("/today", 303)
    _speak_for(token)
    return _form(None)


@blueprint.post("/p/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """Let the browser in when the link is alive and the year of birth is right."""
    if text_size.asked_for():
        return redirect(request.path, 303)
    birth_year = request.form.get("birth_year", "")
    if not birth_year.strip():
        _speak_for(token)
        return _form(Code.SIGN_IN_FAILED), 422  # nothing was guessed, so nothing is counted
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
        return _refused(outcome.code, token)
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


@blueprint.post("/p/<token>/ask")
@public
def ask(token: str) -> ResponseReturnValue:
    """Take the wish for a new link; the answer is the same whatever the token is worth."""
    with writing() as session:
        refused = ask_for_link(
            session,
            token=token,
            address=request.remote_addr or "",
            now=clock.now(),
            link_keys=settings().link_keys,
        )
    _speak_for(token)
    if refused is not None:
        return _refused(refused.code, token)
    return redirect(f"/asked?language={i18n.current()}", 303)


@blueprint.get("/asked")
@public
def asked() -> ResponseReturnValue:
    """Say what happens now, if the link was anybody's."""
    return render_template("participant/asked.html")


@blueprint.get("/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the short code that stands on the sheet."""
    return _code_form("", fault=False)


@blueprint.post("/code")
@public
def find_by_typed_code() -> ResponseReturnValue:
    """Lead to the link that the code belongs to, where the year of birth is asked."""
    typed = request.form.get("code", "")
    keys = settings().link_keys
    with writing() as session:
        found = find_by_code(
            session, typed=typed, address=request.remote_addr or "", now=clock.now(), link_keys=keys
        )
    if not isinstance(found, Refused):
        return redirect(url_for("participant.link", token=link_token.sign(found, keys)), 303)
    if found.code == Code.UNKNOWN_CODE:
        return _code_form(typed, fault=True), 422
    return _too_many(found.code, again="/code")


def _form(fault: Code | None) -> str:
    return render_template("participant/link.html", fault=fault, languages=i18n.languages())


def _code_form(typed: str, *, fault: bool) -> str:
    return render_template("participant/code.html", typed=typed, fault=fault, languages=i18n.languages())


def _refused(code: Code, token: str) -> ResponseReturnValue:
    if code == Code.SIGN_IN_FAILED:
        return _form(code), 422
    if code != Code.LINK_INVALID:
        return _too_many(code, again=url_for("participant.link", token=token))
    page = render_template("participant/no_way_in.html", words=no_way_in(), token=token)
    return page, messages.status(code)


def _too_many(code: Code, *, again: str) -> ResponseReturnValue:
    words = messages.words(Refusal(code))
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
    if known is not None and known.language in i18n.spoken():
        i18n.speak(known.language)
