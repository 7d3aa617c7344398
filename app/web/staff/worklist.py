"""Who is due, overdue, complete or missed."""

from dataclasses import dataclass
from typing import Any, get_args

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actor import ROLES
from app.domain.schedule import OCCASION_STATES, OccasionState
from app.queries import worklist as occasions
from app.queries.occasion_states import Order as Sort
from app.queries.occasion_states import Wanted
from app.queries.worklist import WorkRow
from app.web.gate import staff_only
from app.web.staff import blueprint, table_file
from app.web.staff.desk import Desk, at_desk
from app.web.staff.pages import PLACES, page

TO_DO: tuple[OccasionState, ...] = ("overdue", "due", "open")
REST = tuple(state for state in OCCASION_STATES if state not in TO_DO and state != "not open")
PER_PAGE = 50


@dataclass(frozen=True)
class Wish:
    """What the address asks to see; words that mean nothing are left out."""

    state: str
    visit: str
    site: str
    search: str
    sort: Sort
    descending: bool
    page: int

    @property
    def wanted(self) -> Wanted:
        """Return what is to be shown; no state means every one."""
        states: tuple[OccasionState, ...] = ()
        if self.state != "all":
            states = tuple(each for each in OCCASION_STATES if each == self.state) or TO_DO
        return Wanted(states=states, visit=self.visit or None, site=self.site or None, search=self.search)

    def address(self, **changes: str | int) -> str:
        """Return the address of the same list with something changed."""
        order = f"-{self.sort}" if self.descending else self.sort
        now: dict[str, Any] = {
            "state": self.state,
            "visit": self.visit,
            "site": self.site,
            "search": self.search,
            "sort": "" if order == "due" else order,
        }
        return url_for(
            "staff.worklist", **{name: value for name, value in (now | changes).items() if value != ""}
        )

    def sorting(self, column: Sort) -> str:
        """Return the address of the list sorted by a column, the other way round if it is already."""
        there = column == self.sort and not self.descending
        return self.address(sort=f"-{column}" if there else "" if column == "due" else column)


def asked() -> Wish:
    """Read the address."""
    given = request.args
    sort = given.get("sort", "due").removeprefix("-")
    return Wish(
        state=given.get("state", "") if given.get("state") in (*OCCASION_STATES, "all") else "",
        visit=given.get("visit", ""),
        site=given.get("site", ""),
        search=given.get("search", "").strip(),
        sort=next((each for each in get_args(Sort) if each == sort), "due"),
        descending=given.get("sort", "").startswith("-"),
        page=given.get("page", 1, type=int),
    )


@blueprint.get("/")
@staff_only(*ROLES)
def worklist() -> ResponseReturnValue:
    """Show one page of the list; a role without it is led to the first of its own places."""
    first = PLACES[g.staff.role][0]
    if "worklist" not in PLACES[g.staff.role]:
        return redirect(url_for(f"staff.{first}", study=request.args.get("study")))
    wish = asked()
    with at_desk() as desk:
        if table_file.wanted():
            return _file(desk, wish)
        return page(
            "worklist.html",
            desk,
            wish=wish,
            found=occasions.worklist(
                desk.session,
                actor=desk.actor,
                study_id=desk.study_id,
                now=desk.now,
                wanted=wish.wanted,
                sort=wish.sort,
                descending=wish.descending,
                page=wish.page,
                per_page=PER_PAGE,
            ),
            to_do=TO_DO,
            rest=(*REST, "not open"),
        )


COLUMNS: table_file.Columns[WorkRow] = {
    "participant": lambda row: row.code,
    "site": lambda row: row.site,
    "visit": lambda row: row.visit.code,
    "state": lambda row: row.state,
    "due_on": lambda row: row.due_on,
    "closes_on": lambda row: row.closes_on,
    "language": lambda row: row.language,
    "last_reminder": lambda row: row.last_reminder_state,
    "last_reminder_at": lambda row: row.last_reminder_at,
}


def _file(desk: Desk, wish: Wish) -> ResponseReturnValue:
    actor, study_id, now = desk.actor, desk.study_id, desk.now
    return table_file.table_file(
        desk,
        "worklist",
        COLUMNS,
        lambda session: occasions.every_row(
            session,
            actor=actor,
            study_id=study_id,
            now=now,
            wanted=wish.wanted,
            sort=wish.sort,
            descending=wish.descending,
        ),
    )
