"""Direction, dates and numbers as each language has them."""

from datetime import UTC, date, datetime

import pytest

from app import i18n


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("es", "ltr"),
        ("zh-Hans", "ltr"),
        ("hi", "ltr"),
        ("ar", "rtl"),
        ("fa", "rtl"),
        ("he", "rtl"),
    ],
)
def test_the_direction_is_a_fact_of_the_language(language: str, direction: str) -> None:
    assert i18n.direction(language) == direction


def test_a_telephone_number_keeps_its_order_in_arabic() -> None:
    with i18n.speaking("ar"):
        assert i18n.isolated("+20 2") == "\u2066+20 2\u2069"
    with i18n.speaking("es"):
        assert i18n.isolated("+20 2") == "+20 2"


def test_a_day_is_written_as_the_language_writes_it() -> None:
    # authority: CLDR's long date format of each language
    day = date(2026, 3, 5)
    said = {}
    for language in ("es", "zh-Hans", "hi"):
        with i18n.speaking(language):
            said[language] = i18n.format_day(day)
    assert said == {"es": "5 de marzo de 2026", "zh-Hans": "2026年3月5日", "hi": "5 मार्च 2026"}


@pytest.mark.parametrize(
    ("language", "number", "day"),
    [  # authority: CLDR's default numbering system, symbols and long date format of each language
        ("en", "12,345.6", "March 5, 2026"),
        ("de", "12.345,6", "5. März 2026"),
        ("ar", "12,345.6", "5 مارس 2026"),
        ("fa", "۱۲٬۳۴۵٫۶", "۵ مارس ۲۰۲۶"),
        ("mr", "१२,३४५.६", "५ मार्च, २०२६"),
        ("hi", "12,345.6", "5 मार्च 2026"),
        ("ja", "12,345.6", "2026年3月5日"),
    ],
)
def test_figures_are_those_of_the_language(language: str, number: str, day: str) -> None:
    with i18n.speaking(language):
        assert i18n.format_number(12345.6) == number
        assert i18n.format_day(date(2026, 3, 5)) == day
        assert i18n.format_partial(date(2026, 3, 1), "year").strip("年") == i18n.format_number(
            2026
        ).translate(dict.fromkeys(map(ord, ",٬.")))


def test_a_count_is_written_in_the_figures_of_the_language() -> None:
    with i18n.speaking("fa"):
        assert "۱۲" in i18n.ngettext("%(num)s visit", "%(num)s visits", 12)


@pytest.mark.parametrize(
    ("language", "order"),
    [  # authority: CLDR's short date format of each language; English as it is written in most of the world
        *(
            (language, "day month year")
            for language in ("en", "ar", "de", "es", "fr", "hi", "mr", "pt", "tr")
        ),
        *((language, "year month day") for language in ("fa", "ja", "zh-Hans", "sv", "ko")),
        ("en-US", "month day year"),
    ],
)
def test_the_boxes_of_a_date_stand_in_the_order_of_the_language(language: str, order: str) -> None:
    with i18n.speaking(language):
        assert i18n.date_order() == tuple(order.split())


def test_an_instant_names_its_zone() -> None:
    assert i18n.format_instant(datetime(2026, 3, 5, 14, 7, tzinfo=UTC)).endswith("UTC")


def test_the_language_ends_with_its_block() -> None:
    with i18n.speaking("hi"):
        assert i18n.current() == "hi"
    assert i18n.current() == "en"
