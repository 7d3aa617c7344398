"""Reports of hospital stays and transplants."""

import pytest
from sqlalchemy import select

from app import database
from app.models import Event
from tests.fixtures.pages import form_values, heading, text, whole
from tests.fixtures.phone import NewPhone, Phone

STAY = "/report/hospital-stay"
TRANSPLANT = "/report/transplant"


def _date(name: str, day: str = "", month: str = "", year: str = "") -> dict[str, str]:
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}


def _events(phone: Phone) -> list[Event]:
    with database.reading(phone.url) as session:
        return list(session.scalars(select(Event).order_by(Event.id)))


def test_a_stay_with_its_dates_reason_and_place(phone: Phone) -> None:
    form = form_values(phone.get(STAY))
    form |= _date("started", "28", "12", "2025") | _date("ended", "2", "1", "2026")
    response = phone.post(STAY, **form | {"still": "no", "reason": "bleeding", "place": "La Paz"})
    assert response.status_code == 303
    page = phone.get(response.location)
    assert heading(page) == "Thank you. Your report has arrived."
    assert "In hospital from: December 28, 2025" in text(page)
    assert "Left on: January 2, 2026" in text(page)
    assert "Nobody watches the answers live" in text(page)
    (event,) = _events(phone)
    assert (event.kind, str(event.started), str(event.ended), event.ongoing) == (
        "hospital stay",
        "2025-12-28",
        "2026-01-02",
        False,
    )
    assert (event.reason, event.place, event.reported_by) == (
        "bleeding",
        "La Paz",
        f"participant:{phone.participant_id}",
    )


def test_someone_still_in_hospital_who_knows_only_the_month(phone: Phone) -> None:
    response = phone.post(
        STAY, **_date("started", "", "12", "2025"), still="yes", reason="other", other="Fever"
    )
    assert "In hospital from: December 2025" in text(phone.get(response.location))
    (event,) = _events(phone)
    assert (str(event.started), event.ended, event.ongoing, event.reason) == ("2025-12", None, True, "Fever")


@pytest.mark.parametrize(
    "typed", [("٥", "٣", "٢٠٢٥"), ("۰۵", "۰۳", "۲۰۲۵"), ("५", "३", "२०२५"), (" 5 ", "03", "2025")], ids=ascii
)
def test_a_transplant_dated_in_the_digits_of_any_script(phone: Phone, typed: tuple[str, str, str]) -> None:
    response = phone.post(TRANSPLANT, **_date("started", *typed))
    assert "Liver transplant: March 5, 2025" in text(phone.get(response.location))
    (event,) = _events(phone)
    assert (event.kind, str(event.started), event.ongoing) == ("transplant", "2025-03-05", False)


def test_sent_twice_is_one_event(phone: Phone) -> None:
    form = form_values(phone.get(TRANSPLANT)) | _date("started", "", "", "2025")
    assert len({phone.post(TRANSPLANT, **form).location for _ in range(3)}) == 1
    assert [str(event.started) for event in _events(phone)] == ["2025"]


@pytest.mark.parametrize(
    ("typed", "words", "leads_to"),
    [
        ({}, "Enter the date, at least the year.", "#started-day"),
        (_date("started", "5", "3", ""), "Enter the year. Day and month may stay empty.", "#started-day"),
        (_date("started", "5", "", "2025"), "Enter the month too, or leave the day empty.", "#started-day"),
        (_date("started", "31", "2", "2025"), "This is no date.", "#started-day"),
        (_date("started", "5", "March", "2025"), "This is no date.", "#started-day"),
        (_date("started", "5", "3", "25"), "Enter the year with four digits", "#started-day"),
        (_date("started", "5", "3", "99999"), "This is no date.", "#started-day"),
        (_date("started", "6", "1", "2026"), "A date cannot lie in the future.", "#started-day"),
        (_date("started", "", "2", "2026"), "A date cannot lie in the future.", "#started-day"),
    ],
)
def test_a_date_that_cannot_be_is_refused_with_words_at_its_place(
    phone: Phone, typed: dict[str, str], words: str, leads_to: str
) -> None:
    response = phone.post(TRANSPLANT, **typed)
    assert response.status_code == 422
    alert = whole(response).find(".//*[@role='alert']")
    assert alert is not None
    assert "autofocus" in alert.attrib
    (link,) = alert.iter("a")
    assert words in text(link)
    assert link.get("href") == leads_to
    assert _events(phone) == []


