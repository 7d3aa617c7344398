"""What goes into a log when something breaks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import database


def test_an_error_of_the_database_names_no_value(database_url: str) -> None:
    with database.reading(database_url) as session, pytest.raises(SQLAlchemyError) as error:
        session.execute(text("SELECT :answer FROM nowhere"), {"answer": "an answer"})
    assert "nowhere" in str(error.value)
    assert "an answer" not in str(error.value)
