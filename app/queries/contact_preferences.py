"""What participants chose about being written to."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.contact_preference import NONE_CHOSEN, Preference
from app.domain.study import Study
from app.models import ContactPreference


def preferences(session: Session, *, participant_ids: Collection[int]) -> dict[int, Preference]:
    """Return the choices of those participants who made any."""
    found = session.scalars(
        select(ContactPreference)
        .where(ContactPreference.participant_id.in_(participant_ids))
        .execution_options(populate_existing=True)
    )
    return {
        row.participant_id: Preference(
            channel=row.channel, hour=row.hour, paused_until=row.paused_until, stopped_at=row.stopped_at
        )
        for row in found
    }


def preference(session: Session, *, participant_id: int) -> Preference:
    """Return the choices of one participant."""
    return preferences(session, participant_ids=[participant_id]).get(participant_id, NONE_CHOSEN)


def channels(study: Study) -> tuple[str, ...]:
    """Return the channels that a study's reminders use, in the order of their first use."""
    return tuple(dict.fromkeys(way for step in study.reminders for way in step.ways))
