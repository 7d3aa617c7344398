"""A participant's way in."""

import pytest
from sqlalchemy import func, select

from app import database
from app.formats import link_token
from app.models import Attempt, AuditEntry, Link, LinkRequest, SignedIn
from app.models.base import Base
from app.operations.links import issue_link
from tests.fixtures.pages import heading, text, whole
from tests.fixtures.phone import BIRTH_YEAR, Clock, NewPhone, Phone
from tests.fixtures.study import COMMAND, LINK_KEYS


def _rows(url: str) -> dict[str, int]:
    with database.reading(url) as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_looking_at_a_link_changes_nothing(new_phone: NewPhone) -> None:
    phone = new_phone()
    before = _rows(phone.url)
    for method in ("get", "head"):
        response = getattr(phone.client, method)(f"/p/{phone.token}")
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
    assert _rows(phone.url) == before


def test_a_link_that_is_alive_over_or_invented_looks_the_same(new_phone: NewPhone, time: Clock) -> None:
    phone = new_phone()
    pages = [phone.client.get(f"/p/{phone.token}"), phone.client.get("/p/invented.token")]
    time.pass_by(days=500)
    pages.append(phone.client.get(f"/p/{phone.token}"))
    assert len({(page.status_code, page.data) for page in pages}) == 1
    assert heading(whole(pages[0])) == "Welcome"


