"""The address in every reminder that ends all further ones."""

import pytest

from app import database
from app.formats import link_token, stop_token
from app.queries import audit
from app.queries.contact_preferences import preference
from tests.fixtures.pages import heading, text, whole
from tests.fixtures.phone import Clock, NewPhone, Phone
from tests.fixtures.study import LINK_KEYS


@pytest.fixture
def phone(new_phone: NewPhone) -> Phone:
    """Someone who reads a message of ours and has not come in."""
    return new_phone("P-1", language="ar", site="cai")


def address(phone: Phone) -> str:
    return f"/stop/{stop_token.sign(phone.participant_id, LINK_KEYS)}"


def stopped(phone: Phone) -> bool:
    with database.reading(phone.url) as session:
        return preference(session, participant_id=phone.participant_id).stopped


def test_looking_stops_nothing_and_says_no_more_than_a_message_does(phone: Phone) -> None:
    page = phone.get(address(phone))
    assert phone.client.head(address(phone)).status_code == 200
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert not stopped(phone)
    page = phone.get(f"{address(phone)}?language=en")
    assert heading(page) == "Stop all reminders?"
    for private in ("P-1", "Tiny study", "hospital", "Cairo", "1958"):
        assert private not in text(page)


@pytest.mark.parametrize("form", [{}, {"List-Unsubscribe": "One-Click"}], ids=["button", "mail program"])
def test_one_press_stops_them_without_a_redirect_and_a_second_changes_nothing(
    phone: Phone, form: dict[str, str]
) -> None:
    for _ in range(2):
        answer = phone.post(f"{address(phone)}?language=en", **form)
        assert answer.status_code == 200
        assert heading(whole(answer)) == "You get no more reminders"
    assert stopped(phone)
    assert heading(phone.get(f"{address(phone)}?language=en")) == "You get no more reminders"
    with database.reading(phone.url) as session:
        entries = [each for each in audit.entries(session) if each.action == "preference.stop"]
    assert [(each.actor, each.reason) for each in entries] == [
        (f"participant:{phone.participant_id}", "by the address in a message")
    ]


def test_it_is_good_after_the_link_is_over_and_opens_nothing(phone: Phone, time: Clock) -> None:
    time.pass_by(days=2000)
    assert phone.post(address(phone)).status_code == 200
    assert stopped(phone)
    assert phone.client.get("/today").status_code == 401


def test_nothing_else_is_a_way_to_stop(phone: Phone) -> None:
    someone = phone.participant_id
    for token in (
        phone.token,  # a link is none
        link_token.sign(someone, LINK_KEYS),
        stop_token.sign(someone + 100, LINK_KEYS),
        stop_token.sign(someone, ["another key"]),
        "invented",
    ):
        assert phone.client.get(f"/stop/{token}").status_code == 404
        assert phone.post(f"/stop/{token}").status_code == 404
    assert not stopped(phone)


def test_who_stopped_by_mail_starts_again_on_the_page(phone: Phone) -> None:
    phone.post(address(phone))
    phone.open()
    assert phone.post("/preferences", do="start", participant=str(phone.participant_id)).status_code == 303
    assert not stopped(phone)
