"""Lists as CSV files: the same rows, nothing a spreadsheet would run, and an entry in the trail."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from app import database
from app.domain.partial_date import PartialDate
from app.queries import audit
from app.web.staff.table_file import MARK, cell, written
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.study import TinyStudy


def records(browser: StaffBrowser, address: str, **query: str) -> list[dict[str, str]]:
    """Fetch a list as a file and return its rows by column."""
    response = browser.client.get(f"/staff{address}", query_string=query | {"as": "csv"})
    assert response.status_code == 200, response.status
    assert response.content_type == "text/csv; charset=utf-8"
    body = response.get_data(as_text=True)
    assert body.startswith(MARK)
    return list(csv.DictReader(io.StringIO(body.removeprefix(MARK), newline="")))


def exports(tiny: TinyStudy) -> list[object]:
    with database.reading(tiny.url) as session:
        return [each.new for each in audit.entries(session) if each.action == "data.export"]


def test_the_file_has_the_rows_of_the_list_and_not_only_a_page_of_them(
    coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    for number in range(51):
        tiny.enrol(f"M-{number:02}", arm=None if number < 2 else "cells")
    tiny.enrol("C-1", site="cai")
    assert [row["participant"] for row in records(coordinator, "/participants", page="2")] == [
        f"M-{number:02}" for number in range(51)
    ]
    found = records(coordinator, "/participants", search="-0", awaiting="randomisation")
    assert found[0] == {
        "participant": "M-00",
        "site": "mad",
        "language": "en",
        "enrolled_on": "2026-01-05",
        "randomised_on": "",
        "dead_on": "",
        "withdrew": "",
    }
    assert len(found) == 2
    assert exports(tiny) == [
        {"list": "participants", "asked": {}},
        {"list": "participants", "asked": {"search": "-0", "awaiting": "randomisation"}},
    ]


def test_the_file_is_named_and_never_kept(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    response = coordinator.client.get("/staff/participants?as=csv")
    assert response.headers["Content-Disposition"] == "attachment; filename=tiny-participants-2026-01-05.csv"
    assert response.headers["Cache-Control"] == "no-store"


def test_the_link_to_the_file_keeps_the_filters(new_staff: NewStaff, tiny: TinyStudy) -> None:
    tiny.enrol("M-1")
    page = new_staff("administrator", of_study=False).get("/participants", search="M", page="1")
    link = next(each for each in page.iter("a") if "download" in each.attrib)
    assert link.attrib["href"] == "/staff/participants?search=M&as=csv&study=tiny"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("=1+1", "'=1+1"),
        ("@me", "'@me"),
        ("Ward 3", "Ward 3"),
        (-3, "-3"),
        (True, "yes"),
        (date(2026, 1, 5), "2026-01-05"),
        (PartialDate(2026, 1), "2026-01"),
        (datetime(2026, 1, 5, 9, tzinfo=UTC), "2026-01-05T09:00:00+00:00"),
    ],
)
def test_cells(value: object, text: str) -> None:
    assert cell(value) == text  # type: ignore[arg-type]


def test_an_instant_without_its_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="zone"):
        cell(datetime(2026, 1, 5))  # noqa: DTZ001 - what must not be written


def test_a_cell_keeps_what_stands_in_it() -> None:
    parts = written({"a": lambda row: row, "b": lambda _: "x"}, ['say "so",', "two\r\nlines", "أ"] * 300)
    text = "".join(parts).removeprefix(MARK)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[:4] == [["a", "b"], ['say "so",', "x"], ["two\r\nlines", "x"], ["أ", "x"]]
    assert len(rows) == 901


def test_a_long_file_comes_in_parts() -> None:
    assert len(list(written({"a": lambda row: str(row)}, range(1000)))) > 3
