"""Ways in: the year of birth, the count of failed tries, and the death of old links."""

from datetime import timedelta

import pytest

from app import database
from app.errors import Code
from app.formats import link_token
from app.operations.links import Opened, Refused, issue_link, open_link, revoke_links
from app.operations.sessions import end_session
from app.queries import access
from tests.fixtures.study import COMMAND, CONTACT_KEYS, LINK_KEYS, MORNING, TinyStudy


def issue(tiny: TinyStudy, participant_id: int) -> str:
    with database.writing(tiny.url) as session:
        return link_token.sign(
            issue_link(session, participant_id=participant_id, actor=COMMAND, now=MORNING), LINK_KEYS
        )


def open_with(
    tiny: TinyStudy, token: str, year: str, *, minutes: float = 0, address: str = "10.0.0.1"
) -> Opened | Refused:
    with database.writing(tiny.url) as session:
        return open_link(
            session,
            token=token,
            birth_year=year,
            address=address,
            now=MORNING + timedelta(minutes=minutes),
            link_keys=LINK_KEYS,
            contact_keys=CONTACT_KEYS,
        )


def inside(tiny: TinyStudy, opened: Opened | Refused, *, days: float = 0) -> bool:
    assert isinstance(opened, Opened)
    with database.reading(tiny.url) as session:
        now = MORNING + timedelta(days=days)
        return access.signed_in(session, secret=opened.secret, now=now) is not None


@pytest.mark.parametrize("year", ["1958", " 1958 ", "١٩٥٨", "१९५८", "１９５８"])
def test_the_right_year_in_any_script_opens(tiny: TinyStudy, year: str) -> None:
    token = issue(tiny, tiny.enrol("P-1"))
    opened = open_with(tiny, token, year)
    assert inside(tiny, opened)
    assert inside(tiny, opened, days=29.9)
    assert not inside(tiny, opened, days=30.1)


def test_the_link_stays_good_for_another_device(tiny: TinyStudy) -> None:
    token = issue(tiny, tiny.enrol("P-1"))
    first, second = open_with(tiny, token, "1958"), open_with(tiny, token, "1958")
    assert inside(tiny, first)
    assert inside(tiny, second)


@pytest.mark.parametrize("year", ["1959", "", "MCMLVIII", "58", "-1958"])
def test_a_wrong_year_is_refused(tiny: TinyStudy, year: str) -> None:
    token = issue(tiny, tiny.enrol("P-1"))
    assert open_with(tiny, token, year) == Refused(Code.SIGN_IN_FAILED)


def test_after_five_wrong_years_the_right_one_waits_a_quarter_of_an_hour(tiny: TinyStudy) -> None:
    token = issue(tiny, tiny.enrol("P-1"))
    for attempt in range(5):
        refused = open_with(tiny, token, "1900", address=f"10.0.0.{attempt}")
        assert refused == Refused(Code.SIGN_IN_FAILED)
    assert open_with(tiny, token, "1958", minutes=14.9) == Refused(Code.TOO_MANY_ATTEMPTS)
    assert inside(tiny, open_with(tiny, token, "1958", minutes=15.1))


def test_after_fifteen_wrong_years_the_link_waits_a_day_and_a_new_one_does_not(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    token = issue(tiny, participant_id)
    for attempt in range(15):
        refused = open_with(tiny, token, "1900", minutes=20 * attempt, address=f"10.0.0.{attempt}")
        assert refused == Refused(Code.SIGN_IN_FAILED)
    assert open_with(tiny, token, "1958", minutes=20 * 15) == Refused(Code.TOO_MANY_TODAY)
    assert open_with(tiny, token, "1958", minutes=24 * 60 - 1) == Refused(Code.TOO_MANY_TODAY)
    assert inside(tiny, open_with(tiny, token, "1958", minutes=24 * 60 + 1))
    assert inside(tiny, open_with(tiny, issue(tiny, participant_id), "1958", minutes=20 * 15))


def test_one_address_cannot_try_many_links(tiny: TinyStudy) -> None:
    tokens = [issue(tiny, tiny.enrol(f"P-{number}")) for number in range(8)]
    tried = [open_with(tiny, token, "1900") for token in tokens for _ in range(4)]
    assert tried[:30] == [Refused(Code.SIGN_IN_FAILED)] * 30
    assert tried[30:] == [Refused(Code.TOO_MANY_ATTEMPTS)] * 2
    assert inside(tiny, open_with(tiny, tokens[-1], "1958", address="10.0.0.2"))


def test_a_new_link_ends_the_old_one_and_its_browsers(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    old = issue(tiny, participant_id)
    opened = open_with(tiny, old, "1958")
    new = issue(tiny, participant_id)
    assert not inside(tiny, opened)
    assert open_with(tiny, old, "1958") == Refused(Code.LINK_INVALID)
    assert inside(tiny, open_with(tiny, new, "1958"))


def test_revoked_expired_and_forged_links_look_alike(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    expired = issue(tiny, participant_id)
    forged = link_token.sign(1, ("another key",))
    assert open_with(tiny, expired, "1958", minutes=60 * 24 * 401) == Refused(Code.LINK_INVALID)
    assert open_with(tiny, forged, "1958") == Refused(Code.LINK_INVALID)
    with database.writing(tiny.url) as session:
        revoke_links(session, participant_id=participant_id, actor=COMMAND, now=MORNING)
    assert open_with(tiny, expired, "1958") == Refused(Code.LINK_INVALID)


def test_leaving_ends_one_browser_only(tiny: TinyStudy) -> None:
    token = issue(tiny, tiny.enrol("P-1"))
    stays, leaves = open_with(tiny, token, "1958"), open_with(tiny, token, "1958")
    assert isinstance(leaves, Opened)
    with database.writing(tiny.url) as session:
        end_session(session, secret=leaves.secret, now=MORNING)
        end_session(session, secret=leaves.secret, now=MORNING)
        end_session(session, secret="never given out", now=MORNING)
    assert inside(tiny, stays)
    assert not inside(tiny, leaves)
