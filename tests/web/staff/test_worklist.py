"""Who is due: counted by state, filtered, searched, sorted and paged, all in the address."""

from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest

from app import database
from app.operations.consents import record_withdrawal
from app.queries import occasion_states
from tests.fixtures.desk import StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, DAY_0, TinyStudy
from tests.web.staff.test_table_file import records


def codes(page: Element) -> list[str]:
    """Return the codes of the rows, in their order."""
    return [text(cell) for row in page.iter("tr") for cell in row.iter("th") if cell.get("scope") == "row"]


def counts(page: Element) -> dict[str, str]:
    """Return the filters with their counts."""
    filters = next(each for each in page.iter("ul") if each.get("class") == "filters")
    return {
        text(each).rpartition(" ")[0]: text(each).rpartition(" ")[2]
        for each in filters.iter("a")
        if "data-count" in each.attrib
    }


def three(tiny: TinyStudy) -> None:
    """One on day 0, one 20 days on, one 30: due, nothing, overdue and missed."""
    for number, days in ((1, 0), (2, 20), (3, 30)):
        day = DAY_0 - timedelta(days=days)
        tiny.enrol(f"M-{number}", day_0=day)


def test_states_are_counted_and_filter_the_list(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    three(tiny)
    page = coordinator.get("/")
    found = counts(page)
    # M-1: day 0 due, week 4 not open. M-2: day 0 missed, week 4 not open until day 21. M-3: missed, overdue.
    assert found == {"To do": "2", "Overdue": "1", "Due today": "1", "Open": "0"}
    assert codes(page) == ["M-3", "M-1"]
    assert codes(coordinator.get("/", state="missed")) == ["M-3", "M-2"]
    assert codes(coordinator.get("/", state="due")) == ["M-1"]
    assert len(codes(coordinator.get("/", state="all"))) == 6
    assert codes(coordinator.get("/", state="nonsense")) == ["M-3", "M-1"]


def test_the_address_holds_filters_search_and_order(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    three(tiny)
    assert codes(coordinator.get("/", state="all", search="-2")) == ["M-2", "M-2"]
    assert codes(coordinator.get("/", state="all", search="%")) == []
    assert codes(coordinator.get("/", state="all", visit="w4", sort="code")) == ["M-1", "M-2", "M-3"]
    page = coordinator.get("/", state="all", visit="w4", sort="-code")
    assert codes(page) == ["M-3", "M-2", "M-1"]
    header = next(each for each in page.iter("th") if each.get("aria-sort"))
    assert (text(header).rstrip("▾"), header.get("aria-sort")) == ("Participant", "descending")
    link = header.find("a")
    assert link is not None
    assert link.attrib["href"] == "/staff/?state=all&visit=w4&sort=code"
    chosen = next(each for each in page.iter("option") if "selected" in each.attrib)
    assert text(chosen) == "Week 4"


def test_following_every_link_of_the_list_keeps_the_rest_of_the_address(
    administrator: StaffBrowser, tiny: TinyStudy
) -> None:
    three(tiny)
    tiny.enrol("C-1", site="cai")
    page = administrator.get("/", state="all", site="cai")
    assert codes(page) == ["C-1", "C-1"]
    for link in [each.attrib["href"] for each in page.iter("a") if "sort=" in each.attrib["href"]]:
        assert codes(administrator.get(link.removeprefix("/staff"))) == ["C-1", "C-1"]


def test_a_long_list_is_paged(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    for number in range(51):
        tiny.enrol(f"M-{number:02}")
    page = coordinator.get("/", sort="code")
    assert len(codes(page)) == 50
    following = next(each for each in page.iter("a") if each.get("rel") == "next")
    assert codes(coordinator.get(following.attrib["href"].removeprefix("/staff"))) == ["M-50"]
    assert codes(coordinator.get("/", sort="code", page="900")) == ["M-50"]


def test_who_may_not_be_written_to_cannot_be_ticked(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    tiny.enrol("M-1")
    away = tiny.enrol("M-2")
    with database.writing(tiny.url) as session:
        record_withdrawal(
            session,
            participant_id=away,
            scope="contact",
            withdrawn_on=DAY_0,
            reason="",
            actor=COMMAND,
            now=time.at,
        )
    page = coordinator.get("/")
    assert codes(page) == ["M-1", "M-2"]
    assert len([each for each in page.iter("input") if each.get("name") == "occasion"]) == 1


def test_a_list_that_goes_on_says_so(
    coordinator: StaffBrowser, tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occasion_states, "MOST", 2)
    for number in range(60):
        tiny.enrol(f"M-{number:02}")
    page = coordinator.get("/", sort="code")
    assert counts(page)["To do"] == "52+"
    assert "The list goes on after 52 visits" in text(page)
    assert codes(coordinator.get("/", sort="code", page="2")) == [f"M-{number}" for number in range(50, 60)]
    rows = records(coordinator, "/", sort="-code")
    assert [row["participant"] for row in rows][:2] == ["M-59", "M-58"]
    assert len(rows) == 60
    assert rows[0] == {
        "participant": "M-59",
        "site": "mad",
        "visit": "d0",
        "state": "due",
        "due_on": "2026-01-05",
        "closes_on": "2026-01-12",
        "language": "en",
        "last_reminder": "",
        "last_reminder_at": "",
    }


def test_who_is_not_randomised_is_found(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    tiny.enrol("M-1", arm=None)
    tiny.enrol("M-2")
    assert codes(coordinator.get("/participants", awaiting="randomisation")) == ["M-1"]
    assert codes(coordinator.get("/participants")) == ["M-1", "M-2"]
    assert codes(coordinator.get("/participants", search="2")) == ["M-2"]
