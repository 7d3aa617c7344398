"""An old key is retired: nothing that is sealed, and no hash of an address, needs it any more."""

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Table, select

from app import database
from app.formats import one_time_code
from app.formats.contact import ContactDetails
from app.formats.subscription import Subscription
from app.models import AuditEntry, Base, ContactHash
from app.operations import keys
from app.operations.code_apps import add_code_app, take_code
from app.operations.contact_hashes import mark_bounced, whose
from app.operations.contacts import change_contact
from app.operations.documents import attach_document
from app.operations.push_subscriptions import end_subscriptions, subscribe
from app.operations.replies import keep_reply
from app.operations.second_factors import remove
from app.operations.studies import load_study
from app.queries import audit, second_factors
from tests.fixtures.study import COMMAND, CONTACT_KEYS, FOLDER, MORNING, STUDY, TinyStudy
from tests.operations.test_accounts import add
from tests.operations.test_allocations import generated, randomising
from tests.operations.test_events import report

NEW = Fernet.generate_key().decode()
BOTH = (*CONTACT_KEYS, NEW)
EMAIL, PHONE = "someone@example.org", "+34 600 111 222"
SEALED = [table for table in Base.metadata.sorted_tables if "sealed" in table.c]
"""Every table that keeps something sealed: one that comes later is to be filled in `kept`, and resealed."""


@pytest.fixture
def kept(tiny: TinyStudy) -> TinyStudy:
    """Everything that is sealed, twice where there can be two, and one of them out of use."""
    randomising(tiny)
    generated(tiny)
    _keep_person(tiny)
    for email in ("one@example.org", "two@example.org"):
        _keep_app(tiny, add(tiny, email=email))
    return tiny


def _keep_person(tiny: TinyStudy) -> None:
    participant_id = tiny.enrol("P-1", email=EMAIL, phone=PHONE)
    event_id = report(tiny, participant_id)
    with database.writing(tiny.url) as session:
        browsers = [Subscription(f"https://fcm.googleapis.com/{each}", "public", "auth") for each in "ab"]
        for browser in browsers:
            subscribe(
                session,
                participant_id=participant_id,
                subscription=browser,
                actor=COMMAND,
                now=MORNING,
                contact_keys=CONTACT_KEYS,
            )
        end_subscriptions(
            session,
            participant_id=participant_id,
            actor=COMMAND,
            now=MORNING,
            endpoint_hash=browsers[0].hash,
        )
        keep_reply(
            session,
            participant_id=participant_id,
            channel="sms",
            words="My father died yesterday.",
            actor=COMMAND,
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )
        attach_document(
            session,
            event_id=event_id,
            name="letter.pdf",
            content=b"%PDF-1.7\nAdmitted",
            largest=1000,
            actor=COMMAND,
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )


def _keep_app(tiny: TinyStudy, account_id: int) -> None:
    with database.writing(tiny.url) as session:
        removed, _ = [
            add_code_app(
                session,
                account_id=account_id,
                name=name,
                sealed=one_time_code.seal(secret, account_id=account_id, keys=CONTACT_KEYS),
                code=one_time_code.code_at(secret, one_time_code.step_of(MORNING)),
                actor=COMMAND,
                now=MORNING,
                contact_keys=CONTACT_KEYS,
            )
            for name, secret in (("old", one_time_code.new_secret()), ("new", one_time_code.new_secret()))
        ]
        remove(
            session, account_id=account_id, kind="code_app", factor_id=removed.id, actor=COMMAND, now=MORNING
        )


def reseal(tiny: TinyStudy) -> None:
    with database.writing(tiny.url) as session:
        keys.reseal(session, study_id=tiny.study_id, actor=COMMAND, now=MORNING, contact_keys=BOTH)
    with database.reading(tiny.url) as session:
        accounts = second_factors.with_code_apps(session)
    for account_id in accounts:
        with database.writing(tiny.url) as session:
            keys.reseal_code_apps(
                session, account_id=account_id, actor=COMMAND, now=MORNING, contact_keys=BOTH
            )


