"""The audit trail on a page: who changed or saw what, when, from what to what and why."""

from flask import request
from flask.typing import ResponseReturnValue

from app.queries import audit, audit_words
from app.web.gate import LARGEST_KEY, staff_only
from app.web.staff import blueprint
from app.web.staff.desk import at_desk
from app.web.staff.pages import page

AT_ONCE = 100


@blueprint.get("/audit")
@staff_only("administrator")
def audit_trail() -> ResponseReturnValue:
    """Show the newest entries of the study, or of one participant; without the arm where it is blinded."""
    code = request.args.get("participant", "").strip()
    before = request.args.get("before", type=int)
    with at_desk() as desk:
        chain = f"participant:{desk.participant(code).id}" if code else None
        found = audit.newest(
            desk.session,
            study_id=desk.study_id,
            chain=chain,
            before=min(before, LARGEST_KEY) if before is not None else None,
            limit=AT_ONCE,
        )
        return page(
            "audit_trail.html",
            desk,
            entries=[audit.blinded(entry, desk.study.blinding) for entry in found],
            older=found[-1].id if len(found) == AT_ONCE else None,
            code=code,
            action=audit_words.action,
            content=audit_words.content,
        )
