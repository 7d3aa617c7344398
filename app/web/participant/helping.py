"""Advice for someone who helps a participant answer or answers for them; and a way to say that they died."""

from flask import g
from flask.typing import ResponseReturnValue

from app.queries.endings import ending
from app.web.gate import participant_only
from app.web.participant.page import blueprint, page


@blueprint.get("/helping")
@participant_only
def helping() -> ResponseReturnValue:
    """Show it; whoever told us of a death by mistake reads here what to do."""
    dead = ending(g.session, participant_id=g.visitor.participant_id).dead_on is not None
    return page("helping.html", dead=dead)
