"""Who asked for a new link and has none yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.models import Link, LinkRequest, Participant
from app.queries.endings import NOTHING_ENDED, endings
from app.queries.roster import within


@dataclass(frozen=True)
class OpenRequest:
    """A request that no newer link has answered."""

    code: str
    site: str
    asked_at: datetime


_ANSWERED = exists().where(
    Link.participant_id == LinkRequest.participant_id,
    Link.issued_at > LinkRequest.asked_at,
)


def open_since(session: Session, *, participant_id: int) -> datetime | None:
    """Return when a participant asked for a link that they have not been given, or None."""
    return session.scalar(
        select(LinkRequest.asked_at)
        .where(LinkRequest.participant_id == participant_id, ~_ANSWERED)
        .order_by(LinkRequest.id)
        .limit(1)
    )


def open_requests(session: Session, *, actor: Actor, study_id: int) -> Sequence[OpenRequest]:
    """Return the requests that wait, oldest first, as far as the actor may see them.

    Those of people who have died or withdrawn from being written to since then wait no longer.
    """
    found = session.execute(
        select(Participant, LinkRequest.asked_at)
        .join(LinkRequest, LinkRequest.participant_id == Participant.id)
        .where(within(actor, study_id), ~_ANSWERED)
        .order_by(LinkRequest.asked_at, LinkRequest.id)
    ).all()
    ended = endings(session, participant_ids={participant.id for participant, _ in found})
    requests = []
    for participant, asked_at in found:
        what_ended = ended.get(participant.id, NOTHING_ENDED)
        wanted = what_ended.dead_on is None and "contact" not in what_ended.withdrawals
        if wanted:
            requests.append(OpenRequest(participant.code, participant.site, asked_at))
    return requests
