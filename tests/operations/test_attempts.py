"""Failed tries are counted also where they come at once, or from many addresses of one household."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app import database
from app.errors import Code
from app.formats import link_token
from app.operations.accounts import add_account
from app.operations.attempts import ALLOWED
from app.operations.links import Opened, Refused, issue_link, open_link
from app.operations.sign_in import sign_in
from tests.fixtures.study import COMMAND, CONTACT_KEYS, LINK_KEYS, MORNING, TinyStudy

AT_ONCE = 12


def token_of(tiny: TinyStudy, code: str) -> str:
    participant_id = tiny.enrol(code)
    with database.writing(tiny.url) as session:
        link_id = issue_link(session, participant_id=participant_id, actor=COMMAND, now=MORNING)
    return link_token.sign(link_id, LINK_KEYS)


def guess(tiny: TinyStudy, token: str, year: str, address: str) -> Opened | Refused:
    with database.writing(tiny.url) as session:
        return open_link(
            session,
            token=token,
            birth_year=year,
            address=address,
            now=MORNING,
            link_keys=LINK_KEYS,
            contact_keys=CONTACT_KEYS,
        )


def test_guesses_that_come_at_once_are_counted_one_after_the_other(tiny: TinyStudy) -> None:
    token, together = token_of(tiny, "P-1"), Barrier(AT_ONCE)

    def one_of_many(number: int) -> Opened | Refused:
        together.wait(20)
        return guess(tiny, token, "1900", f"10.0.0.{number}")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = Counter(threads.map(one_of_many, range(AT_ONCE)))
    assert answers == {
        Refused(Code.SIGN_IN_FAILED): ALLOWED["link"],
        Refused(Code.TOO_MANY_ATTEMPTS): AT_ONCE - ALLOWED["link"],
    }


def test_passwords_that_are_tried_at_once(tiny: TinyStudy) -> None:
    with database.writing(tiny.url) as session:
        add_account(
            session,
            email="someone@example.org",
            name="Someone",
            role="administrator",
            study_id=None,
            site=None,
            password="correct horse battery staple",
            actor=COMMAND,
            now=MORNING,
        )
    together = Barrier(AT_ONCE)

    def one_of_many(number: int) -> object:
        together.wait(20)
        email = ("someone@example.org", " SomeOne@Example.ORG ")[number % 2]
        with database.writing(tiny.url) as session:
            return sign_in(session, email=email, password="wrong", address=f"10.0.0.{number}", now=MORNING)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = Counter(threads.map(one_of_many, range(AT_ONCE)))
    assert answers[Refused(Code.SIGN_IN_FAILED)] == ALLOWED["sign-in"]


@pytest.mark.parametrize(
    ("addresses", "counted_together"),
    [
        ("2001:db8:1:2::{:x}", True),
        ("2001:db8:1:2:{:x}::1", True),
        ("2001:db8:1:{:x}::1", False),
        ("10.0.0.{}", False),
        ("::ffff:10.0.0.{}", False),
    ],
)
def test_the_free_half_of_an_address_buys_no_more_tries(
    tiny: TinyStudy, addresses: str, counted_together: bool
) -> None:
    allowed = ALLOWED["address"]
    with database.writing(tiny.url) as session:
        answers = [
            open_link(
                session,
                token=f"invented-{number}",
                birth_year="1958",
                address=addresses.format(number),
                now=MORNING,
                link_keys=LINK_KEYS,
                contact_keys=CONTACT_KEYS,
            )
            for number in range(1, allowed + 2)
        ]
    refused = Code.TOO_MANY_ATTEMPTS if counted_together else Code.LINK_INVALID
    assert answers == [Refused(Code.LINK_INVALID)] * allowed + [Refused(refused)]


def test_one_address_by_two_names(tiny: TinyStudy) -> None:
    token = token_of(tiny, "P-1")
    for _ in range(ALLOWED["address"]):
        guess(tiny, "invented", "1958", "10.0.0.1")
    assert guess(tiny, token, "1958", "::ffff:10.0.0.1") == Refused(Code.TOO_MANY_ATTEMPTS)
    assert isinstance(guess(tiny, token, "1958", "10.0.0.2"), Opened)
