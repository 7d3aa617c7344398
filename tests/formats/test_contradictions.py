"""Each kind of contradiction in a study folder is one fault with its file and place."""

from pathlib import Path

import pytest

from app.formats.study_folder import is_language
from tests.fixtures.study_folder import AR, EN, INSTRUMENT, STUDY, changed, faults

WEEK_4 = 'closes = 14\ntitle = { en = "Week 4"'
YEARLY = 'closes = 14\nrepeats = { unit = "year", times = 3 }\ntitle = { en = "{number}"'

# file, what stands there, what is put there; of the one fault: its place, how found begins, a part of allowed
CONTRADICTIONS = [
    (STUDY, 'code = "two-languages"', 'code = "two languages"', "code", '"two languages"', "letters a-z"),
    (STUDY, 'consent_versions = ["1"]', "consent_versions = []", "consent_versions", "none", "at least one"),
    (STUDY, '["1"]', '["1", "1"]', "consent_versions", '"1" more than once', "each once"),
    (STUDY, '["1"]', '[""]', "consent_versions[0]", '""', "letters a-z"),
    (STUDY, "link_days = 400", "link_days = 0", "link_days", "0", "1 to 3660 days"),
    (STUDY, "link_days = 400", "link_days = 400\nyoungest_age = -1", "youngest_age", "-1", "0 to 120 years"),
    (STUDY, "link_days = 400", "link_days = 400\noldest_age = 121", "oldest_age", "121", "0 to 120 years"),
    (
        STUDY,
        "link_days = 400",
        "link_days = 400\nyoungest_age = 65\noldest_age = 18",
        "oldest_age",
        "18",
        "from 65 years on",
    ),
    (STUDY, "session_days = 30", "session_days = 4000", "session_days", "4000", "1 to 3660 days"),
    (STUDY, ', ar = "دراسة" }', " }", "title.ar", "no words", "each of the study's languages"),
    (STUDY, ', ar = "دراسة" }', ', ar = " " }', "title.ar", "no words", "each of the study's languages"),
    (STUDY, 'ar = "دراسة"', 'ar = "دراسة", fr = "Une étude"', "title.fr", "another language", "en, ar"),
    (STUDY, 'code = "usual"', 'code = "cells"', "arms[1].code", '"cells"', "only once"),
    (STUDY, 'name = "Usual care"', 'name = ""', "arms[1].name", "no words", "some words"),
    (STUDY, "Africa/Cairo", "Africa/Kairo", "sites[0].time_zone", '"Africa/Kairo"', "Europe/Madrid"),
    (STUDY, "+20 00 0000 0000", "ask us", "sites[0].phone", '"ask us"', "the number"),
    (STUDY, 'language = "ar"', 'language = "es"', "sites[0].language", '"es"', "en, ar"),
    (STUDY, 'code = "week-4"', 'code = "day-0"', "visits[1].code", '"day-0"', "only once"),
    (STUDY, "closes = 14", "closes = -1", "visits[1].closes", "-1", "0 or more days"),
    (STUDY, "opens = 0", "opens = -2", "visits[0].opens", "-2", "0 or more days"),
    (
        STUDY,
        "opens = 7",
        "opens = 21",
        "visits[1]",
        'a window from day 7, while "day-0" is open until day 7',
        "do not overlap",
    ),
    (
        STUDY,
        "closes = 14",
        'closes = 14\nstaff_forms = ["rest"]',
        "visits[1].staff_forms",
        '"rest", which participants answer',
        "no visit asks participants",
    ),
    (
        STUDY,
        "closes = 14",
        'closes = 14\nstaff_forms = ["meld"]',
        "visits[1].staff_forms",
        '"meld"',
        "a folder under instruments/: rest",
    ),
    (STUDY, WEEK_4, YEARLY, "visits[1].title.ar", '"الأسبوع 4"', "words with {number}"),
    (STUDY, "closes = 14", "closes = 14\nrepeats = {}", "visits[1].repeats.unit", "nothing", "required"),
    (
        STUDY,
        WEEK_4,
        YEARLY.replace("times = 3", "days = 3"),
        "visits[1].repeats.days",
        "a field that is not known",
        "unit, every, first, times, until_day",
    ),
    (STUDY, ', ar = "الأسبوع 4"', "", "visits[1].title.ar", "no words", "each of the study's languages"),
    (STUDY, 'ar = "أسئلة"', 'ar = ""', "reminders[0].subject.ar", "no words", "each of the study's"),
    (STUDY, '"Questions"', '"Questions, {name}"', "reminders[0].subject.en", "{name}", "{link}, {visit}"),
    (STUDY, '"Questions"', '"Open {link}"', "reminders[0].subject.en", "{link}", "without the link"),
    (STUDY, '"Questions"', '"Qu\\nestions"', "reminders[0].subject.en", "more than one line", "one line"),
    (STUDY, "answer: {link}", "answer", "reminders[0].body.en", "no {link}", "with {link}"),
    (
        STUDY,
        "answer: {link}",
        "bring your liver: {link}",
        "reminders[0].body.en",
        '"liver"',
        "tell a stranger",
    ),
    (STUDY, '"Questions"', '"About your cells"', "reminders[0].subject.en", '"Cells"', "tell a stranger"),
    (STUDY, 'channel = "email"\n', "", "reminders[0].channels", "none", "at least one channel"),
    (
        STUDY,
        'channel = "email"\n',
        'channel = "email"\nchannels = ["email"]\n',
        "reminders[0].channel",
        '"email"',
        '"channels" alone',
    ),
    (
        STUDY,
        'channel = "email"\n',
        'channels = ["email", "email"]\n',
        "reminders[0].channels",
        '"email" more than once',
        "each once",
    ),
    (
        STUDY,
        'channel = "email"\n',
        'channels = ["sms", "email"]\ntext = { en = "Please", ar = "أجب: {link}" }\n',
        "reminders[0].text.en",
        "no {link}",
        "with {link}",
    ),
    (
        STUDY,
        "answer: {link}",
        "answer: {link} {",
        "reminders[0].body.en",
        "a brace without",
        "{link}, {visit}",
    ),
    (
        STUDY,
        "after_due = 0",
        "after_due = 15",
        "reminders[0].days_after_due",
        "15",
        "at least one visit is open",
    ),
    (
        STUDY,
        "days_after_due = 0",
        "days_before_closing = 22",
        "reminders[0].days_before_closing",
        "22",
        "at least one visit is open",
    ),
    (STUDY, "days_after_due = 0\n", "", "reminders[0]", "no day", "exactly one of on_opening"),
    (
        STUDY,
        "days_after_due = 0",
        "days_after_due = 0\non_opening = true",
        "reminders[0]",
        "on_opening, days_after_due",
        "exactly one",
    ),
    (
        STUDY,
        "days_after_due = 0",
        'days_after_due = 0\nvisits = ["week-5", "week-4"]',
        "reminders[0].visits",
        '"week-5"',
        "day-0, week-4",
    ),
    (
        STUDY,
        "days_after_due = 0",
        'days_after_due = 8\nvisits = ["day-0"]',
        "reminders[0].days_after_due",
        "8",
        "at least one visit is open",
    ),
    (
        STUDY,
        "link_days = 400",
        "link_days = 400\nadjudication.readings = 3",
        "adjudication.readings",
        "3",
        "1, or 2",
    ),
    (
        STUDY,
        "link_days = 400",
        "link_days = 400\nadjudication.kinds = []",
        "adjudication.kinds",
        "none",
        "at least one kind",
    ),
    (
        STUDY,
        "link_days = 400",
        'link_days = 400\nadjudication.kinds = ["death", "death"]',
        "adjudication.kinds",
        '"death" more than once',
        "each once",
    ),
    (
        STUDY,
        "link_days = 400",
        "link_days = 400\nadjudication.tolerance_days = 32",
        "adjudication.tolerance_days",
        "32",
        "0 to 31 days",
    ),
    (STUDY, "link_days = 400", "link_days = 400\nquiet_from = 24", "quiet_from", "24", "0 to 23"),
    (STUDY, "link_days = 400", "link_days = 400\nquiet_from = 8", "quiet_until", "8", "another hour"),
    (STUDY, 'arm = "cells"', 'arm = "drug"', "product_lots[0].arm", '"drug"', "cells, usual"),
    (
        STUDY,
        "donor_age_years = 0",
        "donor_age_years = 130",
        "product_lots[0].donor_age_years",
        "130",
        "0 (at",
    ),
    (STUDY, "passage = 4", "passage = -1", "product_lots[0].passage", "-1", "0 or more"),
    (
        STUDY,
        "viability_percent = 90",
        "viability_percent = 101",
        "product_lots[0].viability_percent",
        "101",
        "100",
    ),
    (
        STUDY,
        "viability_percent = 90",
        "viability_percent = nan",
        "product_lots[0].viability_percent",
        "nan",
        "100",
    ),
    (STUDY, '"umbilical cord"', '""', "product_lots[0].source", "no words", "some words"),
    (STUDY, '"peripheral vein"', '""', "product_lots[0].route", '""', "1 to 40 letters"),
    (STUDY, '"All treated"', '""', "estimands[0].population", "no words", "some words"),
    (STUDY, ', ar = "نزيف"', "", "stay_reasons[0].text.ar", "no words", "each of the study's languages"),
    (INSTRUMENT, '"name": "rest"', '"name": "sleep"', "name", '"sleep"', 'its folder\'s name: "rest"'),
    (INSTRUMENT, '"recall_days": 14', '"recall_days": -1', "recall_days", "-1", "0 (today) or more"),
    (INSTRUMENT, '"code": "TOTAL"', '"code": "TOTAL 1"', "scales[2].code", '"TOTAL 1"', "letters a-z"),
    (INSTRUMENT, '"title": "Sleep"', '"title": ""', "scales[1].title", "no words", "some words"),
    (INSTRUMENT, '["sleep_well"]', '["sleep"]', "scales[1].items", '"sleep"', "tired, sleep_well"),
    (
        INSTRUMENT,
        '"reversed": ["tired"]',
        '"reversed": ["sleep_well"]',
        "scales[0].reversed",
        '"sleep_well"',
        "tired",
    ),
    (INSTRUMENT, '"items": ["sleep_well"], ', "", "scales[1]", "no members", "items, or scales"),
    (
        INSTRUMENT,
        '["ENERGY", "SLEEP"]',
        '["ENERGY", "TOTAL"]',
        "scales[2].scales",
        '"TOTAL"',
        "ENERGY, SLEEP",
    ),
    (
        INSTRUMENT,
        '["ENERGY", "SLEEP"]',
        '["SLEEP", "SLEEP"]',
        "scales[2].scales",
        '"SLEEP" more',
        "each once",
    ),
    (
        INSTRUMENT,
        '"minimum_answered": 1',
        '"minimum_answered": 0',
        "scales[1].minimum_answered",
        "0",
        "more than 0",
    ),
    (
        INSTRUMENT,
        '"minimum_answered": 1',
        '"minimum_answered": 1.5',
        "scales[1].minimum_answered",
        "1.5",
        "at most 1",
    ),
    (
        INSTRUMENT,
        '"lowest": 1',
        '"lowest": 7',
        "scales[2]",
        "lowest and highest 7.0 and 7.0",
        "below the highest",
    ),
    (EN, '"language": "en"', '"language": "es"', "language", '"es"', 'file\'s name: "en"'),
    (EN, '"recall": "In the past two weeks"', '"recall": ""', "recall", "no words", "some words"),
    (EN, '"licence": "Apache-2.0"', '"licence": " "', "licence", "no words", "some words"),
    (EN, '"I slept well."', '""', "items.sleep_well", "no words", "the question in this language"),
    (EN, ', "sleep_well": "I slept well."', "", "items.sleep_well", "nothing", "all that is asked"),
    (EN, '"items": {', '"items": {"itch": "It itched.", ', "items.itch", '"itch"', "tired, sleep_well"),
    (EN, '"choices": {', '"choices": {"how_much": ["A"], ', "choices.how_much", '"how_much"', "how_often"),
    (EN, ', "Always"', "", "choices.how_often", "2 choices", "3, one for each of 0, 1, 2"),
    (EN, '"Always"', '""', "choices.how_often[2]", "no words", "the choice in this language"),
    (EN, '"Always"', '"Never"', "choices.how_often", '"Never" more than once', "choices that differ"),
    (EN, '"items": {', '"scales": {"TOTAL": ""}, "items": {', "scales.TOTAL", "no words", "scale's title"),
    (EN, '"items": {', '"scales": {"JOY": "Joy"}, "items": {', "scales.JOY", '"JOY"', "a scale of"),
    (EN, '"notice": "Not validated."', '"notice": ""', "notice", "no words", "not validated"),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "found", "allowed"), CONTRADICTIONS)
