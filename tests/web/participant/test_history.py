"""A participant's own scores."""

from dataclasses import replace

import pytest

from app import database
from app.operations.studies import load_study
from app.queries.history import Point, ScaleHistory
from app.web.participant.chart import Dot, chart
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Clock, NewPhone, Phone
from tests.fixtures.study import COMMAND, DAY_0, FOLDER, TinyStudy

SVG = "{http://www.w3.org/2000/svg}"
WORDINGS = {
    ("itch", "en"): FOLDER.wordings["itch", "en"],
    ("itch", "ar"): replace(FOLDER.wordings["itch", "ar"], scales={"ITCH": "الحكة والنوم"}),
}


@pytest.fixture
def shown(tiny: TinyStudy, time: Clock) -> None:
    """Let the tiny study show participants their scores."""
    folder = replace(FOLDER, study=replace(FOLDER.study, history=True), wordings=WORDINGS)
    with database.writing(tiny.url) as session:
        load_study(session, folder=folder, actor=COMMAND, now=time.at)


def _answer_twice(phone: Phone, time: Clock) -> None:
    phone.press(phone.survey("d0"), "send", itch="4", sleep="3")
    time.pass_by(days=28)
    phone.press(phone.survey("w4"), "send", itch="1", sleep="declined")


def test_where_the_study_does_not_show_it_there_is_no_such_page(phone: Phone) -> None:
    phone.press(phone.survey(), "send", itch="4", sleep="3")
    assert heading(phone.get("/history", status=404)) == "There is no such page"
    assert phone.get("/today").find(".//a[@href='/history']") is None


@pytest.mark.usefixtures("shown")
def test_it_is_offered_once_something_was_sent(phone: Phone) -> None:
    assert phone.get("/today").find(".//a[@href='/history']") is None
    assert "You have not sent any answers yet." in text(phone.get("/history"))
    phone.press(phone.survey(), "save", itch="4", sleep="3")
    assert phone.get("/today").find(".//a[@href='/history']") is None
    phone.press(phone.survey(), "send", gaps="told")
    assert text(phone.get("/today").find(".//a[@href='/history']")) == "Your scores so far"


@pytest.mark.usefixtures("shown")
def test_scores_are_a_table_and_a_line(phone: Phone, time: Clock) -> None:
    _answer_twice(phone, time)
    page = phone.get("/history")
    assert [[text(cell) for cell in row] for row in page.iter("tr")] == [
        ["Date", "Score"],
        ["Jan 5, 2026", "12"],  # (0 + 1/4) / 2
        ["Feb 2, 2026", "75"],
    ]
    assert text(page.find(f".//{SVG}svg/{SVG}title")) == text(page.find(".//h3")) == "Itch and sleep"
    assert "from January 5, 2026 to February 2, 2026" in text(page.find(f".//{SVG}svg/{SVG}desc"))
    assert [dot.get("cx") for dot in page.iter(f"{SVG}circle")] == ["10.0", "310.0"]
    assert "Cells" not in text(page)  # the arm


@pytest.mark.usefixtures("shown")
def test_in_arabic_time_runs_from_right_to_left_in_the_titles_of_the_wording(
    new_phone: NewPhone, time: Clock
) -> None:
    phone = new_phone(language="ar").open()
    _answer_twice(phone, time)
    page = phone.get("/history")
    assert [dot.get("cx") for dot in page.iter(f"{SVG}circle")] == ["310.0", "10.0"]
    assert text(page.find(".//h3")) == "الحكة والنوم"


@pytest.mark.usefixtures("shown")
def test_of_another_participant_nothing_is_seen(phone: Phone, new_phone: NewPhone) -> None:
    phone.press(phone.survey(), "send", itch="4", sleep="3")
    assert "You have not sent any answers yet." in text(new_phone("P-2").open().get("/history"))


@pytest.mark.usefixtures("shown")
def test_a_score_that_could_not_be_worked_out_is_named(phone: Phone) -> None:
    phone.press(phone.survey(), "send", itch="", sleep="declined", gaps="told")
    page = phone.get("/history")
    assert "too few answers" in text(page.find(".//td"))
    assert list(page.iter(f"{SVG}circle")) == []


def _scale(*scores: float | None) -> ScaleHistory:
    points = [
        Point(DAY_0.replace(day=5 + 10 * number), value, "patient") for number, value in enumerate(scores)
    ]
    return ScaleHistory("Itch", "en", 0, 100, tuple(points))


def test_a_missing_score_leaves_a_gap() -> None:
    drawn = chart(_scale(0, 100, None), "ltr")
    assert drawn.dots == (Dot(10, 130, True), Dot(160, 10, True))
    assert drawn.lines == ("10,130 160,10",)
    assert chart(_scale(0, None, 100), "ltr").lines == ()


def test_one_score_stands_in_the_middle() -> None:
    assert chart(_scale(50), "rtl").dots == (Dot(160, 70, True),)


def test_what_a_proxy_answered_is_a_ring() -> None:
    by_proxy = ScaleHistory("Itch", "en", 1, 7, (Point(DAY_0, 4, "proxy"),))
    assert chart(by_proxy, "ltr").dots == (Dot(160, 70, False),)
