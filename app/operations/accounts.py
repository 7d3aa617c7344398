"""Staff accounts."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Role
from app.errors import Code, Refusal
from app.models import Account, Study
from app.operations import audit
from app.operations.audit import Chain
from app.operations.passwords import hash_chosen


def add_account(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    study_id: int | None,
    site: str | None,
    password: str,
    actor: Actor,
    now: datetime,
    alone: bool = False,
    unblinded: bool = False,
) -> int:
    """Add a member of staff and return the account's id; refuses a taken address and a weak password.

    `alone`: the password is all that they will be asked for. `unblinded`: they may open reports that tell the
    arms.
    """
    address = email.strip().lower()
    if session.scalar(select(Account.id).where(Account.email == address)):
        raise Refusal(Code.ALREADY_RECORDED, f"account {address}")
    if role == "coordinator" and (study_id is None or site is None):
        raise Refusal(Code.FAULTY_INPUT, "a coordinator needs a study and a site")
    context = (name, address, *_study_codes(session, study_id))
    account = Account(
        email=address,
        name=name,
        password_hash=hash_chosen(password, context=context, alone=alone),
        role=role,
        study_id=study_id,
        site=site,
        created_at=now,
        unblinded=unblinded,
    )
    session.add(account)
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account.id),
        actor=actor,
        action="account.add",
        subject=f"account:{account.id}",
        now=now,
        new={"email": address, "name": name, "role": role, "study_id": study_id, "site": site}
        | ({"unblinded": True} if unblinded else {}),
    )
    return account.id


def _study_codes(session: Session, study_id: int | None) -> list[str]:
    return list(session.scalars(select(Study.code).where(Study.id == study_id)))


def change_language(session: Session, *, account_id: int, language: str, actor: Actor, now: datetime) -> None:
    """Change the language of someone's staff pages; the same one again changes nothing."""
    account = session.get_one(Account, account_id, with_for_update=True)
    if account.language == language:
        return
    before, account.language = account.language, language
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="account.change_language",
        subject=f"account:{account_id}",
        now=now,
        old={"language": before},
        new={"language": language},
        locked=True,
    )
