"""By what an account can show who it is, for its owner to see."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.models import Account, CodeApp, Passkey, ProviderIdentity, RecoveryCode


@dataclass(frozen=True)
class Factor:
    """An app with codes, or a passkey."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class WaysIn:
    """All that someone can show beside the password, or instead of it."""

    code_apps: tuple[Factor, ...]
    passkeys: tuple[Factor, ...]
    recovery_codes: int
    provider: int | None

    @property
    def any(self) -> bool:
        """Return whether there is a second step; codes on paper are none, they stand in for one."""
        return bool(self.code_apps or self.passkeys)


def ways_in(session: Session, *, account_id: int) -> WaysIn:
    """Return what an account has."""
    left = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.used_at.is_(None),
        RecoveryCode.replaced_at.is_(None),
    )
    provider = select(ProviderIdentity.id).where(
        ProviderIdentity.account_id == account_id, ProviderIdentity.removed_at.is_(None)
    )
    return WaysIn(
        _factors(session, CodeApp, account_id),
        _factors(session, Passkey, account_id),
        session.scalars(left).one(),
        session.scalar(provider.limit(1)),
    )


def credentials(session: Session, *, account_id: int) -> list[str]:
    """Return the ids of an account's passkeys as browsers know them."""
    found = select(Passkey.credential_id).where(
        Passkey.account_id == account_id, Passkey.removed_at.is_(None)
    )
    return list(session.scalars(found.order_by(Passkey.id)))


def with_second_factor() -> ColumnElement[bool]:
    """Return the condition that an account has something to show beside the password."""
    return or_(
        *(
            select(table.id)
            .where(table.account_id == Account.id, table.removed_at.is_(None))
            .correlate(Account)
            .exists()
            for table in (CodeApp, Passkey)
        )
    )


def _factors(session: Session, table: type[CodeApp | Passkey], account_id: int) -> tuple[Factor, ...]:
    rows = session.execute(
        select(table.id, table.name, table.added_at, table.used_at)
        .where(table.account_id == account_id, table.removed_at.is_(None))
        .order_by(table.id)
    )
    return tuple(Factor(row.id, row.name, row.added_at, row.used_at) for row in rows)


def with_code_apps(session: Session) -> list[int]:
    """Return the accounts that have, or had, an app with codes."""
    return list(session.scalars(select(CodeApp.account_id).distinct().order_by(CodeApp.account_id)))
