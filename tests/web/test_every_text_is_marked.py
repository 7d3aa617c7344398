"""Every page in a made-up language that has brackets: what stands outside of them was never marked."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from app import database
from app.domain.partial_date import PartialDate
from app.formats import stop_token
from app.models import Alert
from app.operations.alert_steps import note_alert
from app.operations.data_queries import raise_query
from app.operations.events import report_event
from app.operations.replies import keep_reply
from app.operations.reports import publish_report
from tests.fixtures.desk import NewStaff
from tests.fixtures.kinds import BEHAVIOURS
from tests.fixtures.pages import parsed
from tests.fixtures.phone import Clock, NewPhone, Phone
from tests.fixtures.pseudo_language import PSEUDO, unmarked
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, LINK_KEYS, TinyStudy

# What nobody translates: names, codes of the study, what was typed, addresses, receipts, zones.
KNOWN = re.compile(
    r"A (?:coordinator|statistician|administrator)|Name of \S+|Hepatica|Europe/Madrid|\S+@\S+|https?://\S+"
    r"|Esperanto|English|العربية|\b(?:angla|araba)\b|account:\d+"  # the names of languages
    r"|Deutsch|Türkçe|español|français|português|فارسی|मराठी|हिन्दी|中文 \(简体\)|日本語"
    rf"|\b(?:tiny|itch|cells|usual|mad|cai|d0|w4|due|{'|'.join(BEHAVIOURS)})\b|\b[A-Z0-9][A-Z0-9.:+-]*\b"
)
PLACE = re.compile(r"<any\((?P<any>[^)]*)\):\w+>|<(?:\w+:)?(?P<name>\w+)>")
LAST = ("participant.leave", "staff.end_browsers_of", "staff.sign_out")  # they end the session


@pytest.fixture
def tiny(pseudo_study: TinyStudy) -> TinyStudy:
    """The tiny study in the made-up language stands in for the tiny study."""
    return pseudo_study


def addresses(rule: Rule, values: dict[str, object]) -> Iterator[str]:
    """Return a rule's addresses, with each of the values that its places can have."""
    address = rule.rule
    options: tuple[str, ...] = ("",)
    for found in PLACE.finditer(rule.rule):
        if found["any"]:
            options = tuple(each.strip(" '\"") for each in found["any"].split(","))
            address = address.replace(found[0], "{any}")
        else:
            assert found["name"] in values, f"{rule.rule}: say here what <{found['name']}> stands for"
            value = values[found["name"]]
            if isinstance(value, tuple):
                address, options = address.replace(found[0], "{any}"), value
            else:
                address = address.replace(found[0], str(value))
    for option in options:
        yield address.replace("{any}", option)


def rules(app: Flask, blueprint: str, method: str) -> list[Rule]:
    """Return the rules of one blueprint that answer a method, those that end a session last."""
    found = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{blueprint}.") and method in (rule.methods or ())
    ]
    return sorted(found, key=lambda rule: rule.endpoint in LAST)


def faults(address: str, answer: TestResponse) -> list[str]:
    """Return what was never marked on a page that came back."""
    if answer.mimetype != "text/html" or answer.status_code in (301, 302, 303):
        return []
    root = parsed(answer.get_data(as_text=True))
    if root.get("lang") != PSEUDO:
        return [f"{address} speaks {root.get('lang')}"]
    return [f"{address}: {text}" for text in unmarked(root, KNOWN)]


def walk(client: Client, app: Flask, blueprint: str, values: dict[str, object], csrf: str = "") -> list[str]:
    """Fetch every page, then send every form empty, and return what was never marked anywhere."""
    found: list[str] = []
    prefer = {"Accept-Language": PSEUDO}
    for rule in rules(app, blueprint, "GET"):
        if rule.endpoint == "staff.report_page":
            continue  # the analysis wrote it
        for address in addresses(rule, values):
            found += faults(address, client.get(address, headers=prefer))
    for rule in rules(app, blueprint, "POST"):
        for address in addresses(rule, values):
            form = {"csrf_token": csrf} if csrf else {}
            found += faults(f"POST {address}", client.post(address, data=form, headers=prefer))
    return list(dict.fromkeys(found))


