"""Someone who holds a dead link asks for a new one; nobody learns from it who takes part."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code
from app.formats import link_token
from app.models import Link, LinkRequest
from app.operations import attempts, audit
from app.operations.audit import Chain
from app.operations.links import Refused, alive
from app.operations.participants import held
from app.queries import link_requests
from app.queries.endings import ending


def ask_for_link(
    session: Session, *, token: str, address: str, now: datetime, link_keys: tuple[str, ...]
) -> Refused | None:
    """Keep that a new link is wanted; what is answered depends on the address alone, never on the token.

    Nothing is kept for a token that was not signed here, for one that still works, for the dead and for those
    who withdrew from being written to, nor a second time before a newer link has answered the first.
    """
    if attempts.too_many(session, kind="address", subject=address, now=now):
        return Refused(Code.TOO_MANY_ATTEMPTS)
    attempts.count(session, kind="address", subject=address, now=now)
    link = session.get(Link, link_token.read(token, link_keys) or 0)
    if link is None or alive(session, link.id, now) is not None:
        return None
    actor = Actor("participant", link.participant_id)
    held(session, participant_id=link.participant_id, actor=actor)
    ended = ending(session, participant_id=link.participant_id)
    if ended.dead_on is not None or "contact" in ended.withdrawals:
        return None
    if link_requests.open_since(session, participant_id=link.participant_id) is not None:
        return None
    request = LinkRequest(participant_id=link.participant_id, link_id=link.id, asked_at=now)
    session.add(request)
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", link.participant_id),
        actor=actor,
        action="link.ask",
        subject=f"link:{link.id}",
        now=now,
        reason="asked by someone who holds a link that no longer works; nobody was let in",
        locked=True,
    )
    return None
