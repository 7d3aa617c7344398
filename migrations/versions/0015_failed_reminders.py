"""Indexes by which the few messages that failed or bounced are found among all that arrived.

Revision: 0015_failed_reminders
After: 0014_channels
"""

import sqlalchemy as sa
from alembic import op

revision = "0015_failed_reminders"
down_revision = "0014_channels"
branch_labels = None
depends_on = None

COLUMNS = ("failed_at", "bounced_at")


def upgrade() -> None:
    for column in COLUMNS:
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_reminder_{column}", "reminder", [column], postgresql_where=where, sqlite_where=where
        )


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_index(f"ix_reminder_{column}", table_name="reminder")
