"""By what a signature was confirmed: the password, or a passkey.

Revision: 0018_signature_confirmed_by
After: 0017_outcome_counts

As in 0003_phone: the way back takes away only what holds nothing, the way forward finds the rest again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_signature_confirmed_by"
down_revision = "0017_outcome_counts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("signature")}
    if "confirmed_by" not in known:
        allowed = sa.CheckConstraint(
            "confirmed_by IN ('password', 'passkey')", name=op.f("ck_signature_confirmed_by")
        )
        op.add_column("signature", sa.Column("confirmed_by", sa.String(length=20), allowed, nullable=True))


def downgrade() -> None:
    confirmed: sa.ColumnClause[str] = sa.column("confirmed_by")
    filled = sa.select(confirmed).select_from(sa.table("signature", confirmed))
    if op.get_bind().execute(filled.where(confirmed.is_not(None)).limit(1)).first() is None:
        op.drop_column("signature", "confirmed_by")
