"""Participants in bulk: each with an address of their own, a link, and a visit that is due today.

They are put into the tables directly, as enrolment would leave them, with an entry in their trail: what is
measured is what comes after.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app import database
from app.domain.actor import Actor
from app.domain.channels import ADDRESS_KINDS, AddressKind
from app.domain.schedule import civil_date
from app.formats import contact as contact_format
from app.formats.contact import ContactDetails
from app.formats.contact_hash import address_hash
from app.models import Base, Contact, ContactHash, Link, Occasion, Participant
from app.operations import audit
from app.operations.audit import Chain
from app.operations.occasions import planned
from app.operations.studies import load_study
from tests.fixtures import study as tiny

AT_ONCE = 1000
ACTOR = Actor("command", name="bench")
LATE_MORNING = 10
STEP = replace(
    tiny.STUDY.reminders[0],
    channel=None,
    channels=("email", "sms"),
    text={"en": "Please answer: {link}", "ar": "يرجى الإجابة: {link}"},
)
FOLDER = replace(tiny.FOLDER, study=replace(tiny.STUDY, reminders=(STEP,)))


@dataclass(frozen=True)
class People:
    """A study's participants: their addresses by id."""

    study_id: int
    addresses: dict[int, str]


def zone_where_it_is_morning(now: datetime) -> str:
    """Return a time zone in which a long run ends before the evening, whenever it is started."""
    ahead = (LATE_MORNING - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def invited(url: str, size: int, *, now: datetime, with_phones: bool = False) -> People:
    """Load the tiny study and add participants whose first visit is due today.

    `with_phones`: every second one has a telephone number and no e-mail address.
    """
    zone = zone_where_it_is_morning(now)
    day_0 = civil_date(now, ZoneInfo(zone))
    with database.writing(url) as session:
        study_id = load_study(session, folder=FOLDER, actor=ACTOR, now=now).study_id
        ids = _participants(session, study_id, size, zone, now)
        addresses = {
            key: f"+34600{number:06}" if with_phones and number % 2 else f"p{number}@example.org"
            for number, key in enumerate(ids)
        }
        details = {key: _details(address) for key, address in addresses.items()}
        sealed = {key: contact_format.seal(each, tiny.CONTACT_KEYS) for key, each in details.items()}
        _add(session, Contact, [{"participant_id": key, "sealed": each} for key, each in sealed.items()])
        hashes = [_hash(key, kind, each) for key, each in details.items() for kind in ADDRESS_KINDS]
        _add(session, ContactHash, hashes)
        later = now + timedelta(days=30)
        _add(session, Link, [{"participant_id": key, "issued_at": now, "expires_at": later} for key in ids])
        _add(
            session,
            Occasion,
            [row for key in ids for row in planned(key, tiny.STUDY, {"randomisation": day_0})],
        )
        news = {Chain("participant", key): {"address": "sealed"} for key in ids}
        audit.record_each(session, news=news, actor=ACTOR, action="participant.enrol", now=now)
    analyse(url)
    return People(study_id, addresses)


def analyse(url: str) -> None:
    """Let PostgreSQL look at its tables, as it does by itself a minute after they have grown."""
    if url.startswith("postgresql"):
        with database.engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _participants(session: Session, study_id: int, size: int, zone: str, now: datetime) -> list[int]:
    sites = tiny.STUDY.sites
    day_0 = civil_date(now, ZoneInfo(zone))
    rows = [
        {
            "study_id": study_id,
            "code": f"BENCH-{number:06}",
            "site": sites[number % len(sites)].code,
            "language": sites[number % len(sites)].language,
            "time_zone": zone,
            "enrolled_at": now,
            "enrolled_on": day_0,
            "arm": tiny.STUDY.arms[number % len(tiny.STUDY.arms)].code,
            "randomised_on": day_0,
        }
        for number in range(size)
    ]
    _add(session, Participant, rows)
    return list(session.scalars(select(Participant.id).order_by(Participant.id)))


def _details(address: str) -> ContactDetails:
    email, phone = (None, address) if address.startswith("+") else (address, None)
    return ContactDetails("Somebody", email, phone, 1958)


def _hash(participant_id: int, kind: AddressKind, details: ContactDetails) -> dict[str, object]:
    made = address_hash(kind, getattr(details, kind), tiny.CONTACT_KEYS[-1])
    return {"participant_id": participant_id, "kind": kind, "hash": made}


def _add(session: Session, table: type[Base], rows: list[dict[str, object]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        session.execute(insert(table), rows[start : start + AT_ONCE])
