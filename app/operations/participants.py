"""Enrolment, randomisation and the language that a participant reads."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.codes import PARTICIPANT_CODE_ALLOWED, is_participant_code, quoted
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.formats import contact as contact_format
from app.formats.contact import ContactDetails
from app.models import Consent, Contact, Participant
from app.operations import audit
from app.operations.audit import Chain
from app.operations.contact_hashes import keep_hashes
from app.operations.occasions import plan_occasions
from app.queries import languages, studies


def enrol_participant(
    session: Session,
    *,
    study_id: int,
    code: str,
    site: str,
    language: str,
    contact: ContactDetails,
    consent_version: str,
    consented_on: date,
    actor: Actor,
    now: datetime,
    contact_keys: tuple[str, ...],
    time_zone: str | None = None,
) -> int:
    """Enrol someone who has consented, in the site's zone unless another is given; return the id.

    Visits that count from the consent are planned.
    Refuses a code that is taken, a site or consent version the study does not have, a language it does not
    offer, and a consent in the future.
    """
    if not is_participant_code(code):
        raise Refusal(Code.FAULTY_INPUT, f"code {quoted(code)}; allowed: {PARTICIPANT_CODE_ALLOWED}")
    audit.lock(session, Chain("study", study_id))  # only then is it sure which version is the newest
    study = studies.current(session, study_id=study_id).study
    if session.scalar(select(Participant.id).filter_by(study_id=study_id, code=code)):
        raise Refusal(Code.ALREADY_RECORDED, f"participant {code}")
    if not actor.may_see(study_id=study_id, site=site):
        raise Refusal(Code.NOT_ALLOWED, f"site {site}")
    at_site = next((each for each in study.sites if each.code == site), None)
    if at_site is None:
        raise Refusal(Code.UNKNOWN_CODE, f"site {site}")
    if language not in study.languages:
        raise Refusal(Code.LANGUAGE_NOT_OFFERED, language)
    zone = time_zone or at_site.time_zone
    today = civil_date(now, ZoneInfo(zone))
    _check_consent(study.consent_versions, consent_version, consented_on, today)
    participant = Participant(
        study_id=study_id,
        code=code,
        site=site,
        language=language,
        time_zone=zone,
        enrolled_at=now,
        enrolled_on=today,
    )
    session.add(participant)
    session.flush()
    session.add(Contact(participant_id=participant.id, sealed=contact_format.seal(contact, contact_keys)))
    session.add(
        Consent(
            participant_id=participant.id,
            version=consent_version,
            consented_on=consented_on,
            recorded_at=now,
            recorded_by=actor.label,
        )
    )
    session.flush()
    keep_hashes(session, participant_id=participant.id, details=contact, contact_keys=contact_keys)
    visits = plan_occasions(
        session, participant_id=participant.id, study=study, anchors={"consent": consented_on}
    )
    audit.record(
        session,
        chain=Chain("participant", participant.id),
        actor=actor,
        action="participant.enrol",
        subject=f"participant:{participant.id}",
        now=now,
        new={
            "code": code,
            "site": site,
            "language": language,
            "time_zone": zone,
            "consent_version": consent_version,
            "consented_on": consented_on.isoformat(),
        }
        | ({"visits": visits} if visits else {}),
    )
    return participant.id


def _check_consent(versions: tuple[str, ...], version: str, consented_on: date, today: date) -> None:
    if version not in versions:
        raise Refusal(Code.UNKNOWN_CODE, f"consent version {version}")
    if consented_on > today:
        raise Refusal(Code.DATE_IN_FUTURE, f"consented on {consented_on}")


def randomise_participant(
    session: Session,
    *,
    participant_id: int,
    arm: str,
    randomised_on: date,
    actor: Actor,
    now: datetime,
    place: Mapping[str, object] | None = None,
) -> None:
    """Record the arm and day 0, once, and plan the visits that count from it.

    `place` is that of a randomisation list. Refuses a second randomisation, an unknown arm, a day in the
    future, and a day before the first consent; and an arm that staff typed where the study draws its arms
    here.
    """
    participant = held(session, participant_id=participant_id, actor=actor)
    study = studies.current(session, study_id=participant.study_id).study
    if participant.arm is not None:
        raise Refusal(Code.ALREADY_RECORDED, "randomisation")
    if study.randomisation is not None and place is None and actor.kind == "account":
        raise Refusal(Code.NOT_ALLOWED, "the arms of this study are drawn, not typed")
    if arm not in {each.code for each in study.arms}:
        raise Refusal(Code.UNKNOWN_CODE, f"arm {arm}")
    not_in_future(participant, randomised_on, now)
    consented_on = session.scalar(
        select(Consent.consented_on)
        .filter_by(participant_id=participant_id)
        .order_by(Consent.consented_on)
        .limit(1)
    )
    if consented_on is None:
        raise Refusal(Code.NO_CONSENT)
    if randomised_on < consented_on:
        raise Refusal(Code.DATE_OUT_OF_ORDER, f"randomised on {randomised_on}, consented on {consented_on}")
    participant.arm, participant.randomised_on = arm, randomised_on
    session.flush()
    visits = plan_occasions(
        session, participant_id=participant_id, study=study, anchors={"randomisation": randomised_on}
    )
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="participant.randomise",
        subject=f"participant:{participant_id}",
        now=now,
        old={"arm": None, "randomised_on": None},
        new={"arm": arm, "randomised_on": randomised_on.isoformat(), "visits": visits, **(place or {})},
    )


def change_language(
    session: Session, *, participant_id: int, language: str, actor: Actor, now: datetime
) -> None:
    """Change the language of a participant's pages and messages; refuses one that is not offered."""
    participant = held(session, participant_id=participant_id, actor=actor)
    if language == participant.language:
        return
    offered = languages.offered_to(
        session, study_id=participant.study_id, participant_id=participant_id, now=now
    )
    if language not in offered:
        raise Refusal(Code.LANGUAGE_NOT_OFFERED, language)
    before, participant.language = participant.language, language
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", participant_id),
        actor=actor,
        action="participant.change_language",
        subject=f"participant:{participant_id}",
        now=now,
        old={"language": before},
        new={"language": language},
    )


def held(session: Session, *, participant_id: int, actor: Actor) -> Participant:
    """Return a participant, locked until the transaction ends; NOT_FOUND also outside the actor's sites."""
    participant = session.scalar(
        select(Participant).where(Participant.id == participant_id).with_for_update()
    )
    if participant is None or not actor.may_see(study_id=participant.study_id, site=participant.site):
        raise Refusal(Code.NOT_FOUND, f"participant {participant_id}")
    return participant


def not_in_future(participant: Participant, day: date, now: datetime) -> None:
    """Refuse a civil date that has not begun where the participant is."""
    if day > civil_date(now, ZoneInfo(participant.time_zone)):
        raise Refusal(Code.DATE_IN_FUTURE, str(day))
