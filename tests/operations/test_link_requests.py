"""A new link is asked for with a dead one: kept once, answered by a newer link, and told to nobody else."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.errors import Code
from app.formats import link_token
from app.models import AuditEntry, LinkRequest
from app.operations.attempts import ALLOWED
from app.operations.consents import record_withdrawal
from app.operations.events import report_event
from app.operations.link_requests import ask_for_link
from app.operations.links import Refused, issue_link, revoke_links
from app.queries import link_requests
from tests.fixtures.study import COMMAND, DAY_0, LINK_KEYS, MORNING, TinyStudy

LATER = MORNING + timedelta(days=401)


def issue(tiny: TinyStudy, participant_id: int, now: datetime = MORNING) -> str:
    with database.writing(tiny.url) as session:
        link_id = issue_link(session, participant_id=participant_id, actor=COMMAND, now=now)
    return link_token.sign(link_id, LINK_KEYS)


def ask(tiny: TinyStudy, token: str, *, now: datetime = LATER, address: str = "10.0.0.1") -> Refused | None:
    with database.writing(tiny.url) as session:
        return ask_for_link(session, token=token, address=address, now=now, link_keys=LINK_KEYS)


def kept(tiny: TinyStudy) -> tuple[int, int]:
    """Return how many requests and how many entries there are."""
    with database.reading(tiny.url) as session:
        requests = session.scalar(select(func.count()).select_from(LinkRequest)) or 0
        entries = session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "link.ask")
        )
    return requests, entries or 0


def waiting(tiny: TinyStudy, site: str | None = None) -> list[str]:
    actor = Actor("account", 1, "a", "coordinator" if site else "administrator", tiny.study_id, site)
    with database.reading(tiny.url) as session:
        found = link_requests.open_requests(session, actor=actor, study_id=tiny.study_id)
    return [each.code for each in found]


def test_it_is_kept_once_until_a_newer_link_answers_it(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    token = issue(tiny, participant_id)
    for _ in range(2):
        assert ask(tiny, token) is None
    assert kept(tiny) == (1, 1)
    assert waiting(tiny) == ["P-1"]
    issue(tiny, participant_id, LATER + timedelta(hours=1))
    assert waiting(tiny) == []
    assert (
        ask(tiny, token, now=LATER + timedelta(hours=2)) is None
    )  # the old sheet again: the new one is lost
    assert kept(tiny) == (2, 2)
    assert waiting(tiny) == ["P-1"]


def test_with_a_revoked_link(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    token = issue(tiny, participant_id)
    with database.writing(tiny.url) as session:
        revoke_links(session, participant_id=participant_id, actor=COMMAND, now=MORNING)
    assert ask(tiny, token, now=MORNING + timedelta(hours=1)) is None
    assert kept(tiny) == (1, 1)


def test_staff_see_their_own_site(tiny: TinyStudy) -> None:
    for code, site in (("P-1", "mad"), ("P-2", "cai")):
        ask(tiny, issue(tiny, tiny.enrol(code, site=site)))
    assert (waiting(tiny), waiting(tiny, "mad"), waiting(tiny, "cai")) == (["P-1", "P-2"], ["P-1"], ["P-2"])


def test_nothing_is_kept_for_a_link_that_works_or_never_was(tiny: TinyStudy) -> None:
    token = issue(tiny, tiny.enrol("P-1"))
    never = [link_token.sign(1, ("another key",)), link_token.sign(999, LINK_KEYS), "invented", f"{token}x"]
    assert [ask(tiny, each, now=MORNING) for each in (token, *never)] == [None] * 5
    assert kept(tiny) == (0, 0)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", ["contact", "death"])
def test_nothing_waits_for_the_dead_and_for_who_wants_no_contact(
    tiny: TinyStudy, how: str, when: str
) -> None:
    participant_id = tiny.enrol("P-1")
    token = issue(tiny, participant_id)
    if when == "after":
        ask(tiny, token)
    with database.writing(tiny.url) as session:
        if how == "death":
            report_event(
                session,
                participant_id=participant_id,
                kind="death",
                started=PartialDate(2026),
                report_id="r",
                actor=COMMAND,
                now=MORNING,
            )
        else:
            record_withdrawal(
                session,
                participant_id=participant_id,
                scope="contact",
                withdrawn_on=DAY_0,
                reason="",
                actor=COMMAND,
                now=MORNING,
            )
    assert ask(tiny, token) is None
    assert kept(tiny)[0] == (1 if when == "after" else 0)
    assert waiting(tiny) == []


def test_one_address_cannot_ask_without_end(tiny: TinyStudy) -> None:
    token = issue(tiny, tiny.enrol("P-1"))
    for _ in range(ALLOWED["address"]):
        assert ask(tiny, "invented") is None
    for each in ("invented", token):
        assert ask(tiny, each) == Refused(Code.TOO_MANY_ATTEMPTS)
    assert kept(tiny) == (0, 0)
    assert ask(tiny, token, address="10.0.0.2") is None
    assert kept(tiny) == (1, 1)
