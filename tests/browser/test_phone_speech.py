"""Reading aloud, on a phone whose voices are played by a stand-in that keeps what it was told to say."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Invite
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser

STAND_IN = """
(() => {
  const voices = VOICES;
  const listeners = [];
  window.spoken = [];
  window.cancelled = 0;
  const speech = {
    getVoices: () => voices,
    speak: (each) => spoken.push(each),
    cancel: () => {
      cancelled += 1;
    },
    addEventListener: (kind, listener) => listeners.push(listener),
  };
  window.arrive = (...more) => {
    voices.push(...more);
    listeners.forEach((each) => each());
  };
  Object.defineProperty(window, "speechSynthesis", { value: speech, configurable: true });
  window.SpeechSynthesisUtterance = function (text) {
    this.text = text;
  };
})();
"""
ENGLISH = {"lang": "en_GB", "localService": True, "name": "English"}
ARABIC = {"lang": "ar-EG", "localService": True, "name": "Arabic"}
QUESTION = ".question:not([hidden])"


def _phone(new_page: NewPage, *voices: dict[str, Any]) -> Page:
    page = new_page()
    page.add_init_script(STAND_IN.replace("VOICES", json.dumps(voices)))
    return page


def _first_question(invite: Invite, page: Page, language: str = "en") -> None:
    invite(language).open_survey(page)
    page.locator("#begin").click()


def _spoken(page: Page) -> list[str]:
    said: list[str] = page.evaluate("spoken.map((each) => each.text)")
    return said


def test_a_question_is_read_with_its_choices(invite: Invite, new_page: NewPage) -> None:
    page = _phone(new_page, ENGLISH)
    _first_question(invite, page)
    page.get_by_role("button", name="Read aloud").click()
    assert _spoken(page) == [
        "In the past two weeks",
        "I felt tired even after resting.",
        "Never",
        "Rarely",
        "Sometimes",
        "Often",
        "Always",
    ]
    assert page.evaluate("spoken.map((each) => each.lang + ' ' + each.voice.name)[0]") == "en English"
    page.evaluate("spoken.at(-1).onend()")
    expect(page.get_by_role("button", name="Read aloud")).to_be_visible()


def test_a_second_press_stops_it(invite: Invite, new_page: NewPage) -> None:
    page = _phone(new_page, ENGLISH)
    _first_question(invite, page)
    page.get_by_role("button", name="Read aloud").click()
    page.get_by_role("button", name="Stop reading").click()
    assert page.evaluate("cancelled") == 1
    expect(page.get_by_role("button", name="Read aloud")).to_be_visible()


@pytest.mark.parametrize("leave", ["Next", "Back"])
def test_leaving_the_question_stops_it(invite: Invite, new_page: NewPage, leave: str) -> None:
    page = _phone(new_page, ENGLISH)
    _first_question(invite, page)
    page.get_by_role("button", name="Read aloud").click()
    page.get_by_role("button", name=leave).click()
    page.wait_for_function("cancelled === 1")
    expect(page.get_by_text("Stop reading")).to_have_count(0)


def test_leaving_the_page_stops_it(invite: Invite, new_page: NewPage) -> None:
    page = _phone(new_page, ENGLISH)
    _first_question(invite, page)
    page.get_by_role("button", name="Read aloud").click()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert page.evaluate("cancelled") == 1


@pytest.mark.parametrize(
    "voices",
    [
        [],
        [ARABIC],
        [ENGLISH | {"localService": False}],  # it would send the question to someone else to be read
        [ENGLISH | {"lang": ""}, ENGLISH | {"lang": "no language"}],
    ],
    ids=["none", "another language", "not of the phone", "of no language"],
)
def test_without_a_voice_for_the_words_nothing_is_offered(
    invite: Invite, new_page: NewPage, voices: list[dict[str, Any]]
) -> None:
    page = _phone(new_page, *voices)
    _first_question(invite, page)
    expect(page.locator(f"{QUESTION} .choice").first).to_be_visible()
    expect(page.locator(".aloud")).to_have_count(0)


def test_without_speech_nothing_is_offered(invite: Invite, new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script("Object.defineProperty(window, 'speechSynthesis', { value: undefined })")
    _first_question(invite, page)
    expect(page.locator(".aloud")).to_have_count(0)


def test_voices_that_come_late_are_used(invite: Invite, new_page: NewPage) -> None:
    page = _phone(new_page)
    _first_question(invite, page)
    expect(page.locator(".aloud")).to_have_count(0)
    page.evaluate("(voice) => arrive(voice)", ENGLISH)
    expect(page.get_by_role("button", name="Read aloud")).to_be_visible()
    page.evaluate("(voice) => arrive(voice)", ARABIC)
    expect(page.locator(f"{QUESTION} .aloud")).to_have_count(1)


@pytest.mark.parametrize(
    ("language", "voice", "offered"),
    [
        ("zh-Hans", "zh-CN", 1),
        ("zh-Hans", "zh_CN_#Hans", 1),
        ("zh-Hans", "zh-HK", 0),
        ("ar", "ar", 1),
        ("hi", "hi-IN", 1),
    ],
)
def test_a_voice_speaks_the_language_as_it_is_written(
    invite: Invite, new_page: NewPage, language: str, voice: str, offered: int
) -> None:
    page = _phone(new_page, {"lang": voice, "localService": True, "name": voice})
    _first_question(invite, page, language)
    expect(page.locator(f"{QUESTION} .aloud")).to_have_count(offered)


def test_what_is_in_another_language_is_read_by_its_own_voice_or_not_at_all(
    invite: Invite, new_page: NewPage
) -> None:
    page = _phone(new_page, ENGLISH)
    _first_question(invite, page)
    # as if the wording existed in English only, and the page were Arabic
    page.evaluate(
        """() => {
          document.documentElement.lang = "ar";
          const question = document.querySelector(".question:not([hidden])");
          question.querySelectorAll("h2, .recall, label").forEach((each) => (each.lang = "en"));
          const declined = question.querySelectorAll("label")[4];
          declined.removeAttribute("lang");
        }"""
    )
    page.locator(f"{QUESTION} .aloud").click()
    assert "Always" not in _spoken(page)
    page.locator(f"{QUESTION} .aloud").click()
    page.evaluate("(voice) => arrive(voice)", ARABIC)
    page.locator(f"{QUESTION} .aloud").click()
    assert page.evaluate("spoken.at(-1).lang + ' ' + spoken.at(-1).voice.name") == "ar Arabic"
