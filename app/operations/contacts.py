"""Contact details: sealed apart from everything else, and every look at them leaves an entry."""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import contact as contact_format
from app.formats.contact import ContactDetails
from app.models import Contact
from app.operations import audit
from app.operations.audit import Chain
from app.operations.contact_hashes import keep_hashes
from app.operations.participants import held


def read_contact(
    session: Session, *, participant_id: int, actor: Actor, now: datetime, contact_keys: tuple[str, ...]
) -> ContactDetails:
    """Return how a participant can be reached; that it was read is recorded, what was read is not."""
    held(session, participant_id=participant_id, actor=actor)
    details = _stored(session, participant_id, contact_keys)
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="contact.read",
        subject=f"participant:{participant_id}",
        now=now,
        locked=True,
    )
    return details


def change_contact(
    session: Session,
    *,
    participant_id: int,
    details: ContactDetails,
    actor: Actor,
    now: datetime,
    contact_keys: tuple[str, ...],
    seen: str | None = None,
) -> None:
    """Replace the details; the entry names the fields that changed, never their contents.

    `seen` is the mark of the details that were on the page: refuses where they were changed since.
    """
    held(session, participant_id=participant_id, actor=actor)
    contact = session.get(Contact, participant_id)
    changed = ["name", "email", "phone", "birth_year"]
    if contact is None:
        contact = Contact(participant_id=participant_id)
        session.add(contact)
    else:
        before = contact_format.unseal(contact.sealed, contact_keys)
        changed = [field for field in changed if getattr(before, field) != getattr(details, field)]
    if not changed:
        return
    if seen is not None and seen != mark(session, participant_id=participant_id):
        raise Refusal(Code.CHANGED_MEANWHILE, f"contact details of participant {participant_id}")
    contact.sealed = contact_format.seal(details, contact_keys)
    session.flush()
    keep_hashes(session, participant_id=participant_id, details=details, contact_keys=contact_keys)
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="contact.change",
        subject=f"participant:{participant_id}",
        now=now,
        new={"changed": changed},
        locked=True,
    )


def mark(session: Session, *, participant_id: int) -> str:
    """Return what tells one state of someone's details from the next, and tells nothing of them."""
    sealed = session.scalar(select(Contact.sealed).where(Contact.participant_id == participant_id))
    return hashlib.sha256((sealed or "").encode()).hexdigest()[:16]


def _stored(session: Session, participant_id: int, contact_keys: tuple[str, ...]) -> ContactDetails:
    contact = session.get(Contact, participant_id)
    if contact is None:
        raise Refusal(Code.NO_ADDRESS, f"participant {participant_id}")
    return contact_format.unseal(contact.sealed, contact_keys)
