"""A CHECK that changes or a key that is added, without making the table anew: rows and triggers stay."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op


def replace_check(table: str, name: str, condition: str) -> None:
    """Put another condition in the place of a CHECK that is there under the same name.

    SQLite has no statement for it. What its documentation advises is done: the text of the schema is changed
    inside the transaction, and the schema's number after it. Rows are not looked at: widen, or look first.
    """
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, sa.text(condition))
        return

    def replaced(before: str) -> str:
        start, end = _place(before, name)
        return f"{before[:start]}{condition}{before[end:]}"

    _rewrite(table, replaced)


def add_foreign_key(name: str, table: str, column: str, there: str, key: str) -> None:
    """Let a column that was added point to another table: SQLite adds no key to a table that is there."""
    if op.get_bind().dialect.name != "sqlite":
        op.create_foreign_key(op.f(name), table, there, [column], [key])
        return
    constraint = f", \n\tCONSTRAINT {name} FOREIGN KEY({column}) REFERENCES {there} ({key})"
    _rewrite(table, lambda before: f"{before[: before.rindex(')')]}{constraint}\n)")


def drop_foreign_key(name: str, table: str) -> None:
    """Take away what `add_foreign_key` has added."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="foreignkey")
        return
    constraint = rf",\s*CONSTRAINT {re.escape(name)} FOREIGN KEY\([^)]*\) REFERENCES \w+ \([^)]*\)"
    _rewrite(table, lambda before: re.sub(constraint, "", before))


def _rewrite(table: str, change: Callable[[str], str]) -> None:
    connection = op.get_bind()
    find = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    before: str = connection.execute(find, {"name": table}).scalar_one()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": change(before), "name": table},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def _place(sql: str, name: str) -> tuple[int, int]:
    """Return where the condition of a CHECK begins and ends, its own parentheses left out."""
    found = re.search(rf"CONSTRAINT \"?{re.escape(name)}\"? CHECK \(", sql)
    if found is None:
        raise LookupError(f"no CHECK {name}")
    depth, quoted = 1, False
    for place in range(found.end(), len(sql)):
        sign = sql[place]
        quoted ^= sign == "'"
        depth += 0 if quoted else {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0:
            return found.end(), place
    raise LookupError(f"CHECK {name} has no end")
