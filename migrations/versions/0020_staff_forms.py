"""Forms that staff fill in: a response of which no participant knows.

Revision: 0020_staff_forms
After: 0019_awaiting

The way back narrows the list of words only where no row has the new one.
"""

import sqlalchemy as sa
from alembic import op

from migrations.checks import replace_check

revision = "0020_staff_forms"
down_revision = "0019_awaiting"
branch_labels = None
depends_on = None

BEFORE = "respondent IN ('patient', 'proxy', 'patient with help')"
NOW = "respondent IN ('patient', 'proxy', 'patient with help', 'staff')"


def upgrade() -> None:
    replace_check("response", "ck_response_respondent", NOW)


def downgrade() -> None:
    respondent = sa.column("respondent", sa.String)
    newer = sa.select(respondent).select_from(sa.table("response")).where(respondent == "staff")
    if op.get_bind().execute(newer.limit(1)).first() is None:
        replace_check("response", "ck_response_respondent", BEFORE)
