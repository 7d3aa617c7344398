"""Another e-mail address: in force once it is confirmed, by the newest link, once, within a day."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import database
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import email_token, password_token
from app.models import Account, AuditEntry
from app.operations.account_changes import deactivate
from app.operations.accounts import add_account
from app.operations.email_changes import (
    ConfirmationMail,
    EmailChanged,
    ask_email_change,
    ask_email_change_of,
    cancel_email_change,
    confirm_email_change,
)
from app.operations.links import Refused
from app.operations.password_links import choose_password, issue_password_link
from app.operations.passwords import change_password
from app.operations.sessions import begin_session
from app.operations.sign_in import LetIn, sign_in
from app.queries import access
from app.queries.email_changes import opened, waiting
from tests.fixtures.desk import PASSWORD
from tests.fixtures.study import COMMAND, LINK_KEYS, MORNING, TinyStudy

OLD, NEW = "a@example.org", "b@example.org"
DEAD = Refused(Code.LINK_INVALID)
DAY = timedelta(days=1)


def add(tiny: TinyStudy, email: str, *, of_study: bool = True) -> int:
    with database.writing(tiny.url) as session:
        return add_account(
            session,
            email=email,
            name="Someone",
            role="monitor",
            study_id=tiny.study_id if of_study else None,
            site=None,
            password=PASSWORD,
            actor=COMMAND,
            now=MORNING,
        )


@pytest.fixture
def account_id(tiny: TinyStudy) -> int:
    return add(tiny, OLD)


def ask(tiny: TinyStudy, account_id: int, email: str = NEW, now: datetime = MORNING) -> ConfirmationMail:
    with database.writing(tiny.url) as session:
        return ask_email_change(
            session, account_id=account_id, email=email, actor=Actor("account", account_id), now=now
        )


def token(mail: ConfirmationMail) -> str:
    return email_token.sign(mail.change_id, LINK_KEYS)


def confirm(
    tiny: TinyStudy, token: str, now: datetime = MORNING, keep: str | None = None
) -> EmailChanged | Refused:
    with database.writing(tiny.url) as session:
        return confirm_email_change(session, token=token, link_keys=LINK_KEYS, now=now, keep=keep)


def enters(tiny: TinyStudy, email: str) -> bool:
    with database.writing(tiny.url) as session:
        found = sign_in(session, email=email, password=PASSWORD, address="10.0.0.1", now=MORNING)
    return isinstance(found, LetIn)


def trail(tiny: TinyStudy, account_id: int) -> list[tuple[str, object, object, str]]:
    with database.reading(tiny.url) as session:
        rows = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.chain == f"account:{account_id}", AuditEntry.action.contains("email"))
            .order_by(AuditEntry.position)
        )
        return [(each.action, each.old, each.new, each.reason) for each in rows]


def test_the_old_address_is_in_force_until_the_new_one_is_confirmed(tiny: TinyStudy, account_id: int) -> None:
    mail = ask(tiny, account_id, " B@Example.org ")
    assert (mail.address, mail.taken) == (NEW, False)
    assert enters(tiny, OLD)
    assert not enters(tiny, NEW)
    assert confirm(tiny, token(mail)) == EmailChanged(account_id, mail.change_id, OLD, "en")
    assert enters(tiny, NEW)
    assert not enters(tiny, OLD)
    until = (MORNING + DAY).isoformat()
    assert trail(tiny, account_id) == [
        ("email_change.ask", None, {"email": NEW, "expires_at": until}, ""),
        (
            "account.change_email",
            {"email": OLD},
            {"email": NEW, "by": f"email_change:{mail.change_id}"},
            "",
        ),
    ]


def test_a_second_press_changes_nothing_and_an_old_link_brings_nothing_back(
    tiny: TinyStudy, account_id: int
) -> None:
    first = ask(tiny, account_id)
    confirm(tiny, token(first))
    entries = len(trail(tiny, account_id))
    again = confirm(tiny, token(first))
    assert isinstance(again, EmailChanged)
    assert again.again
    assert len(trail(tiny, account_id)) == entries
    confirm(tiny, token(ask(tiny, account_id, "c@example.org")))
    assert confirm(tiny, token(first)) == DEAD
    assert enters(tiny, "c@example.org")


def test_it_signs_out_everywhere_but_where_it_was_confirmed(tiny: TinyStudy, account_id: int) -> None:
    with database.writing(tiny.url) as session:
        here, there = (
            begin_session(session, now=MORNING, lasting=DAY, account_id=account_id) for _ in range(2)
        )
    confirm(tiny, token(ask(tiny, account_id)), keep=here)
    with database.reading(tiny.url) as session:
        assert access.staff_member(session, secret=here, now=MORNING) is not None
        assert access.staff_member(session, secret=there, now=MORNING) is None


def test_a_link_dies_by_itself_and_by_a_newer_one(tiny: TinyStudy, account_id: int) -> None:
    first, second = ask(tiny, account_id), ask(tiny, account_id, "c@example.org")
    assert confirm(tiny, token(first)) == DEAD
    assert confirm(tiny, token(second), now=MORNING + DAY) == DEAD
    just_in_time = MORNING + DAY - timedelta(seconds=1)
    with database.reading(tiny.url) as session:
        shown = opened(session, token=token(second), link_keys=LINK_KEYS, now=just_in_time)
        assert shown is not None
        assert shown.email == "c@example.org"
        assert opened(session, token=token(second), link_keys=LINK_KEYS, now=MORNING + DAY) is None
    assert isinstance(confirm(tiny, token(second), now=just_in_time), EmailChanged)


def test_a_changed_password_ends_it_whoever_asked(tiny: TinyStudy, account_id: int) -> None:
    mail = ask(tiny, account_id)
    with database.writing(tiny.url) as session:
        change_password(
            session,
            account_id=account_id,
            password="another donkey with a lamp",
            alone=False,
            actor=COMMAND,
            now=MORNING,
        )
    assert confirm(tiny, token(mail)) == DEAD


def test_a_password_link_in_the_old_mailbox_opens_nothing_afterwards(
    tiny: TinyStudy, account_id: int
) -> None:
    with database.writing(tiny.url) as session:
        link = issue_password_link(session, account_id=account_id, kind="reset", actor=COMMAND, now=MORNING)
    confirm(tiny, token(ask(tiny, account_id)))
    with database.writing(tiny.url) as session:
        assert (
            choose_password(
                session,
                token=password_token.sign(link.link_id, LINK_KEYS),
                password="another donkey with a lamp",
                link_keys=LINK_KEYS,
                now=MORNING,
            )
            == DEAD
        )
    assert confirm(tiny, password_token.sign(1, LINK_KEYS)) == DEAD  # signed for another purpose


def test_an_address_of_another_account_is_taken_down_like_any_other_and_never_given(
    tiny: TinyStudy, account_id: int
) -> None:
    other = add(tiny, NEW)
    mail = ask(tiny, account_id)
    assert mail.taken  # only its owner reads so
    assert [action for action, *_ in trail(tiny, account_id)] == ["email_change.ask"]
    with database.reading(tiny.url) as session:
        there = waiting(session, account_id=account_id, now=MORNING)
        assert there is not None
        assert there.email == NEW
    assert confirm(tiny, token(mail)) == DEAD
    late = ask(tiny, account_id, "c@example.org")  # free when it was asked for
    confirm(tiny, token(ask(tiny, other, "c@example.org")))
    assert confirm(tiny, token(late)) == DEAD
    assert enters(tiny, OLD)


def test_it_can_be_taken_back(tiny: TinyStudy, account_id: int) -> None:
    mail = ask(tiny, account_id)
    for _ in range(2):
        with database.writing(tiny.url) as session:
            cancel_email_change(session, account_id=account_id, actor=COMMAND, now=MORNING)
    assert confirm(tiny, token(mail)) == DEAD
    assert [action for action, *_ in trail(tiny, account_id)] == ["email_change.ask", "email_change.cancel"]


def test_one_asks_three_times_in_a_quarter_of_an_hour(tiny: TinyStudy, account_id: int) -> None:
    with pytest.raises(Refusal) as refusal:
        ask(tiny, account_id, OLD.upper())
    assert refusal.value.code == Code.ALREADY_RECORDED
    for _ in range(3):
        ask(tiny, account_id)
    with pytest.raises(Refusal) as refusal:
        ask(tiny, account_id)
    assert refusal.value.code == Code.TOO_MANY_ATTEMPTS
    ask(tiny, account_id, now=MORNING + timedelta(minutes=16))


def test_who_administers_asks_for_somebody_with_a_reason(tiny: TinyStudy, account_id: int) -> None:
    boss = Actor("account", 99, role="administrator", study_id=tiny.study_id)
    add(tiny, "seen@example.org")
    outside = add(tiny, "unseen@example.org", of_study=False)

    def ask_of(email: str, reason: str = "mailbox lost", whose: int = account_id) -> ConfirmationMail:
        with database.writing(tiny.url) as session:
            return ask_email_change_of(
                session, account_id=whose, email=email, reason=reason, actor=boss, now=MORNING
            )

    for asked, code in (
        ({"email": NEW, "reason": " "}, Code.REASON_NEEDED),
        ({"email": "seen@example.org"}, Code.ALREADY_RECORDED),
        ({"email": NEW, "whose": outside}, Code.NOT_FOUND),
    ):
        with pytest.raises(Refusal) as refusal:
            ask_of(**asked)
        assert refusal.value.code == code
    assert ask_of("unseen@example.org").taken  # no word that there is such an account
    assert isinstance(confirm(tiny, token(ask_of(NEW))), EmailChanged)
    assert [(action, reason) for action, _, _, reason in trail(tiny, account_id)] == [
        ("email_change.ask", "mailbox lost"),
        ("email_change.ask", "mailbox lost"),
        ("account.change_email", ""),
    ]


def test_who_is_deactivated_keeps_the_address(tiny: TinyStudy, account_id: int) -> None:
    mail = ask(tiny, account_id)
    with database.writing(tiny.url) as session:
        deactivate(session, account_id=account_id, reason="left", actor=COMMAND, now=MORNING)
    assert confirm(tiny, token(mail)) == DEAD
    with pytest.raises(Refusal) as refusal:
        ask(tiny, account_id)
    assert refusal.value.code == Code.DEACTIVATED
    with database.reading(tiny.url) as session:
        assert session.get_one(Account, account_id).email == OLD
