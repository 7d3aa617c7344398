"""Whatever is sent is answered with a page that says what is wrong; none of it is a fault of ours."""

import pytest
from flask import Flask
from sqlalchemy import select

from app import database
from app.models import Event, Response
from tests.fixtures.desk import PASSWORD, StaffBrowser, typed
from tests.fixtures.pages import heading, whole
from tests.fixtures.phone import NewPhone, Phone
from tests.fixtures.study import TinyStudy

HUGE = "9" * 20
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "address",
    [
        "/?search=%00",
        "/?visit=d0%00",
        "/?site=%00",
        "/participants?search=%00",
        "/audit?participant=%00",
        "/?x%00=1",
    ],
)
def test_a_search_for_what_no_database_can_hold(administrator: StaffBrowser, address: str) -> None:
    assert heading(administrator.get(address, status=400)) == "That did not arrive whole"


def test_the_second_of_two_values_is_looked_at_as_well(phone: Phone) -> None:
    answer = phone.client.post("/report/transplant", data="place=a&place=%00", content_type=FORM)
    assert answer.status_code == 400


@pytest.mark.parametrize("before", ["2147483648", HUGE, "9" * 5000, "-1"])
def test_the_trail_before_an_entry_that_cannot_be(administrator: StaffBrowser, before: str) -> None:
    assert heading(administrator.get("/audit", before=before)) == "Audit trail"


@pytest.mark.parametrize(
    ("box", "number"),
    [("started-year", HUGE), ("started-month", "9" * 5000), ("started-day", "٩" * 20)],
    ids=["year", "month", "day"],
)
def test_a_number_that_is_no_part_of_a_date(
    phone: Phone, coordinator: StaffBrowser, box: str, number: str
) -> None:
    wrong = typed("started", 2025, 12, 5) | {box: number}
    assert phone.post("/report/transplant", **wrong).status_code == 422
    coordinator.fill_in("/participants/P-1/death", wrong, status=422)


def test_text_that_is_not_utf_8_is_kept_as_far_as_it_can_be_read(phone: Phone) -> None:
    body = b"started-year=2025&place=Madrid+%ff%ED%A0%80"
    answer = phone.client.post("/report/transplant", data=body, content_type=FORM)
    assert answer.status_code == 303
    with database.reading(phone.url) as session:
        assert session.scalars(select(Event.place)).one().startswith("Madrid ")


@pytest.mark.parametrize("origin", ["http://[", "https://example.org", "file://"])
def test_a_form_from_an_origin_that_is_not_ours(phone: Phone, origin: str) -> None:
    answer = phone.client.post("/leave", headers={"Origin": origin})
    assert answer.status_code == 403
    assert heading(whole(answer)) == "You may not do this"


@pytest.mark.parametrize("wanted", ["//[", "/staff/\r\nSet-Cookie: a=b", "http://[/staff/", "/staff/\t"])
def test_a_page_wanted_after_signing_in_that_is_no_address(
    staff_app: Flask, coordinator: StaffBrowser, wanted: str
) -> None:
    form = {"email": "coordinator-mad-True-en@example.org", "password": PASSWORD, "next": wanted}
    assert StaffBrowser(staff_app, "").post("/sign-in", form).location == "/staff/today"


def test_a_submission_of_any_length_is_known_again(phone: Phone) -> None:
    form = {"do": "send", "gaps": "told", "submission_id": "s" * 5000}
    receipts = {phone.post(phone.survey(), **form).location for _ in range(2)}
    assert len(receipts) == 1


def test_more_than_any_form_holds(phone: Phone) -> None:
    answer = phone.post("/report/transplant", place="x" * 200_001)
    assert answer.status_code == 413
    assert heading(whole(answer)) == "That is too much at once"


def test_one_submission_cannot_be_two_questionnaires(new_phone: NewPhone) -> None:
    first, second = new_phone("P-1").open(), new_phone("P-2").open()
    form = {"do": "send", "gaps": "told", "submission_id": "the same", "itch": "2"}
    assert first.post(first.survey(), **form).status_code == 303
    assert second.post(second.survey(), **form).status_code == 409
    with database.reading(first.url) as session:
        assert session.scalars(select(Response.submission_id)).all() == ["the same"]


def test_a_report_of_staff_under_a_name_that_is_too_long_or_missing(
    coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("P-1")
    for name in ("x" * 500, "x" * 500, ""):
        form = typed("started", 2025) | {"report_id": name}
        coordinator.fill_in("/participants/P-1/transplant", form)
    coordinator.fill_in("/participants/P-1/transplant", typed("started", 2024) | {"report_id": ""})
    with database.reading(tiny.url) as session:
        assert sorted(map(str, session.scalars(select(Event.started)))) == ["2024", "2025", "2025"]
