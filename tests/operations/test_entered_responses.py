"""What staff type in ends with a death or a withdrawal, and never goes before a consent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.domain.withdrawal import WithdrawalScope
from app.errors import Code, Refusal
from app.models import Consent
from app.operations.consents import record_withdrawal
from app.operations.entered_responses import enter_response
from app.operations.events import report_event
from app.operations.responses import Submitted
from app.queries.audit import verify
from tests.fixtures.study import COMMAND, DAY_0, MORNING, TinyStudy

CLERK = Actor("account", 7, "A clerk", "coordinator")
LATER = datetime(2026, 1, 11, 22, 30, tzinfo=UTC)


@pytest.fixture
def participant(tiny: TinyStudy) -> int:
    """Someone in Madrid, in the middle of the first visit."""
    return tiny.enrol("M-1")


def enter(
    tiny: TinyStudy, participant_id: int, day: date, *, now: datetime = LATER, reason: str = ""
) -> Submitted:
    with database.writing(tiny.url) as session:
        return enter_response(
            session,
            participant_id=participant_id,
            occasion_id=1,
            instrument="itch",
            raw={"itch": "2", "sleep": " "},
            mode="paper",
            respondent="patient with help",
            answered_on=day,
            language="ar",
            reason=reason,
            submission_id="s" * 64,
            actor=CLERK,
            now=now,
        )


def refused(tiny: TinyStudy, participant_id: int, day: date, **options: object) -> Code:
    with pytest.raises(Refusal) as caught:
        enter(tiny, participant_id, day, **options)  # type: ignore[arg-type]  # those of `enter`
    return caught.value.code


def test_the_trail_is_whole_afterwards(tiny: TinyStudy, participant: int) -> None:
    entered = enter(tiny, participant, DAY_0)
    assert entered.receipt
    assert entered.saved.answers == {"itch": 2}
    with database.reading(tiny.url) as session:
        assert list(verify(session)) == []


@pytest.mark.parametrize("scope", ["answers", "follow-up"])
def test_after_a_withdrawal_only_earlier_answers_are_taken(
    tiny: TinyStudy, participant: int, scope: WithdrawalScope
) -> None:
    with database.writing(tiny.url) as session:
        record_withdrawal(
            session,
            participant_id=participant,
            scope=scope,
            withdrawn_on=date(2026, 1, 8),
            reason="",
            actor=COMMAND,
            now=LATER,
        )
    assert refused(tiny, participant, date(2026, 1, 9), reason="late") == Code.WITHDRAWN
    assert refused(tiny, participant, date(2026, 1, 8)) == Code.REASON_NEEDED
    assert enter(tiny, participant, date(2026, 1, 8), reason="the letter came late").receipt


def test_a_withdrawal_of_contact_ends_nothing(tiny: TinyStudy, participant: int) -> None:
    with database.writing(tiny.url) as session:
        record_withdrawal(
            session,
            participant_id=participant,
            scope="contact",
            withdrawn_on=DAY_0,
            reason="",
            actor=COMMAND,
            now=LATER,
        )
    assert enter(tiny, participant, date(2026, 1, 9)).receipt


def test_after_a_death_only_earlier_answers_are_taken(tiny: TinyStudy, participant: int) -> None:
    with database.writing(tiny.url) as session:
        report_event(
            session,
            participant_id=participant,
            kind="death",
            started=PartialDate(2026, 1, 8),
            report_id="r",
            actor=COMMAND,
            now=LATER,
        )
    assert refused(tiny, participant, date(2026, 1, 9), reason="late") == Code.DEAD
    assert enter(tiny, participant, date(2026, 1, 7), reason="the letter came late").receipt


def test_without_a_consent_nothing_is_taken(tiny: TinyStudy, participant: int) -> None:
    with database.writing(tiny.url) as session:
        session.execute(delete(Consent))
    assert refused(tiny, participant, DAY_0) == Code.NO_CONSENT


def test_a_day_is_one_of_the_participants_calendar(tiny: TinyStudy, participant: int) -> None:
    assert refused(tiny, participant, date(2026, 1, 12)) == Code.DATE_IN_FUTURE
    assert enter(tiny, participant, date(2026, 1, 12), now=LATER + timedelta(hours=1)).receipt


def test_a_wording_that_the_study_does_not_offer_is_refused(tiny: TinyStudy, participant: int) -> None:
    with pytest.raises(Refusal) as caught, database.writing(tiny.url) as session:
        enter_response(
            session,
            participant_id=participant,
            occasion_id=1,
            instrument="itch",
            raw={"itch": "2"},
            mode="paper",
            respondent="patient",
            answered_on=DAY_0,
            language="fr",
            reason="",
            submission_id="s",
            actor=CLERK,
            now=MORNING,
        )
    assert caught.value.code == Code.LANGUAGE_NOT_OFFERED
