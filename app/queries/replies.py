"""Answers to messages that wait for staff: whose and since when; the words are opened one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.models import Participant, Reply
from app.queries.roster import within


@dataclass(frozen=True)
class WaitingReply:
    """An answer that nobody has dealt with yet, or that somebody has."""

    id: int
    code: str
    site: str
    channel: str
    received_at: datetime
    settled_at: datetime | None


def waiting(
    session: Session, *, actor: Actor, study_id: int, limit: int | None = None
) -> Sequence[WaitingReply]:
    """Return the answers that nobody has dealt with, oldest first, as far as the actor may see them."""
    found = session.execute(
        select(Reply, Participant.code, Participant.site)
        .join(Participant, Participant.id == Reply.participant_id)
        .where(within(actor, study_id), Reply.settled_at.is_(None))
        .order_by(Reply.id)
        .limit(limit)
    )
    return [_row(reply, code, site) for reply, code, site in found]


def one(session: Session, *, actor: Actor, study_id: int, reply_id: int) -> WaitingReply:
    """Return an answer, also one that was dealt with; NOT_FOUND also outside what the actor may see."""
    found = session.execute(
        select(Reply, Participant.code, Participant.site)
        .join(Participant, Participant.id == Reply.participant_id)
        .where(within(actor, study_id), Reply.id == reply_id)
    ).first()
    if found is None:
        raise Refusal(Code.NOT_FOUND, f"reply {reply_id}")
    return _row(*found)


def _row(reply: Reply, code: str, site: str) -> WaitingReply:
    return WaitingReply(reply.id, code, site, reply.channel, reply.received_at, reply.settled_at)