def test_the_address_holds_no_token_after_continue(new_phone: NewPhone) -> None:
    phone = new_phone()
    response = phone.post(f"/p/{phone.token}", birth_year=BIRTH_YEAR)
    assert (response.status_code, response.location) == (303, "/today")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("hepatica_p=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert phone.token not in response.get_data(as_text=True)
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("typed", ["1958", " 1958 ", "١٩٥٨", "۱۹۵۸", "१९५८", "１９５８"])
def test_the_year_of_birth_is_read_in_the_digits_of_any_script(new_phone: NewPhone, typed: str) -> None:
    phone = new_phone()
    assert phone.post(f"/p/{phone.token}", birth_year=typed).status_code == 303
    assert heading(phone.get("/today")) == "Your questions"


def test_a_wrong_year_is_refused_with_words_and_counted(new_phone: NewPhone) -> None:
    phone = new_phone()
    response = phone.post(f"/p/{phone.token}", birth_year="1959")
    assert response.status_code == 422
    alert = whole(response).find(".//*[@role='alert']")
    assert "Check the year of birth" in text(alert)
    assert "Set-Cookie" not in response.headers
    with database.reading(phone.url) as session:
        assert (
            session.scalar(select(func.count()).select_from(Attempt)) == 2
        )  # one for the link, one for the address


def test_an_empty_year_is_no_guess(new_phone: NewPhone) -> None:
    phone = new_phone()
    for _ in range(7):
        assert phone.post(f"/p/{phone.token}", birth_year=" ").status_code == 422
        assert phone.post("/p/invented", birth_year="").status_code == 422
    assert phone.post(f"/p/{phone.token}", birth_year=BIRTH_YEAR).status_code == 303


def test_too_many_tries_are_answered_with_429_and_the_right_year_too(
    new_phone: NewPhone, time: Clock
) -> None:
    phone = new_phone()
    for _ in range(5):
        assert phone.post(f"/p/{phone.token}", birth_year="1900").status_code == 422
    refused = phone.post(f"/p/{phone.token}", birth_year=BIRTH_YEAR)
    assert refused.status_code == 429
    assert "15 minutes" in text(whole(refused).find(".//main"))
    time.pass_by(minutes=16)
    assert phone.post(f"/p/{phone.token}", birth_year=BIRTH_YEAR).status_code == 303


def _dead_tokens(phone: Phone, time: Clock) -> dict[str, str]:
    """Return a token of each kind of link that does not work: expired, revoked, unknown, tampered with."""
    expired = phone.token
    time.pass_by(days=500)
    tokens = []
    for _ in range(2):
        with database.writing(phone.url) as session:
            link_id = issue_link(session, participant_id=phone.participant_id, actor=COMMAND, now=time.at)
        tokens.append(link_token.sign(link_id, LINK_KEYS))
    unknown = link_token.sign(999, LINK_KEYS)
    return {"expired": expired, "revoked": tokens[0], "unknown": unknown, "tampered": f"{tokens[1][:-2]}AA"}


def test_every_dead_link_is_the_same_page_and_offers_to_ask_for_a_new_one(
    new_phone: NewPhone, time: Clock
) -> None:
    phone = new_phone()
    pages = set()
    for token in _dead_tokens(phone, time).values():
        response = phone.post(f"/p/{token}", birth_year=BIRTH_YEAR)
        form = whole(response).find(".//form")
        assert form is not None
        assert form.get("action") == f"/p/{token}/ask"
        assert whole(response).find(".//a[@href='/code']") is not None
        pages.add((response.status_code, response.get_data(as_text=True).replace(token, "...")))
    assert len(pages) == 1


def test_asking_for_a_new_link_is_answered_the_same_whatever_the_token_is_worth(
    new_phone: NewPhone, time: Clock
) -> None:
    phone = new_phone()
    tokens = (*_dead_tokens(phone, time).values(), phone.token, "invented")
    posted = [phone.post(f"/p/{token}/ask") for token in tokens]
    answers = {(answer.status_code, answer.location, answer.data) for answer in posted}
    assert len(answers) == 1
    [(status, location, _)] = answers
    assert (status, location) == (303, "/asked?language=en")
    assert "If this link was yours" in text(phone.get("/asked?language=en"))
    with database.reading(phone.url) as session:
        assert session.scalar(select(func.count()).select_from(LinkRequest)) == 1


def test_too_much_asking_leads_back_to_the_link(new_phone: NewPhone) -> None:
    phone = new_phone()
    for _ in range(30):
        phone.post("/p/invented/ask")
    response = phone.post("/p/invented/ask")
    assert response.status_code == 429
    assert whole(response).find(".//a[@href='/p/invented']") is not None


def test_a_browser_that_the_link_let_in_goes_straight_on(new_phone: NewPhone) -> None:
    phone = new_phone().open()
    before = _rows(phone.url)
    response = phone.client.get(f"/p/{phone.token}")
    assert (response.status_code, response.location) == (303, "/today")
    assert "Set-Cookie" not in response.headers
    assert heading(phone.another().get(f"/p/{phone.token}")) == "Welcome"
    assert _rows(phone.url) == before
    phone.post("/leave")
    assert heading(phone.get(f"/p/{phone.token}")) == "Welcome"


def test_another_link_asks_for_the_year_also_where_someone_is_signed_in(new_phone: NewPhone) -> None:
    first, second = new_phone("P-1").open(), new_phone("P-2")
    assert heading(first.get(f"/p/{second.token}")) == "Welcome"
    assert heading(first.get("/p/invented")) == "Welcome"


@pytest.mark.parametrize("token", ["invented", "MQ.invented", "%F0%9F%92%9C"])
def test_an_invented_link_leads_to_how_to_get_a_new_one(new_phone: NewPhone, token: str) -> None:
    response = new_phone().post(f"/p/{token}", birth_year=BIRTH_YEAR)
    assert response.status_code == 401
    assert "give you a new link" in text(whole(response).find(".//main"))


def test_a_new_link_closes_the_old_one_and_the_browsers_it_let_in(new_phone: NewPhone, time: Clock) -> None:
    phone = new_phone().open()
    with database.writing(phone.url) as session:
        issue_link(session, participant_id=phone.participant_id, actor=COMMAND, now=time.at)
    assert heading(phone.get("/today", status=401)) == "Please open your link again"
    assert phone.post(f"/p/{phone.token}", birth_year=BIRTH_YEAR).status_code == 401


def test_a_link_lets_in_again_and_again_in_its_window(phone: Phone) -> None:
    phone.another().open()
    phone.another().open()
    with database.reading(phone.url) as session:
        assert session.scalar(select(func.count()).select_from(SignedIn)) == 3
        opened = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "link.open")).all()
        assert opened == [f"link:{session.scalar(select(Link.id))}"] * 3


@pytest.mark.parametrize(
    "address", ["/today", "/survey/1/itch", "/report/transplant", "/reported/1", "/receipt/X"]
)
def test_without_a_link_no_page_is_shown(new_phone: NewPhone, address: str) -> None:
    assert heading(new_phone().get(address, status=401)) == "Please open your link again"


def test_a_page_of_a_script_is_refused_in_words_that_a_script_can_show(new_phone: NewPhone) -> None:
    response = new_phone().save("/survey/1/itch", itch="3")
    assert response.status_code == 401
    assert response.get_json()["error"] == "link-invalid"
    assert "open your link again" in response.get_json()["message"]


def test_a_form_from_another_site_is_refused(phone: Phone) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        response = phone.client.post("/leave", headers=headers)
        assert response.status_code == 403
        assert heading(whole(response)) == "You may not do this"
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://localhost"}):
        assert phone.another().open().client.post("/leave", headers=headers).status_code == 303
