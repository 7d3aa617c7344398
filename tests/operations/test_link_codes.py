"""Short codes find a live link and nothing else, whichever of the installation's keys made them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import database
from app.errors import Code
from app.formats import link_code
from app.models import Attempt, AuditEntry, Link
from app.operations.attempts import ALLOWED
from app.operations.link_codes import code_to_show, find_by_code
from app.operations.links import Refused, issue_link, revoke_links
from tests.fixtures.study import COMMAND, LINK_KEYS, MORNING, TinyStudy

NEWER = (*LINK_KEYS, "a newer link key for tests")


def issue(tiny: TinyStudy, participant_id: int) -> int:
    with database.writing(tiny.url) as session:
        return issue_link(session, participant_id=participant_id, actor=COMMAND, now=MORNING)


def shown(tiny: TinyStudy, link_id: int, keys: tuple[str, ...] = LINK_KEYS) -> str:
    with database.writing(tiny.url) as session:
        return str(code_to_show(session, link_id=link_id, actor=COMMAND, now=MORNING, link_keys=keys))


def found(
    tiny: TinyStudy,
    typed: str,
    *,
    keys: tuple[str, ...] = LINK_KEYS,
    days: float = 0,
    address: str = "10.0.0.1",
) -> int | Refused:
    now = MORNING + timedelta(days=days)
    with database.writing(tiny.url) as session:
        return find_by_code(session, typed=typed, address=address, now=now, link_keys=keys)


def tried(tiny: TinyStudy) -> int:
    with database.reading(tiny.url) as session:
        return session.scalar(select(func.count()).select_from(Attempt)) or 0


def test_a_link_is_found_by_its_code_once_that_was_shown(tiny: TinyStudy) -> None:
    link_id = issue(tiny, tiny.enrol("P-1"))
    unseen = next(link_code.possible(link_id, LINK_KEYS)).text
    assert found(tiny, unseen) == Refused(Code.UNKNOWN_CODE)
    code = shown(tiny, link_id)
    assert [found(tiny, typed) for typed in (code, code.lower(), code.replace("-", " "))] == [link_id] * 3


def test_the_code_itself_is_not_stored_and_its_first_showing_is_recorded(tiny: TinyStudy) -> None:
    link_id = issue(tiny, tiny.enrol("P-1"))
    code = shown(tiny, link_id)
    assert shown(tiny, link_id) == code
    with database.reading(tiny.url) as session:
        stored = session.get_one(Link, link_id).code_hash
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "link.show_code")).all()
    assert stored is not None
    assert code.replace("-", "") not in stored
    assert len(entries) == 1
    assert code not in f"{entries[0].new}{entries[0].old}{entries[0].reason}"


def test_an_older_key_still_finds_and_shows_its_codes(tiny: TinyStudy) -> None:
    old_link = issue(tiny, tiny.enrol("P-1"))
    code = shown(tiny, old_link)
    assert shown(tiny, old_link, NEWER) == code
    new_link = issue(tiny, tiny.enrol("P-2"))
    newer = shown(tiny, new_link, NEWER)
    assert newer.replace("-", "") == next(link_code.possible(new_link, NEWER[1:])).text
    assert [found(tiny, typed, keys=NEWER) for typed in (code, newer)] == [old_link, new_link]


def test_with_its_key_a_code_is_retired_and_another_one_shown(tiny: TinyStudy) -> None:
    link_id = issue(tiny, tiny.enrol("P-1"))
    code = shown(tiny, link_id)
    assert found(tiny, code, keys=NEWER[1:]) == Refused(Code.UNKNOWN_CODE)
    other = shown(tiny, link_id, NEWER[1:])
    assert other != code
    assert found(tiny, other, keys=NEWER[1:]) == link_id


def test_a_code_that_another_link_has_is_drawn_again(tiny: TinyStudy) -> None:
    first, second = issue(tiny, tiny.enrol("P-1")), issue(tiny, tiny.enrol("P-2"))
    codes = list(link_code.possible(second, LINK_KEYS))
    with database.writing(tiny.url) as session:
        session.get_one(Link, first).code_hash = codes[0].hashed
    assert shown(tiny, second) == str(codes[1])
    assert shown(tiny, second) == str(codes[1])


def test_the_code_dies_with_its_link(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    replaced = shown(tiny, issue(tiny, participant_id))
    revoked = shown(tiny, issue(tiny, participant_id))
    assert found(tiny, replaced) == Refused(Code.UNKNOWN_CODE)
    assert found(tiny, revoked, days=401) == Refused(Code.UNKNOWN_CODE)
    with database.writing(tiny.url) as session:
        revoke_links(session, participant_id=participant_id, actor=COMMAND, now=MORNING)
    assert found(tiny, revoked) == Refused(Code.UNKNOWN_CODE)


@pytest.mark.parametrize("typed", ["", "KQ7M", "not a code at all", "I" * 8])
def test_what_can_be_no_code_is_not_counted(tiny: TinyStudy, typed: str) -> None:
    assert found(tiny, typed) == Refused(Code.UNKNOWN_CODE)
    assert tried(tiny) == 0


def test_wrong_codes_are_counted_for_the_address_and_then_the_right_one_waits(tiny: TinyStudy) -> None:
    link_id = issue(tiny, tiny.enrol("P-1"))
    code = shown(tiny, link_id)
    for _ in range(ALLOWED["address"]):
        assert found(tiny, "AAAA-AAAA") == Refused(Code.UNKNOWN_CODE)
    assert found(tiny, code) == Refused(Code.TOO_MANY_ATTEMPTS)
    assert found(tiny, code, address="10.0.0.2") == link_id
    assert found(tiny, code, days=1) == link_id
