"""`hepatica staff`: accounts, and their passwords shown once or never."""

import re

import pytest
from sqlalchemy import select

from app import database
from app.models import Account
from app.operations.sign_in import sign_in
from tests.fixtures.command_line import hepatica
from tests.fixtures.study import MORNING, TinyStudy

pytestmark = pytest.mark.usefixtures("at_database")

STAFF = ("staff", "add", "--email", "Someone@Example.org", "--name", "Someone")


def can_sign_in(url: str, password: str) -> bool:
    with database.writing(url) as session:
        result = sign_in(
            session, email="someone@example.org", password=password, address="127.0.0.1", now=MORNING
        )
    return hasattr(result, "secret")


def test_a_made_up_password_is_printed_once_and_works(tiny: TinyStudy, database_url: str) -> None:
    added = hepatica(*STAFF, "--role", "coordinator", "--study", "tiny", "--site", "mad", "--generate")
    assert added.exit_code == 0
    printed = re.search(r"^Password, shown only now: (\S{20})$", added.stdout, re.MULTILINE)
    assert printed is not None
    assert can_sign_in(database_url, printed[1])
    with database.reading(database_url) as session:
        account = session.scalars(select(Account)).one()
        assert (account.role, account.study_id, account.site) == ("coordinator", tiny.study_id, "mad")


def test_a_password_is_asked_for_until_it_is_long_enough(database_url: str) -> None:
    typed = "short\nshort\na long enough one\na long enough one\n"
    added = hepatica(*STAFF, "--role", "administrator", typed=typed)
    assert added.exit_code == 0
    assert "At least 12 characters." in added.stderr
    assert "a long enough one" not in added.output
    assert can_sign_in(database_url, "a long enough one")


def test_an_account_that_cannot_be_is_refused() -> None:
    refused = hepatica(*STAFF, "--role", "coordinator", "--generate")
    assert refused.exit_code == 2
    assert "a coordinator needs a study and a site" in refused.stderr
    assert "Password" not in refused.output
