"""Keyed hashes of addresses: kept beside the sealed details, so that a bounce or a STOP finds whose it is."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.channels import ADDRESS_KINDS, AddressKind
from app.errors import Code, Refusal
from app.formats import contact as contact_format
from app.formats.contact import ContactDetails
from app.formats.contact_hash import address_hash, address_hashes
from app.models import Contact, ContactHash
from app.operations import audit
from app.operations.audit import Chain

LOOKED_AT = 20
WHERE = "run the command where the server runs, or give it the server's INSTANCE, or its keys"


def keep_hashes(
    session: Session, *, participant_id: int, details: ContactDetails, contact_keys: Sequence[str]
) -> None:
    """Let the hashes follow the details; an address that is new is not known to bounce."""
    there = {
        row.kind: row for row in session.scalars(select(ContactHash).filter_by(participant_id=participant_id))
    }
    for kind in ADDRESS_KINDS:
        address = getattr(details, kind)
        row = there.get(kind)
        if row is None:
            made = address_hash(kind, address, contact_keys[-1])
            session.add(ContactHash(participant_id=participant_id, kind=kind, hash=made))
        elif row.hash not in (address_hashes(kind, address or "", contact_keys) or [""]):
            row.hash, row.bounced_at = address_hash(kind, address, contact_keys[-1]), None
    session.flush()


def without_hashes(session: Session, *, participant_ids: Collection[int]) -> set[int]:
    """Return those participants whose hashes were never made: enrolled before there were any, or imported."""
    made = session.scalars(
        select(ContactHash.participant_id).where(ContactHash.participant_id.in_(participant_ids))
    )
    return set(participant_ids) - set(made)


def check_keys(session: Session, *, contact_keys: Sequence[str]) -> None:
    """Refuse NOT_CONFIGURED where the keys open none of the newest details: they are another installation's.

    A command that is run elsewhere than the server would otherwise try in vain, message by message.
    """
    newest = session.scalars(select(Contact.sealed).order_by(Contact.participant_id.desc()).limit(LOOKED_AT))
    fault: Refusal | None = None
    for sealed in newest:
        try:
            contact_format.unseal(sealed, contact_keys)
        except Refusal as found:
            fault = found
        else:
            return
    if fault is not None:
        raise Refusal(Code.NOT_CONFIGURED, f"{fault.detail}; {WHERE}")


def whose(session: Session, *, kind: AddressKind, address: str, contact_keys: Sequence[str]) -> list[int]:
    """Return the participants who have an address, in the order in which they are to be locked."""
    hashes = address_hashes(kind, address, contact_keys)
    found: Iterable[int] = session.scalars(
        select(ContactHash.participant_id).where(ContactHash.kind == kind, ContactHash.hash.in_(hashes))
    )
    return sorted(found)


def mark_bounced(
    session: Session, *, participant_id: int, kind: AddressKind, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Write no more to an address that takes nothing, until it is changed; a second time changes nothing."""
    audit.lock(session, Chain("participant", participant_id))
    row = session.get(ContactHash, (participant_id, kind), populate_existing=True)
    if row is None or row.bounced_at is not None:
        return
    row.bounced_at = now
    _record(session, participant_id, "contact.bounce", kind, actor=actor, now=now, reason=reason)


def trust_again(
    session: Session, *, participant_id: int, kind: AddressKind, actor: Actor, now: datetime, reason: str
) -> None:
    """Write to an address again that bounced, because someone has looked; the same again changes nothing."""
    audit.lock(session, Chain("participant", participant_id))
    row = session.get(ContactHash, (participant_id, kind), populate_existing=True)
    if row is None or row.bounced_at is None:
        return
    row.bounced_at = None
    _record(session, participant_id, "contact.trust", kind, actor=actor, now=now, reason=reason)


def _record(
    session: Session,
    participant_id: int,
    action: str,
    kind: AddressKind,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
) -> None:
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action=action,
        subject=f"participant:{participant_id}",
        now=now,
        new={"address": kind},
        reason=reason,
        locked=True,
    )
