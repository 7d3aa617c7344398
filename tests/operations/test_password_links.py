"""Links for choosing a password: good once, for a while, and only the newest one."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import database
from app.domain.account import PasswordLinkKind
from app.errors import Code, Refusal
from app.formats import link_token, password_token
from app.models import Account
from app.operations.account_changes import deactivate
from app.operations.accounts import add_account
from app.operations.links import Refused
from app.operations.password_links import choose_password, issue_password_link
from app.operations.passwords import change_password
from app.operations.sessions import begin_session
from app.operations.sign_in import LetIn, sign_in
from app.queries import access
from tests.fixtures.desk import PASSWORD
from tests.fixtures.study import COMMAND, LINK_KEYS, MORNING, TinyStudy

NEW = "another donkey with a lamp"
REFUSED = Refused(Code.LINK_INVALID)


@pytest.fixture
def account_id(tiny: TinyStudy) -> int:
    with database.writing(tiny.url) as session:
        return add_account(
            session,
            email="a@example.org",
            name="Someone",
            role="monitor",
            study_id=tiny.study_id,
            site=None,
            password=PASSWORD,
            actor=COMMAND,
            now=MORNING,
        )


def issue(tiny: TinyStudy, account_id: int, kind: PasswordLinkKind = "reset") -> str:
    with database.writing(tiny.url) as session:
        mail = issue_password_link(session, account_id=account_id, kind=kind, actor=COMMAND, now=MORNING)
    return password_token.sign(mail.link_id, LINK_KEYS)


def choose(tiny: TinyStudy, token: str, password: str = NEW, now: datetime = MORNING) -> Refused | None:
    with database.writing(tiny.url) as session:
        return choose_password(session, token=token, password=password, link_keys=LINK_KEYS, now=now)


def enters(tiny: TinyStudy, password: str) -> bool:
    with database.writing(tiny.url) as session:
        found = sign_in(session, email="a@example.org", password=password, address="10.0.0.1", now=MORNING)
    return isinstance(found, LetIn)


def test_a_link_is_good_once_and_signs_out_everywhere(tiny: TinyStudy, account_id: int) -> None:
    with database.writing(tiny.url) as session:
        secret = begin_session(session, now=MORNING, lasting=timedelta(days=1), account_id=account_id)
    token = issue(tiny, account_id)
    assert choose(tiny, token) is None
    assert enters(tiny, NEW)
    assert not enters(tiny, PASSWORD)
    with database.reading(tiny.url) as session:
        assert access.staff_member(session, secret=secret, now=MORNING) is None
    assert choose(tiny, token, "a third donkey in a lamp") == REFUSED
    assert not enters(tiny, "a third donkey in a lamp")


def test_a_newer_link_ends_the_older_one(tiny: TinyStudy, account_id: int) -> None:
    first, second = issue(tiny, account_id), issue(tiny, account_id)
    assert choose(tiny, first) == REFUSED
    assert choose(tiny, second) is None


@pytest.mark.parametrize("kind", ["invitation", "reset"])
def test_a_changed_password_ends_an_open_link(
    tiny: TinyStudy, account_id: int, kind: PasswordLinkKind
) -> None:
    token = issue(tiny, account_id, kind)
    with database.writing(tiny.url) as session:
        change_password(session, account_id=account_id, password=NEW, alone=False, actor=COMMAND, now=MORNING)
    assert choose(tiny, token, "a third donkey in a lamp") == REFUSED
    assert enters(tiny, NEW)


@pytest.mark.parametrize(
    ("kind", "lasting"), [("invitation", timedelta(days=7)), ("reset", timedelta(hours=2))]
)
def test_a_link_dies_by_itself(
    tiny: TinyStudy, account_id: int, kind: PasswordLinkKind, lasting: timedelta
) -> None:
    token = issue(tiny, account_id, kind)
    assert choose(tiny, token, now=MORNING + lasting) == REFUSED
    assert choose(tiny, token, now=MORNING + lasting - timedelta(seconds=1)) is None


def test_a_weak_password_leaves_the_link_good(tiny: TinyStudy, account_id: int) -> None:
    token = issue(tiny, account_id)
    for weak in ("short", "someone tiny 2026"):
        with pytest.raises(Refusal) as refusal:
            choose(tiny, token, weak)
        assert refusal.value.code == Code.FAULTY_INPUT
    assert choose(tiny, token) is None


def test_a_participants_link_or_an_invented_one_opens_nothing(tiny: TinyStudy, account_id: int) -> None:
    issue(tiny, account_id)
    for token in (link_token.sign(1, LINK_KEYS), "1", "", password_token.sign(99, LINK_KEYS)):
        assert choose(tiny, token) == REFUSED


def test_who_is_deactivated_gets_no_link_and_can_use_none(tiny: TinyStudy, account_id: int) -> None:
    token = issue(tiny, account_id)
    with database.writing(tiny.url) as session:
        deactivate(session, account_id=account_id, reason="left", actor=COMMAND, now=MORNING)
    assert choose(tiny, token) == REFUSED
    with pytest.raises(Refusal) as refusal:
        issue(tiny, account_id)
    assert refusal.value.code == Code.DEACTIVATED
    with database.reading(tiny.url) as session:
        assert session.scalars(select(Account.deactivated_at)).one() == MORNING
