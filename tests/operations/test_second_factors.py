"""The second step: codes once, recovery codes once, failed tries counted and told, and the way back in."""

from datetime import datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import event, func, select

from app import database
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import one_time_code
from app.formats.one_time_code import code_at, step_of
from app.models import Account, AuditEntry, CodeApp, RecoveryCode
from app.operations.attempts import ALLOWED, ALLOWED_A_DAY
from app.operations.code_apps import AddedApp, add_code_app
from app.operations.links import Refused
from app.operations.recovery_codes import new_recovery_codes
from app.operations.second_factors import remove, rename, reset_second_factor
from app.operations.sign_in import HalfWay, LetIn, sign_in_by_code
from app.queries import access, second_factors
from tests.fixtures.study import COMMAND, CONTACT_KEYS, MORNING, TinyStudy
from tests.operations.test_accounts import PASSWORD, add, enter

EMAIL = "nurse@example.org"
SECRET = one_time_code.new_secret()
WRONG = "000000"


def later(seconds: float = 0) -> datetime:
    return MORNING + timedelta(seconds=seconds)


def code(now: datetime) -> str:
    return code_at(SECRET, step_of(now))


@pytest.fixture
def account_id(tiny: TinyStudy) -> int:
    """A nurse's account with an app, and ten recovery codes."""
    account_id = add(tiny)
    with database.writing(tiny.url) as session:
        add_code_app(
            session,
            account_id=account_id,
            name="my phone",
            sealed=one_time_code.seal(SECRET, account_id=account_id, keys=CONTACT_KEYS),
            code=code(later(-60)),
            actor=Actor("account", account_id),
            now=later(-60),
            contact_keys=CONTACT_KEYS,
        )
    return account_id


def step(
    tiny: TinyStudy, half: HalfWay, typed: str, *, now: datetime = MORNING, address: str = "10.0.0.1"
) -> LetIn | Refused:
    with database.writing(tiny.url) as session:
        return sign_in_by_code(
            session, half=half, typed=typed, address=address, now=now, contact_keys=CONTACT_KEYS
        )


def half_way(tiny: TinyStudy) -> HalfWay:
    half = enter(tiny, EMAIL, PASSWORD)
    assert isinstance(half, HalfWay)
    return half


def recovery_codes(tiny: TinyStudy, account_id: int) -> tuple[str, ...]:
    with database.writing(tiny.url) as session:
        return new_recovery_codes(session, account_id=account_id, actor=COMMAND, now=MORNING)


def test_the_password_alone_begins_no_session(tiny: TinyStudy, account_id: int) -> None:
    half = half_way(tiny)
    let_in = step(tiny, half, code(MORNING))
    assert isinstance(let_in, LetIn)
    with database.reading(tiny.url) as session:
        member = access.staff_member(session, secret=let_in.secret, now=MORNING)
    assert member is not None
    assert (member.proved_by, member.proved_at) == ("code", MORNING)


def test_a_code_is_taken_once(tiny: TinyStudy, account_id: int) -> None:
    assert isinstance(step(tiny, half_way(tiny), code(MORNING)), LetIn)
    assert step(tiny, half_way(tiny), code(MORNING)) == Refused(Code.CODE_WRONG)
    assert step(tiny, half_way(tiny), code(later(-30))) == Refused(Code.CODE_WRONG)  # nor an earlier one
    assert isinstance(step(tiny, half_way(tiny), code(later(30)), now=later(30)), LetIn)


def test_the_secret_is_sealed(tiny: TinyStudy, account_id: int) -> None:
    with database.reading(tiny.url) as session:
        stored = session.scalars(select(CodeApp.sealed)).one()
        trail = session.scalars(select(AuditEntry.new).where(AuditEntry.action == "code_app.add")).one()
    assert SECRET not in stored
    assert trail == {"name": "my phone"}


def test_an_app_is_added_by_its_first_code_alone(tiny: TinyStudy, account_id: int) -> None:
    sealed = one_time_code.seal(SECRET, account_id=account_id, keys=CONTACT_KEYS)
    with pytest.raises(Refusal) as refusal, database.writing(tiny.url) as session:
        add_code_app(
            session,
            account_id=account_id,
            name="x",
            sealed=sealed,
            code=WRONG,
            actor=COMMAND,
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )
    assert refusal.value.code == Code.CODE_WRONG


def test_an_app_that_is_there_is_not_added_again_and_its_code_is_used_up(
    tiny: TinyStudy, account_id: int
) -> None:
    with database.writing(tiny.url) as session:
        again = add_code_app(
            session,
            account_id=account_id,
            name="my phone",
            sealed=one_time_code.seal(SECRET, account_id=account_id, keys=CONTACT_KEYS),
            code=code(MORNING),
            actor=Actor("account", account_id),
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )
        assert again == AddedApp(session.scalars(select(CodeApp.id)).one(), again=True)
    assert step(tiny, half_way(tiny), code(MORNING)) == Refused(Code.CODE_WRONG)


