"""Three sizes of text, without a script."""

import pytest

from tests.fixtures.pages import form_values, whole
from tests.fixtures.phone import NewPhone, Phone


def _size(phone: Phone, address: str, status: int = 200) -> str | None:
    return phone.get(address, status).get("class")


def test_a_size_is_kept_on_every_page_and_leads_back(phone: Phone) -> None:
    assert _size(phone, "/today") is None
    response = phone.post("/text-size", do="size:large", back="/today?saved")
    assert (response.status_code, response.location) == (303, "/today?saved")
    cookie = response.headers["Set-Cookie"]
    assert "hepatica_size=large" in cookie
    assert "HttpOnly" not in cookie  # a page without a connection changes it by script
    for address in ("/today", "/report/transplant", phone.survey(), "/left"):
        assert _size(phone, address) == "large"
    assert _size(phone, "/nowhere", 404) == "large"
    phone.post("/text-size", do="size:normal", back="/today")
    assert _size(phone, "/today") is None


def test_the_size_in_use_is_the_one_that_is_pressed(phone: Phone) -> None:
    phone.post("/text-size", do="size:larger")
    pressed = {
        button.get("value"): button.get("aria-pressed")
        for button in phone.get("/today").findall(".//form[@class='sizes']/button")
    }
    assert pressed == {"size:normal": "false", "size:large": "false", "size:larger": "true"}


@pytest.mark.parametrize(
    "back",
    [
        "",
        "today",
        "https://example.org/x",
        "//example.org/x",
        "/\\example.org",
        "http://[",
        "/staff/",
        "/nowhere",
        "/text-size",
        "/static/phone.css",
    ],
)
def test_it_leads_back_to_no_page_but_our_own(phone: Phone, back: str) -> None:
    assert phone.post("/text-size", do="size:large", back=back).location == "/today"


@pytest.mark.parametrize("do", ["", "size:", "size:huge", "save", "size:large\r\nX: y"])
def test_a_size_that_there_is_not_is_not_kept(phone: Phone, do: str) -> None:
    assert "Set-Cookie" not in phone.post("/text-size", do=do).headers
    phone.client.set_cookie("hepatica_size", "huge")
    assert _size(phone, "/today") is None


def test_a_way_in_keeps_its_secret(new_phone: NewPhone) -> None:
    phone = new_phone()
    address = f"/p/{phone.token}"
    assert phone.token not in phone.client.get(address).get_data(as_text=True)
    response = phone.post(address, do="size:large")
    assert (response.status_code, response.location) == (303, address)
    assert _size(phone, address) == "large"


def test_answers_are_saved_when_the_size_is_changed(phone: Phone) -> None:
    response = phone.press(phone.survey(), "size:large", itch="3")
    assert (response.status_code, response.location) == (303, phone.survey())
    page = phone.get(phone.survey())
    assert page.get("class") == "large"
    assert form_values(page, "submission_id")["itch"] == "3"


def test_a_report_that_was_begun_stays_when_the_size_is_changed(phone: Phone) -> None:
    response = phone.post("/report/hospital-stay", do="size:large", place="La Paz", still="yes")
    assert response.status_code == 200
    page = whole(response)
    assert page.find(".//*[@class='faults']") is None
    assert form_values(page, "place")["place"] == "La Paz"
    assert page.get("class") is None  # the answer comes with the cookie; the next page has it
