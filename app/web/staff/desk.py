"""Where a member of staff works: one study, one transaction, one instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from flask import abort, g, redirect, request, url_for
from sqlalchemy.orm import Session

from app.database import plan_each
from app.domain.actor import Actor, Role
from app.domain.data_queries import may_raise
from app.domain.schedule import civil_date
from app.domain.study import Site, Study
from app.errors import Code, Refusal
from app.queries import participants, people, studies
from app.queries.access import StaffMember
from app.queries.participants import ParticipantRow
from app.queries.studies import CurrentStudy
from app.web import transactions

RECORDING: frozenset[Role] = frozenset({"coordinator", "administrator"})


@dataclass(frozen=True)
class Desk:
    """What a view works with."""

    session: Session
    staff: StaffMember
    now: datetime
    current: CurrentStudy
    several: bool
    delegated: bool = True

    @property
    def study_id(self) -> int:
        """Return the study's key."""
        return self.current.study_id

    @property
    def code(self) -> str:
        """Return the study's code."""
        return self.current.code

    @property
    def study(self) -> Study:
        """Return the version of the study that is in force."""
        return self.current.study

    @property
    def actor(self) -> Actor:
        """Return who stands in the trail."""
        return self.staff.actor

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Return the sites that this member of staff works for."""
        return tuple(site for site in self.study.sites if self.staff.site in (None, site.code))

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which instants are shown: the own site's, or the first one's."""
        return ZoneInfo((self.sites or self.study.sites)[0].time_zone)

    @property
    def today(self) -> date:
        """Return the day on the calendar of that zone."""
        return civil_date(self.now, self.zone)

    @property
    def blinded(self) -> bool:
        """Return whether pages must not tell the arm."""
        return self.study.blinding != "none"

    @property
    def may_see_arms(self) -> bool:
        """Return whether a report that tells the arms may be opened."""
        return not self.blinded or self.staff.unblinded

    @property
    def may_record(self) -> bool:
        """Return whether this member of staff may change anything about participants."""
        return self.staff.role in RECORDING and self.delegated

    @property
    def may_read_events(self) -> bool:
        """Return whether this member of staff may decide about reported events."""
        return self.may_record or self.staff.role == "adjudicator"

    @property
    def may_ask(self) -> bool:
        """Return whether this member of staff may raise queries on values."""
        return may_raise(self.actor)

    def refuse_undelegated(self) -> None:
        """Let nobody record what is not delegated to them, nor see what lets a participant in."""
        if not self.delegated:
            raise Refusal(Code.NOT_DELEGATED, f"account {self.staff.account_id}")

    def participant(self, code: str) -> ParticipantRow:
        """Return a participant of this study; NOT_FOUND also outside the own site."""
        return participants.one(self.session, actor=self.actor, study_id=self.study_id, code=code)


@contextmanager
def at_desk(*, writing: bool = False) -> Iterator[Desk]:
    """Open the database for one request: to read, or for the one transaction that is committed at the end."""
    with transactions.writing() if writing else transactions.reading() as session:
        if not writing:
            plan_each(session)
        chosen, several = _study(session, g.staff)
        desk = Desk(session, g.staff, g.now, chosen, several)
        g.desk = replace(desk, delegated=_delegated(desk))
        if writing and request.method == "POST":
            g.desk.refuse_undelegated()
        yield g.desk


def _delegated(desk: Desk) -> bool:
    """Return whether what someone does is delegated to them, where the study asks for it of coordinators."""
    if not desk.study.delegation_required or desk.staff.role != "coordinator":
        return True
    return people.delegated(desk.session, account_id=desk.staff.account_id, today=desk.today)


def _study(session: Session, staff: StaffMember) -> tuple[CurrentStudy, bool]:
    """Return the account's study; one that belongs to none chooses by `?study=`, kept in every address."""
    if staff.study_id is not None:
        return studies.current(session, study_id=staff.study_id), False
    codes = studies.codes(session)
    code = request.args.get("study")
    if code is None and len(codes) != 1:
        if request.method != "GET":
            raise Refusal(Code.NOT_FOUND, "which study?")
        abort(redirect(url_for("staff.choose_study")))
    found = studies.current(session, code=code or codes[0])
    g.study_code = found.code
    return found, len(codes) > 1


def keep_study(_endpoint: str, values: dict[str, object]) -> None:
    """Put the chosen study into every address that a page names."""
    if "study_code" in g:
        values.setdefault("study", g.study_code)
