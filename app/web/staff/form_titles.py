"""What the forms that staff fill in are called."""

from app import i18n
from app.queries import studies
from app.web.staff.desk import Desk


def form_titles(desk: Desk) -> dict[str, str]:
    """Return the title of each, in the language in use where the form has it."""
    offered, first = desk.current.offered, desk.study.languages[0]
    return {
        name: studies.wording(
            desk.session, (offered.get((name, i18n.current())) or offered[name, first]).wording_id
        ).title
        for name in desk.study.staff_forms
    }