def test_a_contradiction_is_one_fault_at_its_place(
    folder: Path, file: str, old: str, new: str, place: str, found: str, allowed: str
) -> None:
    (fault,) = faults(changed(folder, file, old, new))
    assert (fault.file, fault.place) == (file, place)
    assert fault.found.startswith(found)
    assert allowed in fault.allowed


def test_an_instrument_that_a_visit_names_must_be_there(folder: Path) -> None:
    text = (folder / STUDY).read_text(encoding="utf-8").replace('["rest"]', '["rest", "itch"]')
    (folder / STUDY).write_text(text, encoding="utf-8")
    assert [(fault.place, fault.found) for fault in faults(folder)] == [
        ("visits[0].instruments", '"itch"'),
        ("visits[1].instruments", '"itch"'),
    ]


def test_a_visit_asks_something(folder: Path) -> None:
    text = (folder / STUDY).read_text(encoding="utf-8").replace('["rest"]', "[]", 1)
    (folder / STUDY).write_text(text, encoding="utf-8")
    assert [(fault.place, fault.found) for fault in faults(folder)] == [("visits[0].instruments", "none")]


def test_an_item_cannot_have_the_name_of_a_field_of_the_page(folder: Path) -> None:
    for file in (INSTRUMENT, EN, AR):
        text = (folder / file).read_text(encoding="utf-8").replace('"tired"', '"submission_id"')
        (folder / file).write_text(text, encoding="utf-8")
    assert [(fault.file, fault.place) for fault in faults(folder)] == [(INSTRUMENT, "items[0].code")]


