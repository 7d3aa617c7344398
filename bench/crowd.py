"""Participants in bulk, each signed in on a phone, with one questionnaire sent and one due today.

They are put into the tables directly, as enrolment and the first visit would leave them: what is measured is
what comes after. Without that past the database would plan for empty tables and read them from end to end.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app import database
from app.domain.actor import Actor
from app.domain.instrument import Instrument
from app.domain.schedule import civil_date
from app.formats import study_folder
from app.models import Answer, Base, Consent, Link, Occasion, Participant, Response, SignedIn
from app.operations import audit
from app.operations.audit import Chain
from app.operations.occasions import planned
from app.operations.studies import load_study
from app.queries import studies
from app.queries.access import hashed
from app.queries.studies import CurrentStudy

FOLDER = Path(__file__).resolve().parent.parent / "studies" / "demo"
VISIT = "week-4"
AT_ONCE = 1000
ACTOR = Actor("command", name="bench")


@dataclass(frozen=True)
class Phone:
    """One participant's browser: its cookie's secret, and the questionnaire that waits."""

    secret: str
    path: str
    items: tuple[tuple[str, int], ...]


def crowd(url: str, size: int, *, now: datetime) -> list[Phone]:
    """Load the demo study and add participants whose fourth week is due today; return their phones."""
    with database.writing(url) as session:
        load_study(session, folder=study_folder.read(FOLDER), actor=ACTOR, now=now)
        current = studies.current(session)
        ids = _participants(session, current, size, now)
        chosen = [secrets.token_urlsafe(32) for _ in ids]
        _let_in(session, dict(zip(ids, chosen, strict=True)), now)
        occasions = occasions_of(session, VISIT)
        (name,) = current.study.visit(VISIT).instruments
        offered = current.offered[name, current.study.languages[0]]
        instrument = studies.instrument(session, offered.instrument_version_id)
        _first_visit(session, current, occasions_of(session, current.study.visits[0].code), instrument, now)
    items = tuple((item.code, instrument.choices[item.choices][1]) for item in instrument.items)
    if url.startswith("postgresql"):
        with database.engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return [
        Phone(secret, f"/survey/{occasions[key]}/{name}", items)
        for key, secret in zip(ids, chosen, strict=True)
    ]


def _participants(session: Session, current: CurrentStudy, size: int, now: datetime) -> list[int]:
    study, site = current.study, current.study.sites[0]
    ago = timedelta(days=study.visit(VISIT).day)
    day_0 = civil_date(now, ZoneInfo(site.time_zone)) - ago
    _add(
        session,
        Participant,
        [
            {
                "study_id": current.study_id,
                "code": f"BENCH-{number:05}",
                "site": site.code,
                "language": site.language,
                "time_zone": site.time_zone,
                "enrolled_at": now - ago,
                "enrolled_on": day_0,
                "arm": study.arms[number % len(study.arms)].code,
                "randomised_on": day_0,
            }
            for number in range(size)
        ],
    )
    ids = list(session.scalars(select(Participant.id).order_by(Participant.id)))
    consent = {
        "version": study.consent_versions[0],
        "consented_on": day_0,
        "recorded_at": now - ago,
        "recorded_by": ACTOR.label,
    }
    _add(session, Consent, [consent | {"participant_id": key} for key in ids])
    _add(session, Occasion, [row for key in ids for row in planned(key, study, {"randomisation": day_0})])
    return ids


def occasions_of(session: Session, visit: str) -> dict[int, int]:
    """Return the ids of a visit's occasions by participant."""
    found = session.execute(select(Occasion.participant_id, Occasion.id).where(Occasion.visit == visit))
    return {participant_id: occasion_id for participant_id, occasion_id in found}  # noqa: C416 - a Result is no mapping


def _first_visit(
    session: Session, current: CurrentStudy, occasions: dict[int, int], instrument: Instrument, now: datetime
) -> None:
    """Let everybody have answered the first visit, with an entry in their trail."""
    then = now - timedelta(days=current.study.visit(VISIT).day)
    offered = current.offered[instrument.name, current.study.sites[0].language]
    version = {"instrument_version_id": offered.instrument_version_id, "wording_id": offered.wording_id}
    _add(
        session,
        Response,
        [
            version
            | {
                "occasion_id": occasion_id,
                "instrument": instrument.name,
                "respondent": "patient",
                "mode": "phone",
                "started_at": then,
                "submitted_at": then,
                "receipt": f"F{occasion_id}",
            }
            for occasion_id in occasions.values()
        ],
    )
    given = [(item.code, instrument.choices[item.choices][0]) for item in instrument.items]
    common = {"answered_at": then, "received_at": then, "wording_id": offered.wording_id}
    responses = session.scalars(select(Response.id)).all()
    _add(
        session,
        Answer,
        [
            common | {"response_id": key, "item": item, "value": value}
            for key in responses
            for item, value in given
        ],
    )
    news = {Chain("participant", key): dict(given) for key in occasions}
    audit.record_each(session, news=news, actor=ACTOR, action="answers.save", now=then)


def _let_in(session: Session, secrets_by_id: dict[int, str], now: datetime) -> None:
    later = now + timedelta(days=30)
    _add(
        session,
        Link,
        [{"participant_id": key, "issued_at": now, "expires_at": later} for key in secrets_by_id],
    )
    links = session.execute(select(Link.participant_id, Link.id)).all()
    _add(
        session,
        SignedIn,
        [
            {
                "secret_hash": hashed(secrets_by_id[key]),
                "participant_id": key,
                "link_id": link_id,
                "created_at": now,
                "expires_at": later,
            }
            for key, link_id in links
        ],
    )


def _add(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        session.execute(insert(table), rows[start : start + AT_ONCE])
