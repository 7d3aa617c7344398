"""A folder becomes a version; the same folder nothing; what is in use cannot be dropped."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import database
from app.domain.actor import Actor
from app.domain.instrument import Item
from app.domain.study import Arm, Visit
from app.errors import Code, Refusal
from app.formats import definition
from app.formats.study_folder import StudyFolder
from app.models import (
    AuditEntry,
    Base,
    InstrumentVersion,
    Occasion,
    OfferedWording,
    Response,
    Study,
    StudyVersion,
    Wording,
)
from app.operations.accounts import add_account
from app.operations.answers import save_answers
from app.operations.studies import LoadResult, load_study
from app.operations.treatments import record_treatment
from app.queries import studies
from app.queries.access import Visitor
from tests.fixtures.study import COMMAND, DAY_0, FOLDER, INSTRUMENT, MORNING, STUDY, WORDINGS, TinyStudy

WEEK_12 = Visit(
    code="w12",
    day=84,
    opens=14,
    closes=14,
    title={"en": "Week 12", "ar": "الأسبوع 12"},
    instruments=("itch",),
)


def load(tiny: TinyStudy, folder: StudyFolder, *, days: int = 0) -> LoadResult:
    """Load a folder some days after day 0."""
    with database.writing(tiny.url) as session:
        return load_study(session, folder=folder, actor=COMMAND, now=MORNING + timedelta(days=days))


def rows(session: Session) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def refused(tiny: TinyStudy, folder: StudyFolder) -> str:
    """Return why a folder was refused as dropping what is in use, and that nothing was changed."""
    with database.reading(tiny.url) as session:
        before = rows(session)
    with pytest.raises(Refusal) as caught:
        load(tiny, folder)
    assert caught.value.code == Code.IN_USE
    with database.reading(tiny.url) as session:
        assert rows(session) == before
    return caught.value.detail


def test_a_folder_is_stored_whole(tiny: TinyStudy) -> None:
    with database.reading(tiny.url) as session:
        found = studies.current(session, code="tiny")
        assert (found.study_id, found.number, found.study) == (tiny.study_id, 1, STUDY)
        assert set(found.offered) == {("itch", "en"), ("itch", "ar")}
        for key, offered in found.offered.items():
            assert studies.instrument(session, offered.instrument_version_id) == INSTRUMENT
            assert studies.wording(session, offered.wording_id) == WORDINGS[key]
        assert studies.codes(session) == ["tiny"]


def test_loading_leaves_one_audit_entry(tiny: TinyStudy) -> None:
    with database.reading(tiny.url) as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.chain, entry.action, entry.actor) == (
        f"study:{tiny.study_id}",
        "study.load",
        "command:test",
    )
    assert entry.old is None
    assert entry.new is not None
    assert (entry.new["version"], entry.new["content_hash"]) == (1, FOLDER.content_hash)


def test_loading_the_same_folder_twice_changes_nothing(tiny: TinyStudy) -> None:
    with database.reading(tiny.url) as session:
        before = rows(session)
    again = load(tiny, FOLDER, days=30)
    assert again == LoadResult(tiny.study_id, 1, [])
    with database.reading(tiny.url) as session:
        assert rows(session) == before


def test_a_changed_folder_is_the_next_version_and_says_what_changes(tiny: TinyStudy) -> None:
    arms = (replace(STUDY.arms[0], name="Cells, twice"), *STUDY.arms[1:], Arm(code="sham", name="Sham"))
    sites = (replace(STUDY.sites[0], phone="+34 111 111 111"), *STUDY.sites[1:])
    study = replace(STUDY, link_days=500, arms=arms, sites=sites, title={"en": "Tiny", "ar": "دراسة صغيرة"})
    loaded = load(tiny, replace(FOLDER, study=study))
    assert loaded.number == 2
    assert loaded.changes == [
        "title changed",
        "link_days 400 becomes 500",
        'arm cells: name "Cells" becomes "Cells, twice"',
        "arm sham: new",
        'site mad: phone "+34 000 000 000" becomes "+34 111 111 111"',
    ]
    with database.reading(tiny.url) as session:
        assert studies.current(session, study_id=tiny.study_id).study == study
        first = session.scalars(select(StudyVersion).where(StudyVersion.number == 1)).one()
        assert definition.study(first.definition) == STUDY
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.old, entry.new and entry.new["version"]) == ({"version": 1}, 2)


def test_a_folder_may_go_back_to_what_it_said_before(tiny: TinyStudy) -> None:
    load(tiny, replace(FOLDER, study=replace(STUDY, link_days=500)))
    assert load(tiny, FOLDER) == LoadResult(tiny.study_id, 3, ["link_days 500 becomes 400"])


def test_a_new_wording_leaves_the_instrument_and_the_other_wording_as_they_are(tiny: TinyStudy) -> None:
    with database.reading(tiny.url) as session:
        before = studies.current(session).offered
    english = replace(WORDINGS["itch", "en"], title="Itch and sleep")
    loaded = load(tiny, replace(FOLDER, wordings={**WORDINGS, ("itch", "en"): english}))
    assert loaded.changes == ['wording itch in en: title "Did your skin itch?" becomes "Itch and sleep"']
    with database.reading(tiny.url) as session:
        after = studies.current(session).offered
        assert after["itch", "ar"] == before["itch", "ar"]
        assert after["itch", "en"].instrument_version_id == before["itch", "en"].instrument_version_id
        assert after["itch", "en"].wording_id != before["itch", "en"].wording_id
        assert session.scalar(select(func.count()).select_from(InstrumentVersion)) == 1
        assert session.scalar(select(func.count()).select_from(Wording)) == 3
        assert session.scalar(select(func.count()).select_from(OfferedWording)) == 4


def test_an_answer_keeps_the_version_in_which_it_was_given(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    with database.writing(tiny.url) as session:
        occasion_id = session.scalars(
            select(Occasion.id).where(Occasion.participant_id == participant_id, Occasion.visit == "d0")
        ).one()
        visitor = Visitor(
            participant_id=participant_id,
            study_id=tiny.study_id,
            site="mad",
            language="en",
            time_zone=ZoneInfo("Europe/Madrid"),
            actor=Actor("participant", participant_id),
        )
        save_answers(
            session,
            visitor=visitor,
            occasion_id=occasion_id,
            instrument="itch",
            raw={"itch": "2"},
            now=MORNING,
            language="en",
        )
    with database.reading(tiny.url) as session:
        offered = studies.current(session).offered["itch", "en"]
    asked = replace(INSTRUMENT, items=(*INSTRUMENT.items, Item(code="tired", type="choice", choices="often")))
    wordings = {key: replace(each, items={**each.items, "tired": "?"}) for key, each in WORDINGS.items()}
    loaded = load(tiny, replace(FOLDER, instruments={"itch": asked}, wordings=wordings))
    assert loaded.changes == [
        "instrument itch: items changed",
        "wording itch in en: items changed",
        "wording itch in ar: items changed",
    ]
    with database.reading(tiny.url) as session:
        response = session.scalars(select(Response)).one()
        assert response.instrument_version_id == offered.instrument_version_id
        assert studies.instrument(session, response.instrument_version_id) == INSTRUMENT
        assert studies.wording(session, response.wording_id) == WORDINGS["itch", "en"]
        newest = studies.current(session).offered["itch", "en"]
        assert studies.instrument(session, newest.instrument_version_id) == asked


def test_a_new_visit_is_planned_for_those_randomised_while_its_window_is_open(tiny: TinyStudy) -> None:
    long_ago = tiny.enrol("P-1", day_0=DAY_0 - timedelta(days=99))  # week 12 closed yesterday
    just_open = tiny.enrol("P-2", day_0=DAY_0 - timedelta(days=98))  # it closes today
    fresh = tiny.enrol("P-3")
    tiny.enrol("P-4", arm=None)
    loaded = load(tiny, replace(FOLDER, study=replace(STUDY, visits=(*STUDY.visits, WEEK_12))))
    assert loaded.changes == ["visit w12: new"]
    with database.reading(tiny.url) as session:
        planned = session.execute(
            select(Occasion.participant_id, Occasion.opens_on, Occasion.due_on, Occasion.closes_on)
            .where(Occasion.visit == "w12")
            .order_by(Occasion.participant_id)
        ).all()
        assert [tuple(row) for row in planned] == [
            (just_open, date(2025, 12, 8), date(2025, 12, 22), date(2026, 1, 5)),
            (fresh, date(2026, 3, 16), date(2026, 3, 30), date(2026, 4, 13)),
        ]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.chain.startswith("study:"))).all()[-1]
        assert entry.new is not None
        assert entry.new["occasions_planned"] == {str(just_open): ["w12"], str(fresh): ["w12"]}
    assert long_ago not in (just_open, fresh)


def test_a_moved_window_leaves_planned_visits_as_they_are(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    visits = (STUDY.visits[0], replace(STUDY.visits[1], closes=21))
    loaded = load(tiny, replace(FOLDER, study=replace(STUDY, visits=visits)))
    assert loaded.changes == ["visit w4: closes 14 becomes 21"]
    with database.reading(tiny.url) as session:
        closes_on = session.scalar(
            select(Occasion.closes_on).where(
                Occasion.participant_id == participant_id, Occasion.visit == "w4"
            )
        )
    assert closes_on == DAY_0 + timedelta(days=28 + 14)


def test_what_nobody_uses_can_be_dropped(tiny: TinyStudy) -> None:
    study = replace(
        STUDY,
        arms=STUDY.arms[1:],
        sites=STUDY.sites[:1],
        visits=STUDY.visits[:1],
        product_lots=(),
        reminders=(),
        languages=("en",),
    )
    english = {("itch", "en"): WORDINGS["itch", "en"]}
    loaded = load(tiny, replace(FOLDER, study=study, wordings=english))
    assert loaded.changes == [
        "languages [en, ar] becomes [en]",
        "arm cells: gone",
        "site cai: gone",
        "visit w4: gone",
        "reminder due: gone",
        "product lot LOT-1: gone",
        "wording itch in ar: gone",
    ]


def test_what_participants_use_cannot_be_dropped(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1", site="cai", language="ar")
    with database.writing(tiny.url) as session:
        record_treatment(
            session,
            participant_id=participant_id,
            lot="LOT-1",
            route="peripheral vein",
            given_on=DAY_0,
            actor=COMMAND,
            now=MORNING,
        )
    study = replace(
        STUDY,
        arms=STUDY.arms[1:],
        sites=STUDY.sites[:1],
        visits=STUDY.visits[:1],
        product_lots=(),
        languages=("en",),
    )
    detail = refused(tiny, replace(FOLDER, study=study))
    assert detail == "arm cells, language ar, product lot LOT-1, site cai, visit w4"


def test_a_site_where_someone_works_cannot_be_dropped(tiny: TinyStudy) -> None:
    with database.writing(tiny.url) as session:
        add_account(
            session,
            email="someone@example.org",
            name="Someone",
            role="coordinator",
            study_id=tiny.study_id,
            site="cai",
            password="a password for tests",
            actor=COMMAND,
            now=MORNING,
        )
    assert "cai" in refused(tiny, replace(FOLDER, study=replace(STUDY, sites=STUDY.sites[:1])))


def test_what_another_study_uses_is_no_hindrance(tiny: TinyStudy) -> None:
    tiny.enrol("P-1")
    load(tiny, replace(FOLDER, study=replace(STUDY, code="other")))
    other = replace(STUDY, code="other", arms=STUDY.arms[1:], sites=STUDY.sites[1:], visits=STUDY.visits[:1])
    assert load(tiny, replace(FOLDER, study=other)).number == 2


def test_two_who_load_a_new_study_at_once_store_it_once(database_url: str) -> None:
    together = threading.Barrier(2)

    def load_it(_: int) -> LoadResult:
        with database.writing(database_url) as session:
            if session.get_bind().dialect.name == "postgresql":
                session.scalar(select(func.count()).select_from(Study))
                together.wait(timeout=30)
            return load_study(session, folder=FOLDER, actor=COMMAND, now=MORNING)

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(load_it, range(2)), key=lambda result: len(result.changes))
    assert [(result.number, result.changes) for result in results] == [(1, []), (1, ["study tiny: new"])]
