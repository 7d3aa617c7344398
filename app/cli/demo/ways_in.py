"""What `hepatica demo` prints: a participant's link, one sign-in for each role, the newest report."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session

from app import database
from app.cli.demo.accounts import accounts
from app.cli.demo.making import Demo
from app.cli.demo.story import STAFF
from app.config import Config
from app.domain.schedule import OccasionState
from app.formats import link_token
from app.models import AuditEntry, Participant, Report
from app.operations.links import issue_link
from app.queries.access import newest_link
from app.queries.endings import ending
from app.queries.occasion_states import Wanted
from app.queries.worklist import WorkRow, worklist

WAITING: tuple[OccasionState, ...] = ("due", "overdue", "open")


def ensure_link(settings: Config, demo: Demo, *, now: datetime) -> None:
    """Give a way in to someone who has something to answer today, unless the earlier one still works."""
    with database.writing(settings.database_url) as session:
        if _guest(session, demo, now=now) is not None:
            return
        waiting = worklist(
            session,
            actor=STAFF,
            study_id=demo.current.study_id,
            now=now,
            wanted=Wanted(states=WAITING),
            per_page=100,
        )
        if waiting.rows:
            first = demo.current.study.languages[0]
            chosen = min(waiting.rows, key=lambda row: _order(row, first))
            issue_link(session, participant_id=chosen.participant_id, actor=STAFF, now=now)


def _order(row: WorkRow, first_language: str) -> tuple[bool, int, str]:
    return row.language != first_language, WAITING.index(row.state), row.code


def ways_in(settings: Config, demo: Demo, *, now: datetime) -> Iterator[str]:
    """Yield the lines to print."""
    with database.reading(settings.database_url) as session:
        guest = _guest(session, demo, now=now)
        report_id = _newest_report(session, demo.current.study_id)
    yield "Participant (what they answer is kept, like everything in the demo):"
    if guest is None:
        yield "  nobody has anything to answer today; make a link on a participant's page for staff"
    else:
        code, link_id = guest
        yield f"  {settings.public_url}/p/{link_token.sign(link_id, settings.link_keys)}"
        birth_year = next((life.birth_year for life in demo.lives if life.code == code), None)
        yield f"  participant {code}, year of birth {birth_year}"
    yield f"Staff, at {settings.public_url}/staff/sign-in (also in {settings.demo_accounts}):"
    for account in accounts(settings, demo.current):
        where = f" of {account.site}" if account.site else ""
        yield f"  {account.role}{where}: {account.email}  password {account.password}"
    yield "Report, for the statistician:"
    if report_id is None:
        yield f"  none yet; publish one: python -m analysis report --study {demo.current.code} --publish"
    else:
        yield f"  {settings.public_url}/staff/reports/{report_id}"


def _guest(session: Session, demo: Demo, *, now: datetime) -> tuple[str, int] | None:
    """Return whom the demo last gave a link after it was made, and their link that works today."""
    participant_id = session.scalar(
        select(Participant.id)
        .join(AuditEntry, AuditEntry.chain == literal("participant:") + cast(Participant.id, String))
        .where(
            AuditEntry.action == "link.issue", AuditEntry.actor == STAFF.label, AuditEntry.at >= demo.made_at
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    if participant_id is None or ending(session, participant_id=participant_id).ended_on is not None:
        return None
    link_id = newest_link(session, participant_id=participant_id, now=now)
    code = session.get_one(Participant, participant_id).code
    return None if link_id is None else (code, link_id)


def _newest_report(session: Session, study_id: int) -> int | None:
    return session.scalar(
        select(Report.id).where(Report.study_id == study_id).order_by(Report.id.desc()).limit(1)
    )
