"""The days from which each participant's visits are counted, as far as they are known."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.visit import Anchor
from app.models import Consent, Participant, Treatment

Anchors = Mapping[Anchor, date]


def anchors(session: Session, *, where: ColumnElement[bool]) -> dict[int, Anchors]:
    """Return the day of randomisation, of the first infusion and of the first consent, by participant."""
    infused = select(func.min(Treatment.given_on)).where(Treatment.participant_id == Participant.id)
    consented = select(func.min(Consent.consented_on)).where(Consent.participant_id == Participant.id)
    found = session.execute(
        select(
            Participant.id,
            Participant.randomised_on,
            infused.scalar_subquery().label("infused_on"),
            consented.scalar_subquery().label("consented_on"),
        )
        .where(where)
        .order_by(Participant.id)
    )
    return {
        each.id: _known(randomisation=each.randomised_on, infusion=each.infused_on, consent=each.consented_on)
        for each in found
    }


def anchors_of(session: Session, *, participant_id: int) -> Anchors:
    """Return the days of one participant."""
    return anchors(session, where=Participant.id == participant_id)[participant_id]


def _known(*, randomisation: date | None, infusion: date | None, consent: date | None) -> Anchors:
    days: dict[Anchor, date | None] = {
        "randomisation": randomisation,
        "infusion": infusion,
        "consent": consent,
    }
    return {anchor: day for anchor, day in days.items() if day is not None}
