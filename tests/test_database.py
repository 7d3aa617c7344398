"""What a session that only reads may do, and what it keeps for the next one."""

from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from app import database
from app.models import Study


def test_what_is_changed_while_reading_does_not_stay(database_url: str) -> None:
    refused = False
    try:
        with database.reading(database_url) as session:
            session.execute(insert(Study).values(code="stray"))
    except DBAPIError:  # PostgreSQL refuses at once, SQLite undoes at the end
        refused = True
    assert refused == (not database_url.startswith("sqlite"))
    with database.reading(database_url) as session:
        assert session.scalars(select(Study.code)).all() == []


def test_reading_and_writing_take_turns_on_one_connection(database_url: str) -> None:
    with database.reading(database_url) as session:
        session.scalars(select(Study.code)).all()
    with database.writing(database_url) as session:
        session.execute(insert(Study).values(code="kept"))
    with database.reading(database_url) as session:
        assert session.scalars(select(Study.code)).all() == ["kept"]


def test_statements_stay_prepared_from_one_page_to_the_next(postgresql_url: str) -> None:
    for _ in range(8):  # psycopg prepares what came five times
        with database.reading(postgresql_url) as session:
            session.scalars(select(Study.code).where(Study.code == "any")).all()
    with database.reading(postgresql_url) as session:
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("FROM study" in statement for statement in prepared)
