"""`hepatica database`, and what is said where there is none."""

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from app import database
from app.cli.refusals import words
from app.errors import Code, Refusal
from app.formats import contact
from app.models import Contact
from tests.fixtures.command_line import hepatica
from tests.fixtures.study import CONTACT_KEYS, TinyStudy
from tests.fixtures.study_folder import WHOLE


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point every command to a database that has no tables."""
    url = f"sqlite:///{tmp_path / 'hepatica.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    yield
    database.engine(url).dispose()


@pytest.mark.usefixtures("empty")
def test_a_database_without_tables_is_told_what_it_needs() -> None:
    refused = hepatica("study", "load", WHOLE)
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert "hepatica database upgrade" in refused.stderr


@pytest.mark.usefixtures("empty")
def test_the_database_is_brought_up_to_date_and_looked_over() -> None:
    behind = hepatica("database", "check")
    assert behind.exit_code == 2
    assert behind.stderr
    for _ in range(2):
        done = hepatica("database", "upgrade")
        assert (done.exit_code, done.stdout) == (0, "The database is up to date.\n")
    checked = hepatica("database", "check")
    assert (checked.exit_code, checked.stdout) == (0, "The database is as it should be.\n")


@pytest.mark.usefixtures("at_database")
def test_contacts_are_sealed_with_the_newest_key(tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.enrol("P-1")
    new = Fernet.generate_key().decode()
    monkeypatch.setenv("CONTACT_KEYS", f"{CONTACT_KEYS[0]},{new}")
    done = hepatica("database", "reseal")
    assert (done.exit_code, done.stdout) == (
        0,
        "tiny: 1 contacts, 0 documents, 0 browsers, 0 lists, 0 replies sealed anew\n"
        "0 code apps sealed anew\n",
    )
    with database.reading(tiny.url) as session:
        sealed = session.scalars(select(Contact.sealed)).one()
    assert contact.unseal(sealed, (new,)).birth_year == 1958


def test_python_m_app_is_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["app", "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("app", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("Usage: hepatica ")


def test_every_refusal_has_words() -> None:
    said = [words(Refusal(code)) for code in Code]
    assert len(set(said)) == len(Code)
    assert words(Refusal(Code.IN_USE, "arm cells")) == "What would be dropped is in use: arm cells"
