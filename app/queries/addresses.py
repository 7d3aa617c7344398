"""For which channels participants have an address that takes messages, without opening a contact detail."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.channels import KIND_OF
from app.domain.study import Channel
from app.models import Contact, ContactHash, PushSubscription


def addressed(session: Session, *, participant_ids: Collection[int]) -> dict[int, frozenset[Channel]]:
    """Return the channels for which each participant has an address that is not known to bounce.

    Where the hashes of the details are not made yet, both kinds are supposed to be there: whoever opens the
    details to send finds out.
    """
    kinds: dict[int, dict[str, bool]] = defaultdict(dict)
    for participant_id, kind, hashed, bounced_at in session.execute(
        select(ContactHash.participant_id, ContactHash.kind, ContactHash.hash, ContactHash.bounced_at).where(
            ContactHash.participant_id.in_(participant_ids)
        )
    ):
        kinds[participant_id][kind] = hashed != "" and bounced_at is None
    held = session.scalars(select(Contact.participant_id).where(Contact.participant_id.in_(participant_ids)))
    pushed = set(
        session.scalars(
            select(PushSubscription.participant_id).where(
                PushSubscription.participant_id.in_(participant_ids), PushSubscription.ended_at.is_(None)
            )
        )
    )
    found: dict[int, frozenset[Channel]] = {each: frozenset({"push"}) for each in pushed}
    for participant_id in held:
        open_ones = {way for way, kind in KIND_OF.items() if kinds[participant_id].get(kind, True)}
        found[participant_id] = frozenset(open_ones | found.get(participant_id, frozenset()))
    return found


def sealed_browsers(session: Session, *, participant_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the sealed subscriptions of the participants' browsers, each one's newest first."""
    found: dict[int, list[str]] = defaultdict(list)
    for participant_id, sealed in session.execute(
        select(PushSubscription.participant_id, PushSubscription.sealed)
        .where(PushSubscription.participant_id.in_(participant_ids), PushSubscription.ended_at.is_(None))
        .order_by(PushSubscription.created_at.desc(), PushSubscription.id.desc())
    ):
        found[participant_id].append(sealed)
    return found


def open_browsers(session: Session, *, participant_id: int) -> int:
    """Return how many of a participant's browsers show messages."""
    return len(sealed_browsers(session, participant_ids=[participant_id]).get(participant_id, ()))
