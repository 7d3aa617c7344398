"""The address in every reminder under which its reader stops all further ones, without signing in."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock, i18n
from app.errors import Code, Refusal
from app.operations.contact_preferences import stop_reminders
from app.queries import access, contact_preferences
from app.queries.access import Reader
from app.web.gate import public
from app.web.participant.page import blueprint
from app.web.transactions import reading, settings, writing

BY_MAIL = "by the address in a message"


@blueprint.get("/stop/<token>")
@public
def stop(token: str) -> ResponseReturnValue:
    """Ask whether to stop: looking changes nothing, so that a scanner of mail stops nobody's reminders."""
    with reading() as session:
        reader = _reader(access.reader(session, token=token, keys=settings().link_keys))
        chosen = contact_preferences.preference(session, participant_id=reader.participant_id)
    return _page(stopped=chosen.stopped)


@blueprint.post("/stop/<token>")
@public
def stop_now(token: str) -> ResponseReturnValue:
    """Stop them, from this page's button or a mail program's own (RFC 8058: led nowhere else)."""
    with writing() as session:
        reader = _reader(access.reader(session, token=token, keys=settings().link_keys))
        stop_reminders(
            session,
            participant_id=reader.participant_id,
            actor=reader.actor,
            now=clock.now(),
            reason=BY_MAIL,
        )
    return _page(stopped=True)


def _reader(found: Reader | None) -> Reader:
    if found is None:
        raise Refusal(Code.NOT_FOUND, "stop token")
    if request.args.get("language") not in i18n.languages() and found.language in i18n.spoken():
        i18n.speak(found.language)
    return found


def _page(*, stopped: bool) -> str:
    return render_template("participant/stop.html", stopped=stopped, languages=i18n.languages())
