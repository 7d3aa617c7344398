"""What people answer to messages, other than STOP: kept for staff, sealed, and every look at it recorded."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.study import Channel
from app.errors import Code, Refusal
from app.formats import sealing
from app.models import Participant, Reply
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held


def keep_reply(
    session: Session,
    *,
    participant_id: int,
    channel: Channel,
    words: str,
    actor: Actor,
    now: datetime,
    contact_keys: Sequence[str],
) -> int:
    """Keep an answer and return its id; its words stand in no entry."""
    audit.lock(session, Chain("participant", participant_id))
    reply = Reply(
        participant_id=participant_id,
        channel=channel,
        sealed=sealing.seal(words, contact_keys),
        received_at=now,
    )
    session.add(reply)
    _record(session, reply, "reply.receive", actor, now, {"channel": channel})
    return reply.id


def read_reply(
    session: Session,
    *,
    study_id: int,
    reply_id: int,
    actor: Actor,
    now: datetime,
    contact_keys: Sequence[str],
) -> str:
    """Return what was answered; that it was read is recorded, what was read is not."""
    reply = _held(session, study_id, reply_id, actor)
    words = sealing.unseal(reply.sealed, contact_keys, what="an answer to a message")
    _record(session, reply, "reply.read", actor, now)
    return words


def settle_reply(session: Session, *, study_id: int, reply_id: int, actor: Actor, now: datetime) -> None:
    """Note that someone has done what there was to do; a second time changes nothing."""
    reply = _held(session, study_id, reply_id, actor)
    if reply.settled_at is not None:
        return
    reply.settled_at, reply.settled_by = now, actor.label
    _record(session, reply, "reply.settle", actor, now)


def _held(session: Session, study_id: int, reply_id: int, actor: Actor) -> Reply:
    """Return an answer and hold its participant; NOT_FOUND also outside what the actor may see."""
    reply = session.get(Reply, reply_id)
    participant = None if reply is None else session.get(Participant, reply.participant_id)
    if reply is None or participant is None or participant.study_id != study_id:
        raise Refusal(Code.NOT_FOUND, f"reply {reply_id}")
    held(session, participant_id=reply.participant_id, actor=actor)
    session.refresh(reply)
    return reply


def _record(
    session: Session,
    reply: Reply,
    action: str,
    actor: Actor,
    now: datetime,
    new: dict[str, object] | None = None,
) -> None:
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", reply.participant_id),
        actor=actor,
        action=action,
        subject=f"reply:{reply.id}",
        now=now,
        new=new,
        locked=True,
    )