def test_an_app_whose_key_is_lost_stops_nobody_from_adding_another(tiny: TinyStudy, account_id: int) -> None:
    lost = one_time_code.seal("X", account_id=account_id, keys=(Fernet.generate_key().decode(),))
    secret = one_time_code.new_secret()
    with database.writing(tiny.url) as session:
        session.scalars(select(CodeApp)).one().sealed = lost
        added = add_code_app(
            session,
            account_id=account_id,
            name="another phone",
            sealed=one_time_code.seal(secret, account_id=account_id, keys=CONTACT_KEYS),
            code=code_at(secret, step_of(MORNING)),
            actor=Actor("account", account_id),
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )
    assert not added.again


def test_a_recovery_code_lets_in_once_as_it_is_typed(tiny: TinyStudy, account_id: int) -> None:
    codes = recovery_codes(tiny, account_id)
    assert len(set(codes)) == 10
    typed = f" {codes[3].lower().replace('-', ' ')} "
    assert isinstance(step(tiny, half_way(tiny), typed), LetIn)
    assert step(tiny, half_way(tiny), codes[3]) == Refused(Code.CODE_WRONG)
    with database.reading(tiny.url) as session:
        assert second_factors.ways_in(session, account_id=account_id).recovery_codes == 9
        used = select(AuditEntry.id).where(AuditEntry.action == "recovery_code.use")
        assert len(session.scalars(used).all()) == 1
        stored = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not {each.replace("-", "") for each in codes} & set(stored)


def test_new_recovery_codes_end_the_earlier_ones(tiny: TinyStudy, account_id: int) -> None:
    earlier, newer = recovery_codes(tiny, account_id), recovery_codes(tiny, account_id)
    assert step(tiny, half_way(tiny), earlier[0]) == Refused(Code.CODE_WRONG)
    assert isinstance(step(tiny, half_way(tiny), newer[0]), LetIn)


def test_recovery_codes_are_of_one_account(tiny: TinyStudy, account_id: int) -> None:
    other = add(tiny, email="other@example.org")
    assert step(tiny, half_way(tiny), recovery_codes(tiny, other)[0]) == Refused(Code.CODE_WRONG)


