"""What must never be overwritten refuses to be: by the database, whoever asks.

Revision: 0002_append_only
After: 0001_first

SQLite drops a table's triggers with the table, and batch mode makes a table anew: a later revision that does
so to one of these has to make its triggers again (tests/migrations/test_append_only.py notices).
"""

from alembic import op

revision = "0002_append_only"
down_revision = "0001_first"
branch_labels = None
depends_on = None

# table -> when its rows are closed; "" is from the start
CLOSED = {
    "answer": "",
    "audit_entry": "",
    "event": "",
    "instrument_version": "",
    "offered_wording": "",
    "reading": "",
    "report": "",
    "response": "OLD.submitted_at IS NOT NULL",
    "study_version": "",
    "wording": "",
}

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if not on_sqlite:
        op.execute(REFUSE_CHANGE)
    for table, condition in CLOSED.items():
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        body = refusal if on_sqlite else "EXECUTE FUNCTION refuse_change()"
        when = f"WHEN ({condition})" if condition else ""
        for change in ("update", "delete"):
            name = f"{table}_no_{change}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW {when} {body}")
        if not on_sqlite:  # emptying a whole table there asks no row
            op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {body}")


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in CLOSED:
        for change in ("update", "delete") if on_sqlite else ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{change}" + ("" if on_sqlite else f" ON {table}"))
    if not on_sqlite:
        op.execute("DROP FUNCTION refuse_change()")
