"""A questionnaire: saved answer by answer, sent once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app import database
from app.models import Answer, AuditEntry, Response
from tests.fixtures.pages import heading, text, whole
from tests.fixtures.phone import Clock, NewPhone, Phone


def _stored(phone: Phone) -> list[tuple[str, object]]:
    with database.reading(phone.url) as session:
        return [(answer.item, answer.value) for answer in session.scalars(select(Answer).order_by(Answer.id))]


def _late_answers(phone: Phone) -> list[object]:
    with database.reading(phone.url) as session:
        late = (
            select(AuditEntry.new).where(AuditEntry.action == "response.submit_again").order_by(AuditEntry.id)
        )
        return list(session.scalars(late))


def _responses(phone: Phone) -> int:
    with database.reading(phone.url) as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


def _checked(phone: Phone) -> dict[str, str]:
    page = phone.get(phone.survey())
    return {
        each.attrib["name"]: each.attrib["value"]
        for each in page.findall(".//fieldset[@class='question']//input")
        if "checked" in each.attrib
    }


def test_one_page_brings_every_question_with_nothing_chosen(phone: Phone) -> None:
    page = phone.get(phone.survey())
    assert heading(page) == "Did your skin itch?"
    questions = page.findall(".//fieldset[@class='question']")
    assert [text(each.find("./legend/h2")) for each in questions] == [
        "Did your skin itch?",
        "Did you sleep badly?",
    ]
    assert [text(each) for each in questions[0].iter("label")] == [
        "Never",
        "Seldom",
        "Sometimes",
        "Often",
        "Always",
    ]
    assert text(questions[1].findall("./label")[-1]) == "I prefer not to answer"
    assert _checked(phone) == {}
    assert _responses(phone) == 0


def test_what_was_saved_is_there_on_another_device(phone: Phone) -> None:
    response = phone.press(phone.survey(), "save", itch="3")
    assert (response.status_code, response.location) == (303, "/today?saved")
    assert "Your answers are saved" in text(phone.get("/today?saved"))
    assert _checked(phone.another().open()) == {"itch": "3"}


def test_a_script_saves_each_answer_as_it_is_given(phone: Phone) -> None:
    response = phone.save(phone.survey(), do="save", itch="3")
    assert (response.status_code, response.get_json()) == (
        200,
        {"faults": {}, "saved": ["itch"], "now": 1767603600000},
    )
    phone.save(phone.survey(), do="save", itch="4")
    phone.save(phone.survey(), do="save", itch="4")
    assert _stored(phone) == [
        ("itch", 3),
        ("itch", 4),
    ]  # what was changed is kept; what was not, adds nothing


@pytest.mark.parametrize(
    ("at", "clock", "given_at"),
    [
        ("5000", "95500", datetime(2026, 1, 5, 8, 58, 29, 500000, tzinfo=UTC)),
        ("1893456000000", "1893456090500", datetime(2026, 1, 5, 8, 58, 29, 500000, tzinfo=UTC)),
        ("95500", "5000", datetime(2026, 1, 5, 9, tzinfo=UTC)),
        ("0", "2592000000", datetime(2026, 1, 4, 23, tzinfo=UTC)),  # nobody was asked before that midnight
        ("nan", "5000", datetime(2026, 1, 5, 9, tzinfo=UTC)),
        ("1e400", "5000", datetime(2026, 1, 5, 9, tzinfo=UTC)),
        ("yesterday", "5000", datetime(2026, 1, 5, 9, tzinfo=UTC)),
    ],
)
def test_an_answer_that_waited_for_a_connection_keeps_its_own_time(
    phone: Phone, at: str, clock: str, given_at: datetime
) -> None:
    form = {"itch": "3", "itch:id": "an entry", "itch:at": at, "clock": clock}
    assert phone.save(phone.survey(), do="save", **form).status_code == 200
    with database.reading(phone.url) as session:
        answer = session.scalars(select(Answer)).one()
        assert (answer.answered_at, answer.received_at) == (given_at, datetime(2026, 1, 5, 9, tzinfo=UTC))


def test_a_clock_put_right_before_the_sending_loses_neither_answers_nor_sending(phone: Phone) -> None:
    """The phone's clock jumped by thirty days: what was given before seems older than the questions are."""
    form = {"itch": "3", "itch:id": "an entry", "itch:at": "0", "do:at": "0", "clock": "2592000000"}
    sent = phone.save(phone.survey(), do="send", gaps="told", submission_id="s", **form)
    assert (sent.status_code, sent.get_json()["saved"]) == (200, ["itch"])
    with database.reading(phone.url) as session:
        response, answer = session.scalars(select(Response)).one(), session.scalars(select(Answer)).one()
    assert response.submitted_at is not None
    assert answer.answered_at <= response.submitted_at


def test_a_whole_survey_is_sent_and_receipted(phone: Phone) -> None:
    response = phone.press(phone.survey(), "send", itch="3", sleep="0")
    assert response.status_code == 303
    page = phone.get(response.location)
    assert heading(page) == "Thank you. Your answers have arrived."
    assert response.location.removeprefix("/receipt/") in text(page)
    assert "Nobody watches the answers live" in text(page)
    assert text(page.find(".//a[@class='call']")) == "Madrid +34 000 000 000"
    assert "January 26, 2026" in text(page)


