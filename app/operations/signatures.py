"""Signatures of readings: by whom, when, what is meant, and over what; each chained to the one before."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.signature import FIRST, ConfirmedBy, canonical_hash, chained
from app.errors import Code, Refusal
from app.models import Account, Event, Reading, Signature
from app.queries import signatures


@dataclass(frozen=True)
class Signing:
    """What a reader declares with a signature, and by what they have just shown that it is they."""

    meaning: str
    confirmed_by: ConfirmedBy


def sign(
    session: Session, *, event: Event, reading: Reading, signing: Signing, actor: Actor, now: datetime
) -> str:
    """Sign a reading, the report and the documents as they are now, and return the signature's hash.

    The caller holds the participant, and has made sure of who signs.
    """
    account = session.get(Account, actor.id) if actor.kind == "account" and actor.id else None
    if account is None:
        raise Refusal(Code.NOT_ALLOWED, f"{actor.label} signs nothing")
    covers = signatures.covers(session, event=event, reading=reading)
    previous = session.scalar(
        select(Signature.hash)
        .where(Signature.participant_id == event.participant_id)
        .order_by(Signature.id.desc())
        .limit(1)
    )
    signature = Signature(
        reading_id=reading.id,
        participant_id=event.participant_id,
        account_id=account.id,
        name=account.name,
        meaning=signing.meaning,
        signed_at=now,
        covers=dict(covers),
        content_hash=canonical_hash(covers),
        confirmed_by=signing.confirmed_by,
    )
    signature.hash = chained(previous or FIRST, signature.content_hash, signatures.statement(signature))
    session.add(signature)
    session.flush()
    return signature.hash
