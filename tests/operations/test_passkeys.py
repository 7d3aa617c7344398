"""Passkeys: believed from the right page, for the right challenge, once, and from no copy."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import database
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import challenge, passkey
from app.formats.passkey import Place
from app.models import Account, AuditEntry, Passkey
from app.operations.passkeys import CONFIRM, MAKE, SHOW, Shown, add_passkey, take_passkey
from app.operations.reauthentication import confirm_by_passkey
from app.operations.second_factors import remove, reset_second_factor
from app.operations.sign_in import HalfWay, LetIn, sign_in_by_passkey
from app.queries import access, second_factors
from tests.fixtures.second_factor import Authenticator
from tests.fixtures.study import COMMAND, MORNING, TinyStudy
from tests.operations.test_accounts import PASSWORD, add, enter

PLACE = Place("trial.example.org", "https://trial.example.org")
KEY = "what challenges are signed with"


def asked(purpose: str, now: datetime = MORNING) -> str:
    """Return what a browser is asked for one purpose."""
    return passkey.to_show(PLACE, challenge=challenge.issue(purpose, key=KEY, now=now), known=[])


def made(tiny: TinyStudy, account_id: int, phone: Authenticator, *, place: Place = PLACE) -> int:
    """Make a passkey for an account and return its id."""
    options = passkey.to_make(
        PLACE,
        challenge=challenge.issue(MAKE.format(account_id), key=KEY, now=MORNING),
        account_id=account_id,
        email="nurse@example.org",
        name="A nurse",
        known=[],
    )
    with database.writing(tiny.url) as session:
        return add_passkey(
            session,
            account_id=account_id,
            name="my phone",
            answer=phone.make(options),
            place=place,
            actor=Actor("account", account_id),
            now=MORNING,
            key=KEY,
        )


def show(
    tiny: TinyStudy, answer: str, *, account_id: int | None = None, now: datetime = MORNING
) -> Shown | Code:
    with database.writing(tiny.url) as session:
        found = take_passkey(session, answer=answer, account_id=account_id, place=PLACE, now=now, key=KEY)
    return found.code if isinstance(found, Refusal) else found


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator(PLACE.origin, PLACE.host)


@pytest.fixture
def account_id(tiny: TinyStudy, phone: Authenticator) -> int:
    """A nurse's account with a passkey on the phone."""
    account_id = add(tiny)
    made(tiny, account_id, phone)
    return account_id


def test_a_passkey_is_the_whole_sign_in(tiny: TinyStudy, account_id: int, phone: Authenticator) -> None:
    with database.writing(tiny.url) as session:
        let_in = sign_in_by_passkey(
            session,
            answer=phone.show(asked(SHOW)),
            half=None,
            address="10.0.0.1",
            place=PLACE,
            now=MORNING,
            key=KEY,
        )
        assert isinstance(let_in, LetIn)
        member = access.staff_member(session, secret=let_in.secret, now=MORNING)
    assert member is not None
    assert (member.account_id, member.proved_by, member.second_factor) == (account_id, "passkey", True)


def test_a_passkey_is_the_second_step(tiny: TinyStudy, account_id: int, phone: Authenticator) -> None:
    half = enter(tiny, "nurse@example.org", PASSWORD)
    assert isinstance(half, HalfWay)
    with database.writing(tiny.url) as session:
        let_in = sign_in_by_passkey(
            session,
            answer=phone.show(asked(CONFIRM.format(account_id))),
            half=half,
            address="10.0.0.1",
            place=PLACE,
            now=MORNING,
            key=KEY,
        )
    assert isinstance(let_in, LetIn)


def test_an_answer_is_good_once(tiny: TinyStudy, account_id: int, phone: Authenticator) -> None:
    answer = phone.show(asked(SHOW))
    assert isinstance(show(tiny, answer), Shown)
    assert show(tiny, answer) == Code.PASSKEY_REFUSED
    # also where the passkey keeps no count, and nothing but the challenge tells it
    phone.count = 0
    with database.writing(tiny.url) as session:
        session.scalars(select(Passkey)).one().sign_count = 0
    answer = phone.show(asked(SHOW), counting=False)
    assert isinstance(show(tiny, answer), Shown)
    assert show(tiny, answer) == Code.PASSKEY_REFUSED


def test_a_copy_of_a_passkey_is_told_by_its_count(
    tiny: TinyStudy, account_id: int, phone: Authenticator
) -> None:
    copy = replace(phone)
    assert isinstance(show(tiny, phone.show(asked(SHOW))), Shown)
    assert show(tiny, copy.show(asked(SHOW))) == Code.PASSKEY_REFUSED
    with database.reading(tiny.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "passkey.suspect")).one()
    assert entry.chain == f"account:{account_id}"
    assert (entry.old, entry.new) == ({"count": 2}, {"count": 2})


