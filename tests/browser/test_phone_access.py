"""Every page of a participant can be seen in every light and used without its scripts; the first is light."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ITEMS, Invite
from tests.browser.walk import NARROW, SMALLEST_TARGET, pages
from tests.fixtures import usable
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_can_be_seen_in_every_light(invite: Invite, new_page: NewPage, language: str) -> None:
    page, faults = new_page(), []
    for name in pages(invite(language), page):
        faults += [f"{name}: {each}" for each in usable.in_other_lights(page)]
    assert not faults, "\n".join(faults)


def test_a_page_whose_scripts_did_not_arrive_can_be_used(invite: Invite, new_page: NewPage) -> None:
    page = new_page(service_workers="block")  # axe is a script itself
    page.route("**/*.js", lambda route: route.abort())
    invite("ar").open_survey(page)
    expect(page.locator(".question")).to_have_count(ITEMS)
    assert usable.by_axe(page) == []
    with usable.shown(page, width=NARROW):
        assert usable.misfits(page) + usable.small_targets(page, SMALLEST_TARGET) == []


def test_the_first_questionnaire_page_is_light(invite: Invite, new_page: NewPage) -> None:
    invitation = invite("hi")
    first = new_page()
    invitation.come_in(first)
    survey = first.locator("a.main").get_attribute("href")
    page = new_page(storage_state=first.context.storage_state())
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    weights: list[float] = []
    network.on("Network.loadingFinished", lambda loaded: weights.append(loaded["encodedDataLength"]))
    page.goto(f"{invitation.server}{survey}")
    page.locator("#begin").wait_for()
    page.wait_for_load_state("networkidle")
    assert 1 <= len(weights) <= 4
    assert sum(weights) <= 14 * 1024
