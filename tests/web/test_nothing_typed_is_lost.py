"""A form that cannot be taken now comes back with all that was typed, to be sent again from its page."""

from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app import database
from app.models import Answer, ContactPreference, Event, SignedIn
from app.web import create_app
from tests.fixtures.desk import StaffBrowser, typed
from tests.fixtures.pages import form_values, heading, text, whole
from tests.fixtures.phone import BIRTH_YEAR, Clock, NewPhone, Phone, configured
from tests.fixtures.study import TinyStudy

DEATH = "/participants/M-1/death"


def rows(url: str, table: type) -> int:
    with database.reading(url) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def signed_in_again(browser: StaffBrowser) -> None:
    """Move the end of every session away, as signing in again in another window does."""
    with database.writing(browser.url) as session:
        for each in session.scalars(select(SignedIn)):
            each.expires_at = each.expires_at.replace(year=2030)
            each.idle_until = None
            if each.account_id is not None:
                each.created_at += timedelta(hours=13)


def main_form(page: Element) -> dict[str, str]:
    main = page.find(".//main")
    assert main is not None
    return form_values(main, "csrf_token")


def form_of(page: Element) -> Element:
    (form,) = page.iter("form")
    return form


def test_a_member_of_staff_signed_out_in_the_middle_of_a_form(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    tiny.enrol("M-1")
    form = main_form(coordinator.get(DEATH)) | typed("started", 2026, 1)
    form["reason"] = 'sepsis, "says" the letter <of>\nthe hospital'
    time.pass_by(hours=13)
    answer = coordinator.client.post(f"/staff{DEATH}?study=tiny", data=form)
    assert answer.status_code == 401
    page = whole(answer)
    assert heading(page) == "Please sign in"
    assert "What you entered is still here" in text(page)
    assert form_values(page) == form
    assert page.find(".//a[@href='/staff/sign-in'][@target='_blank']") is not None
    assert rows(tiny.url, Event) == 0
    signed_in_again(coordinator)
    again = coordinator.client.post(form_of(page).attrib["action"], data=form_values(page))
    assert again.status_code == 303
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Event.reason)).one() == form["reason"]


def test_a_button_without_a_form_leads_to_signing_in(coordinator: StaffBrowser, time: Clock) -> None:
    token = coordinator.token("/participants")
    time.pass_by(hours=13)
    answer = coordinator.client.post("/staff/sign-out", data={"csrf_token": token})
    assert answer.location == "/staff/sign-in?next=%2Fstaff%2F"


def test_several_values_of_one_name_come_back(coordinator: StaffBrowser, time: Clock) -> None:
    form = {"csrf_token": coordinator.token("/participants"), "occasion": ["3", "5"]}
    time.pass_by(hours=13)
    page = whole(coordinator.client.post("/staff/reminders/send", data=form))
    values = [each.get("value") for each in page.iter("input") if each.get("name") == "occasion"]
    assert values == ["3", "5"]


def test_the_token_of_forms_outlives_the_browser(coordinator: StaffBrowser) -> None:
    answer = coordinator.client.get("/staff/sign-in")
    (cookie,) = (each for each in answer.headers.getlist("Set-Cookie") if each.startswith("hepatica_form="))
    assert "Expires=" in cookie


def test_answers_of_a_page_without_scripts(phone: Phone, time: Clock) -> None:
    address = phone.survey()
    form = form_values(phone.get(address), "submission_id") | {"itch": "3", "do": "save"}
    phone.client.delete_cookie("hepatica_p")
    answer = phone.post(address, **form)
    assert answer.status_code == 401
    page = whole(answer)
    assert heading(page) == "Please open your link again"
    assert form_values(page) == form
    phone.open()
    assert phone.post(form_of(page).attrib["action"], **form_values(page)).status_code == 303
    assert rows(phone.url, Answer) == 1


