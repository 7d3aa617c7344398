"""Indexes by which the outcomes of very many participants are counted.

Revision: 0017_outcome_counts
After: 0016_alert_mail_tries
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_outcome_counts"
down_revision = "0016_alert_mail_tries"
branch_labels = None
depends_on = None

DECIDED = ["event_id", "id", "decision", "agreed_started_on", "agreed_ended_on"]


def upgrade() -> None:
    op.create_index("ix_reading_event_id_id", "reading", DECIDED)
    op.drop_index("ix_reading_event_id", table_name="reading")
    op.create_index(
        "ix_sighting_transplanted",
        "sighting",
        ["participant_id", "seen_on"],
        postgresql_where=sa.text("untransplanted IS false"),
        sqlite_where=sa.text("untransplanted IS 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_sighting_transplanted", table_name="sighting")
    op.create_index("ix_reading_event_id", "reading", ["event_id"])
    op.drop_index("ix_reading_event_id_id", table_name="reading")
