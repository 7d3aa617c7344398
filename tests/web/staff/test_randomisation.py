"""Randomising on a page: drawn once, the arm shown to who says why, and to nobody where both are blind."""

from dataclasses import replace

import pytest

from app import database
from app.domain.study import Factor, Level, Randomisation, Study
from app.operations.allocations import generate_list
from app.operations.studies import load_study
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.study import COMMAND, CONTACT_KEYS, FOLDER, MORNING, STUDY, TinyStudy

FACTOR = Factor(
    name="MELD", levels=(Level(code="low", name="Below 20"), Level(code="high", name="20 or more"))
)
DRAWING = replace(STUDY, randomisation=Randomisation(blocks=(2, 4), factor=FACTOR))


def load(tiny: TinyStudy, study: Study = DRAWING) -> None:
    """Load a version of the study."""
    with database.writing(tiny.url) as session:
        load_study(session, folder=replace(FOLDER, study=study), actor=COMMAND, now=MORNING)


@pytest.fixture
def drawing(tiny: TinyStudy) -> TinyStudy:
    """The tiny study with a sealed sequence, and someone to be randomised."""
    load(tiny)
    with database.writing(tiny.url) as session:
        generate_list(
            session, study_id=tiny.study_id, seed=None, actor=COMMAND, now=MORNING, keys=CONTACT_KEYS
        )
    tiny.enrol("M-1", arm=None)
    return tiny


def test_an_arm_is_drawn_and_shown_to_who_says_why(
    coordinator: StaffBrowser, administrator: StaffBrowser, drawing: TinyStudy
) -> None:
    page = text(coordinator.get("/participants/M-1"))
    assert "Randomise" in page
    assert "Record the randomisation" not in page
    coordinator.get("/participants/M-1/arm", status=404)
    answer = coordinator.fill_in("/participants/M-1/draw", {"level": "high"}, status=422)
    assert "Confirm it to go on." in answer.get_data(as_text=True)
    coordinator.fill_in("/participants/M-1/draw", {"level": "high", "confirmed": "y"})
    page = text(coordinator.get("/participants/M-1"))
    assert "Cells" not in page
    assert "Usual care" not in page
    answer = coordinator.fill_in("/participants/M-1/arm", {"reason": ""}, status=422)
    assert "Write a reason." in answer.get_data(as_text=True)
    answer = coordinator.fill_in("/participants/M-1/arm", {"reason": "To order the cells"}, status=200)
    said = answer.get_data(as_text=True)
    assert ("Cells" in said) != ("Usual care" in said)
    assert answer.headers["Cache-Control"] == "no-store"
    trail = text(administrator.get("/audit"))
    assert "Arm read" in trail
    assert "To order the cells" in trail
    counts = text(administrator.get("/randomisation"))
    assert "20 or more" in counts
    assert "Madrid" in counts


def test_where_both_sides_are_blind_the_bedside_draws_and_never_learns(
    coordinator: StaffBrowser, administrator: StaffBrowser, drawing: TinyStudy
) -> None:
    load(drawing, replace(DRAWING, blinding="double"))
    coordinator.fill_in("/participants/M-1/draw", {"level": "low", "confirmed": "y"})
    coordinator.get("/participants/M-1/arm", status=403)
    assert coordinator.post("/participants/M-1/arm", {"reason": "curious"}).status_code == 403
    assert "Show the arm" not in text(coordinator.get("/participants/M-1"))
    administrator.fill_in("/participants/M-1/arm", {"reason": "Emergency"}, status=200)


def test_a_typed_arm_is_refused_where_arms_are_drawn(coordinator: StaffBrowser, drawing: TinyStudy) -> None:
    assert coordinator.post("/participants/M-1/randomise", {"arm": "cells"}).status_code in (403, 404, 422)
    assert "Not yet" in text(coordinator.get("/participants/M-1"))


def test_an_empty_list_is_said_plainly(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    load(tiny, replace(DRAWING, randomisation=Randomisation(blocks=(2, 4))))
    tiny.enrol("M-1", arm=None)
    answer = coordinator.fill_in("/participants/M-1/draw", {"confirmed": "y"}, status=422)
    assert "No place is left in the randomisation list" in answer.get_data(as_text=True)


def test_monitors_see_counts_of_their_site_alone(new_staff: NewStaff, drawing: TinyStudy) -> None:
    monitor = new_staff("monitor", site="cai")
    page = text(monitor.get("/randomisation"))
    assert "Madrid" not in page
