"""In a blinded study no page of staff tells the arm; in an open one the participant's page does."""

from dataclasses import replace

import pytest

from app import database
from app.domain.partial_date import PartialDate
from app.domain.study import Blinding
from app.operations.events import report_event
from app.operations.studies import load_study
from app.operations.treatments import record_treatment
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, DAY_0, FOLDER, MORNING, STUDY, TinyStudy

PAGES = (
    "/?state=all",
    "/participants",
    "/participants/M-1",
    "/participants/M-1/consent",
    "/participants/M-1/sighting",
    "/participants/M-1/death",
    "/participants/M-1/withdrawal",
    "/participants/M-1/link",
    "/participants/M-1/contact",
    "/events",
    "/events/{event}",
    "/reminders",
)


def treated(tiny: TinyStudy, time: Clock, blinding: Blinding) -> int:
    """Randomise someone to cells, infuse them, report an event; return its id."""
    with database.writing(tiny.url) as session:
        study = replace(STUDY, blinding=blinding)
        load_study(session, folder=replace(FOLDER, study=study), actor=COMMAND, now=MORNING)
    participant_id = tiny.enrol("M-1", arm="cells")
    with database.writing(tiny.url) as session:
        record_treatment(
            session,
            participant_id=participant_id,
            lot="LOT-1",
            route="peripheral vein",
            given_on=DAY_0,
            actor=COMMAND,
            now=time.at,
        )
        return report_event(
            session,
            participant_id=participant_id,
            kind="death",
            started=PartialDate(2026, 1),
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )


@pytest.mark.parametrize("blinding", ["assessors", "double"])
def test_no_page_tells_the_arm_nor_what_gives_it_away(
    new_staff: NewStaff, tiny: TinyStudy, time: Clock, blinding: Blinding
) -> None:
    event_id = treated(tiny, time, blinding)
    for browser in (new_staff("coordinator", site="mad"), new_staff("administrator")):
        pages = (
            [*PAGES, "/audit", "/audit?participant=M-1"] if browser.actor.role == "administrator" else PAGES
        )
        for address in pages:
            body = browser.body(address.format(event=event_id)).lower()
            for word in ("cells", "usual", "lot-1", "peripheral"):
                assert word not in body, f"{address} says {word}"
        assert "infusion</strong>" not in browser.body("/participants/M-1").lower()


def test_an_open_study_shows_the_arm_and_the_lot(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    event_id = treated(tiny, time, "none")
    page = coordinator.get("/participants/M-1")
    assert dict(zip(map(text, page.iter("dt")), map(text, page.iter("dd")), strict=True))["Arm"] == "Cells"
    assert "Lot LOT-1, peripheral vein" in text(page)
    assert "cells" not in coordinator.body(f"/events/{event_id}").lower()  # readings are blind in any study


def test_where_both_sides_are_blinded_an_administrator_records_the_arm(
    coordinator: StaffBrowser, administrator: StaffBrowser, tiny: TinyStudy
) -> None:
    with database.writing(tiny.url) as session:
        study = replace(STUDY, blinding="double")
        load_study(session, folder=replace(FOLDER, study=study), actor=COMMAND, now=MORNING)
    tiny.enrol("M-1", arm=None)
    for what in ("randomise", "infusion"):
        assert f"/M-1/{what}" not in coordinator.body("/participants/M-1")
        coordinator.get(f"/participants/M-1/{what}", status=403)
    administrator.get("/participants/M-1/randomise")