def test_a_set_of_choices_needs_two_different_numbers_and_an_item(folder: Path) -> None:
    changed(folder, INSTRUMENT, '{"how_often": [0, 1, 2]}', '{"how_often": [0, 1, 1], "yes_no": [0]}')
    found = {(fault.file, fault.place, fault.found) for fault in faults(folder)}
    assert {
        (INSTRUMENT, "choices.how_often", "0, 1, 1"),
        (INSTRUMENT, "choices.yes_no", "0"),
        (INSTRUMENT, "choices.yes_no", "no item that uses it"),
        (EN, "choices.yes_no", "nothing"),
        (AR, "choices.yes_no", "nothing"),
    } == found


def test_a_language_needs_words_for_every_text_of_the_study(folder: Path) -> None:
    changed(folder, STUDY, '["en", "ar"]', '["en", "ar", "hi"]')
    found = {(fault.file, fault.place) for fault in faults(folder)}
    places = ["title", "visits[0].title", "visits[1].title", "reminders[0].subject", "reminders[0].body"]
    assert found == {
        *((STUDY, f"{place}.hi") for place in [*places, "stay_reasons[0].text"]),
    }


def test_a_language_that_nobody_knows_is_refused(folder: Path) -> None:
    changed(folder, STUDY, '["en", "ar"]', '["en", "ar", "xx"]')
    assert ("languages[2]", '"xx"') in {(fault.place, fault.found) for fault in faults(folder)}


@pytest.mark.parametrize("tag", ["en", "zh-Hans", "pt-BR", "ckb"])
def test_a_language_is_known_by_its_tag(tag: str) -> None:
    assert is_language(tag)


@pytest.mark.parametrize("tag", ["", "xx", "zh_Hans", "zh-hans", "EN", "english", "../en", "en-", "a" * 30])
def test_what_is_no_tag_is_no_language(tag: str) -> None:
    assert not is_language(tag)
