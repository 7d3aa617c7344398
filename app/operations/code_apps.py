"""Apps that show one-time codes: added with the first code, and each code taken once."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import one_time_code
from app.models import CodeApp
from app.operations import audit
from app.operations.audit import Chain

BEFORE_ALL = -1


@dataclass(frozen=True)
class AddedApp:
    """An app of the account; `again`: it was there already, and the same form came once more."""

    id: int
    again: bool = False


def add_code_app(
    session: Session,
    *,
    account_id: int,
    name: str,
    sealed: str,
    code: str,
    actor: Actor,
    now: datetime,
    contact_keys: tuple[str, ...],
) -> AddedApp:
    """Add an app that shows the right code already; CODE_WRONG where it does not.

    A secret that an app of the account has is not added again: each of its codes would be good twice.
    """
    audit.lock(session, Chain("account", account_id))
    secret = one_time_code.unseal(sealed, account_id=account_id, keys=contact_keys)
    step = one_time_code.matching_step(secret, code, at=now, after=BEFORE_ALL)
    if step is None:
        raise Refusal(Code.CODE_WRONG)
    there = _with_secret(session, account_id, secret, contact_keys)
    if there is not None:
        there.last_step = max(there.last_step, step)
        session.flush()
        return AddedApp(there.id, again=True)
    app = CodeApp(
        account_id=account_id,
        name=name,
        sealed=one_time_code.seal(secret, account_id=account_id, keys=contact_keys),
        last_step=step,
        added_at=now,
        used_at=now,
    )
    session.add(app)
    session.flush()
    audit.record(
        session,
        chain=Chain("account", account_id),
        actor=actor,
        action="code_app.add",
        subject=f"code_app:{app.id}",
        now=now,
        new={"name": name},
        locked=True,
    )
    return AddedApp(app.id)


def take_code(
    session: Session, *, account_id: int, code: str, now: datetime, contact_keys: tuple[str, ...]
) -> bool:
    """Return whether a code is one that an app of the account shows now; it is not taken again."""
    for app in _in_use(session, account_id):
        secret = one_time_code.unseal(app.sealed, account_id=account_id, keys=contact_keys)
        step = one_time_code.matching_step(secret, code, at=now, after=app.last_step)
        if step is not None:
            app.last_step, app.used_at = step, now
            session.flush()
            return True
    return False


def _with_secret(
    session: Session, account_id: int, secret: str, contact_keys: tuple[str, ...]
) -> CodeApp | None:
    for app in _in_use(session, account_id):
        with suppress(Refusal):  # an app whose key is lost stops nobody from adding another one
            if one_time_code.unseal(app.sealed, account_id=account_id, keys=contact_keys) == secret:
                return app
    return None


def _in_use(session: Session, account_id: int) -> Sequence[CodeApp]:
    """Return the apps of an account that show codes, held until the transaction ends."""
    return session.scalars(
        select(CodeApp)
        .where(CodeApp.account_id == account_id, CodeApp.removed_at.is_(None))
        .order_by(CodeApp.id)
        .with_for_update()
    ).all()
