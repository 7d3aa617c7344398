"""What an item takes, and what it refuses, kind by kind."""

from datetime import date

import pytest

from app.domain.answer import (
    DECLINED,
    REFUSAL,
    AnswerValue,
    BadAnswer,
    Reason,
    applicable,
    filed,
    read_answer,
    read_filed,
    typed_text,
    unanswered,
)
from app.domain.instrument import Instrument, Item
from tests.fixtures.kinds import instrument

GIVEN_ON = date(2026, 3, 5)
INSTRUMENT = Instrument(
    name="two",
    recall_days=14,
    choices={"often": (0, 1, 2, 3, 4), "below_zero": (-1, 0, 1)},
    items=(
        Item(code="tired", type="choice", choices="often", may_decline=True),
        Item(code="itch", type="choice", choices="often"),
        Item(code="change", type="choice", choices="below_zero"),
        Item(code="cold", type="number", lowest=-30, highest=45.5, decimals=1),
    ),
    scales=(),
)

# behaviour (two: the instrument above), item, what came, what it is
TAKEN: list[tuple[str, str, str, AnswerValue]] = [
    ("two", "tired", "3", 3),
    ("two", "tired", " 3 ", 3),
    ("two", "tired", "٣", 3),
    ("two", "itch", "०", 0),
    ("two", "change", "-1", -1),
    ("two", "tired", "", None),
    ("two", "tired", DECLINED, DECLINED),
    ("two", "cold", "\N{MINUS SIGN}4,5", -4.5),
    ("two", "cold", "45.5", 45.5),
    ("multiple", "where", "3 1", [1, 3]),
    ("multiple", "where", "٢ 2", [2]),
    ("multiple", "where", "0", [0]),
    ("multiple", "where", "0 0", [0]),
    ("multiple", "where", "", None),
    ("multiple", "where", REFUSAL, DECLINED),
    ("number", "weight", "71.5", 71.5),
    ("number", "weight", "71,5", 71.5),
    ("number", "weight", "٧١٫٥", 71.5),
    ("number", "weight", "\N{RIGHT-TO-LEFT MARK}७१.0", 71),
    ("number", "weight", "+30", 30),
    ("number", "meals", REFUSAL, DECLINED),
    ("number", "meals", DECLINED, DECLINED),
    ("visual-analogue", "health", "100", 100),
    ("visual-analogue", "health", "۰", 0),
    ("date", "begun", "2026-03-05", "2026-03-05"),
    ("date", "begun", "٢٠٢٦-٣-", "2026-03"),
    ("date", "begun", "2026--", "2026"),
    ("date", "begun", "1900", "1900"),
    # of limited-date: `fell` from 2020-02-29 to the day of the answer, `next` from that day on
    ("limited-date", "fell", "2026-03-05", "2026-03-05"),
    ("limited-date", "fell", "2026-3", "2026-03"),
    ("limited-date", "fell", "2026", "2026"),
    ("limited-date", "fell", "2020-02-29", "2020-02-29"),
    ("limited-date", "fell", "2020-02", "2020-02"),
    ("limited-date", "fell", "2020", "2020"),
    ("limited-date", "next", "2026-03-05", "2026-03-05"),
    ("limited-date", "next", "2026-03", "2026-03"),
    ("limited-date", "next", "2026", "2026"),
    ("limited-date", "next", "2031-12-31", "2031-12-31"),
    ("text", "other", " a\r\nb ", "a\nb"),
    ("text", "other", "declined", "'declined"),
    ("text", "other", "''declined", "'''declined"),
    ("text", "other", "I declined", "I declined"),
    ("text", "other", "007", "007"),
    ("text", "other", REFUSAL, DECLINED),
    ("practice", "try", "2", None),
    ("animal-naming", "animals", "0", 0),
]

