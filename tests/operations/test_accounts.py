"""Staff accounts: passwords, counted tries, and what ends a session."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from app import database
from app.domain.password import normalised
from app.errors import Code, Refusal
from app.models import Account
from app.operations import passwords
from app.operations.accounts import add_account
from app.operations.links import Refused
from app.operations.passwords import NOBODYS
from app.operations.sessions import end_session
from app.operations.sign_in import HalfWay, LetIn, sign_in
from app.queries import access
from tests.fixtures.quick import STRONG
from tests.fixtures.study import COMMAND, MORNING, TinyStudy

PASSWORD = "a long enough password"


def add(tiny: TinyStudy, **changed: object) -> int:
    given: dict[str, object] = {
        "email": "Nurse@Example.org ",
        "name": "A nurse",
        "role": "coordinator",
        "study_id": tiny.study_id,
        "site": "mad",
        "password": PASSWORD,
    }
    with database.writing(tiny.url) as session:
        return add_account(session, actor=COMMAND, now=MORNING, **(given | changed))  # type: ignore[arg-type]  # fields by name


def enter(
    tiny: TinyStudy, email: str, password: str, *, minutes: float = 0, address: str = "10.0.0.1"
) -> LetIn | HalfWay | Refused:
    with database.writing(tiny.url) as session:
        now = MORNING + timedelta(minutes=minutes)
        return sign_in(session, email=email, password=password, address=address, now=now)


def test_the_right_password_lets_in_for_a_working_day(tiny: TinyStudy) -> None:
    add(tiny)
    let_in = enter(tiny, "nurse@example.org", PASSWORD)
    assert isinstance(let_in, LetIn)
    with database.reading(tiny.url) as session:
        member = access.staff_member(session, secret=let_in.secret, now=MORNING)
        assert member is not None
        assert (member.role, member.site, member.study_id) == ("coordinator", "mad", tiny.study_id)
        late = MORNING + timedelta(hours=12, minutes=1)
        assert access.staff_member(session, secret=let_in.secret, now=late) is None


def test_the_password_is_stored_by_argon2_alone(tiny: TinyStudy) -> None:
    account_id = add(tiny)
    with database.reading(tiny.url) as session:
        stored = session.get_one(Account, account_id).password_hash
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("email", "password"), [("nurse@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("", "")]
)
def test_wrong_tries_are_all_refused_alike(tiny: TinyStudy, email: str, password: str) -> None:
    add(tiny)
    assert enter(tiny, email, password) == Refused(Code.SIGN_IN_FAILED)


def test_after_five_wrong_tries_the_right_password_waits(tiny: TinyStudy) -> None:
    add(tiny)
    for attempt in range(5):
        enter(tiny, "nurse@example.org", "wrong", address=f"10.0.0.{attempt}")
    assert enter(tiny, "nurse@example.org", PASSWORD, minutes=14) == Refused(Code.TOO_MANY_ATTEMPTS)
    assert isinstance(enter(tiny, "nurse@example.org", PASSWORD, minutes=16), LetIn)


def test_a_deactivated_account_is_out_at_once(tiny: TinyStudy) -> None:
    account_id = add(tiny)
    let_in = enter(tiny, "nurse@example.org", PASSWORD)
    assert isinstance(let_in, LetIn)
    with database.writing(tiny.url) as session:
        session.get_one(Account, account_id).deactivated_at = MORNING
    with database.reading(tiny.url) as session:
        assert access.staff_member(session, secret=let_in.secret, now=MORNING) is None
    assert enter(tiny, "nurse@example.org", PASSWORD) == Refused(Code.SIGN_IN_FAILED)


def test_signing_out_ends_the_session(tiny: TinyStudy) -> None:
    add(tiny)
    let_in = enter(tiny, "nurse@example.org", PASSWORD)
    assert isinstance(let_in, LetIn)
    with database.writing(tiny.url) as session:
        end_session(session, secret=let_in.secret, now=MORNING)
    with database.reading(tiny.url) as session:
        assert access.staff_member(session, secret=let_in.secret, now=MORNING) is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"password": "short"}, Code.FAULTY_INPUT),
        ({"site": None}, Code.FAULTY_INPUT),
        ({"study_id": None}, Code.FAULTY_INPUT),
    ],
)
def test_an_account_needs_what_its_role_needs(
    tiny: TinyStudy, changed: dict[str, object], code: Code
) -> None:
    with pytest.raises(Refusal) as refusal:
        add(tiny, **changed)
    assert refusal.value.code == code


def test_an_address_has_one_account(tiny: TinyStudy) -> None:
    add(tiny)
    with pytest.raises(Refusal) as refusal:
        add(tiny, email="nurse@EXAMPLE.org")
    assert refusal.value.code == Code.ALREADY_RECORDED


def test_a_try_at_no_account_takes_the_work_of_a_try_at_one(
    tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", STRONG)
    add(tiny)
    with database.reading(tiny.url) as session:
        stored = session.scalars(select(Account.password_hash)).one()
    assert NOBODYS.split("$")[:4] == stored.split("$")[:4]  # the kind, the version and the cost
    assert len(NOBODYS) == len(stored)


def test_a_password_of_another_keyboard_is_the_same_one(tiny: TinyStudy) -> None:
    add(tiny, password="un café après la pluie")
    assert isinstance(enter(tiny, "nurse@example.org", "un cafe\u0301 apre\u0300s la pluie"), LetIn)


def test_a_hash_from_before_passwords_were_normalised_still_opens(tiny: TinyStudy) -> None:
    account_id = add(tiny)
    old = "un cafe\u0301 apre\u0300s la pluie"
    with database.writing(tiny.url) as session:
        session.get_one(Account, account_id).password_hash = PasswordHasher().hash(old)
    assert isinstance(enter(tiny, "nurse@example.org", old), LetIn)
    assert enter(tiny, "nurse@example.org", normalised(old)) == Refused(Code.SIGN_IN_FAILED)


@pytest.mark.parametrize("password", ["nurse-example-2026", "tiny-nurse-2026", "Hepatica 2026"])
def test_a_password_made_of_what_all_know_is_refused(tiny: TinyStudy, password: str) -> None:
    with pytest.raises(Refusal, match="guessable") as refusal:
        add(tiny, password=password)
    assert refusal.value.code == Code.FAULTY_INPUT
