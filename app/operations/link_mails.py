"""A participant's link by e-mail: prepared in one transaction, recorded in another, sent between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.operations import audit
from app.operations.audit import Chain
from app.operations.contacts import read_contact
from app.operations.links import issue_link
from app.operations.participants import held
from app.queries import access, studies
from app.queries.endings import ending

MailFate = Literal["sent", "written", "failed", "uncertain"]


@dataclass(frozen=True)
class LinkMail:
    """All that a message with a link needs."""

    participant_id: int
    link_id: int
    address: str
    language: str
    phone: str


def prepare_link_mail(
    session: Session,
    *,
    participant_id: int,
    actor: Actor,
    now: datetime,
    contact_keys: Sequence[str],
) -> LinkMail:
    """Return what to mail: the link that works, or a new one where none does.

    Refuses to write to the dead, to someone who withdrew anything, and where there is no address.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    ended = ending(session, participant_id=participant_id)
    if ended.dead_on is not None:
        raise Refusal(Code.DEAD, f"participant {participant_id}")
    if ended.withdrawals:
        raise Refusal(Code.WITHDRAWN, f"participant {participant_id}")
    details = read_contact(
        session, participant_id=participant_id, actor=actor, now=now, contact_keys=tuple(contact_keys)
    )
    if not details.email:
        raise Refusal(Code.NO_ADDRESS, f"participant {participant_id}")
    link_id = access.newest_link(session, participant_id=participant_id, now=now)
    if link_id is None:
        link_id = issue_link(session, participant_id=participant_id, actor=actor, now=now)
    site = studies.current(session, study_id=participant.study_id).study.site(participant.site)
    return LinkMail(participant_id, link_id, details.email, participant.language, site.phone)


def record_link_mail(
    session: Session, *, mail: LinkMail, fate: MailFate, reason: str, actor: Actor, now: datetime
) -> None:
    """Record what became of a message with a link; never the address, nor the link."""
    audit.record(
        session,
        chain=Chain("participant", mail.participant_id),
        actor=actor,
        action="link.mail",
        subject=f"link:{mail.link_id}",
        now=now,
        new={"fate": fate},
        reason=reason,
    )
