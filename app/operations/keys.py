"""Sealing everything anew with the newest key, so that an older one can be retired."""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.domain.actor import Actor
from app.formats import contact as contact_format
from app.formats import sealing
from app.formats.contact_hash import address_hash
from app.models import AllocationList, CodeApp, Contact, ContactHash, Document, Event, Participant, Reply
from app.models import PushSubscription as Browser
from app.operations import audit
from app.operations.audit import Chain

Sealed = TypeVar("Sealed", Browser, Reply)
AT_ONCE = 20
"""Documents in memory at once: each may have ten megabytes."""


def reseal(
    session: Session, *, study_id: int, actor: Actor, now: datetime, contact_keys: tuple[str, ...]
) -> dict[str, int]:
    """Seal all that a study keeps sealed with the newest key, and return how many of each there were.

    The hashes of addresses are keyed too, and follow. What belongs to staff is no study's: see
    `reseal_code_apps`.
    """
    chain = Chain("study", study_id)
    audit.lock(session, chain)
    done = {
        "contacts": _reseal_contacts(session, study_id, contact_keys),
        "documents": _reseal_documents(session, study_id, contact_keys),
        "browsers": _reseal_sent(session, study_id, contact_keys, Browser, what="a push subscription"),
        "lists": _reseal_lists(session, study_id, contact_keys),
        "replies": _reseal_sent(session, study_id, contact_keys, Reply, what="an answer to a message"),
    }
    audit.record(
        session,
        chain=chain,
        actor=actor,
        action="keys.reseal",
        subject=str(chain),
        now=now,
        new=done,
        locked=True,
    )
    return done


def reseal_code_apps(
    session: Session, *, account_id: int, actor: Actor, now: datetime, contact_keys: tuple[str, ...]
) -> int:
    """Seal the secrets of an account's apps with the newest key, also of removed ones; return how many.

    Until the transaction ends nobody signs in with them: one for each account keeps that short.
    """
    apps = session.scalars(
        select(CodeApp).where(CodeApp.account_id == account_id).order_by(CodeApp.id).with_for_update()
    ).all()
    for app in apps:
        app.sealed = sealing.reseal(app.sealed, contact_keys, what="the secret of an app")
    session.flush()
    chain, done = Chain("account", account_id), {"code_apps": len(apps)}
    audit.record(
        session, chain=chain, actor=actor, action="keys.reseal", subject=str(chain), now=now, new=done
    )
    return len(apps)


def _reseal_contacts(session: Session, study_id: int, contact_keys: tuple[str, ...]) -> int:
    contacts = session.scalars(
        select(Contact)
        .join(Participant, Participant.id == Contact.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(Contact.participant_id)
        .with_for_update(of=Contact)
    ).all()
    # Read once the contacts are held: whoever changes one changes its hashes after it.
    hashes: dict[int, list[ContactHash]] = {}
    for row in session.scalars(
        select(ContactHash)
        .join(Participant, Participant.id == ContactHash.participant_id)
        .where(Participant.study_id == study_id)
    ):
        hashes.setdefault(row.participant_id, []).append(row)
    for contact in contacts:
        details = contact_format.unseal(contact.sealed, contact_keys)
        contact.sealed = contact_format.seal(details, contact_keys)
        for row in hashes.get(contact.participant_id, ()):
            # The address is the same: that it bounced stays true.
            row.hash = address_hash(row.kind, getattr(details, row.kind), contact_keys[-1])
    session.flush()
    return len(contacts)


def _reseal_documents(session: Session, study_id: int, contact_keys: tuple[str, ...]) -> int:
    sealed = 0
    for document in _documents(session, study_id):
        if document.sealed is not None:
            opened = sealing.unseal_bytes(document.sealed, contact_keys, what="the document")
            document.sealed = sealing.seal_bytes(opened, contact_keys)
            sealed += 1
    session.flush()
    return sealed


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


def _reseal_lists(session: Session, study_id: int, contact_keys: tuple[str, ...]) -> int:
    """Seal the lists that arms come from; a list never changes, so that nothing need be held to read it."""
    lists = session.scalars(
        select(AllocationList).where(AllocationList.study_id == study_id).order_by(AllocationList.id)
    ).all()
    for each in lists:
        each.sealed = sealing.reseal(each.sealed, contact_keys, what="the randomisation list")
    session.flush()
    return len(lists)


def _reseal_sent(
    session: Session, study_id: int, contact_keys: tuple[str, ...], kind: type[Sealed], *, what: str
) -> int:
    """Seal what came from participants, also what has ended or was dealt with: its rows stay."""
    found = session.scalars(
        select(kind)
        .join(Participant, Participant.id == kind.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(kind.id)
        .with_for_update(of=kind)
    ).all()
    for each in found:
        each.sealed = sealing.reseal(each.sealed, contact_keys, what=what)
    session.flush()
    return len(found)
