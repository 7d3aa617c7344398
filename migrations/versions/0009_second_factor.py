"""A second factor for staff: apps with codes, passkeys, recovery codes, and who one is at a provider.

Revision: 0009_second_factor
After: 0008_corrections

The way back takes away only what holds nothing: going back loses no row.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009_second_factor"
down_revision = "0008_corrections"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

COLUMNS: tuple[tuple[str, str, sa.types.TypeEngine[Any]], ...] = (
    ("signed_in", "proved_by", sa.String(length=20)),
    ("signed_in", "proved_at", INSTANT),
)


def _of_account(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{table}_account_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.Index(f"ix_{table}_account_id", "account_id"),
    )


TABLES: Mapping[str, tuple[sa.schema.SchemaItem, ...]] = {
    "code_app": (
        *_of_account("code_app"),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
    ),
    "passkey": (
        *_of_account("passkey"),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Index("ix_passkey_credential_id", "credential_id", unique=True),
    ),
    "recovery_code": (
        *_of_account("recovery_code"),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("replaced_at", INSTANT, nullable=True),
    ),
    "spent_challenge": (
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("spent_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name="pk_spent_challenge"),
    ),
    "provider_identity": (
        *_of_account("provider_identity"),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("bound_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Index("ix_provider_identity_issuer_subject", "issuer", "subject", unique=True),
    ),
}


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    for table, name, kind in COLUMNS:
        if name not in {column["name"] for column in there.get_columns(table)}:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    for table, parts in TABLES.items():
        if not there.has_table(table):
            op.create_table(table, *parts)


def downgrade() -> None:
    for table in reversed(list(TABLES)):
        if _empty(sa.select(sa.literal(1)).select_from(sa.table(table))):
            op.drop_table(table)
    for table, name, _ in reversed(COLUMNS):
        column: sa.ColumnClause[Any] = sa.column(name)
        written = sa.select(column).select_from(sa.table(table, column)).where(column.is_not(None))
        if _empty(written):
            op.drop_column(table, name)


def _empty(rows: sa.Select[Any]) -> bool:
    return op.get_bind().execute(rows.limit(1)).first() is None
