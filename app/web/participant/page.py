"""What every page of a participant has: whom to call, and the languages it could be in."""

from datetime import datetime

from flask import Blueprint, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.errors import Code, Refusal
from app.queries import languages, studies

blueprint = Blueprint("participant", __name__)


def page(template: str, **values: object) -> str:
    """Return a page for the visitor."""
    study = studies.current(g.session, study_id=g.visitor.study_id).study
    g.offline_days = study.offline_days
    return render_template(
        f"participant/{template}",
        site=study.site(g.visitor.site),
        languages=languages.offered_to(
            g.session, study_id=g.visitor.study_id, participant_id=g.visitor.participant_id, now=g.now
        ),
        participant=g.visitor.participant_id,
        **values,
    )


def form_of_visitor() -> None:
    """Refuse a form that another participant began on a shared phone: LINK_INVALID asks for their link."""
    visitor = str(g.visitor.participant_id)
    if request.form.get("participant", visitor) != visitor:
        raise Refusal(Code.LINK_INVALID, "the form is of another participant")


def wants_json() -> bool:
    """Return whether a script asks, which shows what comes in words of its own page."""
    return request.accept_mimetypes.best == "application/json"


def go_on(address: str, status: int = 200) -> ResponseReturnValue:
    """Send a browser to another page, or tell a script where it is."""
    if wants_json():
        return jsonify(location=address), status
    return redirect(address, 303)


def milliseconds(instant: datetime) -> int:
    """Return an instant as scripts count it."""
    return round(instant.timestamp() * 1000)