def sent(phone: Phone) -> str:
    """Send the second visit's questionnaire and return the receipt."""
    survey = phone.survey("w4")
    answer = phone.post(survey, do="send", gaps="told", itch="3", submission_id="s")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location.rpartition("/")[2]


def test_every_page_of_participants_speaks_the_language(new_phone: NewPhone, time: Clock) -> None:
    phone = new_phone("P-1", language=PSEUDO, day_0=DAY_0).open()
    token, first = phone.token, phone.survey("d0")
    phone.post("/report/transplant", **{"started-year": "2025", "report_id": "r"})
    time.pass_by(days=25)
    receipt = sent(phone)
    time.pass_by(days=-25)
    values = {
        "token": token,
        "occasion_id": first.split("/")[2],
        "instrument": ("itch", *BEHAVIOURS),
        "receipt": receipt,
        "event_id": 1,
    }
    found = walk(phone.client, phone.app, "participant", values)
    phone.open()
    stop = f"/stop/{stop_token.sign(phone.participant_id, LINK_KEYS)}"
    found += faults(f"POST {stop}", phone.client.post(stop))
    for address in ("/today?saved", f"{first}?gaps", "/nowhere", "/reported/999", phone.survey("w4"), stop):
        found += faults(address, phone.client.get(address, follow_redirects=True))
    found += faults("POST a wrong answer", phone.client.post(first, data={"do": "send", "itch": "99"}))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("role", ["administrator", "coordinator", "statistician"])
def test_every_page_of_staff_speaks_the_language(
    role: str, new_staff: NewStaff, new_phone: NewPhone, staff_app: Flask, tiny: TinyStudy, time: Clock
) -> None:
    phone = new_phone("M-1", language=PSEUDO).open()
    tiny.enrol("M-2", language=PSEUDO, arm=None)
    tiny.enrol("M-3", language=PSEUDO)
    phone.post(phone.survey("d0"), do="send", gaps="told", itch="3", submission_id="s")
    participant_id = phone.participant_id
    with database.writing(tiny.url) as session:
        event_id = report_event(
            session,
            participant_id=participant_id,
            kind="hospital stay",
            started=PartialDate(2026, 1, 2),
            reason="bleeding",
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )
        alert = Alert(
            participant_id=participant_id, response_id=1, rule="itch", answers={"itch": 3}, raised_at=time.at
        )
        session.add(alert)
        session.flush()
        note_alert(session, alert_id=alert.id, note="tiny", actor=COMMAND, now=time.at)
        query_id = raise_query(
            session,
            participant_id=participant_id,
            subject="answer",
            subject_id=1,
            field="itch",
            text="itch",
            actor=COMMAND,
            now=time.at,
        )
        reply_id = keep_reply(
            session,
            participant_id=participant_id,
            channel="sms",
            words="tiny",
            actor=COMMAND,
            now=time.at,
            contact_keys=CONTACT_KEYS,
        )
        report_id = publish_report(
            session,
            study_id=tiny.study_id,
            cutoff_on=DAY_0,
            data_sha256="0" * 64,
            page="<!doctype html><title>R</title>",
            results={},
            actor=COMMAND,
            now=time.at,
        )
    site = "mad" if role == "coordinator" else None
    browser = new_staff(role, site=site, language=PSEUDO)
    values = {
        "code": "M-1",
        "occasion_id": phone.survey("d0").split("/")[2],
        "instrument": ("itch", *BEHAVIOURS),
        "response_id": 1,
        "event_id": event_id,
        "report_id": report_id,
        "item": "itch",
        "correction_id": 1,
        "alert_id": alert.id,
        "query_id": query_id,
        "token": "no-token",
        "document_id": 1,
        "account_id": browser.actor.id,
        "qualification_id": 1,
        "reminder_id": 1,
        "reply_id": reply_id,
    }
    found = faults("a form without its token", browser.client.post("/staff/language", data={}))
    for address in ("/staff/nowhere", "/staff/participants/M-9", "/staff/?state=all", "/staff/participants"):
        found += faults(address, browser.client.get(address))
    found += walk(browser.client, staff_app, "staff", values, csrf=browser.token())
    assert not found, "\n".join(found)
