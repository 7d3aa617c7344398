"""One participant as staff may see them."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.models import Consent, Participant
from app.models.consent import WithdrawalScope
from app.queries.endings import ending


@dataclass(frozen=True)
class ParticipantRow:
    """A participant without contact details; the arm is for pages of unblinded studies alone."""

    id: int
    study_id: int
    code: str
    site: str
    language: str
    time_zone: ZoneInfo
    enrolled_on: date
    arm: str | None
    randomised_on: date | None
    dead_on: date | None
    withdrawals: dict[WithdrawalScope, date]
    consents: tuple[tuple[str, date], ...]


def one(
    session: Session,
    *,
    actor: Actor,
    study_id: int | None = None,
    code: str | None = None,
    participant_id: int | None = None,
) -> ParticipantRow:
    """Return a participant by study and code, or by id; NOT_FOUND also outside what the actor may see."""
    statement = select(Participant)
    if participant_id is not None:
        statement = statement.where(Participant.id == participant_id)
    else:
        statement = statement.where(Participant.study_id == study_id, Participant.code == code)
    found = session.scalar(statement)
    if found is None or not actor.may_see(study_id=found.study_id, site=found.site):
        raise Refusal(Code.NOT_FOUND, f"participant {code or participant_id}")
    ended = ending(session, participant_id=found.id)
    consents = session.execute(
        select(Consent.version, Consent.consented_on)
        .where(Consent.participant_id == found.id)
        .order_by(Consent.consented_on, Consent.id)
    )
    return ParticipantRow(
        id=found.id,
        study_id=found.study_id,
        code=found.code,
        site=found.site,
        language=found.language,
        time_zone=ZoneInfo(found.time_zone),
        enrolled_on=found.enrolled_on,
        arm=found.arm,
        randomised_on=found.randomised_on,
        dead_on=ended.dead_on,
        withdrawals=ended.withdrawals,
        consents=tuple((row.version, row.consented_on) for row in consents),
    )


def codes(session: Session, *, study_id: int) -> list[str]:
    """Return the codes that are taken in a study."""
    return list(
        session.scalars(
            select(Participant.code).where(Participant.study_id == study_id).order_by(Participant.code)
        )
    )


@dataclass(frozen=True)
class ListedParticipant:
    """A line of the list of all participants."""

    code: str
    site: str
    language: str
    enrolled_on: date
    randomised_on: date | None


def listed(session: Session, *, study_id: int) -> list[ListedParticipant]:
    """Return every participant of a study, in the order of their codes."""
    rows = session.execute(
        select(
            Participant.code,
            Participant.site,
            Participant.language,
            Participant.enrolled_on,
            Participant.randomised_on,
        )
        .where(Participant.study_id == study_id)
        .order_by(Participant.code)
    )
    return [ListedParticipant(*row) for row in rows]
