"""What is exported and imported elsewhere is exported from there with the same bytes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import select

from app import database
from app.domain.actor import Actor
from app.domain.partial_date import PartialDate
from app.formats import tables
from app.models import Answer
from app.operations.entered_responses import enter_response
from app.operations.events import read_event, report_event
from app.operations.imports import import_study_data
from app.operations.studies import load_study
from app.queries import exports, studies
from tests.fixtures import kinds
from tests.fixtures.past import HEADERS, IMPORTER, NOW, PAST, Bring
from tests.fixtures.phone import NewPhone, Phone
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, FOLDER, MORNING, TinyStudy


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


def test_who_typed_an_answer_is_told_and_stays_so_elsewhere(
    tiny: TinyStudy, phone: Phone, sqlite_url: str, tmp_path: Path
) -> None:
    phone.save(phone.survey(), itch="1")
    with database.writing(tiny.url) as session:
        enter_response(
            session,
            participant_id=phone.participant_id,
            occasion_id=int(phone.survey().split("/")[2]),
            instrument="itch",
            raw={"itch": "3", "sleep": "2"},
            mode="telephone",
            respondent="patient with help",
            answered_on=DAY_0,
            language="ar",
            reason="",
            submission_id="s",
            actor=Actor("account", 7),
            now=MORNING + timedelta(hours=1),
        )
    with database.reading(tiny.url) as session:
        told = exports.study_tables(session, study_id=tiny.study_id)
    assert [row.received_at for row in told.responses] == [MORNING, *[MORNING + timedelta(hours=1)] * 2]
    assert [(row.value, row.entered_by, row.language) for row in told.responses] == [
        ("1", "participant", "en"),
        ("3", "account:7", "ar"),
        ("2", "account:7", "ar"),
    ]
    assert {(row.mode, row.respondent) for row in told.responses} == {("telephone", "patient with help")}
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


def test_every_kind_of_answer_goes_out_and_comes_in(
    kinds_phone: NewPhone, every_kind: TinyStudy, sqlite_url: str, tmp_path: Path
) -> None:
    phone = kinds_phone().open()
    given: dict[str, dict[str, object]] = {
        "multiple": {"where": ["3", "1"], "where:asked": "1"},
        "number": {"weight": "71,5", "meals": "", "meals:declined": "1"},
        "date": {"begun:day": "", "begun:month": "3", "begun:year": "2026"},
        "limited-date": {"fell:year": "2026", "next:month": "1", "next:year": "2026"},
        "text": {"other": "declined"},
        "condition": {"pain": "1", "worst": "9"},
        "animal-naming": {"animals": "12"},
    }
    for behaviour, form in given.items():
        phone.client.post(phone.survey(instrument=behaviour), data=form | {"do": "save"})
    phone.client.post(
        phone.survey(instrument="text"), data={"do": "save", "other": '=1+1, "so"\r\n\'declined'}
    )
    with database.reading(every_kind.url) as session:
        told = exports.study_tables(session, study_id=every_kind.study_id)
    assert {(row.item, row.value) for row in told.responses} == {
        ("where", "1 3"),
        ("weight", "71.5"),
        ("meals", "declined"),
        ("begun", "2026-03"),
        ("fell", "2026"),
        ("next", "2026-01"),
        ("other", "'declined"),
        ("other", '=1+1, "so"\n\'declined'),
        ("pain", "1"),
        ("worst", "9"),
        ("animals", "12"),
    }
    tables.write(tmp_path / "first", told)
    with database.writing(sqlite_url) as session:
        elsewhere = load_study(session, folder=kinds.folder(), actor=COMMAND, now=MORNING).study_id
    file = tmp_path / "first" / "responses.csv"
    text = file.read_text(encoding="utf-8")
    for as_typed in (text, text.replace("71.5", "٧١٫٥").replace("2026-03,", "٢٠٢٦-٠٣,")):
        file.write_text(as_typed, encoding="utf-8")
        with database.writing(sqlite_url) as session:
            import_study_data(
                session,
                study_id=elsewhere,
                tables=tables.read(tmp_path / "first"),
                actor=IMPORTER,
                now=NOW,
                contact_keys=CONTACT_KEYS,
            )
    file.write_text(text, encoding="utf-8")
    with database.reading(sqlite_url) as session:
        tables.write(tmp_path / "second", exports.study_tables(session, study_id=elsewhere))
        stored = {each.item: each.value for each in session.scalars(select(Answer).order_by(Answer.id))}
    assert _bytes(tmp_path / "first") == _bytes(tmp_path / "second")
    assert stored["where"] == [1, 3]
    assert stored["weight"] == 71.5
    assert stored["meals"] == "declined"
