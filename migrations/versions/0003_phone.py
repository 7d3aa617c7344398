"""Answers that wait on phones, alerts, short codes, requests for a link, and contact preferences.

Revision: 0003_phone
After: 0002_append_only

Columns are added one by one, without batch mode: a table that is made anew loses its triggers.

The way back takes away only what holds nothing. What was written since stays where it is, unseen by the older
program, and the way forward finds it again: going back loses no row.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_phone"
down_revision = "0002_append_only"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)

COLUMNS: tuple[tuple[str, str, sa.types.TypeEngine[Any]], ...] = (
    ("answer", "entry_id", sa.String(length=64)),
    ("answer", "device", sa.String(length=16)),
    ("answer", "sequence", sa.BigInteger()),
    ("answer", "entered_by", sa.String(length=80)),
    ("link", "code_hash", sa.String(length=64)),
)
INDEXES = (
    ("ix_answer_response_id_entry_id", "answer", ["response_id", "entry_id"]),
    ("ix_link_code_hash", "link", ["code_hash"]),
)
TABLES: Mapping[str, tuple[sa.schema.SchemaItem, ...]] = {
    "link_request": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_link_request_link_id"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_link_request_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_request"),
        sa.Index("ix_link_request_participant_id", "participant_id"),
    ),
    "alert": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_alert_participant_id"),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name="fk_alert_response_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.UniqueConstraint("response_id", "rule", name="uq_alert_response_id_rule"),
        sa.Index("ix_alert_participant_id", "participant_id"),
    ),
    "contact_preference": (
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint("hour >= 0 AND hour <= 23", name=op.f("ck_contact_preference_hour")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_contact_preference_participant_id"
        ),
        sa.PrimaryKeyConstraint("participant_id", name="pk_contact_preference"),
    ),
}


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    for table, name, kind in COLUMNS:
        if name not in {column["name"] for column in there.get_columns(table)}:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    for index, table, columns in INDEXES:
        op.create_index(index, table, columns, unique=True)
    for table, parts in TABLES.items():
        if not there.has_table(table):
            op.create_table(table, *parts)


def downgrade() -> None:
    for table in reversed(list(TABLES)):
        if _empty(sa.select(sa.literal(1)).select_from(sa.table(table))):
            op.drop_table(table)
    for index, table, _ in INDEXES:
        op.drop_index(index, table_name=table)
    for table, name, _ in reversed(COLUMNS):
        column: sa.ColumnClause[Any] = sa.column(name)
        written = sa.select(column).select_from(sa.table(table, column)).where(column.is_not(None))
        if _empty(written):
            op.drop_column(table, name)


def _empty(rows: sa.Select[Any]) -> bool:
    return op.get_bind().execute(rows.limit(1)).first() is None
