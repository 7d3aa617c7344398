"""Documents of events: attached sealed, looked at with an entry, redacted for good."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.domain.actor import Actor
from app.domain.document import MediaType, media_type, shown_name
from app.errors import Code, Refusal
from app.formats import sealing
from app.models import Document, Event
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held

MOST_DOCUMENTS = 40
"""Of one event: enough for its records, and no store for other things."""


@dataclass(frozen=True)
class OpenedDocument:
    """A document as it was attached."""

    name: str
    media_type: MediaType
    content: bytes


def attach_document(
    session: Session,
    *,
    event_id: int,
    name: str,
    content: bytes,
    largest: int,
    actor: Actor,
    now: datetime,
    contact_keys: tuple[str, ...],
) -> int:
    """Seal a file and store it beside an event; return its id. The same file again is the same document.

    Refuses what is longer than `largest` bytes, and what is not plainly one of the kinds of files that are
    taken. The entry tells its kind, size and hash, and not its name, in which people write names.
    """
    event = _event(session, event_id, actor)
    if len(content) > largest:
        raise Refusal(Code.FILE_TOO_LARGE, f"{len(content)} bytes")
    kind = media_type(name, content)
    if kind is None:
        raise Refusal(Code.FILE_NOT_TAKEN, f"{len(content)} bytes")
    hashed = hashlib.sha256(content).hexdigest()
    there = session.scalars(select(Document).filter_by(event_id=event_id, redacted_at=None)).all()
    same = next((each for each in there if each.sha256 == hashed), None)
    if same is not None:
        return same.id
    if len(there) >= MOST_DOCUMENTS:
        raise Refusal(Code.FILE_NOT_TAKEN, f"event {event_id} has {len(there)} documents")
    document = Document(
        event_id=event_id,
        name=shown_name(name),
        media_type=kind,
        size=len(content),
        sha256=hashed,
        sealed=sealing.seal_bytes(content, contact_keys),
        attached_at=now,
        attached_by=actor.label,
    )
    session.add(document)
    session.flush()
    told: dict[str, object] = {"event": event.id, "media_type": kind, "size": len(content), "sha256": hashed}
    _record(session, event, document, "document.attach", actor, now, told)
    return document.id


def read_document(
    session: Session,
    *,
    event_id: int,
    document_id: int,
    actor: Actor,
    now: datetime,
    contact_keys: tuple[str, ...],
) -> OpenedDocument:
    """Return a document; that it was looked at is recorded. Refuses one that is not what was attached."""
    document, event = _document(session, event_id, document_id, actor)
    if document.sealed is None:
        raise Refusal(Code.NOT_FOUND, f"document {document_id} is redacted")
    content = sealing.unseal_bytes(document.sealed, contact_keys, what="the document")
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Refusal(Code.NOT_FOUND, f"document {document_id} is not what was attached")
    _record(session, event, document, "document.read", actor, now, {"event": event.id})
    return OpenedDocument(document.name, document.media_type, content)


def redact_document(
    session: Session, *, event_id: int, document_id: int, reason: str, actor: Actor, now: datetime
) -> None:
    """Take away what a document said, for good: its name, its hash and who attached it stay."""
    document, event = _document(session, event_id, document_id, actor)
    if not reason:
        raise Refusal(Code.REASON_NEEDED, f"document {document_id}")
    if document.redacted_at is not None:
        return
    document.sealed, document.redacted_at, document.redacted_by = None, now, actor.label
    session.flush()
    told = {"event": event.id, "sha256": document.sha256}
    _record(session, event, document, "document.redact", actor, now, told, reason=reason)


def _document(session: Session, event_id: int, document_id: int, actor: Actor) -> tuple[Document, Event]:
    document = session.get(Document, document_id, options=[undefer(Document.sealed)])
    if document is None or document.event_id != event_id:
        raise Refusal(Code.NOT_FOUND, f"document {document_id}")
    return document, _event(session, document.event_id, actor)


def _event(session: Session, event_id: int, actor: Actor) -> Event:
    event = session.get(Event, event_id)
    if event is None:
        raise Refusal(Code.NOT_FOUND, f"event {event_id}")
    held(session, participant_id=event.participant_id, actor=actor)
    return event


def _record(
    session: Session,
    event: Event,
    document: Document,
    action: str,
    actor: Actor,
    now: datetime,
    new: dict[str, object],
    *,
    reason: str = "",
) -> None:
    audit.record(
        session,
        chain=Chain("participant", event.participant_id),
        actor=actor,
        action=action,
        subject=f"document:{document.id}",
        now=now,
        new=new,
        reason=reason,
        locked=True,
    )
