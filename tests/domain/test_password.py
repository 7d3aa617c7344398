"""Which passwords are refused, and which may not be: NIST SP 800-63B-4, section 3.1.1.2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.password import LONGEST, SHORTEST, SHORTEST_ALONE, normalised, weakness

CONTEXT = ("Maria García", "maria.garcia@clinic.example.org", "livercells")


@pytest.mark.parametrize(
    "password",
    [
        "Password2024!",
        "P@55w0rd2024!!",
        "aaaaaaaaaaaaaaaa",
        "111111111112",
        "qwertyuiop12",
        "[]poiuytrewq",
        "123456789012",
        "abcabcabcabcabc",
        "passwordpassword",
        "iloveyouforever",
        "1qaz2wsx3edc",
        "Spring-2026-spring",
        "йцукенгшщзхъ12",
        "Hepatica-2026!",
        "Maria.Garcia.2026",
        "m4r14 garc14 1985",
        "LiverCells2026",
        "ｐａｓｓｗｏｒｄ２０２４",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert weakness(password, context=CONTEXT) == "guessable"


@pytest.mark.parametrize(
    "password",
    [
        "qG7#vK2pLw9z",
        "only letters and blanks",
        "summer love monkey dragon",  # four words, however common, are a phrase
        "лошадь верно батарея",
        "كلمة مرور طويلة جدا",
        "馬正しい電池ホッチキスの話です",
        "🐎🔋📎🐴🔌🖇🦄🪫📐🐂🧲🧷",
        "Maria gathers seashells",
    ],
)
def test_no_rule_says_what_a_password_is_made_of(password: str) -> None:
    assert weakness(password, context=CONTEXT) is None


def test_the_length_is_counted_in_signs_of_any_script() -> None:
    long = "ñandú brinca lejos sin parar"
    assert weakness(long[:SHORTEST]) is None
    assert weakness(long[: SHORTEST - 1]) == "too short"
    assert weakness(long[:SHORTEST_ALONE], alone=True) is None
    assert weakness(long[: SHORTEST_ALONE - 1], alone=True) == "too short"


def test_a_password_managers_longest_fits() -> None:
    signs = "".join(chr(0x4E00 + number) for number in range(LONGEST + 1))
    assert weakness(signs[:128]) is weakness(signs[:LONGEST]) is None
    assert weakness(signs) == "too long"


def test_however_a_keyboard_puts_the_signs_together_it_is_one_password() -> None:
    assert normalised("cafe\N{COMBINING ACUTE ACCENT} ﬁn") == normalised("café fin") == "café fin"


@given(st.text(max_size=300))
def test_every_text_gets_an_answer(text: str) -> None:
    found = weakness(text, context=CONTEXT)
    assert (found == "too short") == (len(normalised(text)) < SHORTEST)


@given(st.text("aáb3é界", min_size=1, max_size=3), st.integers(2, 80))
def test_repeating_a_few_signs_makes_no_long_password(unit: str, times: int) -> None:
    assert weakness(unit * times, context=CONTEXT) in ("too short", "guessable")
