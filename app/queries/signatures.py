"""Signatures of readings: what they cover, and whether that is still what was signed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.partial_date import PartialDate
from app.domain.signature import (
    FIRST,
    REDACTED,
    Change,
    ConfirmedBy,
    Covers,
    canonical_hash,
    chained,
    changes,
    covered,
)
from app.models import AuditEntry, Document, Event, Reading, Signature

DONE_IN_THE_OPEN: tuple[Change, ...] = ("document added", "document redacted")


@dataclass(frozen=True)
class SignedReading:
    """A signature as the page shows it; `changes` is empty while it matches what was signed."""

    reading_id: int
    name: str
    meaning: str
    signed_at: datetime
    changes: tuple[Change, ...]
    confirmed_by: ConfirmedBy | None


def of_event(session: Session, *, event_id: int, readings: Sequence[Reading]) -> dict[int, SignedReading]:
    """Return the signatures of an event's readings, by the reading."""
    event = session.get_one(Event, event_id)
    by_id = {each.id: each for each in readings}
    documents = _documents(session, event.id)
    found = {}
    for signature in session.scalars(select(Signature).where(Signature.reading_id.in_(by_id))):
        reading = by_id[signature.reading_id]
        now = covered(_row(event), _row(reading), documents)
        again = any(each.read_by == reading.read_by and each.id > reading.id for each in readings)
        differs = changes(signature.covers, now, read_again=again)
        if not _is_whole(signature, _previous(session, signature)):
            differs = (*differs, "signature")
        found[reading.id] = SignedReading(
            reading.id,
            signature.name,
            signature.meaning,
            signature.signed_at,
            differs,
            signature.confirmed_by,
        )
    return found


def covers(session: Session, *, event: Event, reading: Reading) -> Covers:
    """Return what a signature of a reading covers now."""
    return covered(_row(event), _row(reading), _documents(session, event.id))


def statement(signature: Signature) -> Mapping[str, object]:
    """Return who says what when, and by what it was confirmed, as it is hashed."""
    told = {
        "reading": signature.reading_id,
        "account": signature.account_id,
        "name": signature.name,
        "meaning": signature.meaning,
        "signed_at": signature.signed_at.astimezone(UTC).isoformat(),
    }
    confirmed = signature.confirmed_by  # in what was signed before this was recorded, it is not hashed either
    return told if confirmed is None else told | {"confirmed_by": confirmed}


def verify(session: Session) -> Iterator[str]:
    """Give a sentence for every signature that someone has tampered with, or with what it covers.

    A document that was attached or redacted since, or a later reading, is told on the event's page alone: it
    was done in the open, with an entry of its own.
    """
    told = _told(session)
    previous: dict[str, str] = {}
    for signature in session.scalars(select(Signature).order_by(Signature.participant_id, Signature.id)):
        chain = f"participant:{signature.participant_id}"
        place = f"{chain}: the signature of reading {signature.reading_id}"
        if not _is_whole(signature, previous.get(chain, FIRST)):
            yield f"{place} is not what was recorded"
        elif signature.hash not in told.get(chain, ()):
            yield f"{place} has no entry that tells of it"
        yield from (f"{place} no longer matches: {what}" for what in _tampered(session, signature))
        told.get(chain, set()).discard(signature.hash)
        previous[chain] = signature.hash
    for chain, hashes in sorted(told.items()):
        yield from (f"{chain}: a signature is gone of which an entry tells" for _ in hashes)


def _told(session: Session) -> dict[str, set[str]]:
    """Return the hashes of signatures of which entries tell, by chain."""
    found: dict[str, set[str]] = {}
    entries = select(AuditEntry.chain, AuditEntry.new).where(AuditEntry.action == "event.read")
    for chain, new in session.execute(entries):
        if new and "signature" in new:
            found.setdefault(chain, set()).add(new["signature"])
    return found


def _tampered(session: Session, signature: Signature) -> list[Change]:
    reading = session.get_one(Reading, signature.reading_id)
    event = session.get_one(Event, reading.event_id)
    now = covers(session, event=event, reading=reading)
    return [each for each in changes(signature.covers, now, read_again=False) if each not in DONE_IN_THE_OPEN]


def _is_whole(signature: Signature, previous: str) -> bool:
    """Return whether a signature is in itself, and after the one before it, what was recorded."""
    expected = chained(previous, signature.content_hash, statement(signature))
    return signature.content_hash == canonical_hash(signature.covers) and signature.hash == expected


def _previous(session: Session, signature: Signature) -> str:
    before = (
        select(Signature.hash)
        .where(Signature.participant_id == signature.participant_id, Signature.id < signature.id)
        .order_by(Signature.id.desc())
        .limit(1)
    )
    return session.scalar(before) or FIRST


def _row(stored: Event | Reading) -> dict[str, object]:
    """Return everything that a row says, as it is hashed: a column that is added later, only where filled."""
    values = {column.key: getattr(stored, column.key) for column in stored.__table__.columns}
    return {name: _plain(value) for name, value in values.items() if value not in (None, "")}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, date | PartialDate) else value


def _documents(session: Session, event_id: int) -> dict[int, str]:
    found = session.execute(
        select(Document.id, Document.sha256, Document.redacted_at).where(Document.event_id == event_id)
    )
    return {key: REDACTED if redacted_at else sha256 for key, sha256, redacted_at in found}
