"""What people answer to messages, and that a message was delivered.

Revision: 0021_replies
After: 0020_staff_forms

As in 0003_phone: the way back takes away only what holds nothing, the way forward finds the rest again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021_replies"
down_revision = "0020_staff_forms"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WAITING = sa.text("settled_at IS NULL")


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    if "delivered_at" not in {column["name"] for column in there.get_columns("reminder")}:
        op.add_column("reminder", sa.Column("delivered_at", INSTANT, nullable=True))
    if not there.has_table("reply"):
        op.create_table(
            "reply",
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("participant_id", sa.Integer(), nullable=False),
            sa.Column("channel", sa.String(length=20), nullable=False),
            sa.Column("sealed", sa.String(), nullable=False),
            sa.Column("received_at", INSTANT, nullable=False),
            sa.Column("settled_at", INSTANT, nullable=True),
            sa.Column("settled_by", sa.String(length=80), nullable=True),
            sa.CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_reply_settled")),
            sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_reply_participant_id"),
            sa.PrimaryKeyConstraint("id", name="pk_reply"),
            sa.Index("ix_reply_participant_id", "participant_id"),
            sa.Index("ix_reply_waiting", "participant_id", postgresql_where=WAITING, sqlite_where=WAITING),
        )


def downgrade() -> None:
    if _empty(sa.select(sa.literal(1)).select_from(sa.table("reply"))):
        op.drop_table("reply")
    delivered: sa.ColumnClause[Any] = sa.column("delivered_at")
    told = sa.select(delivered).select_from(sa.table("reminder", delivered)).where(delivered.is_not(None))
    if _empty(told):
        op.drop_column("reminder", "delivered_at")


def _empty(rows: sa.Select[Any]) -> bool:
    return op.get_bind().execute(rows.limit(1)).first() is None
