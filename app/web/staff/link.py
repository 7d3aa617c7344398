"""A participant's link: as a QR code, as text, and on a sheet to take home."""

import segno
from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.formats import link_token
from app.i18n import current, gettext, speaking
from app.operations import links
from app.queries import access
from app.queries.participants import ParticipantRow
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import Desk, at_desk
from app.web.staff.pages import page
from app.web.transactions import settings

ADDRESS = "/participants/<code>/link"


@blueprint.get(ADDRESS)
@staff_only("coordinator", "administrator")
def link(code: str) -> ResponseReturnValue:
    """Show the link that works, or how to make one."""
    with at_desk() as desk:
        participant = desk.participant(code)
        address = _address(desk, participant)
        return page(
            "link.html",
            desk,
            participant=participant,
            address=address,
            qr=qr_code(address) if address else None,
        )


@blueprint.post(ADDRESS)
@staff_only("coordinator", "administrator")
def make_link(code: str) -> ResponseReturnValue:
    """Make a new link; the earlier one stops working. Sent twice, the second one is the one that works."""
    with at_desk(writing=True) as desk:
        participant = desk.participant(code)
        links.issue_link(desk.session, participant_id=participant.id, actor=desk.actor, now=desk.now)
    return redirect(url_for("staff.link", code=code), 303)


@blueprint.get(f"{ADDRESS}/print")
@staff_only("coordinator", "administrator")
def print_sheet(code: str) -> ResponseReturnValue:
    """Show one A4 page in the participant's language; without a link, the page where one is made."""
    # two languages on one page: the sheet speaks the participant's, the bar above it the reader's
    bar = {"language": current(), "print": gettext("Print"), "back": gettext("Back to the link")}
    with at_desk() as desk:
        participant = desk.participant(code)
        address = _address(desk, participant)
        if address is None:
            return redirect(url_for("staff.link", code=code))
        with speaking(participant.language):
            return page(
                "print_sheet.html",
                desk,
                participant=participant,
                site=desk.study.site(participant.site),
                address=address,
                qr=qr_code(address),
                bar=bar,
            )


def _address(desk: Desk, participant: ParticipantRow) -> str | None:
    link_id = access.newest_link(desk.session, participant_id=participant.id, now=desk.now)
    if link_id is None:
        return None
    return f"{settings().public_url}/p/{link_token.sign(link_id, settings().link_keys)}"


def qr_code(address: str) -> Markup:
    """Return the address as a drawing that stands in the page itself."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawing)  # noqa: S704 - segno's own drawing: the address stands in it as squares only
