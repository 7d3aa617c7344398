"""A signed reading: the password again, name, time and meaning, and what no longer matches."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app import database
from app.domain.study import Adjudication
from app.models import Reading, Signature
from app.operations.studies import load_study
from app.queries import audit
from tests.fixtures.desk import PASSWORD, StaffBrowser, typed
from tests.fixtures.pages import text as words_of
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, FOLDER, STUDY, TinyStudy
from tests.web.staff.test_documents import attach
from tests.web.staff.test_events import stay

BROKEN = "Signature no longer matches:"
FORM = {"decision": "confirmed", "note": ""} | typed("started_on", 2025, 11, 3)


@pytest.fixture
def event_id(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> int:
    """An event of a study whose readings are signed, with one document."""
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, adjudication=Adjudication(signed=True)))
        load_study(session, folder=folder, actor=COMMAND, now=time.at)
    event_id = stay(tiny, time)
    attach(coordinator, event_id)
    return event_id


def sign(browser: StaffBrowser, event_id: int, **form: str) -> None:
    """Read the event and sign."""
    browser.fill_in(f"/events/{event_id}", FORM | {"password": PASSWORD} | form)


def page(browser: StaffBrowser, event_id: int) -> str:
    """Return the words of the event's page."""
    return words_of(browser.get(f"/events/{event_id}"))


def breaks(tiny: TinyStudy) -> list[str]:
    """Return what is wrong with the trail."""
    with database.reading(tiny.url) as session:
        return list(audit.verify(session))


def tamper(tiny: TinyStudy, change: str) -> None:
    """Change the database as its owner could, past its triggers."""
    table = change.split()[1 if change.startswith("UPDATE") else 2]
    with database.engine(tiny.url).begin() as connection:
        if connection.dialect.name == "sqlite":
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
                {"table": table},
            )
            for (name,) in names.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(change))


def test_without_the_password_nothing_is_recorded(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy
) -> None:
    for password, said in (("", "Enter your password to sign."), ("wrong", "The password is wrong.")):
        answer = coordinator.fill_in(f"/events/{event_id}", FORM | {"password": password}, 422)
        assert said in answer.get_data(as_text=True)
        assert "wrong" not in answer.get_data(as_text=True).replace("The password is wrong.", "")
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Reading)).all() == []


def test_a_signature_shows_name_time_with_its_zone_and_meaning(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy
) -> None:
    sign(coordinator, event_id)
    shown = page(coordinator, event_id)
    assert "Signed by A coordinator on" in shown
    assert "I have read the report and the records, and this is my decision." in shown
    assert BROKEN not in shown
    assert breaks(tiny) == []


def test_what_is_done_in_the_open_later_breaks_it_on_the_page_alone(
    coordinator: StaffBrowser, administrator: StaffBrowser, event_id: int, tiny: TinyStudy
) -> None:
    sign(coordinator, event_id)
    attach(coordinator, event_id, b"%PDF-another", "more.pdf")
    assert "a document was attached since" in page(coordinator, event_id)
    administrator.post(f"/events/{event_id}/documents/1/redaction", {"reason": "a name"})
    assert "a document was redacted" in page(coordinator, event_id)
    sign(coordinator, event_id, note="with the new letter")
    shown = page(coordinator, event_id)
    assert "the same reader has read it again" in shown
    assert shown.count(BROKEN) == 1
    assert breaks(tiny) == []


@pytest.mark.parametrize(
    ("change", "said", "found"),
    [
        ("UPDATE event SET place = 'elsewhere'", "the report was changed", "no longer matches: event"),
        (
            "UPDATE reading SET agreed_started_on = '2025-11-04'",
            "the reading was changed",
            "no longer matches: reading",
        ),
        ("UPDATE document SET sha256 = 'x'", "a document was changed", "no longer matches: document changed"),
        ("DELETE FROM document", "a document was removed", "no longer matches: document removed"),
        (
            "UPDATE signature SET name = 'Another'",
            "the signature itself was changed",
            "is not what was recorded",
        ),
        ("DELETE FROM signature", "Not signed", "a signature is gone"),
    ],
)
def test_what_is_changed_behind_its_back_breaks_it_visibly(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy, change: str, said: str, found: str
) -> None:
    sign(coordinator, event_id)
    tamper(tiny, change)
    shown = page(coordinator, event_id)
    assert said in shown
    assert (BROKEN in shown) == (said != "Not signed")
    assert any(found in fault for fault in breaks(tiny)), breaks(tiny)


def test_signatures_of_one_participant_are_a_chain(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy
) -> None:
    sign(coordinator, event_id)
    sign(coordinator, event_id, note="again")
    with database.reading(tiny.url) as session:
        first, second = session.scalars(select(Signature).order_by(Signature.id))
        assert (first.id, first.hash == second.hash) == (1, False)
    tamper(tiny, "DELETE FROM signature WHERE id = 1")
    assert any("is not what was recorded" in fault for fault in breaks(tiny))
    assert BROKEN in page(coordinator, event_id)
