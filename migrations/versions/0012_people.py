"""Invitations, training and delegations, blinded statisticians, and when a browser was last used.

Revision: 0012_people
After: 0011_alerts_queries

The way back takes away only what holds nothing.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012_people"
down_revision = "0011_alerts_queries"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COLUMNS: tuple[tuple[str, str, sa.types.TypeEngine[Any]], ...] = (
    ("signed_in", "seen_at", INSTANT),
    ("signed_in", "idle_until", INSTANT),
    ("signed_in", "browser", sa.String(length=40)),
)
TABLES: Mapping[str, tuple[sa.schema.SchemaItem, ...]] = {
    "password_link": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("fate", sa.String(length=20), nullable=True),
        sa.Column("fate_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('invitation', 'reset')", name=op.f("ck_password_link_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_password_link_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_password_link"),
        sa.Index("ix_password_link_account_id", "account_id"),
    ),
    "qualification": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('training', 'delegation')", name=op.f("ck_qualification_kind")),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_qualification_in_order")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_qualification_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_qualification"),
        sa.Index("ix_qualification_account_id", "account_id"),
    ),
}


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    for table, name, kind in COLUMNS:
        if name not in {column["name"] for column in there.get_columns(table)}:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    if "unblinded" not in {column["name"] for column in there.get_columns("account")}:
        op.add_column(
            "account", sa.Column("unblinded", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    for table, parts in TABLES.items():
        if not there.has_table(table):
            op.create_table(table, *parts)


def downgrade() -> None:
    for table in reversed(list(TABLES)):
        if _empty(sa.select(sa.literal(1)).select_from(sa.table(table))):
            op.drop_table(table)
    account = sa.table("account", sa.column("unblinded", sa.Boolean))
    if _empty(sa.select(account.c.unblinded).where(account.c.unblinded)):
        op.drop_column("account", "unblinded")
    for table, name, _ in reversed(COLUMNS):
        column: sa.ColumnClause[Any] = sa.column(name)
        written = sa.select(column).select_from(sa.table(table, column)).where(column.is_not(None))
        if _empty(written):
            op.drop_column(table, name)


def _empty(rows: sa.Select[Any]) -> bool:
    return op.get_bind().execute(rows.limit(1)).first() is None