@pytest.mark.parametrize(
    "fake",
    [
        pytest.param({"origin": "https://trial.example.org.evil.test"}, id="another origin"),
        pytest.param({"origin": "http://trial.example.org"}, id="without TLS"),
        pytest.param({"host": "evil.test"}, id="a passkey for another place"),
        pytest.param({"verifies": False}, id="nobody showed a finger or a PIN"),
    ],
)
def test_an_answer_from_elsewhere_is_refused(
    tiny: TinyStudy, account_id: int, phone: Authenticator, fake: dict[str, object]
) -> None:
    elsewhere = replace(phone, **fake)  # type: ignore[arg-type]  # fields by name
    assert show(tiny, elsewhere.show(asked(SHOW))) == Code.PASSKEY_REFUSED
    assert isinstance(show(tiny, phone.show(asked(SHOW))), Shown)
    with pytest.raises(Refusal) as refusal:
        made(tiny, account_id, replace(elsewhere, id=b"another one"))
    assert refusal.value.code == Code.PASSKEY_REFUSED


def test_another_key_does_not_open(tiny: TinyStudy, account_id: int, phone: Authenticator) -> None:
    thief = Authenticator(PLACE.origin, PLACE.host, id=phone.id)
    assert show(tiny, thief.show(asked(SHOW))) == Code.PASSKEY_REFUSED


def test_a_challenge_is_for_one_purpose_and_half_an_hour(
    tiny: TinyStudy, account_id: int, phone: Authenticator
) -> None:
    other = add(tiny, email="other@example.org")
    for purpose in (MAKE.format(account_id), CONFIRM.format(other), "anything"):
        assert show(tiny, phone.show(asked(purpose)), account_id=account_id) == Code.PASSKEY_REFUSED
        assert show(tiny, phone.show(asked(purpose))) == Code.PASSKEY_REFUSED
    forged = passkey.to_show(PLACE, challenge=b"made up by the browser", known=[])
    assert show(tiny, phone.show(forged)) == Code.PASSKEY_REFUSED
    late = MORNING + challenge.LASTING + timedelta(seconds=1)
    assert show(tiny, phone.show(asked(SHOW)), now=late) == Code.PASSKEY_REFUSED


def test_a_passkey_of_another_account_is_no_second_step(
    tiny: TinyStudy, account_id: int, phone: Authenticator
) -> None:
    other = add(tiny, email="other@example.org")
    answer = phone.show(asked(CONFIRM.format(other)))
    assert show(tiny, answer, account_id=other) == Code.PASSKEY_REFUSED


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", '{"id": 1}', "x" * 30_000])
def test_nonsense_is_refused(tiny: TinyStudy, account_id: int, answer: str) -> None:
    assert show(tiny, answer) == Code.PASSKEY_REFUSED


def test_showing_again_who_one_is(tiny: TinyStudy, account_id: int, phone: Authenticator) -> None:
    with database.writing(tiny.url) as session:
        for expected in (None, Code.PASSKEY_REFUSED):
            answer = phone.show(asked(CONFIRM.format(account_id if expected is None else 99)))
            refusal = confirm_by_passkey(
                session,
                account_id=account_id,
                answer=answer,
                address="10.0.0.1",
                place=PLACE,
                now=MORNING,
                key=KEY,
            )
            assert (refusal.code if refusal else None) == expected


def test_one_that_was_removed_or_reset_opens_no_more(
    tiny: TinyStudy, account_id: int, phone: Authenticator
) -> None:
    with database.reading(tiny.url) as session:
        (there,) = second_factors.ways_in(session, account_id=account_id).passkeys
    with database.writing(tiny.url) as session:
        remove(session, account_id=account_id, kind="passkey", factor_id=there.id, actor=COMMAND, now=MORNING)
    assert show(tiny, phone.show(asked(SHOW))) == Code.PASSKEY_REFUSED
    another = Authenticator(PLACE.origin, PLACE.host)
    made(tiny, account_id, another)
    with database.writing(tiny.url) as session:
        reset_second_factor(session, account_id=account_id, actor=COMMAND, now=MORNING)
    assert show(tiny, another.show(asked(SHOW))) == Code.PASSKEY_REFUSED


def test_a_deactivated_account_has_no_passkey(tiny: TinyStudy, account_id: int, phone: Authenticator) -> None:
    with database.writing(tiny.url) as session:
        session.get_one(Account, account_id).deactivated_at = MORNING
    assert show(tiny, phone.show(asked(SHOW))) == Code.PASSKEY_REFUSED
