"""The calendar file, read back as a calendar reads it."""

from datetime import UTC, date, datetime

from icalendar import Calendar, Component

from app.domain.schedule import Window
from app.formats import calendar_file

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
WINDOW = Window(date(2026, 1, 26), date(2026, 2, 2), date(2026, 2, 16))


def entries(words: str = "Ready", key: int = 7, window: Window = WINDOW) -> list[Component]:
    written = calendar_file.write({key: window}, words=words, language="en", host="example.org", now=NOW)
    assert b"\r\n" in written
    return Calendar.from_ical(written).walk("VEVENT")


def test_a_visit_is_all_its_days_and_the_day_it_is_due() -> None:
    found = [(each.decoded("dtstart"), each.decoded("dtend")) for each in entries()]
    assert found == [(date(2026, 1, 26), date(2026, 2, 17)), (date(2026, 2, 2), date(2026, 2, 3))]


def test_ids_stay_when_the_days_and_the_words_change() -> None:
    moved = Window(date(2026, 1, 27), date(2026, 2, 3), date(2026, 2, 17))
    uids = [[str(each["uid"]) for each in found] for found in (entries(), entries("جاهزة", window=moved))]
    assert uids[0] == uids[1] == ["7-open@example.org", "7-due@example.org"]


def test_long_words_in_any_script_come_back_whole() -> None:
    words = "أسئلتك جاهزة؛ " * 12
    assert [str(each["summary"]) for each in entries(words)] == [words, words]
