"""A member of staff on the way to another e-mail address.

Revision: 0022_email_change
After: 0021_replies

As in 0003_phone: the way back takes away only what holds nothing, the way forward finds the rest again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022_email_change"
down_revision = "0021_replies"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("email_change"):
        return
    op.create_table(
        "email_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("fate", sa.String(length=20), nullable=True),
        sa.Column("fate_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_email_change_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_email_change"),
        sa.Index("ix_email_change_account_id", "account_id"),
    )


def downgrade() -> None:
    rows = sa.select(sa.literal(1)).select_from(sa.table("email_change")).limit(1)
    if op.get_bind().execute(rows).first() is None:
        op.drop_table("email_change")
