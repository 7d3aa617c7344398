"""A signed reading: the password again, name, time and meaning, and what no longer matches."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, text

from app import database
from app.domain.signature import FIRST, chained
from app.domain.study import Adjudication
from app.formats import challenge
from app.formats.passkey import place as place_of
from app.formats.passkey import to_make
from app.models import AuditEntry, ProviderIdentity, Reading, Signature
from app.operations.passkeys import MAKE, add_passkey
from app.operations.studies import load_study
from app.queries import audit
from tests.fixtures.desk import PASSWORD, StaffBrowser, typed
from tests.fixtures.pages import text as words_of
from tests.fixtures.phone import SETTINGS, Clock
from tests.fixtures.second_factor import Authenticator
from tests.fixtures.study import COMMAND, FOLDER, STUDY, TinyStudy
from tests.web.staff.test_documents import attach
from tests.web.staff.test_events import stay

BROKEN = "Signature no longer matches:"
AT = place_of(SETTINGS["PUBLIC_URL"])
FORM = {"decision": "confirmed", "note": ""} | typed("started_on", 2025, 11, 3)


@pytest.fixture
def event_id(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> int:
    """An event of a study whose readings are signed, with one document."""
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, adjudication=Adjudication(signed=True)))
        load_study(session, folder=folder, actor=COMMAND, now=time.at)
    event_id = stay(tiny, time)
    attach(coordinator, event_id)
    return event_id


def add_to(tiny: TinyStudy, browser: StaffBrowser, made: Authenticator, now: datetime) -> None:
    """Keep a passkey of someone's."""
    account_id = browser.actor.id
    assert account_id is not None
    asked = to_make(
        AT,
        challenge=challenge.issue(MAKE.format(account_id), key=SETTINGS["SECRET_KEY"], now=now),
        account_id=account_id,
        email="someone@example.org",
        name="Someone",
        known=[],
    )
    with database.writing(tiny.url) as session:
        add_passkey(
            session,
            account_id=account_id,
            name="phone",
            answer=made.make(asked),
            place=AT,
            actor=browser.actor,
            now=now,
            key=SETTINGS["SECRET_KEY"],
        )


def sign(browser: StaffBrowser, event_id: int, **form: str) -> None:
    """Read the event and sign."""
    browser.fill_in(f"/events/{event_id}", FORM | {"password": PASSWORD} | form)


def page(browser: StaffBrowser, event_id: int) -> str:
    """Return the words of the event's page."""
    return words_of(browser.get(f"/events/{event_id}"))


def breaks(tiny: TinyStudy) -> list[str]:
    """Return what is wrong with the trail."""
    with database.reading(tiny.url) as session:
        return list(audit.verify(session))


def tamper(tiny: TinyStudy, change: str, **values: str) -> None:
    """Change the database as its owner could, past its triggers."""
    table = change.split()[1 if change.startswith("UPDATE") else 2]
    with database.engine(tiny.url).begin() as connection:
        if connection.dialect.name == "sqlite":
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
                {"table": table},
            )
            for (name,) in names.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(change), values)


def test_without_the_password_nothing_is_recorded(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy
) -> None:
    for password, said in (
        ("", "Enter your password to sign, or use a passkey."),
        ("wrong", "The password is wrong."),
    ):
        answer = coordinator.fill_in(f"/events/{event_id}", FORM | {"password": password}, 422)
        assert said in answer.get_data(as_text=True)
        assert "wrong" not in answer.get_data(as_text=True).replace("The password is wrong.", "")
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Reading)).all() == []


def test_a_signature_shows_name_time_with_its_zone_and_meaning(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy
) -> None:
    sign(coordinator, event_id)
    shown = page(coordinator, event_id)
    assert "Signed by A coordinator on" in shown
    assert "I have read the report and the records, and this is my decision." in shown
    assert "Confirmed with the password." in shown
    assert BROKEN not in shown
    assert breaks(tiny) == []


def test_what_is_done_in_the_open_later_breaks_it_on_the_page_alone(
    coordinator: StaffBrowser, administrator: StaffBrowser, event_id: int, tiny: TinyStudy
) -> None:
    sign(coordinator, event_id)
    attach(coordinator, event_id, b"%PDF-another", "more.pdf")
    assert "a document was attached since" in page(coordinator, event_id)
    administrator.post(f"/events/{event_id}/documents/1/redaction", {"reason": "a name"})
    assert "a document was redacted" in page(coordinator, event_id)
    sign(coordinator, event_id, note="with the new letter")
    shown = page(coordinator, event_id)
    assert "the same reader has read it again" in shown
    assert shown.count(BROKEN) == 1
    assert breaks(tiny) == []


