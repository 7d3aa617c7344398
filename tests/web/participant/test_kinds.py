"""Every kind of question on its page: drawn empty, answered as without scripts, and there again."""

import json
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import select

from app import database
from app.domain.item_faults import FORM_FIELDS
from app.models import Answer
from tests.fixtures.kinds import BEHAVIOURS, LANGUAGES
from tests.fixtures.pages import form_values, parsed, text
from tests.fixtures.phone import Clock, NewPhone, Phone

LIMITED = "limited-date"
# behaviour, what is filled in, what is stored
ANSWERED = [
    ("single", {"tired": "2"}, {"tired": 2}),
    ("multiple", {"where": ["3", "1"], "where:asked": "1"}, {"where": [1, 3]}),
    ("multiple", {"where:asked": "1", "where:declined": "1"}, {"where": "declined"}),
    ("number", {"weight": "٧١٫٥", "meals": "३"}, {"weight": 71.5, "meals": 3}),
    ("number", {"weight": "71,5", "meals": "", "meals:declined": "1"}, {"weight": 71.5, "meals": "declined"}),
    ("visual-analogue", {"health": "64"}, {"health": 64}),
    ("date", {"begun:day": "", "begun:month": "3", "begun:year": "٢٠٢٦"}, {"begun": "2026-03"}),
    ("date", {"begun:day": "", "begun:month": "", "begun:year": "2026"}, {"begun": "2026"}),
    (LIMITED, {"fell:year": "2026", "next:year": "٢٠٣١"}, {"fell": "2026", "next": "2031"}),
    ("text", {"other": " More\r\nrice. "}, {"other": "More\nrice."}),
    ("text", {"other": "declined"}, {"other": "'declined"}),
    ("text", {"other": "", "other:declined": "1"}, {"other": "declined"}),
    (
        "grid",
        {"itch": "1", "cramps": "0", "nausea": "declined"},
        {"itch": 1, "cramps": 0, "nausea": "declined"},
    ),
    ("information", {"tired": "0"}, {"tired": 0}),
    (
        "decline",
        {"low": "declined", "drinks:declined": "1", "drinks": ""},
        {"low": "declined", "drinks": "declined"},
    ),
    ("condition", {"pain": "1", "worst": "7"}, {"pain": 1, "worst": 7}),
    ("reversed", {"tired": "0", "pain": "3", "health": "50"}, {"tired": 0, "pain": 3, "health": 50}),
    ("sections", {"tired": "1", "alone": "2"}, {"tired": 1, "alone": 2}),
    ("practice", {"try": "2", "tired": "1"}, {"tired": 1}),
    ("animal-naming", {"old": "70", "animals": "12"}, {"old": 70, "animals": 12}),
    ("fixed-direction", {"tired": "1", "health": "100"}, {"tired": 1, "health": 100}),
]


def _stored(phone: Phone) -> dict[str, object]:
    with database.reading(phone.url) as session:
        return {each.item: each.value for each in session.scalars(select(Answer).order_by(Answer.id))}


def _send(phone: Phone, behaviour: str, form: dict[str, object], do: str = "save") -> int:
    return phone.client.post(phone.survey(instrument=behaviour), data=form | {"do": do}).status_code


def _questions(page: Element) -> list[Element]:
    return [each for each in page.iter("fieldset") if each.get("id", "").startswith("q-")]


def _question(page: Element, code: str) -> Element:
    found = page.find(f".//fieldset[@id='q-{code}']")
    assert found is not None
    return found


