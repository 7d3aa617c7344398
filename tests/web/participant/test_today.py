"""The first page."""

from app import database
from app.operations.consents import record_withdrawal
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Clock, NewPhone, Phone
from tests.fixtures.study import COMMAND


def test_what_is_due_is_shown_with_the_day_by_which_to_answer(phone: Phone) -> None:
    page = phone.get("/today")
    task = page.find(".//section[@class='card']")
    assert "Did your skin itch?" in text(task)
    assert "Start" in text(task)
    assert "Please answer by January 12, 2026." in text(task)
    assert task is not None
    link = task.find(".//a")
    assert link is not None
    assert link.get("href") == phone.survey()


def test_how_far_one_has_come_is_shown(phone: Phone) -> None:
    phone.press(phone.survey(), "save", itch="3")
    task = phone.get("/today").find(".//section[@class='card']")
    assert "1 of 2 answered" in text(task)
    assert "Go on" in text(task)


def test_an_answer_taken_back_counts_no_more(phone: Phone) -> None:
    phone.press(phone.survey(), "save", itch="3", sleep="1")
    assert "2 of 2 answered" in text(phone.get("/today"))
    phone.save(phone.survey(), do="save", itch="")
    assert "1 of 2 answered" in text(phone.get("/today"))


def test_when_nothing_is_due_the_next_day_is_named(phone: Phone) -> None:
    phone.press(phone.survey(), "send", itch="3", sleep="declined")
    page = phone.get("/today")
    assert "Nothing to answer today" in text(page)
    assert "Your next questions will be here from January 26, 2026." in text(page)


def test_a_window_opens_and_closes_at_midnight_where_the_participant_is(
    new_phone: NewPhone, time: Clock
) -> None:
    phone = new_phone(
        site="cai"
    ).open()  # day 0: 5 January; week 4 opens on the 26th; Cairo is two hours ahead
    time.at = time.at.replace(day=25, hour=21, minute=59)
    assert "Nothing to answer today" in text(phone.get("/today"))
    time.pass_by(minutes=1)
    assert "Week 4" in text(phone.get("/today"))


def test_whom_to_call_stands_on_every_page(phone: Phone) -> None:
    for address in ("/today", phone.survey(), "/report/hospital-stay", "/report/transplant"):
        call = phone.get(address).find(".//a[@class='call']")
        assert call is not None
        assert call.get("href") == "tel:+34000000000"
        assert text(call) == "Madrid +34 000 000 000"


def test_after_a_withdrawal_of_answers_nothing_is_asked(phone: Phone, time: Clock) -> None:
    with database.writing(phone.url) as session:
        record_withdrawal(
            session,
            participant_id=phone.participant_id,
            scope="answers",
            withdrawn_on=time.at.date(),
            reason="",
            actor=COMMAND,
            now=time.at,
        )
    assert "Nothing to answer today" in text(phone.get("/today"))
    assert heading(phone.get(phone.survey(), status=409)) == "These questions cannot be answered now"


def test_leaving_closes_no_pages_of_whoever_came_in_since(phone: Phone) -> None:
    answer = phone.save("/leave", participant=str(phone.participant_id + 1))
    assert answer.status_code == 401
    assert "Start" in text(phone.get("/today"))


def test_leaving_closes_this_browser_alone(phone: Phone) -> None:
    other = phone.another().open()
    assert phone.post("/leave").location == "/left?language=en"
    assert "open your link again" in text(phone.get("/left"))
    phone.get("/today", status=401)
    other.get("/today")
