"""A participant's own scores over time, where the study shows them."""

from flask import g
from flask.typing import ResponseReturnValue

from app import i18n
from app.domain.response import Respondent
from app.errors import Code, Refusal
from app.i18n import gettext
from app.queries import studies
from app.queries.history import ScaleHistory
from app.queries.history import history as scores_so_far
from app.web.gate import participant_only
from app.web.participant import chart
from app.web.participant.page import blueprint, page

FINE = 20
"""A scale with fewer steps than this from end to end is shown with one decimal place."""


@blueprint.get("/history")
@participant_only
def history() -> ResponseReturnValue:
    """Show each scale as a line and as a table."""
    if not studies.current(g.session, study_id=g.visitor.study_id).study.history:
        raise Refusal(Code.NOT_FOUND, "the study shows no history")
    return page(
        "history.html",
        instruments=scores_so_far(g.session, visitor=g.visitor, language=i18n.current()),
        chart=lambda scale: chart.chart(scale, i18n.direction(i18n.current())),
        size=chart,
        score=score,
        who=_who(),
    )


def score(scale: ScaleHistory, value: float) -> str:
    """Return a score as the language writes it, as finely as its scale tells anything."""
    return i18n.format_number(round(value) if scale.highest - scale.lowest >= FINE else round(value, 1))


def _who() -> dict[Respondent, str]:
    """Return who answered, in words; the participant alone needs none."""
    return {
        "patient": "",
        "patient with help": gettext("with help"),
        "proxy": gettext("answered by someone else for you"),
    }
