"""A sign-in that is under way while the account changes: it ends with the account as it has become."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import database
from app.domain.actor import Actor
from app.errors import Code
from app.formats import one_time_code
from app.formats.one_time_code import code_at, step_of
from app.models import SignedIn
from app.operations import failed_tries, sign_in
from app.operations.account_changes import deactivate
from app.operations.code_apps import add_code_app
from app.operations.links import Refused
from app.operations.passwords import change_password
from app.operations.sessions import end_sessions
from app.operations.sign_in import HalfWay, LetIn, sign_in_by_code
from tests.fixtures.study import COMMAND, CONTACT_KEYS, MORNING, TinyStudy
from tests.operations.test_accounts import PASSWORD, add, enter

EMAIL = "nurse@example.org"
SECRET = one_time_code.new_secret()
LONG = 20

Change = Callable[[Session, int], None]
Outcome = LetIn | HalfWay | Refused


def another_password(session: Session, account_id: int) -> None:
    myself = Actor("account", account_id)
    change_password(
        session,
        account_id=account_id,
        password="another donkey with a lamp",
        alone=True,
        actor=myself,
        now=MORNING,
    )
    end_sessions(session, account_id=account_id, actor=myself, now=MORNING)


def second_step(session: Session, account_id: int) -> None:
    myself = Actor("account", account_id)
    add_code_app(
        session,
        account_id=account_id,
        name="my phone",
        sealed=one_time_code.seal(SECRET, account_id=account_id, keys=CONTACT_KEYS),
        code=code_at(SECRET, step_of(MORNING) - 1),
        actor=myself,
        now=MORNING,
        contact_keys=CONTACT_KEYS,
    )
    end_sessions(session, account_id=account_id, actor=myself, now=MORNING)


def deactivation(session: Session, account_id: int) -> None:
    deactivate(session, account_id=account_id, reason="left", actor=COMMAND, now=MORNING)


def meanwhile(
    tiny: TinyStudy,
    account_id: int,
    change: Change,
    pause_after: tuple[object, str],
    entering: Callable[[], Outcome],
    monkeypatch: pytest.MonkeyPatch,
    patience: float = LONG,
) -> Outcome:
    """Stop a sign-in after one of its steps, change the account, let the sign-in go on.

    SQLite lets in one writer at a time: there the change comes after the sign-in, and ends its session.
    """
    reached, go_on = Event(), Event()
    real = getattr(*pause_after)

    def paused(*given: object, **named: object) -> object:
        found = real(*given, **named)
        reached.set()
        assert go_on.wait(LONG)
        return found

    def changing() -> None:
        with database.writing(tiny.url) as session:
            change(session, account_id)

    monkeypatch.setattr(*pause_after, paused)
    with ThreadPoolExecutor(2) as threads:
        outcome: Future[Outcome] = threads.submit(entering)
        assert reached.wait(LONG)
        changed = threads.submit(changing)
        if not tiny.url.startswith("sqlite"):
            wait([changed], timeout=patience)
        go_on.set()
        changed.result()
        return outcome.result()


def nobody_is_in(tiny: TinyStudy) -> bool:
    with database.reading(tiny.url) as session:
        return session.scalars(select(SignedIn).where(SignedIn.ended_at.is_(None))).all() == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (another_password, Refused(Code.SIGN_IN_FAILED)),
        (deactivation, Refused(Code.SIGN_IN_FAILED)),
        (second_step, HalfWay),
    ],
)
def test_the_account_changes_while_a_password_is_verified(
    tiny: TinyStudy, change: Change, expected: Refused | type, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = add(tiny)
    outcome = meanwhile(
        tiny,
        account_id,
        change,
        (sign_in, "verified"),
        lambda: enter(tiny, EMAIL, PASSWORD),
        monkeypatch,
    )
    assert nobody_is_in(tiny)
    if not tiny.url.startswith("sqlite"):
        assert outcome == expected or type(outcome) is expected


def test_a_second_step_that_is_set_up_while_it_is_looked_for_ends_the_session_without_it(
    tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = add(tiny)
    meanwhile(
        tiny,
        account_id,
        second_step,
        (sign_in, "has_second_factor"),
        lambda: enter(tiny, EMAIL, PASSWORD),
        monkeypatch,
        patience=1,  # it waits for the sign-in
    )
    assert nobody_is_in(tiny)


@pytest.mark.parametrize("change", [another_password, deactivation])
def test_the_account_changes_while_a_code_is_looked_at(
    tiny: TinyStudy, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = add(tiny)
    with database.writing(tiny.url) as session:
        second_step(session, account_id)
    half = enter(tiny, EMAIL, PASSWORD)
    assert isinstance(half, HalfWay)

    def entering() -> Outcome:
        with database.writing(tiny.url) as session:
            return sign_in_by_code(
                session,
                half=half,
                typed=code_at(SECRET, step_of(MORNING)),
                address="10.0.0.1",
                now=MORNING,
                contact_keys=CONTACT_KEYS,
            )

    outcome = meanwhile(tiny, account_id, change, (failed_tries, "closed"), entering, monkeypatch)
    assert nobody_is_in(tiny)
    if not tiny.url.startswith("sqlite"):
        assert outcome == Refused(Code.SIGN_IN_FAILED)
