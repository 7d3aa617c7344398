"""Sealing everything anew with the newest key, so that an older one can be retired."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.domain.actor import Actor
from app.formats import contact as contact_format
from app.formats import sealed_document
from app.models import Contact, Document, Event, Participant
from app.operations import audit
from app.operations.audit import Chain

AT_ONCE = 20
"""Documents in memory at once: each may have ten megabytes."""


def reseal(
    session: Session, *, study_id: int, actor: Actor, now: datetime, contact_keys: tuple[str, ...]
) -> dict[str, int]:
    """Seal a study's contact details and documents with the newest key; return how many of each."""
    contacts = session.scalars(
        select(Contact)
        .join(Participant, Participant.id == Contact.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(Contact.participant_id)
        .with_for_update(of=Contact)
    ).all()
    for contact in contacts:
        contact.sealed = contact_format.reseal(contact.sealed, contact_keys)
    sealed = 0
    for document in _documents(session, study_id):
        if document.sealed is not None:
            document.sealed = sealed_document.reseal(document.sealed, contact_keys)
            sealed += 1
    session.flush()
    done = {"contacts": len(contacts), "documents": sealed}
    chain = Chain("study", study_id)
    audit.record(
        session, chain=chain, actor=actor, action="keys.reseal", subject=str(chain), now=now, new=done
    )
    return done


def _documents(session: Session, study_id: int) -> Iterator[Document]:
    ids = session.scalars(
        select(Document.id)
        .join(Event, Event.id == Document.event_id)
        .join(Participant, Participant.id == Event.participant_id)
        .where(Participant.study_id == study_id, Document.redacted_at.is_(None))
        .order_by(Document.id)
    ).all()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        found = session.scalars(
            select(Document).where(Document.id.in_(some)).options(undefer(Document.sealed)).with_for_update()
        ).all()
        yield from found
        session.flush()
        for document in found:
            session.expunge(document)
