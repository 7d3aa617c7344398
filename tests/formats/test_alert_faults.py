"""What keeps an alert of a study from being raised, or from being understood, is one fault at its place."""

from pathlib import Path

import pytest

from app.domain.condition import Condition
from app.formats import study_folder
from tests.fixtures.study_folder import INSTRUMENT, STUDY, changed, faults

WORN_OUT = """
[[alerts]]
code = "worn-out"
instrument = "rest"
when = [{ item = "tired", operator = "at least", value = 2 }, { item = "sleep_well", operator = "answered" }]
text = { en = "Please call us.", ar = "يرجى الاتصال بنا." }
"""
FAULTS = [
    ('"worn-out"', '"worn out"', "alerts[0].code", '"worn out"', "letters a-z"),
    ('instrument = "rest"', 'instrument = "itch"', "alerts[0].instrument", '"itch"', "visits: rest"),
    (', ar = "يرجى الاتصال بنا."', "", "alerts[0].text.ar", "no words", "each of the study's languages"),
    ('"tired"', '"tried"', "alerts[0].when[0].item", '"tried"', "tired, sleep_well"),
    ("value = 2", "value = 3", "alerts[0].when[0].value", "3", "one of 0, 1, 2"),
    ("value = 2", 'value = "2"', "alerts[0].when[0].value", "2", "one of 0, 1, 2"),
    (
        '"at least", value = 2',
        '"is", value = "declined"',
        "alerts[0].when[0].value",
        "declined",
        "one of 0, 1, 2",
    ),
    (
        '"at least", value = 2',
        '"includes", value = 2',
        "alerts[0].when[0].operator",
        '"includes"',
        "is, is not",
    ),
    (", value = 2", "", "alerts[0].when[0].value", "nothing", "one of 0, 1, 2"),
    ('"answered"', '"answered", value = 1', "alerts[0].when[1].value", "1", "nothing"),
    ('code = "worn-out"', 'code = "worn-out"\ndeadline_hours = 0', "alerts[0].deadline_hours", "0", "1 to"),
    (
        'code = "worn-out"',
        'code = "worn-out"\nowner = "monitor"',
        "alerts[0].owner",
        '"monitor"',
        "coordinator",
    ),
    (
        'code = "worn-out"',
        'code = "worn-out"\ndispositions = [{ code = "rang", text = { en = "Rang" } }]',
        "alerts[0].dispositions[0].text.ar",
        "no words",
        "each of the study's languages",
    ),
    ('"at least"', '"more than"', "alerts[0].when[0].operator", '"more than"', "at least"),
]


@pytest.fixture
def alerting(folder: Path) -> Path:
    """The small whole folder with one alert."""
    with (folder / STUDY).open("a", encoding="utf-8") as file:
        file.write(WORN_OUT)
    return folder


def test_an_alert_is_read(alerting: Path) -> None:
    (rule,) = study_folder.read(alerting).study.alerts
    assert rule.when == (
        Condition(item="tired", operator="at least", value=2),
        Condition(item="sleep_well", operator="answered"),
    )


@pytest.mark.parametrize(("old", "new", "place", "found", "allowed"), FAULTS)
def test_a_contradiction_is_one_fault_at_its_place(
    alerting: Path, old: str, new: str, place: str, found: str, allowed: str
) -> None:
    (fault,) = faults(changed(alerting, STUDY, old, new))
    assert (fault.file, fault.place) == (STUDY, place)
    assert fault.found.startswith(found)
    assert allowed in fault.allowed


def test_who_preferred_not_to_answer_can_be_looked_for_where_that_is_offered(alerting: Path) -> None:
    changed(
        alerting,
        STUDY,
        '"sleep_well", operator = "answered"',
        '"sleep_well", operator = "is", value = "declined"',
    )
    assert study_folder.read(alerting).study.alerts[0].when[1].value == "declined"


def test_an_alert_without_a_condition_or_twice_is_a_fault(alerting: Path) -> None:
    text = (alerting / STUDY).read_text(encoding="utf-8")
    start, end = text.index("when = ["), text.index(']\ntext = { en = "Please')
    without = text[:start] + "when = [" + text[end:]
    (alerting / STUDY).write_text(without + WORN_OUT, encoding="utf-8")
    assert {(fault.place, fault.found) for fault in faults(alerting)} == {
        ("alerts[0].when", "none"),
        ("alerts[1].code", '"worn-out"'),
    }


def test_conditions_are_not_held_against_an_instrument_that_could_not_be_read_whole(alerting: Path) -> None:
    changed(alerting, INSTRUMENT, '{"code": "tired", "type": "choice"', '{"code": "tired", "type": "choise"')
    assert not [fault for fault in faults(alerting) if fault.place.startswith("alerts")]
