"""An entry cut from the end of a trail is missed by what it told of."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.operations.alert_steps import close_alert
from app.operations.answers import save_answers
from app.operations.consents import record_withdrawal
from app.operations.data_queries import raise_query
from app.operations.events import read_event, report_event
from app.operations.replies import keep_reply
from app.operations.responses import submit_response
from app.operations.sightings import record_sighting
from app.operations.studies import load_study
from app.operations.treatments import record_treatment
from app.queries import audit, occasions
from app.queries.access import Visitor
from tests.fixtures.alarming import WITH_ALERTS
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, MORNING, TinyStudy

LATER = MORNING + timedelta(hours=1)


def _report(session: Session) -> int:
    return report_event(
        session,
        participant_id=1,
        kind="transplant",
        started=PartialDate(2025),
        report_id="r",
        actor=COMMAND,
        now=MORNING,
    )


def _read_twice(session: Session) -> None:
    event_id = _report(session)
    for now in (MORNING, LATER):
        read_event(session, event_id=event_id, decision="refuted", actor=COMMAND, now=now)


def _treat(session: Session) -> None:
    record_treatment(
        session, participant_id=1, lot="LOT-1", route="vein", given_on=DAY_0, actor=COMMAND, now=MORNING
    )


def _see(session: Session) -> None:
    record_sighting(
        session, participant_id=1, seen_on=DAY_0, how="call", untransplanted=None, actor=COMMAND, now=MORNING
    )


def _withdraw(session: Session) -> None:
    record_withdrawal(
        session,
        participant_id=1,
        scope="contact",
        withdrawn_on=DAY_0,
        reason="",
        actor=COMMAND,
        now=MORNING,
    )


def _send(session: Session) -> None:
    due = occasions.of_participant(session, participant_id=1, now=MORNING)[0]
    submit_response(
        session,
        visitor=Visitor(1, 1, "mad", "en", ZoneInfo("Europe/Madrid"), Actor("participant", 1)),
        occasion_id=due.occasion_id,
        instrument="itch",
        raw={"itch": "1"},
        submission_id="s",
        now=MORNING,
        language="en",
    )


def _alarm(session: Session) -> None:
    load_study(session, folder=WITH_ALERTS, actor=COMMAND, now=MORNING)
    due = occasions.of_participant(session, participant_id=1, now=MORNING)[0]
    save_answers(
        session,
        visitor=Visitor(1, 1, "mad", "en", ZoneInfo("Europe/Madrid"), Actor("participant", 1)),
        occasion_id=due.occasion_id,
        instrument="itch",
        raw={"itch": "4", "sleep": "4"},
        now=MORNING,
        language="en",
    )


def _end_an_alarm(session: Session) -> None:
    _alarm(session)
    close_alert(session, alert_id=1, disposition="no-action", actor=COMMAND, now=LATER)


def _ask(session: Session) -> None:
    raise_query(
        session,
        participant_id=1,
        subject="participant",
        subject_id=1,
        field="enrolled_on",
        text="?",
        actor=COMMAND,
        now=LATER,
    )


def _answer(session: Session) -> None:
    keep_reply(
        session,
        participant_id=1,
        channel="sms",
        words="Call me.",
        actor=COMMAND,
        now=MORNING,
        contact_keys=CONTACT_KEYS,
    )


@pytest.mark.parametrize(
    ("record", "missed"),
    [
        (_report, "event 1"),
        (_read_twice, "reading 2"),
        (_treat, "treatment 1"),
        (_see, "sighting 1"),
        (_withdraw, "withdrawal 1"),
        (_send, "response 1"),
        (_alarm, "alert 1"),
        (_end_an_alarm, "alert step 1"),
        (_ask, "query step 1"),
        (_answer, "reply 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_end_of_a_trail_cut_off(
    tiny: TinyStudy, record: Callable[[Session], object], missed: str
) -> None:
    assert tiny.enrol("P-1") == 1
    with database.writing(tiny.url) as session:
        record(session)
    with database.reading(tiny.url) as session:
        assert list(audit.verify(session)) == []
    with database.engine(tiny.url).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER audit_entry_no_delete"))
        connection.execute(text("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)"))
    with database.reading(tiny.url) as session:
        assert list(audit.verify(session)) == [f"participant:1: no entry tells of {missed}"]
