"""A participant's link: as a QR code, as text, as a code to type, and on a sheet to take home."""

from dataclasses import dataclass

import segno
from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.formats import link_token
from app.formats.link_code import LinkCode
from app.i18n import current, gettext, speaking
from app.operations import links
from app.operations.link_codes import code_to_show
from app.queries import access, link_requests
from app.queries.participants import ParticipantRow
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import Desk, at_desk
from app.web.staff.pages import page
from app.web.transactions import settings

ADDRESS = "/participants/<code>/link"


@dataclass(frozen=True)
class WayIn:
    """A link that works: its address, and the code for those who cannot open or scan it."""

    address: str
    code: LinkCode
    code_address: str


@blueprint.get(ADDRESS)
@staff_only("coordinator", "administrator")
def link(code: str) -> ResponseReturnValue:
    """Show the link that works, or how to make one; its code can be typed from here on."""
    with at_desk(writing=True) as desk:
        desk.refuse_undelegated()
        participant = desk.participant(code)
        way_in = _way_in(desk, participant)
        return page(
            "link.html",
            desk,
            participant=participant,
            way_in=way_in,
            qr=qr_code(way_in.address) if way_in else None,
            asked_at=link_requests.open_since(desk.session, participant_id=participant.id),
        )


@blueprint.post(ADDRESS)
@staff_only("coordinator", "administrator")
def make_link(code: str) -> ResponseReturnValue:
    """Make a new link; the earlier one stops working. Sent twice, the second one is the one that works."""
    with at_desk(writing=True) as desk:
        participant = desk.participant(code)
        links.issue_link(desk.session, participant_id=participant.id, actor=desk.actor, now=desk.now)
    return redirect(url_for("staff.link", code=code), 303)


@blueprint.post(f"{ADDRESS}/revoke")
@staff_only("coordinator", "administrator")
def revoke_link(code: str) -> ResponseReturnValue:
    """End the link, its code and every browser that came by it, and put nothing in its place."""
    with at_desk(writing=True) as desk:
        participant = desk.participant(code)
        links.revoke_links(desk.session, participant_id=participant.id, actor=desk.actor, now=desk.now)
    flash(gettext("The link and its code no longer work."))
    return redirect(url_for("staff.link", code=code), 303)


@blueprint.get(f"{ADDRESS}/print")
@staff_only("coordinator", "administrator")
def print_sheet(code: str) -> ResponseReturnValue:
    """Show one A4 page in the participant's language; without a link, the page where one is made."""
    # two languages on one page: the sheet speaks the participant's, the bar above it the reader's
    bar = {"language": current(), "print": gettext("Print"), "back": gettext("Back to the link")}
    with at_desk(writing=True) as desk:
        desk.refuse_undelegated()
        participant = desk.participant(code)
        way_in = _way_in(desk, participant)
        if way_in is None:
            return redirect(url_for("staff.link", code=code))
        with speaking(participant.language):
            return page(
                "print_sheet.html",
                desk,
                participant=participant,
                site=desk.study.site(participant.site),
                way_in=way_in,
                qr=qr_code(way_in.address),
                bar=bar,
            )


def _way_in(desk: Desk, participant: ParticipantRow) -> WayIn | None:
    link_id = access.newest_link(desk.session, participant_id=participant.id, now=desk.now)
    if link_id is None:
        return None
    known = settings()
    code = code_to_show(
        desk.session, link_id=link_id, actor=desk.actor, now=desk.now, link_keys=known.link_keys
    )
    return WayIn(
        address=f"{known.public_url}/p/{link_token.sign(link_id, known.link_keys)}",
        code=code,
        code_address=f"{known.public_url}/code",
    )


def qr_code(address: str) -> Markup:
    """Return the address as a drawing that stands in the page itself."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawing)  # noqa: S704 - segno's own drawing: the address stands in it as squares only
