"""Tumours and adverse events, readings that name a duplicate, documents, signatures.

Revision: 0006_events
After: 0005_randomisation

The way back takes away only what holds nothing, and narrows a list of words only where no row has a new one.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.checks import add_foreign_key, drop_foreign_key, replace_check

revision = "0006_events"
down_revision = "0005_randomisation"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)

RECOVERIES = "'recovered', 'recovering', 'not recovered', 'recovered with sequelae', 'fatal', 'unknown'"
COLUMNS = {
    ("event", "term"): "VARCHAR(300) DEFAULT '' NOT NULL",
    ("event", "criteria"): "VARCHAR(120) DEFAULT '' NOT NULL",
    ("event", "recovery"): f"VARCHAR(40) CONSTRAINT ck_event_recovery CHECK (recovery IN ({RECOVERIES}))",
    ("reading", "duplicate_of_id"): (
        "INTEGER CONSTRAINT ck_reading_duplicate"
        " CHECK ((decision = 'duplicate') = (duplicate_of_id IS NOT NULL))"
    ),
}
KEY = ("fk_reading_duplicate_of_id", "reading", "duplicate_of_id", "event", "id")
# table, constraint -> the condition before, and now
CHECKS = {
    ("event", "ck_event_kind"): (
        "kind IN ('hospital stay', 'transplant', 'death')",
        "kind IN ('hospital stay', 'transplant', 'death', 'tumour', 'adverse event')",
    ),
    ("event", "ck_event_only_stays_end"): (
        "kind = 'hospital stay' OR (ended IS NULL AND NOT ongoing)",
        "kind IN ('hospital stay', 'adverse event') OR (ended IS NULL AND NOT ongoing)",
    ),
    ("reading", "ck_reading_decision"): (
        "decision IN ('confirmed', 'refuted', 'needs information')",
        "decision IN ('confirmed', 'refuted', 'needs information', 'duplicate')",
    ),
}
TYPES = "'application/pdf', 'image/png', 'image/jpeg', 'text/plain'"
TABLES: Mapping[str, tuple[sa.schema.SchemaItem, ...]] = {
    "document": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("attached_at", INSTANT, nullable=False),
        sa.Column("attached_by", sa.String(length=80), nullable=False),
        sa.Column("redacted_at", INSTANT, nullable=True),
        sa.Column("redacted_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(f"media_type IN ({TYPES})", name=op.f("ck_document_media_type")),
        sa.CheckConstraint(
            "(sealed IS NULL) = (redacted_at IS NOT NULL)", name=op.f("ck_document_sealed_or_redacted")
        ),
        sa.CheckConstraint(
            "(redacted_at IS NULL) = (redacted_by IS NULL)", name=op.f("ck_document_redacted_by")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_document_event_id"),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.Index("ix_document_event_id", "event_id"),
    ),
    "signature": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("meaning", sa.String(length=500), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.Column("covers", JSON, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_signature_account_id"),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_signature_participant_id"),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name="fk_signature_reading_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signature"),
        sa.UniqueConstraint("reading_id", name="uq_signature_reading_id"),
        sa.Index("ix_signature_participant_id", "participant_id"),
    ),
}
KEPT = "id, event_id, name, media_type, size, sha256, attached_at, attached_by"
"""Of a document all but what is sealed, which a new key seals anew and a redaction takes away."""


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    for (table, name), definition in COLUMNS.items():
        if name not in {column["name"] for column in there.get_columns(table)}:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition}")
            if name == KEY[2]:
                add_foreign_key(*KEY)
    for (table, name), (_, now) in CHECKS.items():
        replace_check(table, name, now)
    for table, parts in TABLES.items():
        if not there.has_table(table):
            op.create_table(table, *parts)
        _close(table)


def downgrade() -> None:
    for table in reversed(list(TABLES)):
        _open(table)
        if _empty(sa.select(sa.literal(1)).select_from(sa.table(table))):
            op.drop_table(table)
    kind, decision = sa.column("kind", sa.String), sa.column("decision", sa.String)
    newer = sa.select(kind).select_from(sa.table("event")).where(kind.in_(["tumour", "adverse event"]))
    if _empty(newer):
        for name in ("ck_event_kind", "ck_event_only_stays_end"):
            replace_check("event", name, CHECKS["event", name][0])
        for name in ("term", "criteria", "recovery"):
            op.drop_column("event", name)
    duplicates = sa.select(decision).select_from(sa.table("reading")).where(decision == "duplicate")
    if _empty(duplicates):
        replace_check("reading", "ck_reading_decision", CHECKS["reading", "ck_reading_decision"][0])
        drop_foreign_key(KEY[0], KEY[1])
        op.drop_column("reading", "duplicate_of_id")


def _empty(rows: sa.Select[str] | sa.Select[int]) -> bool:
    return op.get_bind().execute(rows.limit(1)).first() is None


def _triggers(table: str) -> Mapping[str, str]:
    """Return what lets nobody change or remove a row; of a document what is sealed goes once, for good."""
    row = "FOR EACH ROW"
    found = {f"{table}_no_delete": f"BEFORE DELETE ON {table} {row}"}
    if table == "document":
        found["document_no_update"] = f"BEFORE UPDATE OF {KEPT} ON document {row}"
        redacted = "WHEN (OLD.redacted_at IS NOT NULL)"
        found["document_stays_redacted"] = f"BEFORE UPDATE ON document {row} {redacted}"
    else:
        found[f"{table}_no_update"] = f"BEFORE UPDATE ON {table} {row}"
    if not _on_sqlite():
        found[f"{table}_no_truncate"] = f"BEFORE TRUNCATE ON {table}"
    return found


def _close(table: str) -> None:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    body = refusal if _on_sqlite() else "EXECUTE FUNCTION refuse_change()"
    for name, change in _triggers(table).items():
        op.execute(f"CREATE TRIGGER {name} {change} {body}")


def _open(table: str) -> None:
    for name in _triggers(table):
        op.execute(f"DROP TRIGGER {name}" + ("" if _on_sqlite() else f" ON {table}"))


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
