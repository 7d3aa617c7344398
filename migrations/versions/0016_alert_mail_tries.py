"""How often a mail about a late alert was tried in vain, and when it is tried again.

Revision: 0016_alert_mail_tries
After: 0015_failed_reminders

The way back takes away only what holds nothing.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016_alert_mail_tries"
down_revision = "0015_failed_reminders"
branch_labels = None
depends_on = None


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
    )


def upgrade() -> None:
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("alert_mail")}
    for column in _columns():
        if column.name not in known:
            op.add_column("alert_mail", column)


def downgrade() -> None:
    for column in _columns():
        written = (
            sa.column(column.name) != 0 if column.name == "tries" else sa.column(column.name).is_not(None)
        )
        held = sa.select(sa.literal(1)).select_from(sa.table("alert_mail")).where(written)
        if op.get_bind().execute(held.limit(1)).first() is None:
            op.drop_column("alert_mail", column.name)
