"""The language of a participant's pages."""

import re
from dataclasses import replace

from sqlalchemy import select

from app import database
from app.models import Answer
from app.operations.studies import load_study
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import NewPhone, Phone
from tests.fixtures.study import COMMAND, FOLDER, MORNING, WORDINGS, TinyStudy


def test_a_page_speaks_the_language_of_the_participant(new_phone: NewPhone) -> None:
    phone = new_phone(site="cai", language="ar")
    assert phone.get(f"/p/{phone.token}").get("dir") == "rtl"
    page = phone.open().get("/today", headers={"Accept-Language": "en"})
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert "البداية" in text(page)
    assert heading(phone.get(phone.survey())) == "هل شعرت بحكة في جلدك؟"


def test_refusals_and_wrong_addresses_speak_it_too(new_phone: NewPhone) -> None:
    phone = new_phone(site="cai", language="ar").open()
    for address, status in (("/nowhere", 404), ("/survey/999/itch", 404), (phone.survey("w4"), 409)):
        page = phone.get(address, status=status, headers={"Accept-Language": "en"})
        assert page.get("lang") == "ar"
        assert re.search("[a-zA-Z]", heading(page)) is None


def test_the_language_of_the_link_page_can_be_chosen_before_coming_in(new_phone: NewPhone) -> None:
    phone = new_phone()
    page = phone.get(f"/p/{phone.token}")
    offered = {
        each.get("lang"): text(each)
        for each in page.iter("a")
        if each.get("href", "").startswith("?language")
    }
    assert offered["ar"] == "العربية"
    assert phone.get(f"/p/{phone.token}?language=ar").get("lang") == "ar"
    assert phone.get("/p/invented", headers={"Accept-Language": "ar-EG"}).get("lang") == "ar"


def test_it_is_changed_in_the_middle_with_no_answer_lost(phone: Phone) -> None:
    response = phone.press(phone.survey(), "language:ar", itch="3")
    assert (response.status_code, response.location) == (303, phone.survey())
    page = phone.get(phone.survey())
    assert page.get("lang") == "ar"
    assert [
        (each.attrib["name"], each.attrib["value"]) for each in page.iter("input") if "checked" in each.attrib
    ] == [("respondent", "patient"), ("itch", "3")]
    phone.press(phone.survey(), "send", sleep="1")
    with database.reading(phone.url) as session:
        wordings = session.execute(select(Answer.item, Answer.wording_id).order_by(Answer.id)).all()
    assert [item for item, _ in wordings] == ["itch", "sleep"]
    assert (
        wordings[0].wording_id != wordings[1].wording_id
    )  # each answer keeps the words in which it was given


def test_it_is_changed_on_the_first_page_for_every_device(phone: Phone) -> None:
    other = phone.another().open()
    assert phone.post("/language", language="ar").location == "/today"
    assert other.get("/today").get("lang") == "ar"


def test_a_language_that_is_not_offered_is_refused(phone: Phone) -> None:
    for tag in ("es", "xx", ""):
        assert phone.post("/language", language=tag).status_code == 422
    assert phone.post(phone.survey(), do="language:es", itch="3").status_code == 422
    assert phone.get("/today").get("lang") == "en"


def test_what_has_no_words_in_it_yet_is_shown_in_the_studys_first_language_and_said_to_be(
    new_phone: NewPhone, tiny: TinyStudy
) -> None:
    phone = new_phone(site="cai", language="ar").open()
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, wordings={("itch", "en"): WORDINGS["itch", "en"]})
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    page = phone.get("/today")
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    titles = [each for each in page.iter("h2") if each.get("lang") == "en"]
    assert [(text(each), each.get("dir")) for each in titles] == [("Did your skin itch?", "ltr")]
    questions = phone.get(phone.survey())
    assert questions.get("lang") == "ar"
    for each in questions.iter("h2"):
        if "skin" in text(each) or "sleep" in text(each):
            assert (each.get("lang"), each.get("dir")) == ("en", "ltr")
    # It can be left for a language that is whole, and not be chosen again.
    assert [each.get("value") for each in page.iter("button") if each.get("name") == "language"] == ["en"]
    assert phone.post("/language", language="en").status_code == 303
    assert phone.post("/language", language="ar").status_code == 422
