"""The queue of reported events: what waits for a reading, how long, and where."""

from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from app.domain.adjudication import DECISIONS, EVENT_KINDS, OPEN_OUTCOMES
from app.queries import event_queue
from app.queries.event_queue import Wish
from app.queries.events import EventRow
from app.web.gate import staff_only
from app.web.staff import blueprint, table_file
from app.web.staff.desk import Desk, at_desk
from app.web.staff.pages import page

OUTCOMES = (*OPEN_OUTCOMES, *(each for each in DECISIONS if each not in OPEN_OUTCOMES))


@blueprint.get("/events")
@staff_only("coordinator", "monitor", "adjudicator", "administrator")
def events() -> ResponseReturnValue:
    """Show those that wait for a reading, or all with one outcome, of one kind, of one site."""
    with at_desk() as desk:
        wish = _wish(desk)
        actor, study_id = desk.actor, desk.study_id
        if table_file.wanted():
            return table_file.table_file(
                desk,
                "events",
                _columns(desk.now),
                lambda session: event_queue.everything(session, actor=actor, study_id=study_id, wish=wish),
            )
        found = event_queue.queue(
            desk.session,
            actor=actor,
            study_id=study_id,
            wish=wish,
            page=request.args.get("page", 1, type=int),
        )
        kept = {"outcome": wish.show if wish.show != "waiting" else None, "kind": wish.kind or None}
        return page(
            "events.html",
            desk,
            found=found,
            wish=wish,
            kept=kept | {"site": wish.site or None},
            outcomes=[each for each in OUTCOMES if found.counts[each] or each in ("reported", "confirmed")],
            kinds=EVENT_KINDS,
            days=_days,
        )


def _wish(desk: Desk) -> Wish:
    """Return what the address asks for; what it cannot mean is not asked for."""
    shown, kind, site = (request.args.get(name, "") for name in ("outcome", "kind", "site"))
    return Wish(
        show=shown if shown in (*OUTCOMES, "all") else "waiting",
        kind=kind if kind in EVENT_KINDS else "",
        site=site if site in [each.code for each in desk.sites] else "",
    )


def _days(row: EventRow, now: datetime) -> int:
    return (now - row.reported_at).days


def _columns(now: datetime) -> table_file.Columns[EventRow]:
    return {
        "event": lambda row: row.id,
        "participant": lambda row: row.participant_code,
        "site": lambda row: row.site,
        "kind": lambda row: row.kind,
        "started": lambda row: row.started,
        "ended": lambda row: row.ended,
        "ongoing": lambda row: row.ongoing,
        "term": lambda row: row.term,
        "criteria": lambda row: " ".join(row.criteria),
        "recovery": lambda row: row.recovery,
        "reason": lambda row: row.reason,
        "place": lambda row: row.place,
        "reported_at": lambda row: row.reported_at,
        "reported_by": lambda row: row.reported_by,
        "days_since_report": lambda row: _days(row, now),
        "outcome": lambda row: row.outcome,
    }
