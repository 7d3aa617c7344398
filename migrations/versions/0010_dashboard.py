"""Indexes by which pages find few rows among many.

Revision: 0010_dashboard
After: 0009_second_factor
"""

from alembic import op

revision = "0010_dashboard"
down_revision = "0009_second_factor"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_occasion_due_on_opens_on_closes_on", "occasion", ["due_on", "opens_on", "closes_on"]),
    ("ix_participant_study_id_site_code", "participant", ["study_id", "site", "code"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
