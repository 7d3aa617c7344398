"""Addresses by their keyed hash, browsers to push to, and more of what becomes of a message.

Revision: 0014_channels
After: 0013_schedule

As in 0003_phone: the way back takes away only what holds nothing, the way forward finds the rest again.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014_channels"
down_revision = "0013_schedule"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("bounced_at", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
    )


TABLES: Mapping[str, tuple[sa.schema.SchemaItem, ...]] = {
    "contact_hash": (
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("bounced_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('email', 'phone')", name=op.f("ck_contact_hash_kind")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_contact_hash_participant_id"
        ),
        sa.PrimaryKeyConstraint("participant_id", "kind", name="pk_contact_hash"),
        sa.Index("ix_contact_hash_hash", "hash"),
    ),
    "push_subscription": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("endpoint_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_push_subscription_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscription"),
        sa.UniqueConstraint("endpoint_hash", name="uq_push_subscription_endpoint_hash"),
        sa.Index("ix_push_subscription_participant_id", "participant_id"),
    ),
}


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    known = {column["name"] for column in there.get_columns("reminder")}
    for column in _columns():
        if column.name not in known:
            op.add_column("reminder", column)
    for table, parts in TABLES.items():
        if not there.has_table(table):
            op.create_table(table, *parts)


def downgrade() -> None:
    for table in reversed(list(TABLES)):
        if _empty(sa.select(sa.literal(1)).select_from(sa.table(table))):
            op.drop_table(table)
    for column in _columns():
        written = (
            sa.column(column.name) != 0 if column.name == "tries" else sa.column(column.name).is_not(None)
        )
        if _empty(sa.select(sa.literal(1)).select_from(sa.table("reminder")).where(written)):
            op.drop_column("reminder", column.name)


def _empty(rows: sa.Select[Any]) -> bool:
    return op.get_bind().execute(rows.limit(1)).first() is None