@pytest.mark.parametrize(
    ("form", "words", "leads_to"),
    [
        ({}, "Say whether you are still in hospital.", "#still-yes"),
        ({"still": "no"}, "Enter the date on which you left", "#ended-day"),
        ({"still": "yes"} | _date("ended", "2", "1", "2026"), "Correct one of them.", "#still-yes"),
        (
            {"still": "no"} | _date("ended", "1", "1", "2025"),
            "You cannot leave before you go in.",
            "#ended-day",
        ),
        (
            {"still": "no"} | _date("ended", "6", "1", "2026"),
            "A date cannot lie in the future.",
            "#ended-day",
        ),
    ],
)
def test_an_end_that_does_not_fit_is_refused(
    phone: Phone, form: dict[str, str], words: str, leads_to: str
) -> None:
    response = phone.post(STAY, **_date("started", "28", "12", "2025") | form)
    assert response.status_code == 422
    alert = whole(response).find(".//*[@role='alert']")
    assert alert is not None
    (link,) = alert.iter("a")
    assert words in text(link)
    assert link.get("href") == leads_to
    assert _events(phone) == []


def test_nothing_that_was_typed_is_lost_on_a_refusal(phone: Phone) -> None:
    typed = _date("started", "٣١", "٢", "٢٠٢٥") | _date("ended", "2", "", "2025")
    typed |= {"still": "no", "reason": "other", "other": "ألم <b>", "place": "القاهرة", "report_id": "abc"}
    page = whole(phone.post(STAY, **typed))
    assert form_values(page) == typed | {"participant": str(phone.participant_id)}


@pytest.mark.parametrize(("box", "longest"), [("place", 200), ("other", 300)])
def test_words_that_are_too_long_come_back_whole(phone: Phone, box: str, longest: int) -> None:
    form = _date("started", "", "", "2025") | {"still": "yes", "reason": "other", box: "x" * (longest + 1)}
    page = whole(phone.post(STAY, **form))
    assert form_values(page)[box] == form[box]
    alert = page.find(".//*[@role='alert']")
    assert alert is not None
    assert [(link.get("href"), text(link)) for link in alert.iter("a")] == [
        (f"#{box}", f"Use at most {longest} characters.")
    ]
    assert _events(phone) == []
    assert phone.post(STAY, **form | {box: "x" * longest}).status_code == 303


def test_a_report_changed_after_it_was_sent_is_not_dropped_unseen(phone: Phone) -> None:
    form = form_values(phone.get(TRANSPLANT)) | _date("started", "", "", "2025")
    assert phone.post(TRANSPLANT, **form).status_code == 303
    changed = form | _date("started", "", "11", "2025")
    answer = phone.post(TRANSPLANT, **changed)
    assert answer.status_code == 422
    page = whole(answer)
    assert "arrived already" in text(page.find(".//*[@role='alert']"))
    assert [str(event.started) for event in _events(phone)] == ["2025"]
    assert phone.post(TRANSPLANT, **form_values(page)).status_code == 303
    assert [str(event.started) for event in _events(phone)] == ["2025", "2025-11"]


def test_a_form_left_open_is_not_taken_for_whoever_came_in_after(new_phone: NewPhone) -> None:
    first, second = new_phone("P-1").open(), new_phone("P-2")
    form = form_values(first.get(TRANSPLANT)) | _date("started", "", "", "2025")
    second.client = first.client
    second.open()
    assert first.post(TRANSPLANT, **form).status_code == 401
    assert _events(first) == []


def test_a_stay_without_reason_or_place_is_taken(phone: Phone) -> None:
    assert phone.post(STAY, **_date("started", "", "", "2025"), still="yes").status_code == 303
    (event,) = _events(phone)
    assert (event.reason, event.place) == ("", "")


def test_nobody_sees_the_report_of_another(new_phone: NewPhone) -> None:
    mine, theirs = new_phone("P-1").open(), new_phone("P-2").open()
    address = mine.post(TRANSPLANT, **_date("started", "", "", "2025")).location
    mine.get(address)
    theirs.get(address, status=404)
