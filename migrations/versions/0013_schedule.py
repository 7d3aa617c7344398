"""Why visits were missed.

Revision: 0013_schedule
After: 0012_people

The way back keeps the table where it holds anything: no reason is lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_schedule"
down_revision = "0012_people"
branch_labels = None
depends_on = None

TABLE = "missed_reason"
REASONS = "'too ill', 'in hospital', 'refused', 'not reached', 'technical', 'staff error', 'other'"


def upgrade() -> None:
    if not sa.inspect(op.get_bind()).has_table(TABLE):
        op.create_table(
            TABLE,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("occasion_id", sa.Integer(), nullable=False),
            sa.Column("reason", sa.String(length=20), nullable=False),
            sa.Column("note", sa.String(length=500), nullable=False),
            sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("recorded_by", sa.String(length=80), nullable=False),
            sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_missed_reason_reason")),
            sa.CheckConstraint(
                "reason <> 'other' OR note <> ''", name=op.f("ck_missed_reason_other_in_words")
            ),
            sa.ForeignKeyConstraint(["occasion_id"], ["occasion.id"], name="fk_missed_reason_occasion_id"),
            sa.PrimaryKeyConstraint("id", name="pk_missed_reason"),
            sa.Index("ix_missed_reason_occasion_id", "occasion_id"),
        )
    refusal = f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    body = refusal if _on_sqlite() else "EXECUTE FUNCTION refuse_change()"
    for name, change in _triggers().items():
        op.execute(f"CREATE TRIGGER {name} {change} {body}")


def downgrade() -> None:
    for name in _triggers():
        op.execute(f"DROP TRIGGER {name}" + ("" if _on_sqlite() else f" ON {TABLE}"))
    rows = sa.select(sa.literal(1)).select_from(sa.table(TABLE)).limit(1)
    if op.get_bind().execute(rows).first() is None:
        op.drop_table(TABLE)


def _triggers() -> dict[str, str]:
    changes = ("update", "delete")
    found = {f"{TABLE}_no_{each}": f"BEFORE {each} ON {TABLE} FOR EACH ROW" for each in changes}
    if not _on_sqlite():  # emptying a whole table there asks no row
        found[f"{TABLE}_no_truncate"] = f"BEFORE TRUNCATE ON {TABLE}"
    return found


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
