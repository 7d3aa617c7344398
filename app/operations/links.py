"""Participants' links: issued, revoked by the next one, and opened with the year of birth."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.partial_date import typed_number
from app.errors import Code
from app.formats import contact as contact_format
from app.formats import link_token
from app.models import Contact, Link, Participant
from app.operations import attempts, audit
from app.operations.audit import Chain
from app.operations.participants import held
from app.operations.sessions import begin_session
from app.queries import studies


@dataclass(frozen=True)
class Opened:
    """A browser was let in: the secret for its cookie and the language it reads."""

    secret: str
    language: str
    lasting: timedelta


@dataclass(frozen=True)
class Refused:
    """It was not; returned, not raised, so that the failed try stays counted."""

    code: Code


def issue_link(session: Session, *, participant_id: int, actor: Actor, now: datetime) -> int:
    """Give a participant a new way in and return its id; every earlier one is dead from here on."""
    participant = held(session, participant_id=participant_id, actor=actor)
    study = studies.current(session, study_id=participant.study_id).study
    revoked = _revoke(session, participant_id, now)
    link = Link(
        participant_id=participant_id, issued_at=now, expires_at=now + timedelta(days=study.link_days)
    )
    session.add(link)
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="link.issue",
        subject=f"link:{link.id}",
        now=now,
        old={"revoked": revoked},
        new={"expires_at": link.expires_at.isoformat()},
        locked=True,
    )
    return link.id


def revoke_links(session: Session, *, participant_id: int, actor: Actor, now: datetime) -> None:
    """Close every way in that a participant has."""
    held(session, participant_id=participant_id, actor=actor)
    revoked = _revoke(session, participant_id, now)
    if revoked:
        audit.record(
            session,
            chain=Chain("participant", participant_id),
            actor=actor,
            action="link.revoke",
            subject=f"participant:{participant_id}",
            now=now,
            old={"revoked": revoked},
            locked=True,
        )


def _revoke(session: Session, participant_id: int, now: datetime) -> list[int]:
    revoked = session.scalars(
        update(Link)
        .where(Link.participant_id == participant_id, Link.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(Link.id)
    )
    return sorted(revoked)


def open_link(
    session: Session,
    *,
    token: str,
    birth_year: str,
    address: str,
    now: datetime,
    link_keys: tuple[str, ...],
    contact_keys: tuple[str, ...],
) -> Opened | Refused:
    """Let a browser in when the link is alive and the year of birth is right, in any script's digits.

    Failed tries are counted per link and per address; too many close the door for a quarter of an hour, or
    where they go on for a day, also to the right year, so that guessing tells nothing.
    """
    if attempts.too_many(session, kind="address", subject=address, now=now):
        return Refused(Code.TOO_MANY_ATTEMPTS)
    link = alive(session, link_token.read(token, link_keys), now)
    if link is None:
        attempts.count(session, kind="address", subject=address, now=now)
        return Refused(Code.LINK_INVALID)
    subject = str(link.id)
    if attempts.too_many(session, kind="link", subject=subject, now=now):
        return Refused(Code.TOO_MANY_ATTEMPTS)
    if attempts.too_many_today(session, kind="link", subject=subject, now=now):
        return Refused(Code.TOO_MANY_TODAY)
    participant = session.get_one(Participant, link.participant_id)
    if not _is_birth_year(session, link.participant_id, birth_year, contact_keys):
        attempts.count(session, kind="link", subject=subject, now=now)
        attempts.count(session, kind="address", subject=address, now=now)
        return Refused(Code.SIGN_IN_FAILED)
    lasting = timedelta(days=studies.current(session, study_id=participant.study_id).study.session_days)
    secret = begin_session(session, now=now, lasting=lasting, participant_id=participant.id, link_id=link.id)
    audit.record(
        session,
        chain=Chain("participant", participant.id),
        actor=Actor("participant", participant.id),
        action="link.open",
        subject=f"link:{link.id}",
        now=now,
    )
    return Opened(secret, participant.language, lasting)


def alive(session: Session, link_id: int | None, now: datetime) -> Link | None:
    """Return a link that works, or None; one that never was is looked up as well, and takes as long."""
    link = session.get(Link, link_id or 0)
    return link if link and link.revoked_at is None and now < link.expires_at else None


def _is_birth_year(session: Session, participant_id: int, typed: str, contact_keys: tuple[str, ...]) -> bool:
    contact = session.scalar(select(Contact).where(Contact.participant_id == participant_id))
    if contact is None:
        return False
    try:
        return typed_number(typed) == contact_format.unseal(contact.sealed, contact_keys).birth_year
    except ValueError:
        return False
