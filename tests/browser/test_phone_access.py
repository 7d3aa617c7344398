"""Every page of a participant can be used: axe, targets, reflow, large text, both directions, every light."""

from typing import Any

import pytest

from app import i18n
from app.formats import study_folder
from tests.browser.conftest import DEMO, Invite
from tests.browser.walk import LARGE_TEXT, NARROW, faults, pages
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": NARROW},
    "large text": {"viewport": NARROW},
    "largest text of ours": {"viewport": NARROW, "color_scheme": "dark"},
    "more contrast": {"contrast": "more"},
    "colours of the phone": {"forced_colors": "active"},
}
LANGUAGES = [each for each in i18n.languages() if each in study_folder.read(DEMO).study.languages]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_can_be_used(invite: Invite, new_page: NewPage, language: str, look: str) -> None:
    page = new_page(**LOOKS[look])
    if look == "large text":
        page.add_init_script(LARGE_TEXT)
    invitation = invite(language)
    if look == "largest text of ours":
        page.context.add_cookies([{"name": "hepatica_size", "value": "larger", "url": invitation.server}])
    found = [f"{name}: {fault}" for name in pages(invitation, page) for fault in faults(page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_used_in_every_language(invite: Invite, new_page: NewPage, language: str) -> None:
    page = new_page(viewport=NARROW)
    found = [f"{name}: {fault}" for name in pages(invite(language), page) for fault in faults(page)]
    assert not found, "\n".join(found)


def test_a_page_without_scripts_can_be_used(invite: Invite, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False, viewport=NARROW)
    invite("ar").open_survey(page)
    assert faults(page) == []


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