def test_gaps_are_told_before_sending_and_never_forced(phone: Phone) -> None:
    told = phone.press(phone.survey(), "send", itch="3")
    assert told.location == f"{phone.survey()}?gaps"
    page = phone.get(told.location)
    alert = page.find(".//*[@role='alert']")
    assert "Some questions have no answer yet" in text(alert)
    assert alert is not None
    assert [(each.get("href"), text(each)) for each in alert.iter("a")] == [
        ("#a-sleep", "Did you sleep badly?")
    ]
    assert _stored(phone) == [("itch", 3)]
    sent = phone.press(told.location, "send")
    assert sent.location.startswith("/receipt/")


def test_sent_twice_or_from_two_tabs_is_one_response_with_one_receipt(phone: Phone) -> None:
    first_tab = {"submission_id": "first", "do": "send", "itch": "3", "sleep": "0"}
    second_tab = first_tab | {"submission_id": "second"}
    receipts = {phone.post(phone.survey(), **form).location for form in (first_tab, first_tab, second_tab)}
    assert len(receipts) == 1
    assert _responses(phone) == 1
    phone.another().open()
    assert phone.client.get(phone.survey()).location in receipts  # the back button


def test_a_late_answer_of_another_tab_leads_to_the_receipt_and_stays_in_the_audit_trail(phone: Phone) -> None:
    receipt = phone.press(phone.survey(), "send", itch="3", sleep="0").location
    assert phone.post(phone.survey(), do="save", itch="1").location == receipt
    late = phone.save(phone.survey(), do="save", itch="1")
    assert (late.status_code, late.get_json()) == (409, {"location": receipt})
    assert _stored(phone) == [("itch", 3), ("sleep", 0)]
    assert _late_answers(phone) == [{"itch": 1}, {"itch": 1}]


def test_answers_that_a_second_sending_brings_stay_in_the_audit_trail(phone: Phone) -> None:
    form = {"submission_id": "x", "do": "send", "gaps": "told", "itch": "3"}
    phone.post(phone.survey(), **form)
    phone.post(phone.survey(), **(form | {"itch": "1"}))
    with database.reading(phone.url) as session:
        again = session.scalars(select(AuditEntry).where(AuditEntry.action == "response.submit_again")).one()
        assert (again.old, again.new) == ({"itch": 3}, {"itch": 1})
    assert _stored(phone) == [("itch", 3)]


@pytest.mark.parametrize("value", ["9", "-1", "often", "declined", "3.5", "💜"])
def test_a_bad_value_is_refused_and_the_good_ones_are_kept(phone: Phone, value: str) -> None:
    response = phone.post(phone.survey(), do="send", itch=value, sleep="2")
    assert response.status_code == 422
    alert = whole(response).find(".//*[@role='alert']")
    assert alert is not None
    assert "autofocus" in alert.attrib
    assert [each.get("href") for each in alert.iter("a")] == ["#a-itch"]
    assert _stored(phone) == [("sleep", 2)]
    refused = phone.save(phone.survey(), do="save", itch=value)
    assert refused.status_code == 422
    told = refused.get_json()
    assert (told["saved"], told["faults"]) == ([], {"itch": "Please choose one of the answers."})


def test_choices_may_come_in_the_digits_of_any_script(phone: Phone) -> None:
    phone.save(phone.survey(), do="save", itch="٣")
    assert _stored(phone) == [("itch", 3)]


def test_a_character_that_cannot_be_stored_is_refused(phone: Phone) -> None:
    assert phone.post(phone.survey(), do="save", itch="3\0").status_code == 400


def test_an_unknown_question_is_a_fault_and_its_name_is_escaped(phone: Phone) -> None:
    response = phone.post(phone.survey(), do="save", **{"<script>": "1"})
    assert response.status_code == 422
    assert "&lt;script&gt;" in response.get_data(as_text=True)


def test_nobody_reads_or_answers_for_another(new_phone: NewPhone) -> None:
    mine, theirs = new_phone("P-1").open(), new_phone("P-2").open()
    receipt = mine.press(mine.survey(), "send", itch="3", sleep="0").location
    theirs.get(receipt, status=404)
    theirs.get(mine.survey(), status=404)
    assert theirs.post(mine.survey(), do="save", itch="1").status_code == 404
    assert _stored(mine) == [("itch", 3), ("sleep", 0)]


def test_outside_its_window_it_is_not_answered(phone: Phone, time: Clock) -> None:
    week_4 = phone.survey("w4")
    assert heading(phone.get(week_4, status=409)) == "These questions cannot be answered now"
    assert phone.save(week_4, do="save", itch="1").get_json()["error"] == "occasion-not-open"
    time.pass_by(days=8)
    assert phone.save(phone.survey(), do="save", itch="1").status_code == 409
    assert _stored(phone) == []


@pytest.mark.parametrize(
    "address", ["/survey/999/itch", "/survey/1/none", "/survey/99999999999999999999/itch", "/survey/1/%00"]
)
def test_a_questionnaire_that_is_not_there(phone: Phone, address: str) -> None:
    phone.get(address, status=404)
