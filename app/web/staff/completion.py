"""How complete the questionnaires are, by site and visit, blind to the arm."""

from flask import request
from flask.typing import ResponseReturnValue

from app.queries import completion as queries
from app.queries.completion import Completion
from app.web.gate import staff_only
from app.web.staff import blueprint, table_file
from app.web.staff.desk import at_desk
from app.web.staff.pages import page

COLUMNS: table_file.Columns[Completion] = {
    "site": lambda row: row.site,
    "visit": lambda row: row.visit,
    "completed": lambda row: row.completed,
    "expected": lambda row: row.expected,
    "completion": lambda row: _rounded(row.rate),
    "available": lambda row: row.available,
    "randomised": lambda row: row.randomised,
    "available_data": lambda row: _rounded(row.available_rate),
    "missed": lambda row: row.missed,
    "missed_because": lambda row: ", ".join(f"{reason} {n}" for reason, n in row.because.items()),
    "open": lambda row: row.open,
    "died": lambda row: row.died,
    "withdrew": lambda row: row.withdrew,
    "transplanted": lambda row: row.transplanted,
}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


@blueprint.get("/completion")
@staff_only("coordinator", "monitor", "statistician", "administrator")
def completion() -> ResponseReturnValue:
    """Show both rates by visit, of one site or of all, and of all sites also by site."""
    with at_desk() as desk:
        asked = request.args.get("site", "")
        site = next((each.code for each in desk.sites if each.code == asked), None)
        rows = queries.completion(
            desk.session, actor=desk.actor, study_id=desk.study_id, today=desk.today, site=site
        )
        if table_file.wanted():
            return table_file.table_file(desk, "completion", COLUMNS, lambda _: rows)
        one_site = site is not None or len(desk.sites) == 1
        ends = desk.study.after_transplant != "continue"
        order = [visit.code for visit in desk.study.schedule]
        return page(
            "completion.html",
            desk,
            site=site,
            transplant_ends=ends,
            by_visit=sorted(queries.by_visit(rows), key=lambda row: order.index(row.visit)),
            by_site=[] if one_site else queries.by_site(rows),
        )
