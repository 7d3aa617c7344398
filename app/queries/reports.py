"""Analyses as they were published, for those who may see the whole study."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.models import Report


@dataclass(frozen=True)
class PublishedReport:
    """A report without its page: what a list shows of it."""

    id: int
    study_id: int
    cutoff_on: date
    data_sha256: str
    published_at: datetime
    published_by: str


@dataclass(frozen=True)
class WholeReport(PublishedReport):
    """A report with its page (one self-contained HTML document) and its results."""

    page: str
    results: Mapping[str, Any]


_COLUMNS = (
    Report.id,
    Report.study_id,
    Report.cutoff_on,
    Report.data_sha256,
    Report.published_at,
    Report.published_by,
)


def listed(session: Session, *, actor: Actor, study_id: int) -> list[PublishedReport]:
    """Return a study's reports, the newest first; none for those who may see one site only."""
    if not actor.may_see(study_id=study_id, site=None):
        return []
    newest_first = Report.published_at.desc(), Report.id.desc()
    rows = session.execute(select(*_COLUMNS).where(Report.study_id == study_id).order_by(*newest_first))
    return [PublishedReport(*row) for row in rows]


def one(session: Session, *, actor: Actor, report_id: int) -> WholeReport:
    """Return a report; NOT_FOUND also outside what the actor may see."""
    found = session.get(Report, report_id)
    if found is None or not actor.may_see(study_id=found.study_id, site=None):
        raise Refusal(Code.NOT_FOUND, f"report {report_id}")
    return WholeReport(
        id=found.id,
        study_id=found.study_id,
        cutoff_on=found.cutoff_on,
        data_sha256=found.data_sha256,
        published_at=found.published_at,
        published_by=found.published_by,
        page=found.page,
        results=found.results,
    )
