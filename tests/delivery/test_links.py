"""A participant's link by e-mail, when staff ask for it."""

import pytest
from sqlalchemy import select

from app import database
from app.delivery.links import mail_link
from app.errors import Code, Refusal
from app.models import AuditEntry
from app.operations.links import issue_link
from app.queries import access
from tests.delivery.sender import clock, settings
from tests.fixtures.mail import Mailbox
from tests.fixtures.study import COMMAND, LINK_KEYS, MORNING, TinyStudy
from tests.operations.test_reminders import die, lose_address, withdraw


def actions(tiny: TinyStudy) -> list[tuple[str, object]]:
    with database.reading(tiny.url) as session:
        found = session.execute(select(AuditEntry.action, AuditEntry.new).order_by(AuditEntry.id)).all()
        return [(action, new) for action, new in found if action.startswith(("link.", "contact."))]


def test_the_link_that_works_arrives_and_leaves_its_entries(tiny: TinyStudy, mailbox: Mailbox) -> None:
    participant_id = tiny.enrol("P-1", email="one@example.org")
    with database.writing(tiny.url) as session:
        link_id = issue_link(session, participant_id=participant_id, actor=COMMAND, now=MORNING)
    assert mail_link(settings(tiny), participant_id=participant_id, actor=COMMAND, clock=clock) == "sent"
    [letter] = mailbox.wait()
    [address] = [line for line in letter.text().splitlines() if "/p/" in line]
    with database.reading(tiny.url) as session:
        token = address.rpartition("/p/")[2]
        state = access.link(session, token=token, keys=LINK_KEYS, now=MORNING)
    assert state is not None
    assert (state.link_id, state.usable) == (link_id, True)
    assert "+34 000 000 000" in letter.text()
    assert [action for action, _ in actions(tiny)] == ["link.issue", "contact.read", "link.mail"]
    assert actions(tiny)[-1] == ("link.mail", {"fate": "sent"})


def test_a_refused_one_is_told_and_recorded(tiny: TinyStudy, mailbox: Mailbox) -> None:
    participant_id = tiny.enrol("P-1", email="one@example.org")
    mailbox.refuse["one@example.org"] = "550 no"
    assert mail_link(settings(tiny), participant_id=participant_id, actor=COMMAND, clock=clock) == "failed"
    assert actions(tiny)[-1] == ("link.mail", {"fate": "failed"})


def test_without_a_server_it_is_written(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    assert mail_link(settings(tiny), participant_id=participant_id, actor=COMMAND, clock=clock) == "written"


@pytest.mark.parametrize(
    ("stop", "code"),
    [(die, Code.DEAD), (withdraw("contact"), Code.WITHDRAWN), (lose_address, Code.NO_ADDRESS)],
)
def test_nobody_is_written_to_who_must_not_be(
    tiny: TinyStudy, mailbox: Mailbox, stop: object, code: Code
) -> None:
    participant_id = tiny.enrol("P-1")
    stop(tiny, participant_id)  # type: ignore[operator]  # each takes a study and a participant
    with pytest.raises(Refusal) as refused:
        mail_link(settings(tiny), participant_id=participant_id, actor=COMMAND, clock=clock)
    assert refused.value.code is code
    assert mailbox.letters == []
