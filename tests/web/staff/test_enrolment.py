"""Enrolment in one form, straight to the link; the same form twice is one participant."""

import pytest
from sqlalchemy import func, select

from app import database
from app.models import AuditEntry, Participant
from app.operations.contacts import read_contact
from tests.fixtures.desk import NewStaff, StaffBrowser, typed
from tests.fixtures.pages import form_values, heading, text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, CONTACT_KEYS, TinyStudy

FORM = {
    "language": "ar",
    "consent_version": "1",
    **typed("consented_on", 2026, 1, 5),
    "name": "Layla",
    "birth_year": "١٩٥٨",
    "email": "layla@example.org",
    "phone": "",
}


def test_a_code_is_proposed_and_the_link_is_shown_at_once(coordinator: StaffBrowser) -> None:
    proposed = form_values(coordinator.get("/participants/new"), "code")
    assert proposed["code"] == "MAD-001"
    answer = coordinator.post("/participants/new", proposed | FORM)
    assert answer.status_code == 303
    assert answer.location == "/staff/participants/MAD-001/link"
    page = coordinator.get("/participants/MAD-001/link")
    assert heading(page) == "The link of MAD-001"
    assert "http://localhost/p/" in text(page.find(".//p[@id='address']"))
    assert form_values(coordinator.get("/participants/new"), "code")["code"] == "MAD-002"


def test_details_are_kept_sealed_and_digits_of_any_script_are_numbers(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    coordinator.post("/participants/new", {"code": "MAD-001", **FORM})
    with database.writing(tiny.url) as session:
        participant = session.scalars(select(Participant)).one()
        details = read_contact(
            session, participant_id=participant.id, actor=COMMAND, now=time.at, contact_keys=CONTACT_KEYS
        )
    assert (participant.code, participant.site, participant.language) == ("MAD-001", "mad", "ar")
    assert (details.name, details.email, details.phone, details.birth_year) == (
        "Layla",
        "layla@example.org",
        None,
        1958,
    )


def test_the_same_form_sent_twice_is_one_participant_and_one_link(
    coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    form = {"code": "MAD-001", **FORM}
    first, second = coordinator.post("/participants/new", form), coordinator.post("/participants/new", form)
    assert first.location == second.location == "/staff/participants/MAD-001/link"
    assert second.status_code == 303
    with database.reading(tiny.url) as session:
        assert session.scalar(select(func.count()).select_from(Participant)) == 1
        issued = select(func.count()).where(AuditEntry.action == "link.issue")
        assert session.scalar(issued) == 1


def test_the_code_of_someone_else_is_refused(coordinator: StaffBrowser) -> None:
    coordinator.post("/participants/new", {"code": "MAD-001", **FORM})
    answer = coordinator.post("/participants/new", {"code": "mad-001", **FORM, "name": "Somebody else"})
    assert answer.status_code == 422
    assert "This code is taken" in answer.get_data(as_text=True)


def test_the_code_of_another_site_tells_nothing_of_who_has_it(
    coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("CAI-001", site="cai")
    answer = coordinator.post("/participants/new", {"code": "CAI-001", **FORM})
    assert answer.status_code == 422
    assert "This code is taken" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": ""}, "Enter a participant code."),
        ({"code": "a/b"}, "Use letters A to Z, digits, dots and hyphens."),
        ({"language": ""}, "Choose a language."),
        ({"language": "xx"}, "Choose one of the options."),
        ({"consent_version": ""}, "Choose the version that was signed."),
        (typed("consented_on", ""), "Enter the date on which the consent was signed."),
        (typed("consented_on", 2026, 2, 31), "Enter a real date in numbers"),
        (typed("consented_on", 2026, 1), "Enter the day, the month and the year."),
        (typed("consented_on", 2026, 1, 6), "Enter a date that is not after today."),
        ({"name": " "}, "Enter the name."),
        ({"birth_year": "58"}, "Enter the year of birth in four digits"),
        ({"birth_year": "2058"}, "Enter the year of birth in four digits"),
        ({"email": "nobody"}, "Enter an e-mail address such as"),
        ({"email": "", "phone": ""}, "Enter an e-mail address or a telephone number"),
        ({"email": "", "phone": "none"}, "Enter a telephone number with its digits."),
        ({"name": "x" * 121}, "Use at most 120 characters."),
    ],
)
def test_what_is_wrong_is_said_above_and_beside_and_nothing_is_kept(
    coordinator: StaffBrowser, tiny: TinyStudy, wrong: dict[str, str], said: str
) -> None:
    answer = coordinator.post("/participants/new", {"code": "MAD-001"} | FORM | wrong)
    assert answer.status_code == 422
    body = answer.get_data(as_text=True)
    assert body.count(said) == 2  # in the summary and at the box
    with database.reading(tiny.url) as session:
        assert session.scalar(select(func.count()).select_from(Participant)) == 0


def test_who_works_for_every_site_chooses_one_first(administrator: StaffBrowser) -> None:
    page = administrator.get("/participants/new")
    assert heading(page) == "Enrol a participant: at which site?"
    assert form_values(administrator.get("/participants/new", site="cai"), "code")["code"] == "CAI-001"
    answer = administrator.post("/participants/new", {"code": "CAI-001", "site": "cai", **FORM})
    assert answer.status_code == 303


def test_a_coordinator_cannot_enrol_elsewhere(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    coordinator.post("/participants/new", {"code": "X-1", "site": "cai", **FORM})
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Participant.site)).all() == ["mad"]


def test_a_statistician_cannot_enrol(new_staff: NewStaff) -> None:
    new_staff("statistician").get("/participants/new", status=403)
