"""One participant: where things stand, what can be recorded, and everything that happened."""

from flask.typing import ResponseReturnValue

from app.domain.schedule import civil_date
from app.queries import data_queries, link_requests, missed_reasons, occasions
from app.queries.participants import ParticipantRow
from app.queries.timeline import TimelineEntry, timeline
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.alerts import of_participant
from app.web.staff.arm import may_ask
from app.web.staff.desk import Desk, at_desk
from app.web.staff.form_titles import form_titles
from app.web.staff.pages import page, site_name
from app.web.staff.recording import RECORDS
from app.web.staff.telling import told


@blueprint.get("/participants/<code>")
@staff_only("coordinator", "monitor", "administrator")
def participant(code: str) -> ResponseReturnValue:
    """Show the newest first; dates are those on the participant's own calendar."""
    with at_desk() as desk:
        row = desk.participant(code)
        entries = timeline(desk.session, actor=desk.actor, participant_id=row.id)
        return page(
            "participant.html",
            desk,
            participant=row,
            site=site_name(row.site),
            arm=None if desk.blinded or row.arm is None else desk.study.arm(row.arm).name,
            today=civil_date(desk.now, row.time_zone),
            missed=missed_reasons.of_participant(desk.session, participant_id=row.id),
            statuses=occasions.of_participant(desk.session, participant_id=row.id, now=desk.now),
            entries=[(entry, told(entry, desk, row)) for entry in reversed(_shown(entries, desk))],
            alerts=of_participant(desk, row.id),
            queried=data_queries.of_participant(desk.session, participant_id=row.id),
            participant_code=row.code,
            actions=_actions(desk, row),
            forms=form_titles(desk),
            may_ask_arm=desk.blinded and row.randomised_on is not None and may_ask(desk),
            asked_at=link_requests.open_since(desk.session, participant_id=row.id),
        )


def _actions(desk: Desk, row: ParticipantRow) -> list[tuple[str, object]]:
    return [
        (thing, form.title)
        for thing, form in RECORDS.items()
        if form.listed and form.possible(desk.study, row, desk.staff.role)
    ]


def _shown(entries: list[TimelineEntry], desk: Desk) -> list[TimelineEntry]:
    """Leave out infusions where the mere fact of one tells the arm of a blinded study."""
    if not desk.study.infusions_tell_arm:
        return entries
    return [entry for entry in entries if not entry.kind.startswith("treatment")]
