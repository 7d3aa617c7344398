"""Staff changed, deactivated and taken back; sessions end at once, and somebody always administers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from app import database
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats import password_token
from app.models import Account, AuditEntry, SignedIn
from app.operations.account_changes import change_account, deactivate, invite, reactivate
from app.operations.accounts import add_account
from app.operations.password_links import choose_password, issue_password_link
from app.operations.qualifications import end_qualification, record_qualification
from app.operations.sessions import begin_session, end_sessions
from app.queries import access, audit, people
from tests.fixtures.desk import PASSWORD
from tests.fixtures.study import COMMAND, DAY_0, LINK_KEYS, MORNING, TinyStudy

DAY = timedelta(days=1)


def add(tiny: TinyStudy, email: str = "a@example.org", **changed: object) -> int:
    given: dict[str, Any] = {"name": "Someone", "role": "administrator", "study_id": None, "site": None}
    with database.writing(tiny.url) as session:
        return add_account(
            session, email=email, password=PASSWORD, actor=COMMAND, now=MORNING, **(given | changed)
        )


def let_in(tiny: TinyStudy, account_id: int) -> str:
    with database.writing(tiny.url) as session:
        return begin_session(session, now=MORNING, lasting=DAY, account_id=account_id)


def is_in(tiny: TinyStudy, secret: str) -> bool:
    with database.reading(tiny.url) as session:
        return access.staff_member(session, secret=secret, now=MORNING) is not None


def change(tiny: TinyStudy, account_id: int, actor: Actor = COMMAND, **changed: object) -> None:
    given: dict[str, Any] = {
        "name": "Someone",
        "role": "administrator",
        "study_id": None,
        "site": None,
        "unblinded": False,
        "reason": "new duties",
    }
    with database.writing(tiny.url) as session:
        change_account(session, account_id=account_id, actor=actor, now=MORNING, **(given | changed))


def trail(tiny: TinyStudy, account_id: int) -> list[tuple[str, Any, Any, str]]:
    with database.reading(tiny.url) as session:
        assert list(audit.verify(session)) == []
        found = session.scalars(
            select(AuditEntry).where(AuditEntry.chain == f"account:{account_id}").order_by(AuditEntry.id)
        )
        return [(each.action, each.old, each.new, each.reason) for each in found]


def test_a_change_is_told_with_old_new_and_why_and_signs_out(tiny: TinyStudy) -> None:
    add(tiny)
    account_id = add(tiny, "b@example.org")
    secret = let_in(tiny, account_id)
    change(tiny, account_id, role="monitor", study_id=tiny.study_id, site="mad")
    assert trail(tiny, account_id)[1:] == [
        (
            "account.change",
            {"role": "administrator", "study_id": None, "site": None},
            {"role": "monitor", "study_id": tiny.study_id, "site": "mad"},
            "new duties",
        ),
        ("session.end", None, {"sessions": 1}, ""),
    ]
    assert not is_in(tiny, secret)


def test_a_new_name_signs_nobody_out_and_the_same_again_leaves_no_entry(tiny: TinyStudy) -> None:
    account_id = add(tiny)
    secret = let_in(tiny, account_id)
    change(tiny, account_id, name="Someone else")
    change(tiny, account_id, name="Someone else", reason="")
    assert [action for action, *_ in trail(tiny, account_id)] == ["account.add", "account.change"]
    assert is_in(tiny, secret)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"role": "coordinator"}, Code.SITE_NEEDED),
        ({"site": "mad"}, Code.UNKNOWN_CODE),
        ({"name": "Another", "reason": " "}, Code.REASON_NEEDED),
        ({"role": "monitor"}, Code.LAST_ADMINISTRATOR),
    ],
)
def test_what_cannot_be_is_refused(tiny: TinyStudy, changed: dict[str, Any], code: Code) -> None:
    account_id = add(tiny)
    with pytest.raises(Refusal) as refusal:
        change(tiny, account_id, **changed)
    assert refusal.value.code == code
    assert len(trail(tiny, account_id)) == 1


def test_a_site_is_one_of_the_study(tiny: TinyStudy) -> None:
    add(tiny)
    account_id = add(tiny, "b@example.org", role="monitor")
    with pytest.raises(Refusal) as refusal:
        change(tiny, account_id, role="monitor", study_id=tiny.study_id, site="paris")
    assert refusal.value.code == Code.UNKNOWN_CODE


def test_deactivation_ends_every_session_at_once_and_the_way_back_begins_none(tiny: TinyStudy) -> None:
    add(tiny)
    account_id = add(tiny, "b@example.org")
    secrets = [let_in(tiny, account_id) for _ in range(2)]
    with database.writing(tiny.url) as session:
        deactivate(session, account_id=account_id, reason="left", actor=COMMAND, now=MORNING)
        assert all(session.scalars(select(SignedIn.ended_at)))
    assert not any(is_in(tiny, secret) for secret in secrets)
    with database.writing(tiny.url) as session:
        reactivate(session, account_id=account_id, reason="came back", actor=COMMAND, now=MORNING)
    assert not any(is_in(tiny, secret) for secret in secrets)
    assert trail(tiny, account_id)[1:] == [
        ("account.deactivate", None, None, "left"),
        ("session.end", None, {"sessions": 2}, ""),
        ("account.reactivate", None, None, "came back"),
    ]


def test_somebody_always_administers_what_the_last_one_did(tiny: TinyStudy) -> None:
    of_all = add(tiny)
    of_study = add(tiny, "b@example.org", study_id=tiny.study_id)
    with pytest.raises(Refusal) as refusal, database.writing(tiny.url) as session:
        deactivate(session, account_id=of_all, reason="left", actor=COMMAND, now=MORNING)
    assert refusal.value.code == Code.LAST_ADMINISTRATOR
    with database.writing(tiny.url) as session:
        deactivate(session, account_id=of_study, reason="left", actor=COMMAND, now=MORNING)
        invited = invite(
            session,
            email="c@example.org",
            name="New",
            role="administrator",
            study_id=None,
            site=None,
            language="en",
            actor=COMMAND,
            now=MORNING,
        )
        issue_password_link(session, account_id=invited, kind="invitation", actor=COMMAND, now=MORNING)
    with pytest.raises(Refusal), database.writing(tiny.url) as session:  # who is invited may never come
        deactivate(session, account_id=of_all, reason="left", actor=COMMAND, now=MORNING)


def test_of_two_who_deactivate_each_other_at_once_one_stays(tiny: TinyStudy) -> None:
    ids = [add(tiny, "a@example.org"), add(tiny, "b@example.org")]
    ready = Barrier(2)

    def end_the_other(place: int) -> Code | None:
        ready.wait()
        try:
            with database.writing(tiny.url) as session:
                deactivate(session, account_id=ids[place], reason="left", actor=COMMAND, now=MORNING)
        except Refusal as refusal:
            return refusal.code
        return None

    with ThreadPoolExecutor(2) as threads:
        ends = list(threads.map(end_the_other, range(2)))
    assert sorted(map(str, ends)) == ["None", "last-administrator"]


def test_nobody_unblinds_themselves(tiny: TinyStudy) -> None:
    account_id = add(tiny)
    myself = Actor("account", account_id, role="administrator")
    with pytest.raises(Refusal) as refusal:
        change(tiny, account_id, myself, unblinded=True)
    assert refusal.value.code == Code.NOT_ALLOWED
    assert len(trail(tiny, account_id)) == 1
    other = add(tiny, "b@example.org")
    change(tiny, account_id, Actor("account", other, role="administrator"), unblinded=True)
    change(tiny, account_id, myself, unblinded=True, name="Still unblinded")
    change(tiny, account_id, myself, unblinded=False, name="Still unblinded")
    assert [new for _, _, new, _ in trail(tiny, account_id)[1:]] == [
        {"unblinded": True},
        {"name": "Still unblinded"},
        {"unblinded": False},
    ]


def test_one_of_a_study_neither_sees_nor_gives_more_than_they_have(tiny: TinyStudy) -> None:
    of_all = add(tiny)
    add(tiny, "b@example.org", study_id=tiny.study_id)
    monitor = add(tiny, "c@example.org", role="monitor", study_id=tiny.study_id)
    actor = Actor("account", 99, role="administrator", study_id=tiny.study_id)
    with database.reading(tiny.url) as session:
        assert {row.email for row in people.listed(session, actor=actor)} == {
            "b@example.org",
            "c@example.org",
        }
        assert len(people.listed(session, actor=COMMAND)) == 3
        of_site = Actor("account", 98, role="administrator", study_id=tiny.study_id, site="mad")
        assert people.listed(session, actor=of_site) == []
    for account_id, changed, code in (
        (of_all, {"name": "Mine now"}, Code.NOT_FOUND),
        (monitor, {"role": "monitor", "study_id": None}, Code.NOT_ALLOWED),
    ):
        with pytest.raises(Refusal) as refusal:
            change(tiny, account_id, actor, **changed)
        assert refusal.value.code == code


def test_an_invited_one_has_no_password_until_they_choose_one(tiny: TinyStudy) -> None:
    with database.writing(tiny.url) as session:
        account_id = invite(
            session,
            email=" New@Example.org",
            name="New",
            role="coordinator",
            study_id=tiny.study_id,
            site="mad",
            language="es",
            actor=COMMAND,
            now=MORNING,
        )
        mail = issue_password_link(
            session, account_id=account_id, kind="invitation", actor=COMMAND, now=MORNING
        )
    assert (mail.address, mail.language) == ("new@example.org", "es")
    with database.reading(tiny.url) as session:
        assert people.one(session, actor=COMMAND, account_id=account_id).state == "invited"
    token = password_token.sign(mail.link_id, LINK_KEYS)
    with database.writing(tiny.url) as session:
        choose_password(session, token=token, password=PASSWORD, link_keys=LINK_KEYS, now=MORNING)
    with database.reading(tiny.url) as session:
        assert people.one(session, actor=COMMAND, account_id=account_id).state == "active"
    assert [action for action, *_ in trail(tiny, account_id)] == [
        "account.invite",
        "password.issue_link",
        "password.choose",
    ]


def test_sessions_are_ended_one_by_one_or_all_but_this(tiny: TinyStudy) -> None:
    account_id = add(tiny)
    secrets = [let_in(tiny, account_id) for _ in range(4)]
    mark = access.hashed(secrets[0])[:16]
    with database.writing(tiny.url) as session:
        assert end_sessions(session, account_id=account_id, mark=mark, actor=COMMAND, now=MORNING) == 1
        assert end_sessions(session, account_id=account_id, mark="%", actor=COMMAND, now=MORNING) == 0
    assert [is_in(tiny, secret) for secret in secrets] == [False, True, True, True]
    with database.writing(tiny.url) as session:
        ended = end_sessions(session, account_id=account_id, keep=secrets[1], actor=COMMAND, now=MORNING)
    assert ended == 2
    assert [is_in(tiny, secret) for secret in secrets] == [False, True, False, False]


def test_a_delegation_is_recorded_and_ended(tiny: TinyStudy) -> None:
    account_id = add(tiny, role="monitor")
    with database.writing(tiny.url) as session:
        row_id = record_qualification(
            session,
            account_id=account_id,
            kind="delegation",
            what="data entry",
            started_on=DAY_0,
            ended_on=None,
            actor=COMMAND,
            now=MORNING,
        )
        assert people.delegated(session, account_id=account_id, today=DAY_0 + 300 * DAY)
        with pytest.raises(Refusal) as refusal:
            end_qualification(
                session,
                account_id=account_id,
                qualification_id=row_id,
                ended_on=DAY_0 - DAY,
                actor=COMMAND,
                now=MORNING,
            )
        assert refusal.value.code == Code.DATE_OUT_OF_ORDER
        end_qualification(
            session,
            account_id=account_id,
            qualification_id=row_id,
            ended_on=DAY_0,
            actor=COMMAND,
            now=MORNING,
        )
    with database.reading(tiny.url) as session:
        assert people.delegated(session, account_id=account_id, today=DAY_0)
        assert not people.delegated(session, account_id=account_id, today=DAY_0 + DAY)
    assert trail(tiny, account_id)[-1] == (
        "qualification.end",
        {"ended_on": None},
        {"ended_on": DAY_0.isoformat()},
        "",
    )


def test_an_account_knows_whether_it_may_see_the_arms(tiny: TinyStudy) -> None:
    account_id = add(tiny, role="statistician", unblinded=True)
    secret = let_in(tiny, account_id)
    with database.reading(tiny.url) as session:
        member = access.staff_member(session, secret=secret, now=MORNING)
        assert member is not None
        assert member.unblinded
        assert session.get_one(Account, account_id).unblinded
