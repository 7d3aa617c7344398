"""Messages that wait, and those of unknown fate, are found at once among millions that have left.

Revision: 0007_workers
After: 0006_events
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_workers"
down_revision = "0006_events"
branch_labels = None
depends_on = None

ENDS = "sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL"
INDEXES = {
    "ix_reminder_waiting": sa.text(f"claimed_at IS NULL AND {ENDS}"),
    "ix_reminder_unknown": sa.text(f"claimed_at IS NOT NULL AND {ENDS}"),
}


def upgrade() -> None:
    for name, rows in INDEXES.items():
        op.create_index(name, "reminder", ["id"], postgresql_where=rows, sqlite_where=rows)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="reminder")
