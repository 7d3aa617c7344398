"""Randomisation: sealed lists and the places taken in them.

Revision: 0005_randomisation
After: 0004_roles

The way back takes away only what holds nothing, and the way forward finds it again: going back loses no row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_randomisation"
down_revision = "0004_roles"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    if not there.has_table("allocation_list"):
        op.create_table(
            "allocation_list",
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("study_id", sa.Integer(), nullable=False),
            sa.Column("number", sa.Integer(), nullable=False),
            sa.Column("source", sa.String(length=20), nullable=False),
            sa.Column("sealed", sa.String(), nullable=False),
            sa.Column("content_hash", sa.String(length=64), nullable=False),
            sa.Column("added_at", INSTANT, nullable=False),
            sa.Column("added_by", sa.String(length=80), nullable=False),
            sa.CheckConstraint("source IN ('generated', 'given')", name=op.f("ck_allocation_list_source")),
            sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_allocation_list_study_id"),
            sa.PrimaryKeyConstraint("id", name="pk_allocation_list"),
            sa.UniqueConstraint("study_id", "number", name="uq_allocation_list_study_id_number"),
        )
    if not there.has_table("allocation"):
        op.create_table(
            "allocation",
            sa.Column("participant_id", sa.Integer(), nullable=False),
            sa.Column("list_id", sa.Integer(), nullable=False),
            sa.Column("site", sa.String(length=40), nullable=False),
            sa.Column("level", sa.String(length=40), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("allocated_at", INSTANT, nullable=False),
            sa.Column("allocated_by", sa.String(length=80), nullable=False),
            sa.CheckConstraint("position >= 1", name=op.f("ck_allocation_position")),
            sa.ForeignKeyConstraint(["list_id"], ["allocation_list.id"], name="fk_allocation_list_id"),
            sa.ForeignKeyConstraint(
                ["participant_id"], ["participant.id"], name="fk_allocation_participant_id"
            ),
            sa.PrimaryKeyConstraint("participant_id", name="pk_allocation"),
            sa.UniqueConstraint(
                "list_id", "site", "level", "position", name="uq_allocation_list_id_site_level_position"
            ),
        )


def downgrade() -> None:
    for table in ("allocation", "allocation_list"):
        rows = sa.select(sa.literal(1)).select_from(sa.table(table)).limit(1)
        if op.get_bind().execute(rows).first() is None:
            op.drop_table(table)
