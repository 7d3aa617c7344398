"""Another e-mail address for a member of staff: asked for, confirmed from the new one, told to the old one.

The old address stays in force until somebody who reads mail at the new one confirms it. No token is stored:
it is signed from the change's id, and a newer change or a changed password ends every earlier one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import email_token
from app.models import Account, EmailChange
from app.operations import attempts, audit
from app.operations.account_changes import held, reasoned
from app.operations.audit import Chain
from app.operations.link_mails import MailFate
from app.operations.links import Refused
from app.operations.passwords import revoke_email_changes, revoke_links
from app.operations.sessions import end_sessions

LASTING = timedelta(days=1)


@dataclass(frozen=True)
class ConfirmationMail:
    """All that the message to the new address needs.

    `taken`: it belongs to another account, whose owner is told so; whoever asked cannot tell.
    """

    account_id: int
    change_id: int
    address: str
    language: str
    expires_at: datetime
    taken: bool


@dataclass(frozen=True)
class EmailChanged:
    """An address was changed, and what the notice to the old one needs; `again`: it was before."""

    account_id: int
    change_id: int
    old: str
    language: str
    again: bool = False


def ask_email_change(
    session: Session, *, account_id: int, email: str, actor: Actor, now: datetime
) -> ConfirmationMail:
    """Take down the new address that someone wants for themselves, and return what to mail there.

    ALREADY_RECORDED where they have it; the address of another account is taken down like any other.
    """
    account = session.get_one(Account, account_id, with_for_update=True)
    return _ask(session, account, email, "", actor, now)


def ask_email_change_of(
    session: Session, *, account_id: int, email: str, reason: str, actor: Actor, now: datetime
) -> ConfirmationMail:
    """Take down a new address for someone who lost their mailbox, for whoever administers their account.

    ALREADY_RECORDED also where the address is of another account that the actor may see.
    """
    account = held(session, account_id=account_id, actor=actor)
    reasoned(reason)
    other = _holder(session, email)
    if other is not None and actor.may_see(study_id=other.study_id, site=other.site):
        raise Refusal(Code.ALREADY_RECORDED, "an account has this address")
    return _ask(session, account, email, reason, actor, now)


def cancel_email_change(session: Session, *, account_id: int, actor: Actor, now: datetime) -> None:
    """Keep the address as it is: no link that was mailed changes it any more."""
    session.get_one(Account, account_id, with_for_update=True)
    if revoke_email_changes(session, account_id=account_id, now=now):
        _record(session, account_id, "email_change.cancel", f"account:{account_id}", actor, now)


def record_email_change_mail(
    session: Session, *, mail: ConfirmationMail, fate: MailFate, reason: str, actor: Actor, now: datetime
) -> None:
    """Record what became of the message to the new address; never the link."""
    audit.lock(session, Chain("account", mail.account_id))
    change = session.get_one(EmailChange, mail.change_id)
    change.fate, change.fate_at = fate, now
    session.flush()
    subject = f"email_change:{mail.change_id}"
    _record(
        session, mail.account_id, "email_change.mail", subject, actor, now, new={"fate": fate}, reason=reason
    )


def record_email_notice(
    session: Session, *, changed: EmailChanged, fate: MailFate, reason: str, actor: Actor, now: datetime
) -> None:
    """Record what became of the notice to the old address."""
    audit.lock(session, Chain("account", changed.account_id))
    subject = f"email_change:{changed.change_id}"
    _record(
        session,
        changed.account_id,
        "email_change.notify",
        subject,
        actor,
        now,
        new={"fate": fate},
        reason=reason,
    )


def confirm_email_change(
    session: Session, *, token: str, link_keys: Sequence[str], now: datetime, keep: str | None = None
) -> EmailChanged | Refused:
    """Put the new address in force, use the link up, and end every link that was mailed to the old one.

    Ends every session but that with the secret `keep`, and lets nobody in. A second press changes nothing.
    """
    change_id = email_token.read(token, link_keys) or 0
    account = session.scalar(
        select(Account)
        .join(EmailChange, EmailChange.account_id == Account.id)
        .where(EmailChange.id == change_id)
        .with_for_update(of=Account)
    )
    change = session.get(EmailChange, change_id)
    if account is None or change is None or account.deactivated_at is not None:
        return Refused(Code.LINK_INVALID)
    if change.used_at is not None and account.email == change.email:
        return EmailChanged(account.id, change.id, "", account.language, again=True)
    spent = change.used_at is not None or change.revoked_at is not None or change.expires_at <= now
    if spent or _holder(session, change.email) is not None:
        return Refused(Code.LINK_INVALID)
    old, account.email, change.used_at = account.email, change.email, now
    revoke_links(session, account_id=account.id, now=now)
    session.flush()
    _record(
        session,
        account.id,
        "account.change_email",
        f"account:{account.id}",
        Actor("account", account.id),
        now,
        old={"email": old},
        new={"email": account.email, "by": f"email_change:{change.id}"},
    )
    end_sessions(session, account_id=account.id, actor=Actor("account", account.id), now=now, keep=keep)
    return EmailChanged(account.id, change.id, old, account.language)


def _ask(
    session: Session, account: Account, email: str, reason: str, actor: Actor, now: datetime
) -> ConfirmationMail:
    """Do what both ways of asking have in common; the account is held."""
    address = _plain(email)
    if account.deactivated_at is not None:
        raise Refusal(Code.DEACTIVATED, f"account {account.id}")
    if address == account.email:
        raise Refusal(Code.ALREADY_RECORDED, "it is the account's own address")
    subject = f"new address of account {account.id}"
    if attempts.too_many(session, kind="new-address", subject=subject, now=now):
        raise Refusal(Code.TOO_MANY_ATTEMPTS, subject)
    attempts.count(session, kind="new-address", subject=subject, now=now)
    revoke_email_changes(session, account_id=account.id, now=now)
    change = EmailChange(account_id=account.id, email=address, asked_at=now, expires_at=now + LASTING)
    session.add(change)
    session.flush()
    _record(
        session,
        account.id,
        "email_change.ask",
        f"email_change:{change.id}",
        actor,
        now,
        new={"email": address, "expires_at": change.expires_at.isoformat()},
        reason=reason,
    )
    holder = _holder(session, address)
    language = account.language if holder is None else holder.language
    return ConfirmationMail(
        account.id, change.id, address, language, change.expires_at, taken=holder is not None
    )


def _holder(session: Session, email: str) -> Account | None:
    return session.scalar(select(Account).where(Account.email == _plain(email)))


def _plain(email: str) -> str:
    return email.strip().lower()


def _record(
    session: Session,
    account_id: int,
    action: str,
    subject: str,
    actor: Actor,
    now: datetime,
    *,
    old: dict[str, str] | None = None,
    new: dict[str, str] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action=action,
        subject=subject,
        now=now,
        old=old,
        new=new,
        reason=reason,
        locked=True,
    )
