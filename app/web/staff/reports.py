"""Published reports, for those who analyse."""

from flask import Response, make_response
from flask.typing import ResponseReturnValue

from app.errors import Code, Refusal
from app.queries import reports as published
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import Desk, at_desk
from app.web.staff.pages import page

# A report is one page with inline styles and pictures: it runs nothing, asks for nothing and leads nowhere.
POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blueprint.get("/reports")
@staff_only("statistician", "administrator")
def reports() -> ResponseReturnValue:
    """Show the reports, newest first."""
    with at_desk() as desk:
        return page(
            "reports.html",
            desk,
            reports=published.listed(desk.session, actor=desk.actor, study_id=desk.study_id),
        )


@blueprint.get("/reports/<int:report_id>")
@staff_only("statistician", "administrator")
def report(report_id: int) -> ResponseReturnValue:
    """Show what a report rests on, which is all that the blinded may see of it."""
    with at_desk() as desk:
        return page("report.html", desk, report=_report(desk, report_id))


@blueprint.get("/reports/<int:report_id>/page")
@staff_only("statistician", "administrator")
def report_page(report_id: int) -> Response:
    """Serve the report as it was published, under a policy of its own; it tells the arms."""
    with at_desk() as desk:
        report = _report(desk, report_id)
        if not desk.may_see_arms:
            raise Refusal(Code.BLINDED, f"report {report_id}")
        response = make_response(report.page)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _report(desk: Desk, report_id: int) -> published.WholeReport:
    report = published.one(desk.session, actor=desk.actor, report_id=report_id)
    if report.study_id != desk.study_id:
        raise Refusal(Code.NOT_FOUND, f"report {report_id} in study {desk.code}")
    return report
