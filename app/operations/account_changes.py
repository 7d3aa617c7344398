"""Staff invited, changed, deactivated and taken back: with old, new and the reason in their own trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Role
from app.errors import Code, Refusal
from app.models import Account
from app.operations import audit
from app.operations.audit import Chain
from app.operations.passwords import NOBODYS
from app.operations.sessions import end_sessions
from app.queries import people, studies

CHANGED = ("name", "role", "study_id", "site", "unblinded")
DECIDING = ("role", "study_id", "site", "unblinded")
"""What someone may see and do: a change ends their sessions."""


def invite(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    study_id: int | None,
    site: str | None,
    language: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Add someone who has no password yet and return the account's id; refuses a taken address."""
    address = email.strip().lower()
    if session.scalar(select(Account.id).where(Account.email == address)):
        raise Refusal(Code.ALREADY_RECORDED, f"account {address}")
    _check_scope(session, actor, role, study_id, site)
    account = Account(
        email=address,
        name=name,
        password_hash=NOBODYS,
        role=role,
        study_id=study_id,
        site=site,
        language=language,
        created_at=now,
    )
    session.add(account)
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account.id),
        actor=actor,
        action="account.invite",
        subject=f"account:{account.id}",
        now=now,
        new={"email": address, "name": name, "role": role, "study_id": study_id, "site": site},
    )
    return account.id


def change_account(
    session: Session,
    *,
    account_id: int,
    name: str,
    role: Role,
    study_id: int | None,
    site: str | None,
    unblinded: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what someone is called, is, and may see; the same again changes nothing.

    Refuses to leave nobody who administers what the account administered. Nobody unblinds themselves.
    """
    account = held(session, account_id=account_id, actor=actor)
    _check_scope(session, actor, role, study_id, site)
    wanted = {"name": name, "role": role, "study_id": study_id, "site": site, "unblinded": unblinded}
    before = {field: getattr(account, field) for field in CHANGED}
    changed = [field for field in CHANGED if before[field] != wanted[field]]
    if not changed:
        return
    reasoned(reason)
    if unblinded and not account.unblinded and actor.kind == "account" and actor.id == account_id:
        raise Refusal(Code.NOT_ALLOWED, "an administrator unblinds somebody else")
    if account.role == "administrator" and {"role", "study_id", "site"} & set(changed):
        _keep_one(session, account)
    for field in changed:
        setattr(account, field, wanted[field])
    session.flush()
    _record(
        session,
        account,
        "account.change",
        actor,
        now,
        reason,
        old={field: before[field] for field in changed},
        new={field: wanted[field] for field in changed},
    )
    if set(changed) & set(DECIDING):
        end_sessions(session, account_id=account_id, actor=actor, now=now)


def deactivate(session: Session, *, account_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Let someone in no more, and end their sessions at once; refuses the last who administers."""
    account = held(session, account_id=account_id, actor=actor)
    if account.deactivated_at is not None:
        return
    reasoned(reason)
    if account.role == "administrator":
        _keep_one(session, account)
    account.deactivated_at = now
    session.flush()
    _record(session, account, "account.deactivate", actor, now, reason)
    end_sessions(session, account_id=account_id, actor=actor, now=now)


def reactivate(session: Session, *, account_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Let someone in again, with the password they had."""
    account = held(session, account_id=account_id, actor=actor)
    if account.deactivated_at is None:
        return
    reasoned(reason)
    account.deactivated_at = None
    session.flush()
    _record(session, account, "account.reactivate", actor, now, reason)


def held(session: Session, *, account_id: int, actor: Actor) -> Account:
    """Return an account that the actor administers, its trail held; NOT_FOUND also outside their scope."""
    # All who administer are held first, in order: of two who leave at once, the second sees the first gone.
    session.scalars(
        select(Account.id).where(Account.role == "administrator").order_by(Account.id).with_for_update()
    ).all()
    account = session.get(Account, account_id, with_for_update=True)
    if account is None or not actor.may_see(study_id=account.study_id, site=account.site):
        raise Refusal(Code.NOT_FOUND, f"account {account_id}")
    return account


def _check_scope(session: Session, actor: Actor, role: Role, study_id: int | None, site: str | None) -> None:
    """Refuse what the role cannot be, a site that there is not, and more than the actor has."""
    if role == "coordinator" and (study_id is None or site is None):
        raise Refusal(Code.SITE_NEEDED, "a coordinator needs a study and a site")
    if not actor.may_see(study_id=study_id, site=site):
        raise Refusal(Code.NOT_ALLOWED, "outside what the administrator may see")
    if site is not None:
        sites = studies.current(session, study_id=study_id).study.sites if study_id is not None else ()
        if site not in {each.code for each in sites}:
            raise Refusal(Code.UNKNOWN_CODE, f"site {site}")


def _keep_one(session: Session, account: Account) -> None:
    others = (each for each in people.administrators(session) if each.account_id != account.id)
    if not any(
        each.study_id in (None, account.study_id) and each.site in (None, account.site) for each in others
    ):
        raise Refusal(Code.LAST_ADMINISTRATOR, f"account {account.id}")


def reasoned(reason: str) -> None:
    """Refuse to change an account without a reason."""
    if not reason.strip():
        raise Refusal(Code.REASON_NEEDED, "why is the account changed?")


def _record(
    session: Session,
    account: Account,
    action: str,
    actor: Actor,
    now: datetime,
    reason: str,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        chain=Chain("account", account.id),
        actor=actor,
        action=action,
        subject=f"account:{account.id}",
        now=now,
        old=old,
        new=new,
        reason=reason,
        locked=True,
    )
