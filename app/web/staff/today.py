"""The start of a coordinator's day: what waits, and each a press from what is to be done about it."""

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actor import ROLES
from app.domain.data_queries import QueryState
from app.queries import data_queries, roster
from app.queries import today as queues
from app.queries.today import Asked, Waiting
from app.web.gate import staff_only
from app.web.staff import alerts, blueprint, queried
from app.web.staff.alerts import ShownAlert
from app.web.staff.desk import Desk, at_desk
from app.web.staff.form_titles import form_titles
from app.web.staff.pages import PLACES, page
from app.web.staff.queried import ShownQuery


@blueprint.get("/today")
@staff_only(*ROLES)
def today() -> ResponseReturnValue:
    """Show every queue; a role that has none of them is led to the first of its own places."""
    first = PLACES[g.staff.role][0]
    if first != "today":
        return redirect(url_for(f"staff.{first}", study=request.args.get("study")))
    with at_desk() as desk:
        asked = Asked(session=desk.session, actor=desk.actor, study_id=desk.study_id, now=desk.now)
        return page(
            "today.html",
            desk,
            visits=queues.visits(**asked),
            alarming=_alarming(desk),
            questions=_questions(desk),
            to_confirm=queues.to_confirm(**asked),
            messages=queues.messages(**asked),
            answers=queues.answers(**asked),
            asking=queues.asking(**asked),
            missing=queues.forms(**asked),
            forms=form_titles(desk),
            not_randomised=queues.not_randomised(**asked),
        )


def _alarming(desk: Desk) -> Waiting[ShownAlert]:
    return Waiting(*alerts.pressing(desk, queues.FIRST))


def _questions(desk: Desk) -> Waiting[ShownQuery]:
    """Return the queries that wait for the reader: to be answered by the site, to be closed by a monitor."""
    state: QueryState = "answered" if desk.staff.role == "monitor" else "open"
    found = data_queries.listed(
        desk.session,
        actor=desk.actor,
        study_id=desk.study_id,
        state=state,
        site=None,
        owner_id=None,
        search="",
        per_page=queues.FIRST,
    )
    return Waiting(found.total, queried.shown(desk, found.rows))


@blueprint.get("/find")
@staff_only("coordinator", "monitor", "administrator")
def find() -> ResponseReturnValue:
    """Lead to the participant whose code was typed, or to the list of all whose code is like it."""
    search = request.args.get("search", "").strip()
    with at_desk() as desk:
        code = (
            roster.only_match(desk.session, actor=desk.actor, study_id=desk.study_id, search=search)
            if search
            else None
        )
    if code is None:
        return redirect(url_for("staff.roster", search=search or None))
    return redirect(url_for("staff.participant", code=code))
