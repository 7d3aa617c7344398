"""The audit trail on a page and as a file: who changed or saw what, when, from what to what and why."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.errors import Refusal
from app.formats import sealing
from app.queries import audit, audit_veil, audit_words
from app.queries.audit import Entry, Search
from app.queries.audit_veil import Veil
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import Desk, at_desk
from app.web.staff.pages import page
from app.web.staff.table_file import Columns, table_file, wanted
from app.web.transactions import settings

AT_ONCE = 100
PLACE = "audit trail before entry "
FILE: Columns[Entry] = {
    "time": lambda entry: entry.at,
    "who": lambda entry: entry.actor,
    "what": lambda entry: audit_words.action(entry.action),
    "about": lambda entry: entry.subject,
    "before": lambda entry: audit_words.content(entry.old),
    "after": lambda entry: audit_words.content(entry.new),
    "reason": lambda entry: entry.reason,
    "action": lambda entry: entry.action,
    "chain": lambda entry: entry.chain,
    "position": lambda entry: entry.position or None,
    "hash": lambda entry: entry.hash,
}


@dataclass(frozen=True)
class Wish:
    """What the address asks to see; words that mean nothing are left out."""

    participant: str
    action: str
    who: str
    begin: date | None
    end: date | None

    def address(self, **more: str | None) -> str:
        """Return the address of the same entries with something more."""
        given: dict[str, Any] = {
            "participant": self.participant,
            "action": self.action,
            "who": self.who,
            "from": self.begin and self.begin.isoformat(),
            "to": self.end and self.end.isoformat(),
        }
        kept = {name: value for name, value in given.items() if value}
        return url_for("staff.audit_trail", **(kept | more))

    @property
    def any(self) -> bool:
        """Return whether anything is left out by it."""
        return any((self.participant, self.action, self.who, self.begin, self.end))


def asked() -> Wish:
    """Read the address."""
    given = request.args
    action = given.get("action", "")
    return Wish(
        participant=given.get("participant", "").strip(),
        action=action if action in audit_words.ACTIONS else "",
        who=given.get("who", "").strip(),
        begin=_day(given.get("from", "")),
        end=_day(given.get("to", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@blueprint.get("/audit")
@staff_only("monitor", "administrator")
def audit_trail() -> ResponseReturnValue:
    """Show the newest entries that are asked for, without what is veiled in this study."""
    wish = asked()
    with at_desk() as desk:
        search = _search(desk, wish)
        if wanted():
            return table_file(desk, "audit-trail", FILE, lambda session: _veiled(session, desk, search))
        search = replace(search, before=_place(request.args.get("before", "")))
        veil = _veil(desk.session, desk)
        found = audit_veil.newest(desk.session, search=search, veil=veil, limit=AT_ONCE)
        return page(
            "audit_trail.html",
            desk,
            entries=found,
            older=_sealed(found[-1].id) if len(found) == AT_ONCE else None,
            wish=wish,
            actions=_actions(veil),
            action=audit_words.action,
            content=audit_words.content,
        )


def _sealed(entry_id: int) -> str:
    """Return where the next page begins, unreadable.

    Whoever could ask for the page before any number would find the numbers of entries that are kept from
    them, and among those the infusions that tell an arm.
    """
    return sealing.seal(f"{PLACE}{entry_id}", settings().contact_keys)


def _place(sealed: str) -> int | None:
    """Return where a page begins; None, as for the first page, for whatever was not sealed for this."""
    try:
        place = sealing.unseal(sealed, settings().contact_keys, what="a place in the trail")
    except Refusal:
        return None
    return int(place.removeprefix(PLACE)) if place.startswith(PLACE) else None


def _actions(veil: Veil) -> list[tuple[str, str]]:
    """Return the actions that are shown with their words, in the order of the words."""
    found = [(name, str(words)) for name, words in audit_words.ACTIONS.items() if not veil.hides_action(name)]
    return sorted(found, key=lambda pair: pair[1].casefold())


def _search(desk: Desk, wish: Wish) -> Search:
    chain = f"participant:{desk.participant(wish.participant).id}" if wish.participant else None
    return Search(
        study_id=desk.study_id,
        site=desk.staff.site,
        chain=chain,
        action=wish.action or None,
        actor=wish.who or None,
        begin=_midnight(wish.begin, desk) if wish.begin else None,
        end=_midnight(wish.end + timedelta(days=1), desk) if wish.end and wish.end < date.max else None,
    )


def _midnight(day: date, desk: Desk) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=desk.zone)


def _veil(session: Session, desk: Desk) -> Veil:
    return Veil.of(session, study_id=desk.study_id, study=desk.study)


def _veiled(session: Session, desk: Desk, search: Search) -> Iterator[Entry]:
    yield from _veil(session, desk).over(audit.newest_first(session, search=search))