@pytest.mark.parametrize("table", SEALED, ids=lambda table: table.name)
def test_the_new_key_alone_opens_all_that_is_sealed(kept: TinyStudy, table: Table) -> None:
    reseal(kept)
    with database.reading(kept.url) as session:
        found = session.scalars(select(table.c.sealed).where(table.c.sealed.is_not(None))).all()
        assert list(audit.verify(session)) == []
    assert found, "nothing of this table is sealed here: keep something of it in this file"
    for each in found:
        assert Fernet(NEW).decrypt(each)


def test_one_study_and_one_account_leave_the_others_alone(kept: TinyStudy) -> None:
    with database.writing(kept.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, code="other"))
        other = load_study(session, folder=folder, actor=COMMAND, now=MORNING).study_id
        done = keys.reseal(session, study_id=kept.study_id, actor=COMMAND, now=MORNING, contact_keys=BOTH)
        none = keys.reseal(session, study_id=other, actor=COMMAND, now=MORNING, contact_keys=BOTH)
        [first, _] = second_factors.with_code_apps(session)
        apps = keys.reseal_code_apps(session, account_id=first, actor=COMMAND, now=MORNING, contact_keys=BOTH)
        told = session.scalars(select(AuditEntry.new).where(AuditEntry.action == "keys.reseal")).all()
    assert done == {"contacts": 1, "documents": 1, "browsers": 2, "lists": 1, "replies": 1}
    assert set(none.values()) == {0}
    assert apps == 2
    assert told == [done, none, {"code_apps": 2}]


def test_an_app_still_shows_the_right_code_and_no_code_twice(tiny: TinyStudy) -> None:
    account_id, secret = add(tiny), one_time_code.new_secret()
    step = one_time_code.step_of(MORNING)
    with database.writing(tiny.url) as session:
        add_code_app(
            session,
            account_id=account_id,
            name="phone",
            sealed=one_time_code.seal(secret, account_id=account_id, keys=CONTACT_KEYS),
            code=one_time_code.code_at(secret, step),
            actor=COMMAND,
            now=MORNING,
            contact_keys=CONTACT_KEYS,
        )
    reseal(tiny)
    with database.writing(tiny.url) as session:
        right = [
            take_code(
                session,
                account_id=account_id,
                code=one_time_code.code_at(secret, each),
                now=MORNING,
                contact_keys=(NEW,),
            )
            for each in (step, step + 1)
        ]
    assert right == [False, True]


def test_an_address_is_found_by_the_new_key_and_is_still_known_to_bounce(kept: TinyStudy) -> None:
    other = kept.enrol("P-2", email="other@example.org", phone=None)
    with database.writing(kept.url) as session:
        [theirs] = whose(session, kind="email", address=EMAIL, contact_keys=CONTACT_KEYS)
        mark_bounced(session, participant_id=theirs, kind="email", actor=COMMAND, now=MORNING)
    reseal(kept)
    with database.writing(kept.url) as session:
        assert whose(session, kind="email", address=EMAIL.upper(), contact_keys=(NEW,)) == [theirs]
        assert whose(session, kind="phone", address=PHONE, contact_keys=(NEW,)) == [theirs]
        assert whose(session, kind="email", address=EMAIL, contact_keys=CONTACT_KEYS) == []
        assert session.get_one(ContactHash, (other, "phone")).hash == ""
        # Another telephone number says nothing of the mail that bounced; another mail does.
        for email, at in ((EMAIL, MORNING), ("right@example.org", None)):
            change_contact(
                session,
                participant_id=theirs,
                details=ContactDetails("Name", email, "+34 600 999 999", 1958),
                actor=COMMAND,
                now=MORNING,
                contact_keys=(NEW,),
            )
            assert session.get_one(ContactHash, (theirs, "email")).bounced_at == at
