"""Showing again who one is: counted together with tries at the door."""

from datetime import timedelta

from app import database
from app.errors import Code
from app.models import Account
from app.operations.reauthentication import confirm_identity
from tests.fixtures.study import MORNING, TinyStudy
from tests.operations.test_accounts import PASSWORD, add, enter


def confirm(tiny: TinyStudy, account_id: int, password: str, *, minutes: float = 0) -> Code | None:
    with database.writing(tiny.url) as session:
        now = MORNING + timedelta(minutes=minutes)
        found = confirm_identity(
            session, account_id=account_id, password=password, address="10.0.0.1", now=now
        )
    return None if found is None else found.code


def test_the_password_again(tiny: TinyStudy) -> None:
    account_id = add(tiny)
    assert confirm(tiny, account_id, PASSWORD) is None
    assert confirm(tiny, account_id, "another password") == Code.SIGN_IN_FAILED
    with database.writing(tiny.url) as session:
        session.get_one(Account, account_id).deactivated_at = MORNING
    assert confirm(tiny, account_id, PASSWORD) == Code.SIGN_IN_FAILED


def test_wrong_ones_are_counted_with_those_at_the_door(tiny: TinyStudy) -> None:
    account_id = add(tiny)
    for _ in range(3):
        assert confirm(tiny, account_id, "another password") == Code.SIGN_IN_FAILED
    for _ in range(2):
        enter(tiny, "nurse@example.org", "another password")
    assert confirm(tiny, account_id, PASSWORD) == Code.TOO_MANY_ATTEMPTS
    assert confirm(tiny, account_id, PASSWORD, minutes=16) is None
