"""Everyone who takes part, also those whom no visit is planned for yet."""

from flask import request
from flask.typing import ResponseReturnValue

from app.queries import roster as everyone
from app.queries.roster import RosterRow
from app.web.gate import staff_only
from app.web.staff import blueprint, table_file
from app.web.staff.desk import at_desk
from app.web.staff.pages import page

COLUMNS: table_file.Columns[RosterRow] = {
    "participant": lambda row: row.code,
    "site": lambda row: row.site,
    "language": lambda row: row.language,
    "enrolled_on": lambda row: row.enrolled_on,
    "randomised_on": lambda row: row.randomised_on,
    "dead_on": lambda row: row.ending.dead_on,
    "withdrew": lambda row: ", ".join(row.ending.withdrawals),
}


@blueprint.get("/participants")
@staff_only("coordinator", "monitor", "administrator")
def roster() -> ResponseReturnValue:
    """Show the participants of the own sites, found by a part of the code."""
    search = request.args.get("search", "").strip()
    awaiting = request.args.get("awaiting") == "randomisation"
    with at_desk() as desk:
        actor, study_id = desk.actor, desk.study_id
        if table_file.wanted():
            return table_file.table_file(
                desk,
                "participants",
                COLUMNS,
                lambda session: everyone.everyone(
                    session, actor=actor, study_id=study_id, search=search, awaiting=awaiting
                ),
            )
        found = everyone.roster(
            desk.session,
            actor=actor,
            study_id=study_id,
            search=search,
            awaiting=awaiting,
            page=request.args.get("page", 1, type=int),
        )
        return page("roster.html", desk, found=found, search=search, awaiting=awaiting)