FORMS = {
    "/report/hospital-stay": typed("started", 2025, 12, 5)
    | typed("ended", "", "")
    | {"still": "yes", "reason": "other", "other": 'a fall, "they" say', "place": "La <b> Paz\nMadrid"},
    "/report/transplant": typed("started", 2025, 12) | {"place": "La Paz"},
    "/report/death": typed("started", 2025, 12, 5),
    "/preferences": typed("pause", 2026, 1, 20) | {"hour": "17", "do": "save"},
}


@pytest.mark.parametrize("address", FORMS)
def test_every_form_of_a_participant_whose_session_ended(phone: Phone, time: Clock, address: str) -> None:
    form = form_values(phone.get(address), "participant") | FORMS[address]
    time.pass_by(days=31)
    answer = phone.post(address, **form)
    assert answer.status_code == 401
    page = whole(answer)
    assert form_values(page) == form
    assert page.find(".//a[@href='/code'][@target='_blank']") is not None
    time.pass_by(days=-31)  # a day on which what was typed still makes sense
    phone.open()
    assert phone.post(form_of(page).attrib["action"], **form_values(page)).status_code == 303
    assert rows(phone.url, ContactPreference if address == "/preferences" else Event) == 1


@pytest.mark.parametrize("address", FORMS)
def test_what_one_typed_is_not_sent_for_another_who_came_in_meanwhile(
    new_phone: NewPhone, address: str
) -> None:
    first, second = new_phone("P-1").open(), new_phone("P-2")
    form = form_values(first.get(address), "participant") | FORMS[address]
    first.client.delete_cookie("hepatica_p")
    page = whole(first.post(address, **form))
    first.client.post(f"/p/{second.token}", data={"birth_year": BIRTH_YEAR})
    again = first.post(form_of(page).attrib["action"], **form_values(page))
    assert again.status_code == 401
    assert form_values(whole(again)) == form
    assert rows(first.url, ContactPreference) == rows(first.url, Event) == 0


def test_a_year_of_birth_or_a_password_never_comes_back(phone: Phone, coordinator: StaffBrowser) -> None:
    refused = phone.post("/p/invented", birth_year="1958")
    assert "1958" not in refused.get_data(as_text=True)
    refused = coordinator.post("/sign-in", {"email": "nobody@example.org", "password": "a secret word"})
    assert refused.status_code == 401
    assert "a secret word" not in refused.get_data(as_text=True)


def test_more_fields_than_any_form_has_do_not_come_back(phone: Phone) -> None:
    phone.client.delete_cookie("hepatica_p")
    answer = phone.client.post("/report/transplant", data={f"box-{number}": "x" for number in range(501)})
    assert answer.status_code == 401
    assert len(answer.data) < 5000


def test_a_fault_of_ours_keeps_what_was_typed(
    tiny: TinyStudy, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("the database is gone"))

    app = create_app(configured(tiny.url))
    client = app.test_client()
    cookie = phone.client.get_cookie("hepatica_p")
    assert cookie is not None
    client.set_cookie("hepatica_p", cookie.value)
    with monkeypatch.context() as broken:
        broken.setattr("app.web.participant.event.report_event", gone)
        answer = client.post("/report/transplant", data=typed("started", 2025) | {"place": "La Paz"})
    assert answer.status_code == 500
    page = whole(answer)
    assert "Wait a moment" in text(page)
    assert form_values(page) == {"place": "La Paz"} | typed("started", 2025)
    assert client.post(form_of(page).attrib["action"], data=form_values(page)).status_code == 303


def test_a_report_of_staff_changed_after_it_was_sent(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    tiny.enrol("M-1")
    form = main_form(coordinator.get(DEATH)) | typed("started", 2026, 1)
    for _ in range(2):
        assert coordinator.client.post(f"/staff{DEATH}", data=form).status_code == 303
    answer = coordinator.client.post(f"/staff{DEATH}", data=form | {"reason": "sepsis"})
    assert answer.status_code == 422
    page = whole(answer)
    assert "with other details arrived already" in text(page)
    assert rows(tiny.url, Event) == 1
    again = main_form(page)
    assert again["reason"] == "sepsis"
    assert coordinator.client.post(f"/staff{DEATH}", data=again).status_code == 303
    assert rows(tiny.url, Event) == 2
