"""What every page of a participant has: whom to call, and the languages it could be in."""

from flask import Blueprint, g, render_template

from app.queries import studies

blueprint = Blueprint("participant", __name__)


def page(template: str, **values: object) -> str:
    """Return a page for the visitor."""
    study = studies.current(g.session, study_id=g.visitor.study_id).study
    return render_template(
        f"participant/{template}",
        site=study.site(g.visitor.site),
        languages=studies.languages_offered(g.session, study_id=g.visitor.study_id),
        **values,
    )
