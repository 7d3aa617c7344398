"""Staff find alarming answers where the day begins and at the participant: what, when, which answers."""

import pytest

from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock, NewPhone
from tests.fixtures.study import TinyStudy


@pytest.fixture
def raised(alarming: TinyStudy, new_phone: NewPhone) -> None:
    """An alert in Madrid and one in Cairo."""
    for code, site in (("M-1", "mad"), ("C-1", "cai")):
        phone = new_phone(code, site=site).open()
        phone.save(phone.survey(), itch="4", sleep="4")


def listed(browser: StaffBrowser, address: str) -> list[str]:
    page = browser.get(address)
    sections = [each for each in page.iter("section") if each.get("aria-labelledby") == "alerts-title"]
    return [text(item) for each in sections for item in each.iter("li")]


def test_the_day_begins_with_those_of_the_own_site(raised: None, coordinator: StaffBrowser) -> None:
    (told,) = listed(coordinator, "/today")
    assert told.startswith("M-1 · worst")
    assert "Start" in told
    assert "Did your skin itch? Always" in told
    assert "Did you sleep badly? Always" in told
    assert "answered by the participant" in told


def test_an_administrator_sees_every_site(raised: None, administrator: StaffBrowser) -> None:
    assert len(listed(administrator, "/today")) == 2


def test_answers_are_told_in_the_language_of_the_reader(raised: None, new_staff: NewStaff) -> None:
    (told,) = listed(new_staff("coordinator", site="cai", language="ar"), "/today")
    assert "هل شعرت بحكة في جلدك؟ دائما" in told


def test_the_participants_page_keeps_what_the_start_tells_for_two_weeks(
    raised: None, new_staff: NewStaff, time: Clock
) -> None:
    time.pass_by(days=15)
    coordinator = new_staff("coordinator", site="mad")
    assert listed(coordinator, "/today") == []
    assert len(listed(coordinator, "/participants/M-1")) == 1


def test_nobody_is_told_of_an_arm(raised: None, coordinator: StaffBrowser) -> None:
    for address in ("/today", "/participants/M-1"):
        assert "Cells" not in " ".join(listed(coordinator, address))
