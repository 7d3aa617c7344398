"""The code on the sheet, typed: it leads to the link, and nowhere past the year of birth."""

import pytest

from app import database
from app.formats import link_token
from app.operations.link_codes import code_to_show
from app.operations.links import issue_link
from tests.fixtures.pages import heading, text, whole
from tests.fixtures.phone import BIRTH_YEAR, Clock, NewPhone, Phone
from tests.fixtures.study import COMMAND, LINK_KEYS


def code_of(phone: Phone, time: Clock) -> str:
    with database.writing(phone.url) as session:
        link_id = link_token.read(phone.token, LINK_KEYS)
        assert link_id is not None
        return str(code_to_show(session, link_id=link_id, actor=COMMAND, now=time.at, link_keys=LINK_KEYS))


def test_a_right_code_leads_to_the_link_where_the_year_of_birth_is_asked(
    new_phone: NewPhone, time: Clock
) -> None:
    phone = new_phone()
    code = code_of(phone, time)
    assert heading(phone.get("/code")) == "Type your code"
    response = phone.post("/code", code=f" {code.lower()} ")
    assert (response.status_code, response.location) == (303, f"/p/{phone.token}")
    assert "Set-Cookie" not in response.headers
    phone.get("/today", status=401)
    assert heading(phone.get(response.location)) == "Welcome"
    assert phone.post(response.location, birth_year=BIRTH_YEAR).location == "/today"


def test_the_code_is_no_way_around_the_counted_tries(new_phone: NewPhone, time: Clock) -> None:
    phone = new_phone()
    code = code_of(phone, time)
    for _ in range(5):
        phone.post(phone.post("/code", code=code).location, birth_year="1900")
    leads_to = phone.post("/code", code=code).location
    assert phone.post(leads_to, birth_year=BIRTH_YEAR).status_code == 429


def test_wrong_malformed_and_dead_codes_get_the_same_words(new_phone: NewPhone, time: Clock) -> None:
    phone = new_phone()
    code = code_of(phone, time)
    with database.writing(phone.url) as session:
        issue_link(session, participant_id=phone.participant_id, actor=COMMAND, now=time.at)
    pages = []
    for typed in (code, "AAAA-AAAA", "nonsense, <b>truly</b>", ""):
        response = phone.post("/code", code=typed)
        assert response.status_code == 422
        page = whole(response)
        box = page.find(".//input[@id='code']")
        assert box is not None
        assert box.attrib.pop("value") == typed  # what was typed comes back
        pages.append(text(page))
    assert len(set(pages)) == 1
    assert "it has eight letters and digits" in pages[0]


def test_too_many_wrong_codes_are_answered_with_429(new_phone: NewPhone, time: Clock) -> None:
    phone = new_phone()
    code = code_of(phone, time)
    for _ in range(30):
        phone.post("/code", code="AAAA-AAAA")
    response = phone.post("/code", code=code)
    assert response.status_code == 429
    again = whole(response).find(".//main//a")
    assert again is not None
    assert again.get("href") == "/code"


@pytest.mark.parametrize("address", ["/left", "/today"])
def test_the_page_is_named_where_someone_has_no_way_in(new_phone: NewPhone, address: str) -> None:
    page = new_phone().get(address, status=401 if address == "/today" else 200)
    assert page.find(".//main//a[@href='/code']") is not None


def test_another_language_is_chosen_by_an_address(new_phone: NewPhone) -> None:
    page = new_phone().get("/code?language=ar")
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
