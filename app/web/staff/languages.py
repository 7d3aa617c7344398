"""Which languages are complete for participants, and what is missing in the others."""

from flask.typing import ResponseReturnValue

from app.i18n import current
from app.queries.languages import table, titles
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import at_desk
from app.web.staff.pages import page


@blueprint.get("/languages")
@staff_only("coordinator", "monitor", "administrator")
def languages() -> ResponseReturnValue:
    """Show where the interface and each questionnaire of the study stand in each of its languages."""
    with at_desk() as desk:
        return page(
            "languages.html",
            desk,
            rows=table(desk.session, study_id=desk.study_id),
            titles=titles(desk.session, study_id=desk.study_id, language=current()),
        )
