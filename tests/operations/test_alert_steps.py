"""What is done about an alert stands beside it for good; only a disposition ends it."""

import pytest
from sqlalchemy import select

from app import database
from app.domain.actor import Actor, Role
from app.errors import Code, Refusal
from app.models import Alert, AuditEntry
from app.operations.accounts import add_account
from app.operations.alert_steps import assign_alert, close_alert, note_alert
from app.queries import alerts
from app.queries.alerts import RaisedAlert
from app.queries.audit import verify
from tests.fixtures.phone import Clock, NewPhone
from tests.fixtures.study import COMMAND, MORNING, TinyStudy


@pytest.fixture
def alert_id(alarming: TinyStudy, new_phone: NewPhone) -> int:
    """An alert of someone in Madrid."""
    phone = new_phone("M-1", site="mad").open()
    phone.save(phone.survey(), itch="4", sleep="4")
    with database.reading(alarming.url) as session:
        return session.scalars(select(Alert.id)).one()


def account(tiny: TinyStudy, role: Role, site: str | None = None) -> Actor:
    with database.writing(tiny.url) as session:
        account_id = add_account(
            session,
            email=f"{role}-{site}@example.org",
            name=f"{role} {site}",
            role=role,
            study_id=tiny.study_id,
            site=site,
            password="correct horse battery staple",
            actor=COMMAND,
            now=MORNING,
        )
    return Actor("account", account_id, "", role, tiny.study_id, site)


def one(tiny: TinyStudy, alert_id: int, time: Clock) -> RaisedAlert:
    with database.reading(tiny.url) as session:
        return alerts.one(session, actor=COMMAND, study_id=tiny.study_id, alert_id=alert_id, now=time.at)


def test_it_is_open_then_overdue_and_ends_with_a_disposition(
    alarming: TinyStudy, alert_id: int, time: Clock
) -> None:
    coordinator = account(alarming, "coordinator", "mad")
    assert one(alarming, alert_id, time).state == "open"
    time.pass_by(hours=24)
    assert one(alarming, alert_id, time).state == "overdue"
    with database.writing(alarming.url) as session:
        close_alert(session, alert_id=alert_id, disposition="no-action", actor=coordinator, now=time.at)
    closed = one(alarming, alert_id, time)
    assert closed.state == "closed"
    assert [(step.kind, step.disposition, step.by) for step in closed.steps] == [
        ("disposition", "no-action", coordinator.label)
    ]
    with database.reading(alarming.url) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "alert.close"))
        assert (entry.actor, entry.new) == (coordinator.label, {"disposition": "no-action", "note": ""})
        assert list(verify(session)) == []


def test_a_disposition_that_says_too_little_needs_a_note(
    alarming: TinyStudy, alert_id: int, time: Clock
) -> None:
    coordinator = account(alarming, "coordinator", "mad")
    for disposition, code in (("not-reached", Code.REASON_NEEDED), ("made up", Code.UNKNOWN_CODE)):
        with pytest.raises(Refusal) as refused, database.writing(alarming.url) as session:
            close_alert(session, alert_id=alert_id, disposition=disposition, actor=coordinator, now=time.at)
        assert refused.value.code == code
    assert one(alarming, alert_id, time).steps == ()


def test_two_who_end_it_at_once_and_one_who_presses_twice(
    alarming: TinyStudy, alert_id: int, time: Clock
) -> None:
    first, second = account(alarming, "coordinator", "mad"), account(alarming, "administrator")

    def close(actor: Actor, disposition: str) -> None:
        with database.writing(alarming.url) as session:
            close_alert(session, alert_id=alert_id, disposition=disposition, seen=0, actor=actor, now=time.at)

    close(first, "no-action")
    close(first, "no-action")
    with pytest.raises(Refusal) as refused:
        close(second, "in-care")
    assert refused.value.code == Code.CHANGED_MEANWHILE
    assert len(one(alarming, alert_id, time).steps) == 1


def test_given_on_and_noted(alarming: TinyStudy, alert_id: int, time: Clock) -> None:
    coordinator, administrator = account(alarming, "coordinator", "mad"), account(alarming, "administrator")
    with database.writing(alarming.url) as session:
        for owner in (coordinator, administrator, administrator):
            assert owner.id is not None
            assign_alert(session, alert_id=alert_id, account_id=owner.id, actor=coordinator, now=time.at)
        note_alert(session, alert_id=alert_id, note="Rang twice.", actor=coordinator, now=time.at)
    found = one(alarming, alert_id, time)
    assert found.owner_id == administrator.id
    assert [step.kind for step in found.steps] == ["assigned", "assigned", "note"]
    assert found.state == "open"


def test_who_may_not(alarming: TinyStudy, alert_id: int, time: Clock) -> None:
    monitor, elsewhere = account(alarming, "monitor"), account(alarming, "coordinator", "cai")
    for actor, code in ((monitor, Code.NOT_ALLOWED), (elsewhere, Code.NOT_FOUND)):
        with pytest.raises(Refusal) as refused, database.writing(alarming.url) as session:
            note_alert(session, alert_id=alert_id, note="x", actor=actor, now=time.at)
        assert refused.value.code == code
    for actor in (monitor, elsewhere):
        assert actor.id is not None
        with pytest.raises(Refusal) as refused, database.writing(alarming.url) as session:
            assign_alert(session, alert_id=alert_id, account_id=actor.id, actor=COMMAND, now=time.at)
        assert refused.value.code == Code.UNKNOWN_CODE


def test_answers_that_are_taken_back_end_nothing(
    alarming: TinyStudy, new_phone: NewPhone, time: Clock
) -> None:
    phone = new_phone("M-2", site="mad").open()
    phone.save(phone.survey(), itch="4", sleep="4")
    phone.save(phone.survey(), itch="0", sleep="0")
    with database.reading(alarming.url) as session:
        found = alerts.queue(session, actor=COMMAND, study_id=alarming.study_id, now=time.at)
    assert [(row.participant, row.state) for row in found.rows] == [("M-2", "open")]
