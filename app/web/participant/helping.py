"""What someone should do who helps a participant answer, or answers for them."""

from flask.typing import ResponseReturnValue

from app.web.gate import participant_only
from app.web.participant.page import blueprint, page


@blueprint.get("/helping")
@participant_only
def helping() -> ResponseReturnValue:
    """Show it."""
    return page("helping.html")
