"""Enrolment, randomisation, and what a site may not do with another site's participants."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app import database
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.formats.contact import ContactDetails
from app.models import AuditEntry, Contact, Occasion, Participant
from app.operations.contacts import change_contact, mark, read_contact
from app.operations.participants import change_language, enrol_participant, randomise_participant
from app.operations.treatments import record_treatment
from app.queries import participants
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, MORNING, TinyStudy

DETAILS = ContactDetails("Someone", "someone@example.org", None, 1958)


def enrol(tiny: TinyStudy, actor: Actor = COMMAND, **changed: object) -> int:
    given: dict[str, Any] = {
        "study_id": tiny.study_id,
        "code": "P-1",
        "site": "mad",
        "language": "en",
        "contact": DETAILS,
        "consent_version": "1",
        "consented_on": DAY_0,
    }
    with database.writing(tiny.url) as session:
        return enrol_participant(
            session,
            actor=actor,
            now=MORNING,
            contact_keys=CONTACT_KEYS,
            **(given | changed),
        )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"site": "nowhere"}, Code.UNKNOWN_CODE),
        ({"code": "MAD/1"}, Code.FAULTY_INPUT),
        ({"code": "new"}, Code.FAULTY_INPUT),
        ({"code": "M" * 41}, Code.FAULTY_INPUT),
        ({"language": "fr"}, Code.LANGUAGE_NOT_OFFERED),
        ({"consent_version": "2"}, Code.UNKNOWN_CODE),
        ({"consented_on": DAY_0 + timedelta(days=1)}, Code.DATE_IN_FUTURE),
    ],
)
def test_enrolment_refuses_and_writes_nothing(
    tiny: TinyStudy, changed: dict[str, str | date], code: Code
) -> None:
    with pytest.raises(Refusal) as refusal:
        enrol(tiny, COMMAND, **changed)
    assert refusal.value.code == code
    with database.reading(tiny.url) as session:
        assert session.scalar(select(func.count()).select_from(Participant)) == 0


def test_a_code_is_given_once(tiny: TinyStudy) -> None:
    enrol(tiny)
    with pytest.raises(Refusal) as refusal:
        enrol(tiny)
    assert refusal.value.code == Code.ALREADY_RECORDED


def test_contact_details_are_unreadable_in_the_database_and_reading_them_is_recorded(tiny: TinyStudy) -> None:
    participant_id = enrol(tiny)
    with database.writing(tiny.url) as session:
        sealed = session.scalars(select(Contact.sealed)).one()
        assert "Someone" not in sealed
        assert "1958" not in sealed
        details = read_contact(
            session, participant_id=participant_id, actor=COMMAND, now=MORNING, contact_keys=CONTACT_KEYS
        )
    assert details == DETAILS
    with database.reading(tiny.url) as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject == f"participant:{participant_id}")
        )
        actions = [entry.action for entry in entries]
        written = session.scalars(select(AuditEntry)).all()
    assert actions == ["participant.enrol", "contact.read"]
    assert not any("Someone" in f"{entry.old}{entry.new}" for entry in written)


def test_a_change_of_contact_names_the_fields_and_not_what_stands_in_them(tiny: TinyStudy) -> None:
    participant_id = enrol(tiny)
    with database.writing(tiny.url) as session:
        change_contact(
            session,
            participant_id=participant_id,
            details=ContactDetails("Someone", "new@example.org", "+34 1", 1958),
            actor=COMMAND,
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "contact.change")).one()
    assert entry.new == {"changed": ["email", "phone"]}


def test_of_two_changes_of_contact_from_one_page_none_is_overwritten_unseen(tiny: TinyStudy) -> None:
    participant_id = enrol(tiny)
    with database.reading(tiny.url) as session:
        seen = mark(session, participant_id=participant_id)

    def change(email: str, phone: str) -> None:
        with database.writing(tiny.url) as session:
            change_contact(
                session,
                participant_id=participant_id,
                details=ContactDetails("Someone", email, phone, 1958),
                actor=COMMAND,
                now=MORNING,
                contact_keys=CONTACT_KEYS,
                seen=seen,
            )

    for _ in range(2):  # the same form sent twice changes it once
        change("new@example.org", "+34 1")
    with pytest.raises(Refusal) as refusal:
        change("other@example.org", "+34 2")
    assert refusal.value.code == Code.CHANGED_MEANWHILE
    with database.reading(tiny.url) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "contact.change")).all()
        assert len(entries) == 1
        assert seen != mark(session, participant_id=participant_id)


def randomise(tiny: TinyStudy, participant_id: int, arm: str = "cells", on: date = DAY_0) -> None:
    with database.writing(tiny.url) as session:
        randomise_participant(
            session, participant_id=participant_id, arm=arm, randomised_on=on, actor=COMMAND, now=MORNING
        )


def test_randomisation_plans_the_visits_from_day_0(tiny: TinyStudy) -> None:
    participant_id = enrol(tiny)
    randomise(tiny, participant_id)
    with database.reading(tiny.url) as session:
        planned = session.execute(
            select(Occasion.visit, Occasion.opens_on, Occasion.due_on, Occasion.closes_on).order_by(
                Occasion.due_on
            )
        ).all()
    assert [tuple(row) for row in planned] == [
        ("d0", date(2026, 1, 5), date(2026, 1, 5), date(2026, 1, 12)),
        ("w4", date(2026, 1, 26), date(2026, 2, 2), date(2026, 2, 16)),
    ]


@pytest.mark.parametrize(
    ("arm", "on", "code"),
    [
        ("placebo", DAY_0, Code.UNKNOWN_CODE),
        ("cells", DAY_0 + timedelta(days=1), Code.DATE_IN_FUTURE),
        ("cells", DAY_0 - timedelta(days=1), Code.DATE_OUT_OF_ORDER),
    ],
)
def test_randomisation_refuses(tiny: TinyStudy, arm: str, on: date, code: Code) -> None:
    participant_id = enrol(tiny)
    with pytest.raises(Refusal) as refusal:
        randomise(tiny, participant_id, arm, on)
    assert refusal.value.code == code


def test_nobody_is_randomised_twice(tiny: TinyStudy) -> None:
    participant_id = enrol(tiny)
    randomise(tiny, participant_id)
    with pytest.raises(Refusal) as refusal:
        randomise(tiny, participant_id, "usual")
    assert refusal.value.code == Code.ALREADY_RECORDED


def test_another_sites_coordinator_finds_nobody(tiny: TinyStudy) -> None:
    participant_id = enrol(tiny)
    cairo = Actor("account", 1, role="coordinator", study_id=tiny.study_id, site="cai")
    madrid = Actor("account", 2, role="coordinator", study_id=tiny.study_id, site="mad")
    with database.writing(tiny.url) as session:
        for reach in (
            lambda: participants.one(session, actor=cairo, participant_id=participant_id),
            lambda: change_language(
                session, participant_id=participant_id, language="ar", actor=cairo, now=MORNING
            ),
            lambda: read_contact(
                session, participant_id=participant_id, actor=cairo, now=MORNING, contact_keys=CONTACT_KEYS
            ),
        ):
            with pytest.raises(Refusal) as refusal:
                reach()
            assert refusal.value.code == Code.NOT_FOUND
        assert participants.one(session, actor=madrid, participant_id=participant_id).code == "P-1"
    with pytest.raises(Refusal) as refusal:
        enrol(tiny, actor=cairo, code="P-2")
    assert refusal.value.code == Code.NOT_ALLOWED


def test_an_infusion_names_a_lot_of_the_study_and_comes_after_day_0(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")
    cases = [
        ("LOT-9", DAY_0, Code.UNKNOWN_CODE),
        ("LOT-1", DAY_0 - timedelta(days=1), Code.DATE_OUT_OF_ORDER),
    ]
    for lot, on, code in cases:
        with database.writing(tiny.url) as session, pytest.raises(Refusal) as refusal:
            record_treatment(
                session,
                participant_id=participant_id,
                lot=lot,
                route="vein",
                given_on=on,
                actor=COMMAND,
                now=MORNING,
            )
        assert refusal.value.code == code
    ids = []
    for _ in range(2):
        with database.writing(tiny.url) as session:
            ids.append(
                record_treatment(
                    session,
                    participant_id=participant_id,
                    lot="LOT-1",
                    route="peripheral vein",
                    given_on=DAY_0,
                    actor=COMMAND,
                    now=MORNING,
                )
            )
    assert ids[0] == ids[1]


def test_the_same_infusion_by_another_route_is_not_dropped_unseen(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1")

    def record(route: str) -> int:
        with database.writing(tiny.url) as session:
            return record_treatment(
                session,
                participant_id=participant_id,
                lot="LOT-1",
                route=route,
                given_on=DAY_0,
                actor=COMMAND,
                now=MORNING,
            )

    assert record("vein") == record("vein")
    with pytest.raises(Refusal) as refusal:
        record("hepatic artery")
    assert refusal.value.code == Code.ALREADY_RECORDED
