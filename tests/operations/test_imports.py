"""A study's past comes in from files: all or nothing, each fact once, by the rules of the study."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.errors import FaultyInput
from app.formats import contact, tables
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
from app.operations.events import read_event, report_event
from app.operations.imports import import_study_data
from app.operations.participants import randomise_participant
from app.operations.studies import load_study
from app.queries import audit, exports, responses, studies
from tests.fixtures.study import COMMAND, CONTACT_KEYS, FOLDER, MORNING, TinyStudy

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
IMPORTER = Actor("import", name="past")
EVERY_TABLE = (
    Participant,
    Consent,
    Treatment,
    Event,
    Reading,
    Sighting,
    Withdrawal,
    Response,
    Answer,
    Occasion,
)

PAST = {
    "participants": (
        "code,site,arm,randomised_on,enrolled_on,language,time_zone,birth_year\n"
        "p1,mad,cells,2026-01-05,2026-01-04,en,Europe/Madrid,1958\n"
        "p2,cai,usual,2026-01-06,2026-01-05,,,\n"
        "p3,mad,,,2026-01-07,,,\n"
    ),
    "consents": "participant,version,consented_on\np1,1,2026-01-04\np2,1,2026-01-05\n",
    "treatments": "participant,lot,given_on\np1,LOT-1,2026-01-06\n",
    "events": (
        "participant,report_id,kind,started,ended,ongoing,reason,place,decision,agreed_started_on,agreed_ended_on\n"
        'p1,s1,hospital stay,2026-02,2026-02-20,,bleeding,"Ward 3,\nsecond floor",'
        "confirmed,2026-02-11,2026-02-20\n"
        "p1,s2,hospital stay,2026-05-30,,yes,,,,,\n"
        "p2,d1,death,2026-03-05,,,,,refuted,,\n"
        "p2,t1,transplant,2025,,,,,needs information,,\n"
    ),
    "sightings": "participant,seen_on,how,untransplanted\np3,2026-04-01,call,yes\np3,2026-04-01,records,\n",
    "withdrawals": "participant,scope,withdrawn_on,reason\np3,contact,2026-04-02,=too much\n",
    "responses": (
        "participant,visit,instrument,item,value,answered_at,language,respondent,mode,sent_at\n"
        "p1,d0,itch,itch,3,2026-01-05T10:00:00+01:00,en,proxy,paper,2026-01-05T10:05:00+01:00\n"
        "p1,d0,itch,sleep,declined,2026-01-05T10:01:00+01:00,en,proxy,paper,2026-01-05T10:05:00+01:00\n"
        "p1,d0,itch,itch,4,2026-01-05T10:02:00+01:00,ar,proxy,paper,2026-01-05T10:05:00+01:00\n"
        "p2,d0,itch,itch,٢,2026-01-06T10:00:00Z,,,,\n"
        "p2,w4,itch,,,,,,,2026-02-03T08:00:00+02:00\n"
    ),
}

Bring = Callable[..., dict[str, int]]


@pytest.fixture
def bring(tiny: TinyStudy, tmp_path: Path) -> Bring:
    """Import files given by name, participants.csv as in PAST unless it is given; return what was added."""

    def imported(now: datetime = NOW, **files: str) -> dict[str, int]:
        for path in tmp_path.glob("*.csv"):
            path.unlink()
        for name, text in ({"participants": PAST["participants"]} | files).items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        with database.writing(tiny.url) as session:
            counts = import_study_data(
                session,
                study_id=tiny.study_id,
                tables=tables.read(tmp_path),
                actor=IMPORTER,
                now=now,
                contact_keys=CONTACT_KEYS,
            )
        return {name: count for name, count in counts.items() if count}

    return imported


def row_counts(url: str) -> dict[str, int]:
    with database.reading(url) as session:
        found = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (*EVERY_TABLE, Contact, AuditEntry)
        }
    return {name: count for name, count in found.items() if count}


def faults_of(bring: Bring, **files: str) -> list[tuple[str, str, str, str]]:
    with pytest.raises(FaultyInput) as refused:
        bring(**files)
    return [(each.file, each.place, each.found, each.allowed) for each in refused.value.faults]


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
        assert responses.answers(session, response_id=sent.id) == {"itch": 4, "sleep": "declined"}
        draft = by_visit["p2", "d0"]
        assert (draft.respondent, draft.mode, draft.submitted_at) == ("patient", "import", None)
        assert responses.answers(session, response_id=draft.id) == {"itch": 2}
        empty = by_visit["p2", "w4"]
        assert empty.submitted_at == datetime(2026, 2, 3, 6, tzinfo=UTC)
        assert responses.answers(session, response_id=empty.id) == {}


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


def test_faults_of_the_files_and_against_the_study_are_told_together(tiny: TinyStudy, bring: Bring) -> None:
    before = row_counts(tiny.url)
    found = faults_of(
        bring,
        participants=(
            "code,site,arm,randomised_on,enrolled_on\n"
            "p1,mad,cells,2026-01-05,2026-01-04\n"
            "p2,mad,cells,2026-1-5,2026-01-04\n"
            "p3,rom,pills,2026-01-05,2026-01-04\n"
            "p1,cai,usual,2026-01-05,2026-01-04\n"
        ),
        events="participant,report_id,kind,started\np2,a,death,2026\np9,b,death,2026\np1,c,death,2027-01\n",
        responses=(
            "participant,visit,instrument,item,value,answered_at\n"
            "p1,d0,itch,itch,9,2026-01-05T10:00:00+01:00\n"
            "p1,d0,itch,ITCH,55,2026-01-05T10:00:00+01:00\n"
            "p1,w9,itch,itch,1,2026-01-05T10:00:00+01:00\n"
        ),
    )
    assert [each[:3] for each in found] == [
        ("participants.csv", "row 3, column randomised_on", "'2026-1-5'"),
        ("participants.csv", "row 4, column site", "'rom'"),
        ("participants.csv", "row 4, column arm", "'pills'"),
        ("participants.csv", "row 5", "p1 again"),
        ("events.csv", "row 3, column participant", "'p9'"),
        ("events.csv", "row 4, column started", "'2027-01'"),
        ("responses.csv", "row 2, column value", "'9'"),
        ("responses.csv", "row 3, column item", "'ITCH'"),
        ("responses.csv", "row 4, column visit", "'w9'"),
    ]
    assert [each[3] for each in found[1:4]] == [
        "one of: mad, cai",
        "one of: cells, usual",
        "once, as in row 2",
    ]
    assert found[6][3] == "one of 0, 1, 2, 3, 4"
    assert row_counts(tiny.url) == before


HEADERS = {
    "participants": "code,site,enrolled_on,arm,randomised_on,language,birth_year",
    "consents": "participant,version,consented_on",
    "treatments": "participant,lot,given_on",
    "events": (
        "participant,report_id,kind,started,ended,ongoing,reported_at,decision,agreed_started_on,agreed_ended_on,note"
    ),
    "sightings": "participant,seen_on,how",
    "withdrawals": "participant,scope,withdrawn_on",
    "responses": "participant,visit,instrument,item,value,answered_at,language,sent_at,version",
}


@pytest.mark.parametrize(
    ("name", "row", "column"),
    [
        ("participants", "p9,mad,2026-06-02,,,,", "enrolled_on"),
        ("participants", "p9,mad,2026-01-05,cells,,,", "randomised_on"),
        ("participants", "p9,mad,2026-01-05,,2026-01-05,,", "arm"),
        ("participants", "p9,mad,2026-01-05,cells,2026-06-02,,", "randomised_on"),
        ("participants", "p9,mad,2026-01-05,,,fr,", "language"),
        ("participants", "p9,mad,2026-01-05,,,,2027", "birth_year"),
        ("consents", "p1,2,2026-01-05", "version"),
        ("consents", "p3,1,2026-06-02", "consented_on"),
        ("treatments", "p1,LOT-9,2026-01-05", "lot"),
        ("treatments", "p1,LOT-1,2026-01-04", "given_on"),
        ("treatments", "p1,LOT-1,2026-06-02", "given_on"),
        ("treatments", "p3,LOT-1,2026-01-10", "given_on"),
        ("events", "p1,x,death,2026-06-02,,,,,,,", "started"),
        ("events", "p1,x,hospital stay,2026-02-05,2026-02-04,,,,,,", "ended"),
        ("events", "p1,x,hospital stay,2026-02-05,2026-02-07,yes,,,,,", "ongoing"),
        ("events", "p1,x,death,2026-02-05,2026-02-06,,,,,,", "ended"),
        ("events", "p1,x,transplant,2026-02-05,,yes,,,,,", "ongoing"),
        ("events", "p1,x,death,2026-02-05,,,2026-06-01T12:00:01Z,,,,", "reported_at"),
        ("events", "p1,x,death,2026-02-05,,,,confirmed,,,", "agreed_started_on"),
        ("events", "p1,x,death,2026-02-05,,,,refuted,2026-02-05,,", "agreed_started_on"),
        ("events", "p1,x,death,2026-02-05,,,,confirmed,2026-06-02,,", "agreed_started_on"),
        ("events", "p1,x,death,2026-02-05,,,,confirmed,2026-02-05,2026-02-06,", "agreed_ended_on"),
        ("events", "p1,x,hospital stay,2026-02,,,,confirmed,2026-02-05,2026-02-04,", "agreed_ended_on"),
        ("events", "p1,x,death,2026-02-05,,,,,,,seen in the notes", "note"),
        ("sightings", "p1,2026-06-02,call", "seen_on"),
        ("withdrawals", "p1,contact,2026-06-02", "withdrawn_on"),
        ("withdrawals", "p1,contact,2026-01-03", "withdrawn_on"),
        ("responses", "p3,d0,itch,itch,1,2026-01-10T10:00:00Z,,,", "visit"),
        ("responses", "p1,d0,mood,itch,1,2026-01-10T10:00:00Z,,,", "instrument"),
        ("responses", "p1,d0,itch,itch,1,2026-01-10T10:00:00Z,hi,,", "language"),
        ("responses", "p1,d0,itch,itch,1,2026-01-10T10:00:00Z,,,abc-def", "version"),
        ("responses", "p1,d0,itch,itch,1,,,,", "answered_at"),
        ("responses", "p1,d0,itch,itch,1,2026-06-01T12:00:01Z,,,", "answered_at"),
        ("responses", "p1,d0,itch,itch,1,2026-01-10T10:00:00Z,,2026-06-01T12:00:01Z,", "sent_at"),
        ("responses", "p1,d0,itch,itch,declined,2026-01-10T10:00:00Z,,,", "value"),
        ("responses", "p1,d0,itch,,1,,,,", "item"),
    ],
)
def test_what_the_study_does_not_allow(bring: Bring, name: str, row: str, column: str) -> None:
    found = faults_of(bring, **{name: f"{HEADERS[name]}\n{row}\n"})
    assert [each[:2] for each in found] == [(f"{name}.csv", f"row 2, column {column}")]


def test_nothing_comes_before_the_first_consent(bring: Bring) -> None:
    found = faults_of(
        bring,
        consents="participant,version,consented_on\np1,1,2026-01-10\np1,1,2026-01-08\n",
        responses=f"{HEADERS['responses']}\np1,d0,itch,itch,1,2026-01-07T23:30:00Z,,,\n",
    )
    # Half past eleven in UTC is the next day in Madrid, the day of the consent: only day 0 lies before it.
    assert [each[:2] for each in found] == [("participants.csv", "row 2, column randomised_on")]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("events", "p1,x,hospital stay,2025-12,2025-12-24,,,,,,"),
        ("events", "p1,x,transplant,1999,,,,,,,"),
        ("events", "p1,x,death,2026-06,,,,confirmed,2026-05-31,,"),
        ("sightings", "p2,2026-06-01,call"),
        ("responses", "p1,d0,itch,itch,1,2026-05-10T10:00:00Z,,,"),
    ],
    ids=["before randomisation", "long before", "this month", "today", "after the window"],
)
def test_what_happened_may_be_told_although_no_one_planned_it(bring: Bring, name: str, row: str) -> None:
    assert bring(**{name: f"{HEADERS[name]}\n{row}\n"})[name] == 1


def test_the_values_of_one_response_agree(bring: Bring) -> None:
    found = faults_of(
        bring,
        responses=(
            "participant,visit,instrument,item,value,answered_at,respondent,sent_at\n"
            "p1,d0,itch,itch,1,2026-01-05T10:00:00Z,patient,2026-01-05T11:00:00Z\n"
            "p1,d0,itch,sleep,1,2026-01-05T10:00:00Z,proxy,\n"
            "p1,d0,itch,,,,,2026-01-05T11:00:00Z\n"
        ),
    )
    assert [each[1] for each in found] == [
        "row 3, column respondent",
        "row 3, column sent_at",
        "row 4, column item",
    ]


def test_a_row_that_contradicts_what_is_stored_is_a_fault(tiny: TinyStudy, bring: Bring) -> None:
    bring(**PAST)
    before = row_counts(tiny.url)
    found = faults_of(
        bring,
        participants="code,site,arm,randomised_on,enrolled_on\np1,mad,usual,2026-01-05,2026-01-04\n",
        events="participant,report_id,kind,started,decision\np1,s1,hospital stay,2026-03,refuted\n",
        sightings="participant,seen_on,how,untransplanted\np3,2026-04-01,call,no\n",
        responses=(
            "participant,visit,instrument,item,value,answered_at\n"
            "p1,d0,itch,itch,3,2026-01-05T10:00:00+01:00\n"
            "p2,d0,itch,itch,3,2026-01-06T10:00:00Z\n"
        ),
    )
    assert [each[:3] for each in found] == [
        ("participants.csv", "row 2, column arm", "'usual'"),
        ("events.csv", "row 2, column started", "'2026-03'"),
        ("events.csv", "row 2, column decision", "'refuted'"),
        ("sightings.csv", "row 2, column untransplanted", "'no'"),
        ("responses.csv", "row 2", "1 rows of p1 d0 itch"),
        ("responses.csv", "row 3, column value", "'3'"),
    ]
    assert found[0][3] == "'cells', as it is stored"
    assert row_counts(tiny.url) == before


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


def test_what_staff_entered_is_told_and_brought_in_elsewhere(
    tiny: TinyStudy, sqlite_url: str, tmp_path: Path
) -> None:
    participant_id = tiny.enrol("p1")
    with database.writing(tiny.url) as session:
        event_id = report_event(
            session,
            participant_id=participant_id,
            kind="hospital stay",
            started=PartialDate(2026, 2),
            reason="+bleeding",
            report_id="a",
            actor=COMMAND,
            now=NOW,
        )
        for decision in ("needs information", "refuted"):
            read_event(session, event_id=event_id, decision=decision, actor=COMMAND, now=NOW)
    with database.reading(tiny.url) as session:
        told = exports.study_tables(session, study_id=tiny.study_id)
    assert [(row.started, row.decision, row.reason) for row in told.events] == [
        (PartialDate(2026, 2), "refuted", "+bleeding")
    ]
    assert told.participants[0].birth_year is None
    tables.write(tmp_path / "first", told)
    elsewhere = _loaded_elsewhere(sqlite_url)
    with database.writing(sqlite_url) as session:
        import_study_data(
            session,
            study_id=elsewhere,
            tables=tables.read(tmp_path / "first"),
            actor=IMPORTER,
            now=NOW,
            contact_keys=CONTACT_KEYS,
        )
    with database.reading(sqlite_url) as session:
        tables.write(tmp_path / "second", exports.study_tables(session, study_id=elsewhere))
    assert _bytes(tmp_path / "first") == _bytes(tmp_path / "second")


def test_what_was_imported_is_told_with_the_same_bytes(
    tiny: TinyStudy, bring: Bring, sqlite_url: str, tmp_path: Path
) -> None:
    bring(**PAST)
    with database.reading(tiny.url) as session:
        tables.write(tmp_path / "first", exports.study_tables(session, study_id=tiny.study_id))
    elsewhere = _loaded_elsewhere(sqlite_url)
    for _ in range(2):
        with database.writing(sqlite_url) as session:
            import_study_data(
                session,
                study_id=elsewhere,
                tables=tables.read(tmp_path / "first"),
                actor=IMPORTER,
                now=datetime(2026, 8, 1, tzinfo=UTC),
                contact_keys=(Fernet.generate_key().decode(),),
            )
    with database.reading(sqlite_url) as session:
        tables.write(tmp_path / "second", exports.study_tables(session, study_id=elsewhere))
    assert _bytes(tmp_path / "first") == _bytes(tmp_path / "second")
    assert len(_bytes(tmp_path / "first")) == 7
    assert "'=too much" in (tmp_path / "first" / "withdrawals.csv").read_text()


def test_answers_keep_the_version_of_the_instrument_they_were_given_in(
    tiny: TinyStudy, bring: Bring, tmp_path: Path
) -> None:
    bring(**PAST)
    with database.reading(tiny.url) as session:
        old = {row.version for row in exports.study_tables(session, study_id=tiny.study_id).responses}
    _load_changed_wording(tiny.url)
    assert bring(**PAST) == {}
    with database.reading(tiny.url) as session:
        told = exports.study_tables(session, study_id=tiny.study_id)
        offered = exports.wordings(session, study_id=tiny.study_id)
        current = studies.current(session, study_id=tiny.study_id).offered["itch", "en"]
    assert {row.version for row in told.responses} == old
    assert offered[current.wording_id].version not in old
    one = next(row for row in told.responses if row.participant == "p2" and row.visit == "w4")
    new = f"p1,w4,itch,itch,1,2026-02-06T10:00:00Z,ar,,{one.version}\n"
    bring(responses=f"{HEADERS['responses']}\n{new}")
    with database.reading(tiny.url) as session:
        told = exports.study_tables(session, study_id=tiny.study_id)
    assert [row.version for row in told.responses if (row.participant, row.visit) == ("p1", "w4")] == [
        one.version
    ]


def _loaded_elsewhere(url: str) -> int:
    with database.writing(url) as session:
        return load_study(session, folder=FOLDER, actor=COMMAND, now=MORNING).study_id


def _load_changed_wording(url: str) -> None:
    wordings = {key: replace(wording, title=f"{wording.title}!") for key, wording in FOLDER.wordings.items()}
    with database.writing(url) as session:
        load_study(session, folder=replace(FOLDER, wordings=wordings), actor=COMMAND, now=NOW)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