REFUSED: list[tuple[str, str, str, Reason]] = [
    ("two", "tired", "5", "choice"),
    ("two", "tired", "-1", "choice"),
    ("two", "tired", "often", "choice"),
    ("two", "tired", "1.0", "choice"),
    ("two", "itch", DECLINED, "refusal"),
    ("two", "itch", REFUSAL, "refusal"),
    ("two", "mood", "1", "unknown"),
    ("multiple", "where", "1 9", "choice"),
    ("multiple", "where", "0 3", "alone"),
    ("multiple", "where", f"{REFUSAL}1", "both"),
    ("number", "weight", "29.9", "range"),
    ("number", "weight", "251", "range"),
    ("number", "weight", "71.55", "decimals"),
    ("number", "weight", "1,000", "decimals"),
    ("number", "meals", "3.0", "decimals"),
    ("number", "weight", "71 kg", "number"),
    ("number", "weight", "1e2", "number"),
    ("number", "weight", "nan", "number"),
    ("number", "weight", "9" * 5000, "number"),
    ("visual-analogue", "health", "101", "range"),
    ("date", "begun", "2026-02-30", "date"),
    ("date", "begun", "2026-13", "date"),
    ("date", "begun", "spring", "date"),
    ("date", "begun", "2026-03-05-01", "date"),
    ("date", "begun", "2026--5", "month"),
    ("date", "begun", "-3-5", "year"),
    ("date", "begun", "26-3-5", "year"),
    ("limited-date", "fell", "2026-03-06", "late"),
    ("limited-date", "fell", "2026-04", "late"),
    ("limited-date", "fell", "2027", "late"),
    ("limited-date", "fell", "2020-02-28", "early"),
    ("limited-date", "fell", "2020-01", "early"),
    ("limited-date", "fell", "2019", "early"),
    ("limited-date", "next", "2026-03-04", "early"),
    ("limited-date", "next", "2026-02", "early"),
    ("limited-date", "next", "2025", "early"),
    ("text", "other", "x" * 61, "long"),
    ("text", "other", "a\x07b", "text"),
    ("information", "welcome", "1", "unknown"),
    ("animal-naming", "animals", "-1", "range"),
]


def _instrument(behaviour: str) -> Instrument:
    return INSTRUMENT if behaviour == "two" else instrument(behaviour)


@pytest.mark.parametrize(("behaviour", "code", "raw", "value"), TAKEN)
def test_taken(behaviour: str, code: str, raw: str, value: AnswerValue) -> None:
    found = read_answer(_instrument(behaviour), code, raw, given_on=GIVEN_ON)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("behaviour", "code", "raw", "reason"), REFUSED)
def test_refused(behaviour: str, code: str, raw: str, reason: Reason) -> None:
    with pytest.raises(BadAnswer) as refusal:
        read_answer(_instrument(behaviour), code, raw, given_on=GIVEN_ON)
    assert (refusal.value.item, refusal.value.reason) == (code, reason)
    assert refusal.value.allowed


@pytest.mark.parametrize(("behaviour", "code", "raw", "value"), TAKEN)
def test_what_is_filed_is_read_again_as_the_same(
    behaviour: str, code: str, raw: str, value: AnswerValue
) -> None:
    assert read_filed(_instrument(behaviour), code, filed(value), given_on=GIVEN_ON) == value


def test_a_text_is_never_a_refusal_and_is_shown_as_it_was_typed() -> None:
    text = instrument("text")
    for typed in ("declined", "'declined", "''declined", "'quoted'", "Declined"):
        stored = read_answer(text, "other", typed, given_on=GIVEN_ON)
        assert stored != DECLINED
        assert typed_text(str(stored)) == typed
    assert read_filed(text, "other", "declined", given_on=GIVEN_ON) == DECLINED
    assert read_filed(text, "other", "'declined", given_on=GIVEN_ON) == "'declined"


def test_a_practice_answer_in_a_file_is_refused() -> None:
    with pytest.raises(BadAnswer, match="practice"):
        read_filed(instrument("practice"), "try", "2", given_on=GIVEN_ON)


@pytest.mark.parametrize(
    ("value", "said"), [(71.0, "71"), (1e-6, "0.000001"), (-4.5, "-4.5"), (10**6, "1000000")]
)
def test_a_number_is_filed_without_an_exponent(value: float, said: str) -> None:
    assert filed(value) == said


def test_unanswered_counts_a_taken_back_answer_and_not_a_declined_one() -> None:
    two = Instrument(
        name="two", recall_days=1, choices=INSTRUMENT.choices, items=INSTRUMENT.items[:2], scales=()
    )
    assert unanswered(two, {"tired": DECLINED, "itch": None}) == ("itch",)
    assert unanswered(two, {"itch": 0}) == ("tired",)


def test_nothing_is_missing_that_is_read_or_practised() -> None:
    assert unanswered(instrument("information"), {}) == ("tired",)
    assert unanswered(instrument("practice"), {}) == ("tired",)


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, ["pain", "sleep"]),
        ({"pain": 0}, ["pain", "sleep"]),
        ({"pain": 1}, ["pain", "worst", "sleep"]),
        ({"pain": 1, "worst": 4}, ["pain", "worst", "sleep"]),
        ({"pain": 1, "worst": 5}, ["pain", "worst", "where", "sleep"]),
        ({"pain": 1, "worst": 5, "where": [1, 2]}, ["pain", "worst", "where", "helped", "sleep"]),
        ({"pain": 0, "worst": 9, "where": [1], "helped": 1}, ["pain", "sleep"]),
        ({"pain": None, "worst": 9}, ["pain", "sleep"]),
    ],
)
def test_an_answer_to_what_is_not_asked_counts_as_none(
    answers: dict[str, AnswerValue], asked: list[str]
) -> None:
    assert list(applicable(instrument("condition"), answers)) == asked
    assert set(unanswered(instrument("condition"), answers)) <= set(asked)