@pytest.mark.parametrize(
    ("change", "said", "found"),
    [
        ("UPDATE event SET place = 'elsewhere'", "the report was changed", "no longer matches: event"),
        (
            "UPDATE reading SET agreed_started_on = '2025-11-04'",
            "the reading was changed",
            "no longer matches: reading",
        ),
        ("UPDATE document SET sha256 = 'x'", "a document was changed", "no longer matches: document changed"),
        ("DELETE FROM document", "a document was removed", "no longer matches: document removed"),
        (
            "UPDATE signature SET name = 'Another'",
            "the signature itself was changed",
            "is not what was recorded",
        ),
        ("DELETE FROM signature", "Not signed", "a signature is gone"),
    ],
)
def test_what_is_changed_behind_its_back_breaks_it_visibly(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy, change: str, said: str, found: str
) -> None:
    sign(coordinator, event_id)
    tamper(tiny, change)
    shown = page(coordinator, event_id)
    assert said in shown
    assert (BROKEN in shown) == (said != "Not signed")
    assert any(found in fault for fault in breaks(tiny)), breaks(tiny)


def test_signatures_of_one_participant_are_a_chain(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy
) -> None:
    sign(coordinator, event_id)
    sign(coordinator, event_id, note="again")
    with database.reading(tiny.url) as session:
        first, second = session.scalars(select(Signature).order_by(Signature.id))
        assert (first.id, first.hash == second.hash) == (1, False)
    tamper(tiny, "DELETE FROM signature WHERE id = 1")
    assert any("is not what was recorded" in fault for fault in breaks(tiny))
    assert BROKEN in page(coordinator, event_id)


@pytest.fixture
def phone(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> Authenticator:
    """A passkey of the coordinator's."""
    made = Authenticator(AT.origin, AT.host)
    add_to(tiny, coordinator, made, time.at)
    return made


def asked_of(browser: StaffBrowser, event_id: int) -> str | None:
    """Return what the page asks the browser for a passkey with, if it does."""
    button = browser.get(f"/events/{event_id}").find(".//button[@data-passkey]")
    assert button is None or "hidden" in button.attrib  # without scripts there is no button that does nothing
    return None if button is None else button.get("data-passkey")


def test_a_passkey_signs_as_well_and_the_record_says_so(
    coordinator: StaffBrowser, event_id: int, phone: Authenticator, tiny: TinyStudy
) -> None:
    options = asked_of(coordinator, event_id)
    assert options is not None
    answer = phone.show(options)
    coordinator.fill_in(f"/events/{event_id}", FORM | {"answer": answer})
    shown = page(coordinator, event_id)
    assert "Signed by A coordinator on" in shown
    assert "Confirmed with a passkey." in shown
    assert BROKEN not in shown
    with database.reading(tiny.url) as session:
        told = session.scalars(select(AuditEntry.new).where(AuditEntry.action == "event.read")).one()
        assert told is not None
        assert told["confirmed_by"] == "passkey"
    assert breaks(tiny) == []
    again = coordinator.fill_in(f"/events/{event_id}", FORM | {"answer": answer, "note": "twice"}, 422)
    assert "The passkey was not accepted." in again.get_data(as_text=True)
    assert answer[:40] not in again.get_data(as_text=True)
    tamper(tiny, "UPDATE signature SET confirmed_by = 'password'")
    assert "the signature itself was changed" in page(coordinator, event_id)


def test_the_passkey_of_a_colleague_signs_nothing(
    coordinator: StaffBrowser,
    administrator: StaffBrowser,
    event_id: int,
    phone: Authenticator,
    tiny: TinyStudy,
) -> None:
    assert asked_of(administrator, event_id) is None
    options = asked_of(coordinator, event_id)
    assert options is not None
    administrator.fill_in(f"/events/{event_id}", FORM | {"answer": phone.show(options)}, 422)
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Reading)).all() == []


def test_a_signature_made_before_that_was_recorded_still_holds(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy
) -> None:
    sign(coordinator, event_id)
    with database.reading(tiny.url) as session:
        signature = session.scalars(select(Signature)).one()
        told = {
            "reading": signature.reading_id,
            "account": signature.account_id,
            "name": signature.name,
            "meaning": signature.meaning,
            "signed_at": signature.signed_at.isoformat(),
        }
        before = chained(FIRST, signature.content_hash, told)
    tamper(tiny, "UPDATE signature SET confirmed_by = NULL, hash = :hash", hash=before)
    shown = page(coordinator, event_id)
    assert "Signed by A coordinator on" in shown
    assert BROKEN not in shown
    assert "Confirmed with" not in shown


def test_who_comes_by_single_sign_on_is_told_to_set_up_a_passkey(
    coordinator: StaffBrowser, event_id: int, tiny: TinyStudy, time: Clock
) -> None:
    assert "set up a passkey" not in page(coordinator, event_id)
    with database.writing(tiny.url) as session:
        session.add(
            ProviderIdentity(
                account_id=coordinator.actor.id, issuer="https://id.example", subject="n-1", bound_at=time.at
            )
        )
    told = coordinator.get(f"/events/{event_id}")
    assert "If you have no password here, set up a passkey" in words_of(told)
    assert told.find(".//main//a[@href='/staff/me/passkey']") is not None
    add_to(tiny, coordinator, Authenticator(AT.origin, AT.host), time.at)
    assert "set up a passkey" not in page(coordinator, event_id)
