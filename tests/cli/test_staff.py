"""`hepatica staff`: accounts, and their passwords shown once or never."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, database
from app.models import Account, AuditEntry
from app.operations.sessions import begin_session
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
    assert "At least 15 characters." in added.stderr  # nothing else is asked for here
    assert "a long enough one" not in added.output
    assert can_sign_in(database_url, "a long enough one")


def test_an_account_that_cannot_be_is_refused() -> None:
    refused = hepatica(*STAFF, "--role", "coordinator", "--generate")
    assert refused.exit_code == 2
    assert "a coordinator needs a study and a site" in refused.stderr
    assert "Password" not in refused.output


def test_staff_are_listed_signed_out_and_deactivated(tiny: TinyStudy, database_url: str) -> None:
    added = hepatica(*STAFF, "--role", "monitor", "--study", "tiny", "--generate")
    password = added.stdout.rpartition(" ")[2].strip()
    hepatica(
        "staff", "add", "--email", "b@example.org", "--name", "B", "--role", "administrator", "--generate"
    )
    with database.writing(database_url) as session:
        account_id = session.scalars(select(Account.id).where(Account.role == "monitor")).one()
        begin_session(session, now=clock.now(), lasting=timedelta(hours=1), account_id=account_id)
    listed = [line.split("\t")[1:6] for line in hepatica("staff", "list").stdout.splitlines()]
    assert listed == [
        ["b@example.org", "administrator", "-", "-", "active"],
        ["someone@example.org", "monitor", "tiny", "-", "active"],
    ]
    assert len(hepatica("staff", "list", "--study", "tiny").stdout.splitlines()) == 1
    assert "browsers 1." in hepatica("staff", "end-sessions", "Someone@example.org").stdout
    assert hepatica("staff", "deactivate", "someone@example.org", "--reason", "left").exit_code == 0
    assert not can_sign_in(database_url, password)
    assert hepatica("staff", "end-sessions", "someone@example.org").exit_code == 2
    last = hepatica("staff", "deactivate", "b@example.org", "--reason", "left")
    assert last.exit_code == 2
    assert "Nobody else could administer this" in last.stderr


def test_a_second_step_is_reset_for_whoever_has_lost_it(tiny: TinyStudy, database_url: str) -> None:
    assert hepatica(*STAFF, "--role", "administrator", "--generate").exit_code == 0
    reset = ("staff", "reset-second-factor", "SOMEONE@example.org")
    assert hepatica(*reset).exit_code == 2  # without a reason
    assert hepatica(*reset, "--reason", "lost her phone").exit_code == 0
    with database.reading(database_url) as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "account.reset_second_factor")
        ).one()
    assert (entry.reason, entry.actor) == ("lost her phone", "command:staff reset-second-factor")
    unknown = hepatica("staff", "reset-second-factor", "nobody@example.org", "--reason", "x")
    assert unknown.exit_code == 2
