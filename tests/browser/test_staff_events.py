"""An event with all that can stand on its page: looked at, read, signed, its documents sent and fetched."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app import clock, database
from app.domain.adjudication import EventKind
from app.domain.partial_date import PartialDate
from app.domain.study import Adjudication
from app.operations.documents import attach_document
from app.operations.events import report_event
from app.operations.studies import load_study
from tests.browser.test_staff import DESK, PHONE, SMALLEST_TARGET, Office
from tests.fixtures import usable
from tests.fixtures.browser import NewPage
from tests.fixtures.desk import PASSWORD
from tests.fixtures.phone import SETTINGS
from tests.fixtures.server import Serve
from tests.fixtures.study import COMMAND, FOLDER, STUDY, TinyStudy

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.7\nAdmitted on 3 November 2025"


@pytest.fixture
def office(sqlite_url: str, serve: Serve) -> Iterator[Office]:
    """A study whose readings are signed, with two reports of one stay, a document, and an adverse event."""
    now = clock.now()
    with database.writing(sqlite_url) as session:
        folder = replace(FOLDER, study=replace(STUDY, adjudication=Adjudication(signed=True)))
        study_id = load_study(session, folder=folder, actor=COMMAND, now=now).study_id
    tiny = TinyStudy(sqlite_url, study_id)
    first = tiny.enrol("MAD-001", day_0=now.date() - timedelta(days=400), now=now)
    reports: list[tuple[EventKind, PartialDate, PartialDate | None, str]] = [
        ("hospital stay", PartialDate(2025, 11, 3), PartialDate(2025, 11, 9), "La Paz"),
        ("hospital stay", PartialDate(2025, 11), None, "Hospital Universitario La Paz, Madrid"),
        ("adverse event", PartialDate(2025, 11, 10), None, ""),
    ]
    with database.writing(sqlite_url) as session:
        ids = []
        for number, (kind, started, ended, place) in enumerate(reports):
            ids.append(
                report_event(
                    session,
                    participant_id=first,
                    kind=kind,
                    started=started,
                    ended=ended,
                    place=place,
                    reason="bleeding" if kind == "hospital stay" else "",
                    term="Fever with chills after the evening meal" if kind == "adverse event" else "",
                    criteria=("hospitalisation", "other") if kind == "adverse event" else (),
                    recovery="recovered" if kind == "adverse event" else None,
                    report_id=f"r-{number}",
                    actor=COMMAND,
                    now=now,
                )
            )
        attach_document(
            session,
            event_id=ids[0],
            name="Discharge letter of the hospital, page 1 of 2, names blackened.pdf",
            content=PDF,
            largest=1000,
            actor=COMMAND,
            now=now,
            contact_keys=(SETTINGS["CONTACT_KEYS"],),
        )
    with serve(sqlite_url, **SETTINGS) as server:
        yield Office(server.url, sqlite_url, ids[0])


def states(office: Office, page: Page) -> Iterator[str]:
    """Go through what an event's page can show."""
    address = f"{office.server}/staff/events"
    page.goto(f"{address}/{office.event_id + 2}")
    yield "an adverse event"
    page.goto(f"{address}?outcome=all&kind=adverse+event")
    yield "the queue, narrowed"
    page.goto(f"{address}/{office.event_id}")
    yield "a stay beside another, with a document"
    page.locator("details summary").click()
    yield "a document to be redacted"
    page.locator("input[name=decision][value=duplicate]").check()
    page.locator("main button.main").click()
    expect(page.locator("#faults")).to_be_focused()
    yield "a duplicate of nothing"
    page.locator("#duplicate_of").select_option(str(office.event_id + 1))
    page.locator("#password").fill("wrong")
    page.locator("main button.main").click()
    expect(page.locator("#password-fault")).to_be_visible()
    yield "a wrong password"
    page.locator("#password").fill(PASSWORD)
    page.locator("main button.main").click()
    page.wait_for_url("**/staff/events")
    page.goto(f"{address}/{office.event_id}")
    expect(page.locator(".signature")).to_be_visible()
    yield "a signed reading"
    page.locator("#document").set_input_files(
        {"name": "page.pdf", "mimeType": "application/pdf", "buffer": b"<!doctype html>"}
    )
    page.locator("form[enctype] button").click()
    expect(page.locator("#document-fault")).to_be_visible()
    yield "a document that is none"
    page.locator("#document").set_input_files(
        {"name": "more.pdf", "mimeType": "application/pdf", "buffer": PDF + b" and more"}
    )
    page.locator("form[enctype] button").click()
    expect(page.locator(".broken")).to_be_visible()
    yield "a signature that no longer matches"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_state_of_an_event_can_be_used(office: Office, new_page: NewPage, language: str) -> None:
    page = office.sign_in(new_page(viewport=DESK), "administrator", language)
    faults = []
    for name in states(office, page):
        found = usable.by_axe(page) + usable.in_other_lights(page, "dark")
        for width, text in ((DESK["width"], "100%"), (PHONE, "100%"), (PHONE, "200%")):
            with usable.shown(page, width=width, text=text):
                found += usable.too_wide(page) + usable.small_targets(page, SMALLEST_TARGET)
        faults += [f"{name}: {each}" for each in found]
    assert not faults, "\n".join(faults)


def test_a_document_arrives_as_a_file_as_it_was_sent(
    office: Office, new_page: NewPage, tmp_path: Path
) -> None:
    page = office.sign_in(new_page(viewport=DESK), "adjudicator")
    page.goto(f"{office.server}/staff/events/{office.event_id}")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Open the document").click()
    fetched.value.save_as(tmp_path / "letter.pdf")
    assert (tmp_path / "letter.pdf").read_bytes() == PDF
    assert fetched.value.suggested_filename.endswith("names blackened.pdf")
