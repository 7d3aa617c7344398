"""Why a visit was missed: one of a closed list, the last one counts, nothing is overwritten."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import database
from app.domain.missed import MissedBecause
from app.errors import Code, Refusal
from app.models import AuditEntry, MissedReason, Occasion
from app.operations.missed_reasons import record_missed_reason
from app.queries import missed_reasons
from app.queries.missed_reasons import WhyMissed
from tests.fixtures.study import COMMAND, MORNING, TinyStudy

CLOSED = MORNING + timedelta(days=8)


def say(
    tiny: TinyStudy,
    participant_id: int,
    reason: MissedBecause = "too ill",
    note: str = "",
    *,
    visit: str = "d0",
    now: datetime = CLOSED,
) -> Code | None:
    try:
        with database.writing(tiny.url) as session:
            occasion_id = session.scalars(
                select(Occasion.id).where(Occasion.visit == visit).order_by(Occasion.id).limit(1)
            ).one()
            record_missed_reason(
                session,
                participant_id=participant_id,
                occasion_id=occasion_id,
                reason=reason,
                note=note,
                actor=COMMAND,
                now=now,
            )
    except Refusal as refusal:
        return refusal.code
    return None


def stored(tiny: TinyStudy, participant_id: int) -> list[WhyMissed]:
    with database.reading(tiny.url) as session:
        return list(missed_reasons.of_participant(session, participant_id=participant_id).values())


def test_the_last_reason_counts_and_the_first_stays(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    assert say(tiny, participant_id) is None
    assert say(tiny, participant_id) is None  # the same again
    assert say(tiny, participant_id, "in hospital", "since Monday") is None
    assert stored(tiny, participant_id) == [WhyMissed("in hospital", "since Monday")]
    with database.reading(tiny.url) as session:
        assert session.scalars(select(MissedReason.reason).order_by(MissedReason.id)).all() == [
            "too ill",
            "in hospital",
        ]
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.old) == ("missed_reason.record", {"reason": "too ill", "note": ""})
    assert entry.new == {"visit": "d0", "reason": "in hospital", "note": "since Monday"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"now": CLOSED - timedelta(days=1)}, Code.CHANGED_MEANWHILE),
        ({"visit": "w4"}, Code.CHANGED_MEANWHILE),
        ({"reason": "other"}, Code.REASON_NEEDED),
        ({"reason": "lazy"}, Code.UNKNOWN_CODE),
    ],
)
def test_refused(tiny: TinyStudy, asked: dict[str, str | datetime], code: Code) -> None:
    participant_id = tiny.enrol("P-1")
    assert say(tiny, participant_id, **asked) == code  # type: ignore[arg-type]  # each has its own type
    assert stored(tiny, participant_id) == []


def test_not_of_somebody_else(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    assert say(tiny, tiny.enrol("P-2")) == Code.NOT_FOUND
