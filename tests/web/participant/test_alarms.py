"""Alarming answers: the participant at once reads what to do and whom to call, and can go on."""

import json
from xml.etree.ElementTree import Element

from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Clock, NewPhone, Phone
from tests.fixtures.study import TinyStudy


def alarms(page: Element) -> list[Element]:
    return [each for each in page.iter("div") if "alarm" in each.get("class", "").split()]


def sounding(page: Element) -> list[str]:
    return [text(each) for each in alarms(page) if "hidden" not in each.attrib]


def test_a_study_without_rules_has_no_alarm(phone: Phone) -> None:
    assert alarms(phone.get(phone.survey())) == []


def test_the_page_brings_every_text_hidden_with_the_conditions_that_show_it(
    alarming: TinyStudy, phone: Phone
) -> None:
    page = phone.get(phone.survey())
    assert sounding(page) == []
    worst, refused = alarms(page)
    assert worst.get("role") == "alert"
    assert json.loads(worst.attrib["data-when"]) == [
        {"item": "itch", "operator": "at least", "value": 4},
        {"item": "sleep", "operator": "at least", "value": 4},
    ]
    assert text(worst.find("./p")) == "Please call us <now>."
    assert text(refused.find("./p")) == "Please talk to us."
    assert worst.find(".//a").attrib["href"] == "tel:+34000000000"  # type: ignore[union-attr]  # an element


def test_without_a_script_the_next_page_says_what_to_do(alarming: TinyStudy, phone: Phone) -> None:
    saved = phone.press(phone.survey(), "save", itch="4", sleep="4")
    assert sounding(phone.get(saved.headers["Location"])) == ["Please call us <now>. Madrid +34 000 000 000"]
    assert len(sounding(phone.get(phone.survey()))) == 1
    sent = phone.press(phone.survey(), "send")
    receipt = phone.get(sent.headers["Location"])
    assert heading(receipt) == "Thank you. Your answers have arrived."
    assert len(sounding(receipt)) == 1
    assert len(sounding(phone.get("/today"))) == 1


def test_answers_taken_back_are_alarming_no_more(alarming: TinyStudy, phone: Phone) -> None:
    phone.save(phone.survey(), itch="4", sleep="4")
    phone.save(phone.survey(), sleep="1")
    assert sounding(phone.get(phone.survey())) == []
    assert sounding(phone.get("/today")) == []


def test_after_a_week_the_first_page_is_as_it_was(alarming: TinyStudy, phone: Phone, time: Clock) -> None:
    phone.save(phone.survey(), itch="4", sleep="4")
    time.pass_by(days=6, hours=23)
    assert len(sounding(phone.get("/today"))) == 1
    time.pass_by(hours=2)
    assert sounding(phone.get("/today")) == []


def test_it_speaks_the_language_of_the_participant(alarming: TinyStudy, new_phone: NewPhone) -> None:
    phone = new_phone("C-1", site="cai", language="ar").open()
    phone.save(phone.survey(), itch="4", sleep="4")
    (said,) = sounding(phone.get("/today"))
    assert said == "يرجى الاتصال بنا الآن. Cairo +20 000 000 000"
