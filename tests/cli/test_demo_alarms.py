"""The demo has bad days: answers that nearly meet an alert meet it, and its staff have ended the old ones."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import database
from app.cli.demo.alarms import end_alerts
from app.cli.demo.bad_days import with_bad_days
from app.cli.demo.life import Answered, Life
from app.models import Alert
from app.queries import alerts
from tests.fixtures.alarming import WITH_ALERTS
from tests.fixtures.phone import Clock, NewPhone, configured
from tests.fixtures.study import COMMAND, TinyStudy

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def life(first: dict[str, str], rest: dict[str, str]) -> Life:
    act = Answered(at=AT, visit="d0", instrument="itch", first=first, rest=rest, sent_at=AT)
    return Life(
        code="P-1",
        site="mad",
        language="en",
        birth_year=1958,
        consented_on=AT.date(),
        enrolled_at=AT,
        arm=None,
        randomised_at=None,
        course=None,
        acts=(act,),
    )


@pytest.mark.parametrize(
    ("first", "rest", "lived"),
    [
        ({"itch": "3"}, {"sleep": "4"}, {"itch": "4", "sleep": "4"}),
        ({"itch": "2"}, {"sleep": "4"}, {"itch": "2", "sleep": "4"}),
        ({"itch": "3"}, {}, {"itch": "3"}),
        ({"itch": "3"}, {"sleep": "declined"}, {"itch": "3", "sleep": "declined"}),
    ],
)
def test_what_is_nearly_alarming_is(
    first: dict[str, str], rest: dict[str, str], lived: dict[str, str]
) -> None:
    (found,) = with_bad_days(WITH_ALERTS.study, [life(first, rest)])
    (act,) = found.acts
    assert isinstance(act, Answered)
    assert {**act.first, **act.rest} == lived
    assert set(act.first) == set(first)


def test_the_old_are_ended_and_the_newest_wait(alarming: TinyStudy, new_phone: NewPhone, time: Clock) -> None:
    for code in ("M-1", "M-2"):
        phone = new_phone(code, site="mad").open()
        phone.save(phone.survey(), itch="4", sleep="4")
        time.pass_by(days=3)
    made_at = time.at - timedelta(hours=71)
    for _ in range(2):
        end_alerts(configured(alarming.url), study_id=alarming.study_id, made_at=made_at)
    with database.reading(alarming.url) as session:
        states = [
            alerts.one(
                session, actor=COMMAND, study_id=alarming.study_id, alert_id=alert_id, now=time.at
            ).state
            for alert_id in session.scalars(select(Alert.id).order_by(Alert.id))
        ]
    assert states == ["closed", "overdue"]
