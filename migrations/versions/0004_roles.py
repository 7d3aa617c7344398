"""Monitors and adjudicators among the staff.

Revision: 0004_roles
After: 0003_phone

The way back keeps the wider list where someone has one of the new roles: going back loses no account.
"""

import sqlalchemy as sa
from alembic import op

from migrations.checks import replace_check

revision = "0004_roles"
down_revision = "0003_phone"
branch_labels = None
depends_on = None

BEFORE = "role IN ('coordinator', 'statistician', 'administrator')"
NOW = "role IN ('coordinator', 'monitor', 'adjudicator', 'statistician', 'administrator')"


def upgrade() -> None:
    replace_check("account", "ck_account_role", NOW)


def downgrade() -> None:
    account = sa.table("account", sa.column("role", sa.String))
    newer = sa.select(account.c.role).where(account.c.role.in_(["monitor", "adjudicator"])).limit(1)
    if op.get_bind().execute(newer).first() is None:
        replace_check("account", "ck_account_role", BEFORE)
