"""Links by mail with which staff choose a password: invitations, and ways back for who forgot.

Prepared in one transaction, recorded in another, sent between them. No token is stored: it is signed from the
link's id, and a newer link or a changed password ends every earlier one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.account import PasswordLinkKind
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import password_token
from app.models import Account, PasswordLink, Study
from app.operations import audit
from app.operations.audit import Chain
from app.operations.link_mails import MailFate
from app.operations.links import Refused
from app.operations.passwords import hash_chosen, revoke_email_changes, revoke_links
from app.operations.sessions import end_sessions

LASTING: dict[PasswordLinkKind, timedelta] = {"invitation": timedelta(days=7), "reset": timedelta(hours=2)}


@dataclass(frozen=True)
class PasswordMail:
    """All that a message with such a link needs."""

    account_id: int
    link_id: int
    kind: PasswordLinkKind
    address: str
    name: str
    language: str
    expires_at: datetime


def issue_password_link(
    session: Session, *, account_id: int, kind: PasswordLinkKind, actor: Actor, now: datetime
) -> PasswordMail:
    """Make a link, end every earlier one, and return what to mail; refuses a deactivated account."""
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise Refusal(Code.NOT_FOUND, f"account {account_id}")
    if account.deactivated_at is not None:
        raise Refusal(Code.DEACTIVATED, f"account {account_id}")
    revoke_links(session, account_id=account_id, now=now)
    link = PasswordLink(account_id=account_id, kind=kind, issued_at=now, expires_at=now + LASTING[kind])
    session.add(link)
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="password.issue_link",
        subject=f"password_link:{link.id}",
        now=now,
        new={"kind": kind, "expires_at": link.expires_at.isoformat()},
        locked=True,
    )
    return PasswordMail(
        account_id, link.id, kind, account.email, account.name, account.language, link.expires_at
    )


def record_password_mail(
    session: Session, *, mail: PasswordMail, fate: MailFate, reason: str, actor: Actor, now: datetime
) -> None:
    """Record what became of the message; never the address, nor the link."""
    audit.lock(session, Chain("account", mail.account_id))
    link = session.get_one(PasswordLink, mail.link_id)
    link.fate, link.fate_at = fate, now
    session.flush()
    audit.record(
        session,
        chain=Chain("account", mail.account_id),
        actor=actor,
        action="password.mail_link",
        subject=f"password_link:{mail.link_id}",
        now=now,
        new={"fate": fate},
        reason=reason,
        locked=True,
    )


def choose_password(
    session: Session,
    *,
    token: str,
    password: str,
    link_keys: Sequence[str],
    now: datetime,
    alone: bool = False,
) -> Refused | None:
    """Set the password that someone chose, use the link up, and end whatever was signed in.

    Raises FAULTY_INPUT for a weak password: the link stays good. It lets nobody in. `alone`: the password is
    all that they will be asked for.
    """
    link_id = password_token.read(token, link_keys) or 0
    account = session.scalar(
        select(Account)
        .join(PasswordLink, PasswordLink.account_id == Account.id)
        .where(PasswordLink.id == link_id)
        .with_for_update(of=Account)
    )
    link = session.get(PasswordLink, link_id)
    if account is None or link is None or account.deactivated_at is not None or not usable(link, now):
        return Refused(Code.LINK_INVALID)
    codes = session.scalars(select(Study.code).where(Study.id == account.study_id))
    account.password_hash = hash_chosen(password, context=(account.name, account.email, *codes), alone=alone)
    link.used_at = now
    revoke_links(session, account_id=account.id, now=now)
    revoke_email_changes(session, account_id=account.id, now=now)
    session.flush()
    actor = Actor("account", account.id)
    audit.record(
        session,
        chain=Chain("account", account.id),
        actor=actor,
        action="password.choose",
        subject=f"account:{account.id}",
        now=now,
        new={"by": link.kind},
        locked=True,
    )
    end_sessions(session, account_id=account.id, actor=actor, now=now)
    return None


def usable(link: PasswordLink, now: datetime) -> bool:
    """Return whether a link still opens."""
    return link.used_at is None and link.revoked_at is None and now < link.expires_at
