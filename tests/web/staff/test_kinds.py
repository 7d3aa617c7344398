"""Every kind of answer as staff read it."""

from dataclasses import replace

import pytest

from app import database
from app.operations.studies import load_study
from tests.fixtures import kinds
from tests.fixtures.alarming import SLOW
from tests.fixtures.desk import StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import NewPhone
from tests.fixtures.study import COMMAND, MORNING, TinyStudy


@pytest.fixture
def tiny(every_kind: TinyStudy) -> TinyStudy:
    """The study with every kind of question, in place of the tiny one."""
    return every_kind


def test_every_kind_of_answer_is_read_in_words(new_phone: NewPhone, coordinator: StaffBrowser) -> None:
    phone = new_phone("P-1").open()
    given: dict[str, dict[str, object]] = {
        "multiple": {"where": ["3", "1"], "where:asked": "1"},
        "number": {"weight": "71,5", "meals:declined": "1"},
        "date": {"begun:month": "3", "begun:year": "2026", "begun:day": ""},
        "text": {"other": "declined"},
        "animal-naming": {"old": "85", "schooling": "12", "animals": "9"},
        "condition": {"pain": "0", "worst": "7"},
    }
    for behaviour, form in given.items():
        assert (
            phone.client.post(phone.survey(instrument=behaviour), data=form | {"do": "save"}).status_code
            == 303
        )
    read = [
        text(coordinator.get(f"/participants/P-1/responses/{number}").find(".//table"))
        for number in range(1, len(given) + 1)
    ]
    for page, words in zip(
        read,
        (
            "Belly, Head",
            "71.5 kilograms",
            "March 2026",
            "declined",
            "9 Speaks for minimal encephalopathy, or grade 1 (10.5 with the points added)",
            "7 Not asked after another answer: does not count.",
        ),
        strict=True,
    ):
        assert words in page
    assert "Preferred not to answer" in read[1]


def test_an_alert_about_a_grade_tells_staff_the_grade_and_what_it_rests_on(
    tiny: TinyStudy, new_phone: NewPhone, coordinator: StaffBrowser
) -> None:
    every = kinds.folder()
    with database.writing(tiny.url) as session:
        folder = replace(every, study=replace(every.study, alerts=(SLOW,)))
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    phone = new_phone("P-1").open()
    survey = phone.survey(instrument="animal-naming")
    for animals, alarmed in (("9", False), ("7", True)):  # with the points for schooling 11 and 9
        phone.save(survey, schooling="5", animals=animals)
        alarm = phone.get(survey).find(".//div[@class='alarm faults']")
        assert alarm is not None
        assert ("hidden" in alarm.attrib) is not alarmed
        assert ("slow" in text(coordinator.get("/alerts").find(".//main"))) is alarmed
    facts = text(coordinator.get("/alerts/1").find(".//dl"))
    assert "7 · Speaks for encephalopathy of grade 2 or worse (9 with the points added)" in facts