def test_wrong_codes_close_the_door_for_a_while_also_to_right_ones(tiny: TinyStudy, account_id: int) -> None:
    for number in range(ALLOWED["second-factor"]):
        assert step(tiny, half_way(tiny), WRONG, address=f"10.0.0.{number}") == Refused(Code.CODE_WRONG)
    assert step(tiny, half_way(tiny), code(MORNING)) == Refused(Code.TOO_MANY_ATTEMPTS)
    after = later(16 * 60)
    assert isinstance(step(tiny, half_way(tiny), code(after), now=after), LetIn)
    with database.reading(tiny.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.lock")).one()
    assert entry.new == {"kind": "second-factor", "tries": 5}
    assert (entry.chain, entry.actor) == (f"account:{account_id}", "stranger:sign-in")


def test_who_knows_the_password_guesses_no_more_than_twenty_codes_a_day(
    tiny: TinyStudy, account_id: int
) -> None:
    answers = []
    for number in range(30):
        at = later(number * 400)
        answers.append(step(tiny, half_way(tiny), WRONG, now=at, address=f"10.0.{number}.1"))
    assert answers.count(Refused(Code.CODE_WRONG)) == ALLOWED_A_DAY["second-factor"]
    assert answers[-1] == Refused(Code.TOO_MANY_ATTEMPTS)


def test_failed_tries_are_told_at_the_next_sign_in_and_then_no_more(tiny: TinyStudy, account_id: int) -> None:
    first = step(tiny, half_way(tiny), code(MORNING))
    assert isinstance(first, LetIn)
    assert first.failed is None
    for minutes in (1, 2):
        enter(tiny, EMAIL, "wrong", minutes=minutes)
    assert step(tiny, half_way(tiny), WRONG, now=later(200)) == Refused(Code.CODE_WRONG)
    days = 20 * 24 * 3600
    told = step(tiny, half_way(tiny), code(later(days)), now=later(days))
    assert isinstance(told, LetIn)
    assert told.failed is not None
    assert (told.failed.count, told.failed.since) == (3, MORNING)
    with database.reading(tiny.url) as session:
        begun = select(AuditEntry.new).where(AuditEntry.action == "session.begin").order_by(AuditEntry.id)
        assert session.scalars(begun).all() == [{"by": "code"}, {"by": "code", "failed_tries": 3}]
    again = step(tiny, half_way(tiny), code(later(days + 30)), now=later(days + 30))
    assert isinstance(again, LetIn)
    assert again.failed is None


def test_an_address_without_an_account_is_locked_and_written_down_alike(tiny: TinyStudy) -> None:
    add(tiny)
    for number in range(6):
        for email in (EMAIL, "nobody@example.org"):
            answer = enter(tiny, email, "wrong", address=f"10.0.0.{number}")
            expected = Code.SIGN_IN_FAILED if number < 5 else Code.TOO_MANY_ATTEMPTS
            assert answer == Refused(expected), (email, number)
    with database.reading(tiny.url) as session:
        chains = select(AuditEntry.chain).where(AuditEntry.action == "account.lock")
        assert sorted(session.scalars(chains)) == ["account:0", "account:1"]


def test_who_stands_half_way_begins_again_when_the_password_changes(tiny: TinyStudy, account_id: int) -> None:
    half = half_way(tiny)
    with database.writing(tiny.url) as session:
        session.get_one(Account, account_id).password_hash = "another"
    assert step(tiny, half, code(MORNING)) == Refused(Code.SIGN_IN_FAILED)
    assert step(tiny, HalfWay(99, "made up"), code(MORNING)) == Refused(Code.SIGN_IN_FAILED)


def test_removing_the_last_one_ends_the_sheet_too(tiny: TinyStudy, account_id: int) -> None:
    recovery_codes(tiny, account_id)
    with database.writing(tiny.url) as session:
        (app,) = second_factors.ways_in(session, account_id=account_id).code_apps
        rename(
            session,
            account_id=account_id,
            kind="code_app",
            factor_id=app.id,
            name="old phone",
            actor=COMMAND,
            now=MORNING,
        )
        remove(session, account_id=account_id, kind="code_app", factor_id=app.id, actor=COMMAND, now=MORNING)
        left = second_factors.ways_in(session, account_id=account_id)
        assert (left.any, left.recovery_codes) == (False, 0)
    assert isinstance(enter(tiny, EMAIL, PASSWORD), LetIn)


def test_nobody_touches_another_ones(tiny: TinyStudy, account_id: int) -> None:
    other = add(tiny, email="other@example.org")
    with pytest.raises(Refusal) as refusal, database.writing(tiny.url) as session:
        remove(session, account_id=other, kind="code_app", factor_id=1, actor=COMMAND, now=MORNING)
    assert refusal.value.code == Code.NOT_FOUND


def test_an_administrator_resets_it_for_somebody_else_and_ends_their_sessions(
    tiny: TinyStudy, account_id: int
) -> None:
    recovery_codes(tiny, account_id)
    let_in = step(tiny, half_way(tiny), code(MORNING))
    assert isinstance(let_in, LetIn)
    boss = Actor("account", 77, role="administrator")
    for actor in (
        Actor("account", account_id, role="administrator"),
        Actor("account", 77, role="coordinator"),
        Actor("account", 77, role="administrator", study_id=tiny.study_id + 1),
    ):
        with pytest.raises(Refusal), database.writing(tiny.url) as session:
            reset_second_factor(session, account_id=account_id, actor=actor, now=MORNING)
    with database.writing(tiny.url) as session:
        reset_second_factor(session, account_id=account_id, actor=boss, now=MORNING, reason="lost phone")
    with database.reading(tiny.url) as session:
        assert access.staff_member(session, secret=let_in.secret, now=MORNING) is None
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "account.reset_second_factor")
        ).one()
        assert entry.old == {"code_app": 1, "passkey": 0, "provider_identity": 0, "recovery_codes": 10}
        assert session.scalar(select(func.count()).select_from(CodeApp)) == 1  # no row is lost
    assert isinstance(enter(tiny, EMAIL, PASSWORD), LetIn)


def test_a_try_at_no_account_asks_the_database_as_much_as_a_try_at_one(tiny: TinyStudy) -> None:
    add(tiny)
    asked: list[str] = []
    engine = database.engine(tiny.url)

    def note(*given: object) -> None:
        asked.append(str(given[2]).split()[0])

    event.listen(engine, "before_cursor_execute", note)
    try:
        for number in range(7):  # wrong, the one that closes the door, and before a closed one
            work = []
            for email in (EMAIL, "nobody@example.org"):
                asked.clear()
                enter(tiny, email, "wrong", address=f"10.0.0.{number}")
                work.append(list(asked))
            held = [each for each in work[1] if tiny.url.startswith("sqlite") or each != "SELECT"]
            wanted = [each for each in work[0] if tiny.url.startswith("sqlite") or each != "SELECT"]
            assert held == wanted, number
            assert (
                abs(len(work[0]) - len(work[1])) <= 1
            )  # PostgreSQL holds nobody's trail by a lock of its own
    finally:
        event.remove(engine, "before_cursor_execute", note)
