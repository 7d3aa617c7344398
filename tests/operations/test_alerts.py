"""Alarming answers raise an alert as they are saved: once, with what was looked at, and one audit entry."""

from collections.abc import Callable

import pytest
from sqlalchemy import event, select

from app import database
from app.models import Alert, AuditEntry
from app.queries.audit import verify
from tests.fixtures.phone import Phone
from tests.fixtures.study import TinyStudy


def alerts(url: str) -> list[tuple[str, dict[str, object]]]:
    with database.reading(url) as session:
        return [(each.rule, each.answers) for each in session.scalars(select(Alert).order_by(Alert.id))]


def test_answers_that_are_not_alarming_raise_nothing(alarming: TinyStudy, phone: Phone) -> None:
    phone.save(phone.survey(), itch="4")
    phone.save(phone.survey(), sleep="3")
    assert alerts(alarming.url) == []


def test_the_last_answer_that_a_rule_waited_for_raises_it(alarming: TinyStudy, phone: Phone) -> None:
    phone.save(phone.survey(), sleep="4")
    phone.save(phone.survey(), itch="4")
    assert alerts(alarming.url) == [("worst", {"itch": 4, "sleep": 4})]
    with database.reading(alarming.url) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "alert.raise"))
        assert entry.actor == f"participant:{phone.participant_id}"
        assert entry.new is not None
        assert entry.new["rule"] == "worst"
        assert list(verify(session)) == []


def test_an_alert_is_raised_once_whatever_is_answered_after_it(alarming: TinyStudy, phone: Phone) -> None:
    phone.save(phone.survey(), itch="4", sleep="4")
    phone.save(phone.survey(), itch="2")
    phone.save(phone.survey(), itch="4")
    phone.press(phone.survey(), "send", itch="4", sleep="4")
    assert [rule for rule, _ in alerts(alarming.url)] == ["worst"]


def test_two_rules_are_two_alerts(alarming: TinyStudy, phone: Phone) -> None:
    phone.save(phone.survey(), itch="4", sleep="4")
    phone.save(phone.survey(), sleep="declined")
    assert [rule for rule, _ in alerts(alarming.url)] == ["worst", "refused"]


def test_answers_that_come_with_the_sending_are_looked_at_too(alarming: TinyStudy, phone: Phone) -> None:
    phone.press(phone.survey(), "send", itch="4", sleep="4")
    assert [rule for rule, _ in alerts(alarming.url)] == ["worst"]


def _statements(url: str, act: Callable[[], object]) -> int:
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(database.engine(url), "before_cursor_execute", counted)
    try:
        act()
    finally:
        event.remove(database.engine(url), "before_cursor_execute", counted)
    return count


def test_rules_that_are_not_met_ask_nothing_of_the_database(
    tiny: TinyStudy, phone: Phone, request: pytest.FixtureRequest
) -> None:
    address = phone.survey()
    phone.save(address, itch="1")
    before = _statements(tiny.url, lambda: phone.save(address, itch="2"))
    request.getfixturevalue("alarming")
    phone.save(address, itch="1")
    assert _statements(tiny.url, lambda: phone.save(address, itch="4")) == before
