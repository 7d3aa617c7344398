"""Everyone who takes part, also those whom no visit is planned for yet."""

from flask import request
from flask.typing import ResponseReturnValue

from app.queries import roster as everyone
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import at_desk
from app.web.staff.pages import page


@blueprint.get("/participants")
@staff_only("coordinator", "administrator")
def roster() -> ResponseReturnValue:
    """Show the participants of the own sites, found by a part of the code."""
    search = request.args.get("search", "").strip()
    awaiting = request.args.get("awaiting") == "randomisation"
    with at_desk() as desk:
        found = everyone.roster(
            desk.session,
            actor=desk.actor,
            study_id=desk.study_id,
            search=search,
            awaiting=awaiting,
            page=request.args.get("page", 1, type=int),
        )
        return page("roster.html", desk, found=found, search=search, awaiting=awaiting)
