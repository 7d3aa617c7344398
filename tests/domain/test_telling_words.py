"""No message tells a stranger what it is about: not in the demo study, and no study is loaded that does."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app import i18n
from app.delivery.reminders import rendered, short, shown
from app.domain.message_faults import long_texts, message_faults, named_faults, text_messages
from app.domain.telling_words import STEMS, telling_words
from app.formats import study_folder
from app.queries.reminders import Draft
from tests.fixtures.study import STUDY

DATE = date(2026, 12, 31)
DEMO = study_folder.read(Path("studies/demo")).study


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Your LIVER study"),
        ("en", "News from the Hepatology team"),
        ("es", "Sus preguntas sobre el hígado"),
        ("es", "HIGADO"),
        ("fr", "Votre greffe"),
        ("de", "Ihre Universitätsklinik"),
        ("de", "Fragen nach der Lebertransplantation"),
        ("pt", "As células-tronco"),
        ("zh-Hans", "您的肝脏问卷"),
        ("hi", "आपके लिवर के सवाल"),
        ("hi", "मरीज के सवाल"),
        ("mr", "रुग्णालयातून"),
        ("ar", "أسئلة عن الكبد"),
        ("ar", "وبالمستشفى"),
        ("fa", "سؤال‌های بیمارستان"),
        ("ja", "肝臓の質問"),
        ("tr", "KARACİĞER sorularınız"),
        ("en", "For those with cells"),
        ("ar", "Usual care"),
        ("en", "Your LOT-1 is here"),
        ("en", "about umbilical cord"),
    ],
)
def test_it_tells(language: str, text: str) -> None:
    assert telling_words(text, language, STUDY)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We deliver your questions"),
        ("es", "hasta el lunes"),
        ("fr", "Merci de patienter"),
        ("de", "Sie haben noch Zeit"),
        ("ar", "أسئلتكم جاهزة"),
        ("ja", "がんばってください"),
    ],
)
def test_it_does_not(language: str, text: str) -> None:
    assert telling_words(text, language, STUDY) == []


def test_every_language_of_the_demo_has_its_words() -> None:
    assert set(DEMO.languages) == set(STEMS)


@pytest.mark.parametrize("language", DEMO.languages)
def test_no_message_of_the_demo_tells(language: str) -> None:
    for step in DEMO.reminders:
        for visit in DEMO.visits:
            words = Draft(
                language=language,
                subject=step.subject[language],
                body=step.body[language],
                text=step.text[language],
                visit=visit.title[language],
                due_on=DATE,
                closes_on=DATE,
                site="",
                phone="+34 000 000 000",
            )
            link = "https://questions.example.org/p/x"
            with i18n.speaking(language):
                said = (*rendered(words, link=link, stop=link), short(words, link=link), *shown(words))
            assert [telling_words(text, language, DEMO) for text in said] == [[]] * len(said)


def test_a_study_whose_messages_tell_is_refused_at_the_place() -> None:
    step = replace(STUDY.reminders[0], body={"en": "Your cells: {link} {visit}", "ar": "{link}"})
    study = replace(STUDY, reminders=(step,))
    assert [fault.place for fault in message_faults(study, "reminders[0]", step)] == ["reminders[0].body.en"]
    visits = (replace(STUDY.visits[0], title={"en": "After your transplant", "ar": "x"}), STUDY.visits[1])
    named = replace(study, visits=visits)
    assert [fault.place for fault in named_faults(named)] == ["visits[0].title.en"]
    assert list(named_faults(replace(named, reminders=STUDY.reminders))) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("س" * 70, 1),
        ("س" * 71, 2),
        ("😀" * 36, 2),
    ],
)
def test_how_many_text_messages(text: str, number: int) -> None:
    assert text_messages(text) == number


def test_long_texts_are_told_and_not_refused() -> None:
    step = replace(
        STUDY.reminders[0], channel=None, channels=("sms",), text={"en": "{link}", "ar": "س {link}"}
    )
    found = long_texts(replace(STUDY, reminders=(step,)))
    assert found == {}
    longer = replace(step, text={"en": "{link}" + "x" * 100, "ar": "{link}" + "س" * 60})
    assert long_texts(replace(STUDY, reminders=(longer,))) == {"due": {"en": 2, "ar": 2}}
