"""What a participant chooses about reminders, and their calendar."""

from datetime import date, datetime

import pytest
from icalendar import Calendar

from app import database
from app.domain.contact_preference import Preference
from app.queries.contact_preferences import preference
from tests.fixtures.desk import StaffBrowser, typed
from tests.fixtures.pages import form_values, heading, text, whole
from tests.fixtures.phone import Clock, NewPhone, Phone


def chosen(phone: Phone) -> Preference:
    with database.reading(phone.url) as session:
        return preference(session, participant_id=phone.participant_id)


def selected(phone: Phone) -> str | None:
    page = phone.get("/preferences")
    return next((each.get("value") for each in page.iter("option") if "selected" in each.attrib), None)


def test_the_page_is_named_on_the_first_page(phone: Phone) -> None:
    assert phone.get("/today").find(".//footer//a[@href='/preferences']") is not None
    page = phone.get("/preferences")
    assert heading(page) == "Reminders and calendar"
    assert "By e-mail" in text(page)


def test_an_hour_and_a_pause_are_kept_and_shown_again(phone: Phone) -> None:
    form = form_values(phone.get("/preferences"), "participant") | typed("pause", 2026, 1, 20)
    response = phone.post("/preferences", **form | {"hour": "17", "do": "save"})
    assert (response.status_code, response.location) == (303, "/preferences?saved")
    assert "Your choices are saved." in text(phone.get("/preferences?saved"))
    assert chosen(phone) == Preference(hour=17, paused_until=date(2026, 1, 20))
    assert selected(phone) == "17"
    again = form_values(phone.get("/preferences"), "participant")
    assert [again[f"pause-{part}"] for part in ("day", "month", "year")] == ["20", "1", "2026"]


def test_only_hours_of_the_day_are_offered_and_written_as_the_language_does(new_phone: NewPhone) -> None:
    page = new_phone().open().get("/preferences")
    offered = [each.get("value") for each in page.iter("option")]
    assert offered == ["", *(str(hour) for hour in range(8, 20))]
    hours = [text(each).replace("\N{NARROW NO-BREAK SPACE}", " ") for each in page.iter("option")]
    assert hours[1] == "8:00 AM"
    assert hours[-1] == "7:00 PM"


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        (typed("pause", 2026, 2), "Enter day, month and year."),
        (typed("pause", "", "", 3), "Enter day, month and year."),
        (typed("pause", 2026, 1, 5), "Enter a day after today."),
        (typed("pause", 2126, 1, 5), "Enter a day within a year, or stop all reminders."),
        (typed("pause", 2026, 2, 31), "This is no date."),
    ],
)
def test_a_pause_that_cannot_be_comes_back_with_all_that_was_typed(
    phone: Phone, boxes: dict[str, str], words: str
) -> None:
    response = phone.post("/preferences", **boxes | {"hour": "9", "do": "save"})
    assert response.status_code == 422
    page = whole(response)
    assert words in text(page.find(".//*[@role='alert']"))
    assert form_values(page, "participant").items() >= boxes.items()
    assert chosen(phone) == Preference()


def test_digits_of_another_script_are_read(phone: Phone) -> None:
    boxes = typed("pause", "٢٠٢٦", "٠١", "٢٠")
    assert phone.post("/preferences", **boxes, hour="", do="save").status_code == 303
    assert chosen(phone).paused_until == date(2026, 1, 20)


def test_stopped_and_started_again(phone: Phone) -> None:
    phone.post("/preferences", hour="9", do="save")
    assert phone.post("/preferences", hour="9", do="stop").status_code == 303
    page = phone.get("/preferences")
    assert "You have stopped all reminders." in text(page)
    assert page.find(".//select") is None
    assert phone.post("/preferences", do="start").status_code == 303
    assert chosen(phone) == Preference(hour=9)


def test_the_language_changes_and_what_was_chosen_is_kept(phone: Phone) -> None:
    phone.post("/preferences", hour="9", language="ar")
    assert phone.get("/preferences").get("lang") == "ar"
    assert selected(phone) == "9"


def test_the_language_changes_while_reminders_are_stopped_and_nothing_else_does(phone: Phone) -> None:
    phone.post("/preferences", hour="9", do="save")
    phone.post("/preferences", do="stop")
    before = chosen(phone)
    form = form_values(phone.get("/preferences"), "participant")
    assert phone.post("/preferences", **form, language="ar").status_code == 303
    assert phone.get("/preferences").get("lang") == "ar"
    assert chosen(phone) == before


@pytest.mark.parametrize("wrong", [{"hour": "3"}, {"hour": "x"}, {"channel": "pigeon", "hour": ""}])
def test_what_is_not_offered_is_refused(phone: Phone, wrong: dict[str, str]) -> None:
    assert phone.post("/preferences", **wrong, do="save").status_code == 422
    assert chosen(phone) == Preference()


def test_staff_see_what_was_chosen(phone: Phone, coordinator: StaffBrowser) -> None:
    def said() -> str:
        page = coordinator.get("/participants/P-1/contact")
        return text(page.find(".//section[@aria-labelledby='chosen-title']"))

    assert "As the study plans them" in said()
    phone.post("/preferences", hour="17", do="save", **typed("pause", 2026, 1, 20))
    assert "Paused until January 20, 2026" in said()
    assert "5:00" in said()
    phone.post("/preferences", do="stop")
    assert "Stopped on Jan 5, 2026" in said()


def test_the_calendar_names_the_days_to_come_and_nothing_else(phone: Phone, time: Clock) -> None:
    response = phone.client.get("/calendar.ics")
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    found = Calendar.from_ical(response.data).walk("VEVENT")
    days = [(each.decoded("dtstart"), each.decoded("dtend")) for each in found]
    assert days == [
        (date(2026, 1, 5), date(2026, 1, 13)),
        (date(2026, 1, 5), date(2026, 1, 6)),
        (date(2026, 1, 26), date(2026, 2, 17)),
        (date(2026, 2, 2), date(2026, 2, 3)),
    ]
    assert {str(each["summary"]) for each in found} == {"Your questions are ready"}
    assert not any(isinstance(each.decoded("dtstart"), datetime) for each in found)
    said = response.get_data(as_text=True).lower()
    for word in ("hepatica", "liver", "study", "itch", "madrid", "week", "cells", "p-1", phone.token.lower()):
        assert word not in said


def test_visits_that_are_over_leave_the_calendar(phone: Phone, time: Clock) -> None:
    phone.press(phone.survey(), "send", itch="3", sleep="declined")
    assert len(Calendar.from_ical(phone.client.get("/calendar.ics").data).walk("VEVENT")) == 2
    time.pass_by(days=60)
    phone.open()
    assert Calendar.from_ical(phone.client.get("/calendar.ics").data).walk("VEVENT") == []


@pytest.mark.parametrize("address", ["/preferences", "/calendar.ics"])
def test_both_are_for_the_participant_alone(new_phone: NewPhone, address: str) -> None:
    assert heading(new_phone().get(address, status=401)) == "Please open your link again"
