"""A participant's own scores, for those who see the line and those who hear the table."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock, database
from app.models import Answer, InstrumentVersion, Occasion, Response, Wording
from tests.browser.conftest import Invitation, Invite
from tests.browser.walk import NARROW, SMALLEST_TARGET
from tests.fixtures import usable
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser

INSTRUMENT = "liver-wellbeing"
VALUES = (1, 3, 2, 4)


def _answered(invitation: Invitation) -> None:
    """Let someone have sent the first questionnaires of the demonstration, four weeks apart."""
    with database.writing(invitation.database_url) as session:
        occasions = session.scalars(
            select(Occasion).where(Occasion.participant_id == invitation.participant_id)
        ).all()
        wording = session.scalars(
            select(Wording)
            .join(InstrumentVersion)
            .where(InstrumentVersion.name == INSTRUMENT, Wording.language == "en")
        ).one()
        for number, value in enumerate(VALUES):
            at = clock.now() + timedelta(weeks=4 * number)
            response = Response(
                occasion_id=occasions[number].id,
                instrument=INSTRUMENT,
                instrument_version_id=wording.instrument_version_id,
                wording_id=wording.id,
                respondent="proxy" if number == 1 else "patient",
                started_at=at,
                submitted_at=at,
                receipt=f"RECEIPT{number}",
            )
            session.add(response)
            session.flush()
            session.add_all(
                Answer(
                    response_id=response.id,
                    item=item,
                    value=value,
                    answered_at=at,
                    received_at=at,
                    wording_id=wording.id,
                )
                for item in ("tired", "energy", "lying_down", "sleep_well")
            )


def _open(invitation: Invitation, page: Page) -> None:
    _answered(invitation)
    invitation.come_in(page)
    page.locator("a[href='/history']").click()
    page.wait_for_url("**/history")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_can_be_read(invite: Invite, page: Page, language: str) -> None:
    _open(invite(language), page)
    assert usable.by_axe(page) + usable.in_other_lights(page) == []
    for text in ("100%", "200%"):
        with usable.shown(page, width=NARROW, text=text):
            assert usable.misfits(page) + usable.small_targets(page, SMALLEST_TARGET) == []


def test_it_is_a_picture_with_a_name_and_a_table(invite: Invite, page: Page) -> None:
    _open(invite("en"), page)
    expect(page.get_by_role("img", name="Energy")).to_be_visible()
    table = page.get_by_role("table", name="Energy")
    expect(table.get_by_role("columnheader")).to_have_text(["Date", "Score"])
    expect(table.get_by_role("row")).to_have_count(1 + len(VALUES))
    expect(table.get_by_role("cell").nth(0)).to_have_text("58")  # (3 + 1 + 3) of 12
    expect(table.get_by_role("cell").nth(1)).to_have_text("42 (answered by someone else for you)")
    expect(page.get_by_role("table", name="Total").get_by_role("cell").first).to_have_text("too few answers")


@pytest.mark.parametrize(("language", "first_is_left_of_last"), [("en", True), ("ar", False)])
def test_time_runs_as_the_language_is_read(
    invite: Invite, page: Page, language: str, first_is_left_of_last: bool
) -> None:
    _open(invite(language), page)
    chart = page.locator(".chart").first
    dots = [dot.bounding_box() or {"x": 0} for dot in chart.locator("circle").all()]
    ends = [end.bounding_box() or {"x": 0} for end in chart.locator(".ends span").all()]
    assert (dots[0]["x"] < dots[-1]["x"]) is first_is_left_of_last
    assert (ends[0]["x"] < ends[-1]["x"]) is first_is_left_of_last


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_the_line_has_the_colour_of_words(invite: Invite, new_page: NewPage, look: dict[str, str]) -> None:
    page = new_page(**look)
    _open(invite("en"), page)
    line = page.locator("polyline").first.evaluate("each => getComputedStyle(each).stroke")
    behind = page.locator(".scale").first.evaluate("each => getComputedStyle(each).backgroundColor")
    assert line != behind
    assert line == page.locator("svg").first.evaluate("each => getComputedStyle(each).color")
