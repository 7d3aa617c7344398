"""The visits that fall due in some days, to be printed for the clinic; no contact details."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.queries import occasion_states
from app.queries.occasion_states import Standing, Wanted
from app.web.gate import staff_only
from app.web.staff import blueprint, table_file
from app.web.staff.desk import Desk, at_desk
from app.web.staff.pages import page

WEEK = timedelta(days=7)
LONGEST = timedelta(days=366)
COLUMNS: table_file.Columns[Standing] = {
    "due_on": lambda row: row.window.due_on,
    "participant": lambda row: row.code,
    "site": lambda row: row.site,
    "visit": lambda row: row.visit,
    "opens_on": lambda row: row.window.opens_on,
    "closes_on": lambda row: row.window.closes_on,
    "state": lambda row: row.state,
    "language": lambda row: row.language,
}


@dataclass(frozen=True)
class Days:
    """A period; both days are included."""

    first: date
    last: date

    def address(self, site: str | None) -> str:
        """Return the address of the list for these days."""
        asked: dict[str, Any] = {"from": self.first.isoformat(), "until": self.last.isoformat(), "site": site}
        return url_for("staff.visit_list", **asked)


@blueprint.get("/visits")
@staff_only("coordinator", "monitor", "administrator")
def visit_list() -> ResponseReturnValue:
    """Show who is due in this week, or from one day to another, without those who are not expected."""
    with at_desk() as desk:
        this_week = _week(desk.today)
        days = _asked(this_week)
        asked = request.args.get("site", "")
        site = next((each.code for each in desk.sites if each.code == asked), None)
        wanted = Wanted(site=site, due_from=days.first, due_until=days.last)
        if table_file.wanted():
            return _file(desk, wanted)
        looked = occasion_states.look(
            desk.session, actor=desk.actor, study_id=desk.study_id, now=desk.now, wanted=wanted
        )
        return page(
            "visit_list.html",
            desk,
            rows=list(_expected(looked.found)),
            whole=looked.whole,
            days=days,
            site=site,
            this_week=this_week,
            next_week=Days(this_week.first + WEEK, this_week.last + WEEK),
        )


def _file(desk: Desk, wanted: Wanted) -> ResponseReturnValue:
    actor, study_id, now = desk.actor, desk.study_id, desk.now

    def rows(session: Session) -> Iterator[Standing]:
        return _expected(
            occasion_states.every(session, actor=actor, study_id=study_id, now=now, wanted=wanted)
        )

    return table_file.table_file(desk, "visits", COLUMNS, rows)


def _expected(found: Iterable[Standing]) -> Iterator[Standing]:
    return (each for each in found if each.state != "not expected")


def _week(day: date) -> Days:
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + WEEK - timedelta(days=1))


def _asked(otherwise: Days) -> Days:
    """Return the days in the address; what is no day, or no period, is left out."""
    first = _day(request.args.get("from", "")) or otherwise.first
    last = _day(request.args.get("until", "")) or first + WEEK - timedelta(days=1)
    return Days(first, min(last, first + LONGEST)) if first <= last else otherwise


def _day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if 1900 <= found.year < 2200 else None  # a database and a calendar know such days
