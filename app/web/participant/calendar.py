"""The days on which questions will be ready, for the calendar on a phone."""

from urllib.parse import urlsplit

from flask import Response, g
from flask.typing import ResponseReturnValue

from app import i18n
from app.domain.schedule import ANSWERABLE
from app.formats import calendar_file
from app.i18n import gettext
from app.queries import occasions
from app.web.gate import participant_only
from app.web.participant.page import blueprint
from app.web.transactions import settings

COMING = ANSWERABLE | {"not open"}


@blueprint.get("/calendar.ics")
@participant_only
def calendar() -> ResponseReturnValue:
    """Bring the visits that are still to be answered; no word in it says what they are about."""
    statuses = occasions.of_participant(g.session, participant_id=g.visitor.participant_id, now=g.now)
    body = calendar_file.write(
        {each.occasion_id: each.window for each in statuses if each.state in COMING},
        # Translators: an entry in the participant's own calendar. It must not name an illness or a hospital.
        words=gettext("Your questions are ready"),
        language=i18n.current(),
        host=urlsplit(settings().public_url).hostname or "localhost",
        now=g.now,
    )
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return response