def test_each_behaviour_is_answered_here() -> None:
    assert {behaviour for behaviour, _, _ in ANSWERED} == set(BEHAVIOURS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_and_nothing_stands_in_it_beforehand(
    kinds_phone: NewPhone, language: str
) -> None:
    phone = kinds_phone(language=language).open()
    for behaviour in BEHAVIOURS:
        page = phone.get(phone.survey(instrument=behaviour))
        form = form_values(page, "submission_id")
        answers = {name: value for name, value in form.items() if name not in FORM_FIELDS}
        assert {value for name, value in answers.items() if not name.endswith(":asked")} <= {""}
        assert page.attrib["lang"] == language


@pytest.mark.parametrize(("behaviour", "form", "stored"), ANSWERED)
def test_what_is_answered_is_stored_and_stands_on_the_page_again(
    kinds_phone: NewPhone, behaviour: str, form: dict[str, object], stored: dict[str, object]
) -> None:
    phone = kinds_phone().open()
    assert _send(phone, behaviour, form) == 303
    assert _stored(phone) == stored
    # The page as it is drawn then, sent as it stands, changes nothing: every value came back to its control.
    with_all = _filled(phone.get(phone.survey(instrument=behaviour)))
    assert _send(phone, behaviour, with_all) == 303
    with database.reading(phone.url) as session:
        assert len(list(session.scalars(select(Answer)))) == len(stored)


def _filled(page: Element) -> dict[str, object]:
    values: dict[str, list[str]] = {}
    form = page.find(".//form[@id='survey']")
    assert form is not None
    for control in [*form.iter("input"), *form.iter("textarea")]:
        chosen = control.get("type") not in ("radio", "checkbox") or "checked" in control.attrib
        if chosen and control.get("name") and "disabled" not in control.attrib:
            value = control.text or "" if control.tag == "textarea" else control.get("value", "")
            values.setdefault(control.attrib["name"], []).append(value)
    assert any(name not in ("do", "submission_id") for name in values)
    return dict(values)


@pytest.mark.parametrize(
    ("behaviour", "form", "code", "words"),
    [
        ("number", {"weight": "251"}, "weight", "Enter a number from 30 to 250."),
        ("number", {"weight": "71.55"}, "weight", "At most 1 digit may stand after the decimal sign."),
        ("number", {"weight": "heavy"}, "weight", "Enter a number from 30 to 250."),
        ("number", {"meals": "1,000"}, "meals", "Enter a whole number from 0 to 20."),
        ("number", {"meals": "3", "meals:declined": "1"}, "meals", "Either answer, or choose"),
        ("visual-analogue", {"health": "101"}, "health", "Enter a whole number from 0 to 100."),
        ("date", {"begun:day": "30", "begun:month": "2", "begun:year": "2026"}, "begun", "This is no date."),
        ("date", {"begun:day": "3", "begun:month": "", "begun:year": "2026"}, "begun", "Enter the month too"),
        ("date", {"begun:day": "", "begun:month": "2", "begun:year": ""}, "begun", "Enter the year."),
        ("date", {"begun:day": "", "begun:month": "2", "begun:year": "26"}, "begun", "with four digits"),
        (
            LIMITED,
            {"fell:day": "", "fell:month": "1", "fell:year": "2020"},
            "fell",
            "before February 29, 2020.",
        ),
        (LIMITED, {"fell:day": "", "fell:month": "2", "fell:year": "2026"}, "fell", "after January 5, 2026."),
        ("text", {"other": "long " * 13 + "."}, "other", "This has 66 characters. Please shorten it to 60."),
        ("multiple", {"where": "9", "where:asked": "1"}, "where", "Please choose one of the answers."),
        ("multiple", {"where": ["0", "2"], "where:asked": "1"}, "where", "goes with no other"),
        ("animal-naming", {"animals": "many"}, "animals", "Enter a whole number from 0 to 999."),
    ],
)
def test_what_cannot_be_taken_comes_back_as_it_was_typed_with_what_to_do(
    kinds_phone: NewPhone, behaviour: str, form: dict[str, str], code: str, words: str
) -> None:
    phone = kinds_phone().open()
    response = phone.post(phone.survey(instrument=behaviour), do="save", **form)
    assert response.status_code == 422
    page = parsed(response.get_data(as_text=True))
    question = _question(page, code)
    assert words in text(question.find(".//*[@class='fault']"))
    assert page.find(f".//*[@id='a-{code}']") is not None  # where the list of faults leads
    if behaviour != "multiple":
        typed = _filled(page)
        assert {name: typed[name] for name in form if not name.endswith("declined")} == {
            name: [value] for name, value in form.items() if not name.endswith("declined")
        }
    assert _stored(phone) == {}


@pytest.mark.parametrize(("days_on_the_phone", "status"), [(0, 200), (2, 422)])
def test_today_is_the_day_on_which_a_phone_kept_the_answer(
    kinds_phone: NewPhone, time: Clock, days_on_the_phone: int, status: int
) -> None:
    phone = kinds_phone().open()
    time.pass_by(days=2)
    kept = {
        "fell:id": "one",
        "fell:order": "1",
        "fell:at": str(-days_on_the_phone * 86_400_000),
        "clock": "0",
    }
    typed = {"fell:day": "6", "fell:month": "1", "fell:year": "2026"}  # the day between
    response = phone.client.post(
        phone.survey(instrument=LIMITED),
        data={"do": "save", **typed, **kept},
        headers={"Accept": "application/json"},
    )
    assert response.status_code == status
    assert _stored(phone) == ({"fell": "2026-01-06"} if status == 200 else {})


def test_several_choices_that_do_not_go_together_come_back_ticked(kinds_phone: NewPhone) -> None:
    phone = kinds_phone().open()
    response = phone.post(
        phone.survey(instrument="multiple"), do="save", where=["0", "2"], **{"where:asked": "1"}
    )
    assert _filled(parsed(response.get_data(as_text=True)))["where"] == ["0", "2"]


def test_a_script_is_told_what_to_do_in_the_digits_of_the_language(kinds_phone: NewPhone) -> None:
    phone = kinds_phone().open()
    answer = phone.save(phone.survey(instrument="number"), do="save", meals="21")
    assert answer.status_code == 422
    assert answer.get_json()["faults"] == {"meals": "Enter a whole number from 0 to 20."}


def test_a_question_is_asked_where_its_conditions_hold_and_sent_without_a_gap_where_not(
    kinds_phone: NewPhone,
) -> None:
    phone = kinds_phone().open()
    address = phone.survey(instrument="condition")

    def shown() -> list[str]:
        page = phone.get(address)
        return [each.attrib["id"][2:] for each in _questions(page) if "hidden" not in each.attrib]

    assert shown() == ["pain", "sleep"]
    question = _question(phone.get(address), "worst")
    assert json.loads(question.attrib["data-when"]) == [{"item": "pain", "operator": "is", "value": 1}]
    sent = phone.press(address, "send", pain="1", sleep="1")
    assert sent.location.endswith("?gaps")  # the answer has brought another question
    assert shown() == ["pain", "worst", "sleep"]
    phone.press(address, "save", worst="5")
    assert shown() == ["pain", "worst", "where", "sleep"]
    phone.client.post(address, data={"do": "save", "where": "1", "where:asked": "1"})
    assert shown() == ["pain", "worst", "where", "helped", "sleep"]
    assert phone.press(address, "save", pain="0").status_code == 303
    assert shown() == ["pain", "sleep"]  # and what rested on it is not asked either
    sent = phone.press(address, "send")
    assert sent.location.startswith("/receipt/")


def test_how_far_one_has_come_counts_what_everybody_is_asked(kinds_phone: NewPhone) -> None:
    phone = kinds_phone().open()
    phone.save(phone.survey(instrument="condition"), do="save", pain="1", worst="7", where="1")
    assert "1 of 2 answered" in text(phone.get("/today"))


def test_questions_are_counted_that_everybody_is_asked(kinds_phone: NewPhone) -> None:
    phone = kinds_phone().open()
    steps = {
        behaviour: [
            text(each.find(".//span[@class='step']"))
            if each.find(".//span[@class='step']") is not None
            else ""
            for each in _questions(phone.get(phone.survey(instrument=behaviour)))
        ]
        for behaviour in ("information", "practice", "condition")
    }
    assert steps == {
        "information": ["", "Question 1 of 1"],
        "practice": ["To practise: this answer is not kept", "Question 1 of 1"],
        "condition": [
            "Question 1 of 2",
            "Question 1 of 2, continued",
            "Question 1 of 2, continued",
            "Question 1 of 2, continued",
            "Question 2 of 2",
        ],
    }


def test_a_line_and_its_choices_run_with_the_text_unless_the_wording_fixes_it(kinds_phone: NewPhone) -> None:
    phone = kinds_phone(language="ar").open()
    free = phone.get(phone.survey(instrument="visual-analogue"))
    assert [each.get("dir") for each in free.iter("div") if each.get("class") == "line"] == ["rtl"]
    fixed = phone.get(phone.survey(instrument="fixed-direction"))
    assert [each.get("dir") for each in fixed.iter("div") if each.get("class") == "line"] == ["ltr"]
    assert [each.get("dir") for each in fixed.iter("div") if each.get("class") == "choices"] == ["ltr"]
    assert {each.get("dir") for each in fixed.iter("span") if each.get("dir")} == {"rtl"}


def test_a_section_is_named_above_its_questions_and_with_each_of_them(kinds_phone: NewPhone) -> None:
    phone = kinds_phone().open()
    page = phone.get(phone.survey(instrument="grid"))
    heads = [each for each in page.iter("div") if each.get("class") == "head"]
    assert [text(each) for each in heads] == ["Your body How often were you bothered by:"]
    assert [text(each.find(".//span[@class='stem']")) for each in _questions(page)] == [
        "How often were you bothered by:"
    ] * 3


def test_heavy_scripts_come_only_where_they_are_needed(kinds_phone: NewPhone) -> None:
    phone = kinds_phone().open()

    def loaded(behaviour: str) -> set[str]:
        page = phone.get(phone.survey(instrument=behaviour))
        addresses = [each.get("src", "") for each in page.iter("script")]
        addresses += [each.get("href", "") for each in page.iter("link") if each.get("rel") == "stylesheet"]
        return {address.split("/")[-1].split(".")[0] for address in addresses}

    plain = loaded("single")
    assert loaded("visual-analogue") - plain == {"line"} | (loaded("number") - plain)
    assert "naming" in loaded("animal-naming")
    assert not plain & {"line", "naming"}
