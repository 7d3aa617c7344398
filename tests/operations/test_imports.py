"""A study's past comes in from files: all or nothing, each fact once, with its trail."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import database
from app.domain.answer import AnswerValue
from app.domain.partial_date import PartialDate
from app.errors import FaultyInput
from app.formats import contact
from app.models import (
    Answer,
    AuditEntry,
    Consent,
    Contact,
    Event,
    Occasion,
    Participant,
    Reading,
    Response,
    Sighting,
    Treatment,
    Withdrawal,
)
from app.operations.events import read_event
from app.operations.participants import randomise_participant
from app.operations.studies import load_study
from app.queries import audit
from tests.fixtures.past import HEADERS, NOW, PAST, Bring, row_counts
from tests.fixtures.study import COMMAND, CONTACT_KEYS, FOLDER, STUDY, TinyStudy


def test_everything_the_files_say_is_stored(tiny: TinyStudy, bring: Bring) -> None:
    assert bring(**PAST) == {
        "participants": 3,
        "consents": 2,
        "treatments": 1,
        "events": 4,
        "sightings": 2,
        "withdrawals": 1,
        "responses": 5,
    }
    with database.reading(tiny.url) as session:
        people = {one.code: one for one in session.scalars(select(Participant))}
        assert (people["p2"].language, people["p2"].time_zone, people["p2"].arm) == (
            "ar",
            "Africa/Cairo",
            "usual",
        )
        assert people["p3"].randomised_on is None
        assert people["p1"].enrolled_at == NOW
        stay = session.scalars(select(Event).where(Event.report_id == "s1")).one()
        assert (stay.started, stay.ended) == (PartialDate(2026, 2), PartialDate(2026, 2, 20))
        assert (stay.place, stay.reported_at) == ("Ward 3,\nsecond floor", NOW)
        decided = session.scalars(select(Reading).where(Reading.event_id == stay.id)).one()
        assert (decided.agreed_started_on, decided.agreed_ended_on) == (date(2026, 2, 11), date(2026, 2, 20))
        assert session.scalars(select(Treatment.route)).one() == "peripheral vein"
        assert session.scalars(select(Withdrawal.reason)).one() == "=too much"
        sealed = session.scalars(select(Contact.sealed)).one()
        assert contact.unseal(sealed, CONTACT_KEYS).birth_year == 1958


def test_visits_are_planned_and_responses_stand_on_them(tiny: TinyStudy, bring: Bring) -> None:
    bring(**PAST)
    with database.reading(tiny.url) as session:
        planned = session.execute(
            select(Participant.code, Occasion.visit, Occasion.due_on).join(Occasion).order_by(Occasion.due_on)
        )
        assert [tuple(row) for row in planned] == [
            ("p1", "d0", date(2026, 1, 5)),
            ("p2", "d0", date(2026, 1, 6)),
            ("p1", "w4", date(2026, 2, 2)),
            ("p2", "w4", date(2026, 2, 3)),
        ]
        by_visit = {
            (code, visit): response
            for code, visit, response in session.execute(
                select(Participant.code, Occasion.visit, Response)
                .join(Occasion, Occasion.id == Response.occasion_id)
                .join(Participant, Participant.id == Occasion.participant_id)
            )
        }
        sent = by_visit["p1", "d0"]
        assert (sent.respondent, sent.mode) == ("proxy", "paper")
        assert sent.submitted_at == datetime(2026, 1, 5, 9, 5, tzinfo=UTC)
        assert sent.receipt
        assert stored_answers(session, sent.id) == {"itch": 4, "sleep": "declined"}
        draft = by_visit["p2", "d0"]
        assert (draft.respondent, draft.mode, draft.submitted_at) == ("patient", "import", None)
        assert stored_answers(session, draft.id) == {"itch": 2}
        empty = by_visit["p2", "w4"]
        assert empty.submitted_at == datetime(2026, 2, 3, 6, tzinfo=UTC)
        assert stored_answers(session, empty.id) == {}


def stored_answers(session: Session, response_id: int) -> dict[str, AnswerValue]:
    """Return the value of each item that was stored last."""
    rows = session.scalars(select(Answer).where(Answer.response_id == response_id).order_by(Answer.id))
    return {each.item: each.value for each in rows}


def test_every_value_names_the_import_and_every_participant_has_one_entry(
    tiny: TinyStudy, bring: Bring
) -> None:
    bring(**PAST)
    with database.reading(tiny.url) as session:
        for column in (
            Consent.recorded_by,
            Treatment.recorded_by,
            Sighting.recorded_by,
            Withdrawal.recorded_by,
            Event.reported_by,
            Reading.read_by,
        ):
            assert set(session.scalars(select(column))) == {"import:past"}
        entries = [each for each in audit.entries(session) if each.action == "data.import"]
        chains = {f"participant:{each}" for each in session.scalars(select(Participant.id))}
        assert sorted(each.chain for each in entries) == sorted(chains | {f"study:{tiny.study_id}"})
        assert {each.actor for each in entries} == {"import:past"}
        told = {each.new["code"]: each.new for each in entries if each.new and "code" in each.new}
        assert told["p1"]["arm"] == "cells"
        assert told["p1"]["contact"] == ["birth_year"]
        assert "1958" not in str(told)
        assert told["p1"]["responses"][0]["answers"] == [["itch", 3], ["sleep", "declined"], ["itch", 4]]
        assert list(audit.verify(session)) == []


def test_importing_twice_adds_nothing(tiny: TinyStudy, bring: Bring) -> None:
    bring(**PAST)
    before = row_counts(tiny.url)
    assert bring(**PAST, now=datetime(2026, 7, 1, tzinfo=UTC)) == {}
    assert row_counts(tiny.url) == before


def test_a_second_import_adds_what_is_new_to_the_end_of_the_trail(tiny: TinyStudy, bring: Bring) -> None:
    bring()
    assert bring(**PAST) == {
        "consents": 2,
        "treatments": 1,
        "events": 4,
        "sightings": 2,
        "withdrawals": 1,
        "responses": 5,
    }
    with database.reading(tiny.url) as session:
        assert set(
            session.scalars(select(AuditEntry.position).where(AuditEntry.chain.like("participant:%")))
        ) == {1, 2}
        assert list(audit.verify(session)) == []


def test_a_randomisation_and_a_decision_may_come_later(tiny: TinyStudy, bring: Bring) -> None:
    bring(**PAST)
    later = {
        "participants": "code,site,arm,randomised_on,enrolled_on\np3,mad,usual,2026-01-09,2026-01-07\n",
        "events": (
            "participant,report_id,kind,started,ongoing,decision,agreed_started_on\n"
            "p1,s2,hospital stay,2026-05-30,yes,confirmed,2026-05-31\n"
        ),
        "responses": f"{HEADERS['responses']}\np3,w4,itch,itch,1,2026-02-06T10:00:00Z,,,\n",
    }
    assert bring(**later) == {"participants": 1, "events": 1, "responses": 1}
    assert bring(**later) == {}
    assert bring(**PAST) == {}
    with database.reading(tiny.url) as session:
        late = session.scalars(select(Participant).where(Participant.code == "p3")).one()
        assert (late.arm, late.randomised_on) == ("usual", date(2026, 1, 9))
        visits = select(Occasion.visit).where(Occasion.participant_id == late.id).order_by(Occasion.due_on)
        assert list(session.scalars(visits)) == ["d0", "w4"]
        assert list(audit.verify(session)) == []


def test_an_old_file_is_no_fault_after_staff_added_to_it(tiny: TinyStudy, bring: Bring) -> None:
    bring(**PAST)
    with database.writing(tiny.url) as session:
        late = session.scalars(select(Participant.id).where(Participant.code == "p3")).one()
        event_id = session.scalars(select(Event.id).where(Event.report_id == "s2")).one()
        enrolled = date(2026, 1, 7)
        session.add(
            Consent(participant_id=late, version="1", consented_on=enrolled, recorded_at=NOW, recorded_by="x")
        )
        session.flush()
        randomise_participant(
            session, participant_id=late, arm="cells", randomised_on=enrolled, actor=COMMAND, now=NOW
        )
        read_event(session, event_id=event_id, decision="refuted", actor=COMMAND, now=NOW)
    assert bring(**PAST) == {}


def test_visits_are_planned_from_the_days_that_the_study_counts_from(tiny: TinyStudy, bring: Bring) -> None:
    start, week_4 = STUDY.visits
    visits = (replace(start, anchor="consent"), replace(week_4, anchor="infusion"))
    folder = replace(FOLDER, study=replace(STUDY, blinding="none", visits=visits))
    with database.writing(tiny.url) as session:
        load_study(session, folder=folder, actor=COMMAND, now=NOW)
    bring(participants=PAST["participants"], consents=PAST["consents"])
    assert _due(tiny) == {("p1", "d0"): date(2026, 1, 4), ("p2", "d0"): date(2026, 1, 5)}
    bring(treatments="participant,lot,given_on\np1,LOT-1,2026-05-31\n")
    assert _due(tiny)["p1", "w4"] == date(2026, 6, 28)
    # an earlier infusion comes to be known: what lies ahead moves, what has opened stays
    bring(treatments="participant,lot,given_on\np1,LOT-1,2026-05-20\n", consents=PAST["consents"])
    assert _due(tiny)["p1", "w4"] == date(2026, 6, 17)
    bring(consents="participant,version,consented_on\np1,1,2026-01-02\n")
    assert _due(tiny)["p1", "d0"] == date(2026, 1, 4)
    answer = "p2,w4,itch,itch,2,2026-05-06T10:00:00Z,,2026-05-06T10:00:00Z,\n"
    with pytest.raises(FaultyInput, match="no visit: no infusion is known"):
        bring(responses=f"{HEADERS['responses']}\n{answer}")


def _due(tiny: TinyStudy) -> dict[tuple[str, str], date]:
    with database.reading(tiny.url) as session:
        found = session.execute(
            select(Participant.code, Occasion.visit, Occasion.due_on).join(Occasion).order_by(Occasion.id)
        )
        return {(code, visit): due_on for code, visit, due_on in found}
