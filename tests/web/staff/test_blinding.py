"""In a blinded study no page of staff tells the arm; in an open one the participant's page does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app import database
from app.domain.actor import Role
from app.domain.partial_date import PartialDate
from app.domain.study import Blinding
from app.operations.events import report_event
from app.operations.studies import load_study
from app.operations.treatments import record_treatment
from tests.fixtures.arms import LATER, one_of_each_arm
from tests.fixtures.desk import NewStaff, StaffBrowser, typed
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


@pytest.mark.parametrize("role", ["monitor", "administrator"])
def test_no_query_is_raised_on_an_infusion_whether_there_is_one_or_not(
    new_staff: NewStaff, tiny: TinyStudy, role: Role
) -> None:
    one_of_each_arm(tiny)
    browser = new_staff(role)
    for code in ("M-1", "M-2"):
        address = f"/participants/{code}/queries/new?subject=treatment&row=1&field=given_on"
        browser.get(address, status=404)
        assert browser.post(address, {"text": "?"}).status_code == 404


def test_a_date_that_only_the_treated_are_refused_is_asked_of_nobody_who_must_not_know(
    new_staff: NewStaff, tiny: TinyStudy, time: Clock
) -> None:
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, blinding="double"))
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    one_of_each_arm(tiny)
    time.at = LATER
    coordinator, administrator = new_staff("coordinator", site="mad"), new_staff("administrator")
    after = DAY_0 + timedelta(days=2)
    form = {"reason": "typed"} | typed("randomised_on", after.year, after.month, after.day)
    for code in ("M-1", "M-2"):
        address = f"/participants/{code}/correct-randomisation"
        assert "correct-randomisation" not in coordinator.body(f"/participants/{code}")
        coordinator.get(address, status=403)
        assert coordinator.post(address, form).status_code == 403
    administrator.fill_in("/participants/M-1/correct-randomisation", form, status=422)
    administrator.fill_in("/participants/M-2/correct-randomisation", form)


def test_whoever_may_ask_for_the_arm_still_corrects_the_date(
    new_staff: NewStaff, tiny: TinyStudy, time: Clock
) -> None:
    one_of_each_arm(tiny)
    time.at = LATER
    coordinator = new_staff("coordinator", site="mad")
    form = {"reason": "typed"} | typed("randomised_on", 2026, 1, 6)
    coordinator.fill_in("/participants/M-2/correct-randomisation", form)
