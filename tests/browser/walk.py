"""Every page and state that a participant can meet."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from app.formats import stop_token
from tests.browser.conftest import Invitation
from tests.fixtures.study import LINK_KEYS

SMALLEST_TARGET = 48
PHONE, NARROW = 360, 320


def pages(invitation: Invitation, page: Page) -> Iterator[str]:
    """Go through every page and state, and give the name of each."""
    yield from _ways_in(invitation, page)
    invitation.come_in(page)
    page.locator("summary").click()
    yield "today, with the languages open"
    yield from _preferences(invitation, page)
    yield from _reports(invitation, page)
    page.goto(f"{invitation.server}/nowhere")
    yield "a refusal"
    yield from _questionnaire(invitation, page)
    page.goto(f"{invitation.server}/today")
    yield "today, with nothing to answer"
    page.goto(f"{invitation.server}/helping")
    yield "how to help"
    page.goto(f"{invitation.server}/history")
    yield "the history"
    page.goto(f"{invitation.server}/today")
    page.locator("form[action='/leave'] button").click()
    page.wait_for_url("**/left?*")
    yield "left"
    page.goto(f"{invitation.server}/today")
    yield "the link has to be opened again"


def _ways_in(invitation: Invitation, page: Page) -> Iterator[str]:
    page.goto(invitation.link)
    page.locator("summary").click()
    yield "the link, with the languages open"
    page.locator("#birth_year").fill("1900")
    page.locator("button.main").click()
    page.locator(".faults").wait_for()
    yield "the wrong year of birth"
    page.goto(f"{invitation.server}/p/invented")
    page.locator("#birth_year").fill("1900")
    page.locator("button.main").click()
    page.locator("form[action$='/ask']").wait_for()
    yield "no way in"
    page.locator("form button.main").click()
    page.wait_for_url("**/asked*")
    yield "a new link was asked for"
    page.goto(_stop(invitation))
    yield "stopping all reminders"
    page.goto(f"{invitation.server}/code")
    yield "the code"
    page.locator("#code").fill("ABCD-2345")
    page.locator("button.main").click()
    page.locator(".faults").wait_for()
    yield "a wrong code"
    page.goto(f"{invitation.server}/offline")
    yield "no connection"


def _stop(invitation: Invitation) -> str:
    return f"{invitation.server}/stop/{stop_token.sign(invitation.participant_id, LINK_KEYS)}"


def _preferences(invitation: Invitation, page: Page) -> Iterator[str]:
    page.goto(f"{invitation.server}/preferences")
    yield "the preferences"
    page.locator("#pause-year").fill("2020")
    page.locator("button[value=save]").click()
    page.locator(".faults").wait_for()
    yield "the preferences with a fault"
    page.locator("button[value=stop]").click()
    page.wait_for_url("**/preferences?saved")
    yield "the reminders stopped"
    page.goto(_stop(invitation))
    yield "no more reminders"


def _reports(invitation: Invitation, page: Page) -> Iterator[str]:
    page.goto(f"{invitation.server}/report/hospital-stay")
    yield "a hospital stay"
    page.locator("#place").evaluate("each => each.removeAttribute('maxlength')")
    page.locator("#place").fill("x" * 201)
    page.locator("form button.main").click()
    page.locator(".faults").wait_for()
    yield "a hospital stay with faults"
    page.goto(f"{invitation.server}/report/transplant")
    yield "a transplant"
    page.locator("#started-year").fill("2024")
    page.locator("form button.main").click()
    page.wait_for_url("**/reported/*")
    yield "a report that arrived"


def _questionnaire(invitation: Invitation, page: Page) -> Iterator[str]:
    page.goto(f"{invitation.server}/today")
    page.locator("a.main").click()
    page.wait_for_url("**/survey/**")
    page.locator("#start summary").click()
    yield "the start, with who is answering"
    page.locator("#begin").click()
    page.locator(".question:not([hidden]) .choice").first.click()
    expect(page.locator("#status")).not_to_be_empty()
    yield "a question"
    survey = page.url.partition("#")[0]
    yield from _states(page)
    page.goto(f"{survey}#q-forget")
    page.reload()
    page.locator(".question:not([hidden]) .choice").nth(4).click()
    expect(page.locator("#status")).to_have_attribute("data-state", "received")
    page.goto(f"{survey}#q-concentrate")
    page.reload()
    page.locator(".question:not([hidden]) .choice").nth(4).click()
    expect(page.locator(".alarm")).to_be_visible()
    yield "an alarming answer"
    page.goto(f"{survey}?gaps")
    yield "the gaps, as they are told without a script"
    page.goto(f"{survey}#review")
    page.reload()
    yield "the answers"
    page.locator("#finish button").click()
    page.wait_for_url("**/receipt/*")
    yield "the receipt"


def _states(page: Page) -> Iterator[str]:
    """Show what happened to an answer, as offline.js does, in every state that there is."""
    for state in ("saved", "sent", "received", "full", "refused"):
        page.locator("#status").evaluate(
            """(status, state) => {
              status.dataset.state = state;
              status.textContent = status.dataset[state] || "Words of the server";
            }""",
            state,
        )
        yield f"an answer that is {state}"
