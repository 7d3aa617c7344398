"""Who of the staff looks after something: accounts that are in use, by role and site."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Role
from app.models import Account

OWNERS: tuple[Role, ...] = ("coordinator", "administrator")


@dataclass(frozen=True)
class Colleague:
    """An account that is in use, as other staff may know it."""

    account_id: int
    name: str
    role: Role
    site: str | None


def may_own(account: Account, *, study_id: int, site: str) -> bool:
    """Return whether an account can be given what belongs to a site: its coordinators, and administrators."""
    return (
        account.deactivated_at is None
        and account.role in OWNERS
        and account.study_id in (None, study_id)
        and account.site in (None, site)
    )


def of_site(
    session: Session, *, study_id: int, site: str, roles: Collection[Role] = OWNERS
) -> list[Colleague]:
    """Return who looks after a site in these roles, by role and name."""
    rows = session.scalars(
        select(Account)
        .where(looking_after(study_id, site), Account.role.in_(roles))
        .order_by(Account.role.desc(), Account.name, Account.id)  # coordinators first
    )
    return [Colleague(row.id, row.name, row.role, row.site) for row in rows]


def looking_after(study_id: int, site: str) -> ColumnElement[bool]:
    """Return the condition that an account is in use and its work takes in a site of a study."""
    return and_(
        Account.deactivated_at.is_(None),
        or_(Account.study_id.is_(None), Account.study_id == study_id),
        or_(Account.site.is_(None), Account.site == site),
    )


def names(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """Return what accounts are called."""
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(account_ids)))
    return {row.id: row.name for row in rows}
