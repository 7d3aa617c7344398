"""Visits count from the day that the study names, and move with it only while they lie ahead."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import database
from app.domain.visit import Repeats
from app.errors import Code, Refusal
from app.models import AuditEntry, Occasion, Participant, Response
from app.operations import anchors, reminders
from app.operations.consents import record_consent
from app.operations.reminder_claims import claim
from app.operations.studies import load_study
from app.operations.treatments import record_treatment
from app.queries import studies
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, FOLDER, MORNING, STUDY, TinyStudy

LATER = MORNING + timedelta(days=10)
"""Day 10: the first visit has closed, week 4 lies ahead."""

START, WEEK_4 = STUDY.visits


def study(tiny: TinyStudy, **changed: Any) -> None:  # noqa: ANN401 - fields of a study
    """Load another version of the tiny study."""
    folder = replace(FOLDER, study=replace(STUDY, **changed))
    with database.writing(tiny.url) as session:
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)


def due(tiny: TinyStudy, participant_id: int) -> dict[str, date]:
    """Return the due day of each occasion."""
    with database.reading(tiny.url) as session:
        found = session.scalars(
            select(Occasion).where(Occasion.participant_id == participant_id).order_by(Occasion.due_on)
        )
        return {occasion.visit: occasion.due_on for occasion in found}


def infuse(tiny: TinyStudy, participant_id: int, given_on: date, now: datetime = MORNING) -> None:
    with database.writing(tiny.url) as session:
        record_treatment(
            session,
            participant_id=participant_id,
            lot="LOT-1",
            route="peripheral vein",
            given_on=given_on,
            actor=COMMAND,
            now=now,
        )


def correct(
    tiny: TinyStudy, participant_id: int, day: date, now: datetime = LATER, why: str = "typed"
) -> None:
    with database.writing(tiny.url) as session:
        anchors.correct_randomisation(
            session,
            participant_id=participant_id,
            randomised_on=day,
            reason=why,
            actor=COMMAND,
            now=now,
        )


def last_entry(tiny: TinyStudy) -> tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None, str]:
    with database.reading(tiny.url) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        return entry.action, entry.old, entry.new, entry.reason


def test_each_visit_is_planned_as_soon_as_its_own_day_is_known(tiny: TinyStudy) -> None:
    consented = replace(START, code="before", anchor="consent")
    infused = replace(START, code="after", day=100, anchor="infusion")
    study(tiny, blinding="none", visits=(consented, START, WEEK_4, infused))
    participant_id = tiny.enrol("P-1", arm=None)
    assert due(tiny, participant_id) == {"before": DAY_0}
    assert last_entry(tiny)[2] is not None
    assert (last_entry(tiny)[2] or {})["visits"] == ["before"]
    other = tiny.enrol("P-2")
    assert list(due(tiny, other)) == ["before", "d0", "w4"]
    infuse(tiny, other, DAY_0)
    assert due(tiny, other)["after"] == DAY_0 + timedelta(days=100)
    assert (last_entry(tiny)[2] or {})["visits"] == ["after"]


def test_a_new_version_plans_from_every_day_that_is_known(tiny: TinyStudy) -> None:
    waiting, infused = tiny.enrol("P-1", arm=None), tiny.enrol("P-2")
    infuse(tiny, infused, DAY_0)
    added = (
        replace(START, code="c", day=200, anchor="consent"),
        replace(START, code="i", day=210, anchor="infusion"),
    )
    study(tiny, blinding="none", visits=(START, WEEK_4, *added))
    assert list(due(tiny, waiting)) == ["c"]
    assert list(due(tiny, infused)) == ["d0", "w4", "c", "i"]


def test_a_corrected_day_moves_what_lies_ahead_and_leaves_history(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    correct(tiny, participant_id, DAY_0 + timedelta(days=3))
    assert due(tiny, participant_id) == {"d0": DAY_0, "w4": DAY_0 + timedelta(days=31)}
    action, old, new, reason = last_entry(tiny)
    assert (action, reason) == ("participant.correct_randomisation", "typed")
    assert old == {"randomised_on": "2026-01-05", "due": {"w4": "2026-02-02"}}
    assert new == {"randomised_on": "2026-01-08", "due": {"w4": "2026-02-05"}}
    with database.reading(tiny.url) as session:
        assert session.get_one(Participant, participant_id).arm == "cells"


@pytest.mark.parametrize(
    ("days", "moves"),
    [pytest.param(20, True, id="opens tomorrow"), pytest.param(21, False, id="opens today")],
)
def test_ahead_is_what_opens_after_today_where_the_participant_is(
    tiny: TinyStudy, days: int, *, moves: bool
) -> None:
    participant_id = tiny.enrol("P-1")
    before_midnight = MORNING + timedelta(days=days, hours=13)  # 22:00 in UTC, 23:00 in Madrid
    correct(tiny, participant_id, DAY_0 + timedelta(days=1), now=before_midnight)
    assert due(tiny, participant_id)["w4"] == DAY_0 + timedelta(days=29 if moves else 28)


def test_what_was_answered_before_it_opened_stays(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    with database.writing(tiny.url) as session:
        offered = studies.current(session, study_id=tiny.study_id).offered["itch", "en"]
        occasion_id = session.scalars(select(Occasion.id).where(Occasion.visit == "w4")).one()
        session.add(
            Response(
                occasion_id=occasion_id,
                instrument="itch",
                instrument_version_id=offered.instrument_version_id,
                wording_id=offered.wording_id,
                started_at=MORNING,
            )
        )
    correct(tiny, participant_id, DAY_0 + timedelta(days=3))
    assert due(tiny, participant_id)["w4"] == DAY_0 + timedelta(days=28)


@pytest.mark.parametrize(
    ("day", "why", "code"),
    [
        (DAY_0 - timedelta(days=1), "typed", Code.DATE_OUT_OF_ORDER),
        (DAY_0 + timedelta(days=3), "typed", Code.DATE_OUT_OF_ORDER),
        (DAY_0 + timedelta(days=11), "typed", Code.DATE_IN_FUTURE),
        (DAY_0 + timedelta(days=1), " ", Code.REASON_NEEDED),
    ],
)
def test_a_correction_is_refused_and_changes_nothing(
    tiny: TinyStudy, day: date, why: str, code: Code
) -> None:
    participant_id = tiny.enrol("P-1")
    infuse(tiny, participant_id, DAY_0 + timedelta(days=2), now=LATER)
    before = due(tiny, participant_id), last_entry(tiny)
    with pytest.raises(Refusal) as refusal:
        correct(tiny, participant_id, day, why=why)
    assert refusal.value.code == code
    assert (due(tiny, participant_id), last_entry(tiny)) == before


def test_the_same_day_again_changes_nothing_and_nobody_is_randomised_by_it(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    before = last_entry(tiny)
    correct(tiny, participant_id, DAY_0, why="")
    assert last_entry(tiny) == before
    with pytest.raises(Refusal) as refusal:
        correct(tiny, tiny.enrol("P-2", arm=None), DAY_0)
    assert refusal.value.code == Code.NOT_FOUND


def infused_study(tiny: TinyStudy) -> int:
    study(tiny, blinding="none", visits=(START, replace(WEEK_4, anchor="infusion")))
    participant_id = tiny.enrol("P-1")
    infuse(tiny, participant_id, DAY_0 + timedelta(days=3), now=LATER)
    assert due(tiny, participant_id)["w4"] == DAY_0 + timedelta(days=31)
    return participant_id


def test_the_first_infusion_counts_whenever_it_comes_to_be_known(tiny: TinyStudy) -> None:
    participant_id = infused_study(tiny)
    infuse(tiny, participant_id, DAY_0 + timedelta(days=9), now=LATER)
    assert due(tiny, participant_id)["w4"] == DAY_0 + timedelta(days=31)
    infuse(tiny, participant_id, DAY_0 + timedelta(days=1), now=LATER)
    assert due(tiny, participant_id)["w4"] == DAY_0 + timedelta(days=29)
    action, old, new, _ = last_entry(tiny)
    assert (action, old) == ("treatment.record", {"due": {"w4": "2026-02-05"}})
    assert (new or {})["due"] == {"w4": "2026-02-03"}


def test_a_corrected_infusion_moves_what_counts_from_it(tiny: TinyStudy) -> None:
    participant_id = infused_study(tiny)
    given = {"lot": "LOT-1", "reason": "typed", "actor": COMMAND, "now": LATER}
    infused_on, right = DAY_0 + timedelta(days=3), DAY_0 + timedelta(days=4)

    def correct_infusion(given_on: date, corrected_on: date) -> Code | None:
        try:
            with database.writing(tiny.url) as session:
                anchors.correct_treatment(
                    session,
                    participant_id=participant_id,
                    given_on=given_on,
                    corrected_on=corrected_on,
                    **given,  # type: ignore[arg-type]  # each has its own type
                )
        except Refusal as refusal:
            return refusal.code
        return None

    assert correct_infusion(DAY_0, right) == Code.UNKNOWN_CODE
    assert correct_infusion(infused_on, DAY_0 - timedelta(days=1)) == Code.DATE_OUT_OF_ORDER
    assert correct_infusion(infused_on, DAY_0 + timedelta(days=11)) == Code.DATE_IN_FUTURE
    assert correct_infusion(infused_on, right) is None
    assert due(tiny, participant_id) == {"d0": DAY_0, "w4": DAY_0 + timedelta(days=32)}
    assert last_entry(tiny) == (
        "treatment.correct",
        {"given_on": "2026-01-08", "due": {"w4": "2026-02-05"}},
        {"given_on": "2026-01-09", "due": {"w4": "2026-02-06"}},
        "typed",
    )
    infuse(tiny, participant_id, DAY_0 + timedelta(days=8), now=LATER)
    assert correct_infusion(right, DAY_0 + timedelta(days=8)) == Code.ALREADY_RECORDED


def test_an_earlier_consent_moves_what_counts_from_it(tiny: TinyStudy) -> None:
    study(tiny, visits=(START, replace(WEEK_4, anchor="consent")))
    participant_id = tiny.enrol("P-1")
    with database.writing(tiny.url) as session:
        record_consent(
            session,
            participant_id=participant_id,
            version="1",
            consented_on=DAY_0 - timedelta(days=2),
            actor=COMMAND,
            now=MORNING,
        )
    assert due(tiny, participant_id) == {"d0": DAY_0, "w4": DAY_0 + timedelta(days=26)}


def plan(tiny: TinyStudy, now: datetime) -> int:
    with database.writing(tiny.url) as session:
        return reminders.plan(session, study_id=tiny.study_id, now=now, actor=COMMAND)


def test_reminders_follow_the_visit_that_moved(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    correct(tiny, participant_id, DAY_0 + timedelta(days=3))
    old, new = MORNING + timedelta(days=28), MORNING + timedelta(days=31)
    assert plan(tiny, old) == 0
    assert plan(tiny, new) == 1
    with database.writing(tiny.url) as session:
        assert len(claim(session, now=new, limit=5, contact_keys=CONTACT_KEYS)) == 1


def test_a_repeating_visit_is_planned_for_each_time(tiny: TinyStudy) -> None:

    yearly = replace(
        START,
        code="year",
        title={"en": "Year {number}", "ar": "السنة {number}"},
        repeats=Repeats(unit="year", times=2),
    )
    study(tiny, visits=(START, yearly))
    participant_id = tiny.enrol("P-1")
    assert due(tiny, participant_id) == {
        "d0": DAY_0,
        "year-1": date(2027, 1, 5),
        "year-2": date(2028, 1, 5),
    }
    with pytest.raises(Refusal) as refusal:
        study(tiny, visits=(START, replace(yearly, repeats=Repeats(unit="year", times=1))))
    assert refusal.value.detail == "visit year-2"
