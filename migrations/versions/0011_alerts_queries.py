"""What was done about an alert, mails about late ones, and queries on values with their answers.

Revision: 0011_alerts_queries
After: 0010_dashboard

The way back takes away only what holds nothing.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0011_alerts_queries"
down_revision = "0010_dashboard"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

TABLES: Mapping[str, tuple[sa.schema.SchemaItem, ...]] = {
    "alert_step": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("disposition", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("done_at", INSTANT, nullable=False),
        sa.Column("done_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "kind IN ('assigned', 'note', 'escalated', 'disposition')", name=op.f("ck_alert_step_kind")
        ),
        sa.CheckConstraint("(kind = 'assigned') = (owner_id IS NOT NULL)", name=op.f("ck_alert_step_owner")),
        sa.CheckConstraint(
            "(kind = 'disposition') = (disposition IS NOT NULL)", name=op.f("ck_alert_step_disposition")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_alert_step_alert_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name="fk_alert_step_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_step"),
        sa.Index("ix_alert_step_alert_id", "alert_id"),
    ),
    "alert_mail": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.Column("dropped_at", INSTANT, nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END) + (CASE WHEN failed_at IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN dropped_at IS NULL THEN 0 ELSE 1 END) <= 1",
            name=op.f("ck_alert_mail_one_end"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_alert_mail_alert_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_alert_mail_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_mail"),
        sa.UniqueConstraint("alert_id", "account_id", name="uq_alert_mail_alert_id_account_id"),
        sa.Index("ix_alert_mail_account_id", "account_id"),
    ),
    "data_query": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("finding", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "subject IN ('answer', 'event', 'participant', 'treatment', 'sighting')",
            name=op.f("ck_data_query_subject"),
        ),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_data_query_participant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_data_query"),
        sa.UniqueConstraint("participant_id", "finding", name="uq_data_query_participant_id_finding"),
    ),
    "data_query_step": (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("done_at", INSTANT, nullable=False),
        sa.Column("done_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "kind IN ('asked', 'assigned', 'answered', 'closed', 'reopened')",
            name=op.f("ck_data_query_step_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'assigned') = (owner_id IS NOT NULL)", name=op.f("ck_data_query_step_owner")
        ),
        sa.ForeignKeyConstraint(["query_id"], ["data_query.id"], name="fk_data_query_step_query_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name="fk_data_query_step_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_data_query_step"),
        sa.Index("ix_data_query_step_query_id", "query_id"),
    ),
}
APPEND_ONLY = ("alert_step", "data_query", "data_query_step")


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    for table, parts in TABLES.items():
        if not there.has_table(table):
            op.create_table(table, *parts)
    for table in APPEND_ONLY:
        _close(table)


def _close(table: str) -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    body = refusal if on_sqlite else "EXECUTE FUNCTION refuse_change()"
    for change in ("update", "delete"):
        op.execute(f"CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table} FOR EACH ROW {body}")
    if not on_sqlite:
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {body}")


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:  # their function belongs to an earlier revision, which may go too
        for change in ("update", "delete") if on_sqlite else ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{change}" + ("" if on_sqlite else f" ON {table}"))
    for table in reversed(list(TABLES)):
        row = sa.select(sa.literal(1)).select_from(sa.table(table)).limit(1)
        if op.get_bind().execute(row).first() is None:
            op.drop_table(table)
