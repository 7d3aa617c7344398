"""Corrections that someone asked for, beside the answers that were sent.

Revision: 0008_corrections
After: 0007_workers

Neither table is ever changed or emptied. The way back takes away only what holds nothing, and the way forward
finds it again: going back loses no row.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_corrections"
down_revision = "0007_workers"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)

TABLES: dict[str, tuple[sa.schema.SchemaItem, ...]] = {
    "correction": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("value", JSON, nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("source IN ('participant', 'typing')", name=op.f("ck_correction_source")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name="fk_correction_response_id"),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
        sa.Index("ix_correction_response_id", "response_id"),
    ),
    "correction_decision": (
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "decision IN ('accepted', 'declined')", name=op.f("ck_correction_decision_decision")
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["correction.id"], name="fk_correction_decision_correction_id"
        ),
        sa.PrimaryKeyConstraint("correction_id", name="pk_correction_decision"),
    ),
}


def upgrade() -> None:
    connection = op.get_bind()
    there: Any = sa.inspect(connection)
    for table, parts in TABLES.items():
        if not there.has_table(table):
            op.create_table(table, *parts)
        _close(table, on_sqlite=connection.dialect.name == "sqlite")


def _close(table: str, *, on_sqlite: bool) -> None:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    body = refusal if on_sqlite else "EXECUTE FUNCTION refuse_change()"
    for change in ("update", "delete"):
        op.execute(f"CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table} FOR EACH ROW {body}")
    if not on_sqlite:
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {body}")


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in reversed(list(TABLES)):
        for change in ("update", "delete") if on_sqlite else ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{change}" + ("" if on_sqlite else f" ON {table}"))
        rows = sa.select(sa.literal(1)).select_from(sa.table(table)).limit(1)
        if op.get_bind().execute(rows).first() is None:
            op.drop_table(table)
