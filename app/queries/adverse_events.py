"""What was said of tumours and other adverse events beside their dates, for all participants of a study."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adjudication import SAFETY_KINDS
from app.domain.adverse_event import Recovery
from app.models import Event, Participant


@dataclass(frozen=True)
class Particulars:
    """What it was, what made it serious (words of domain/adverse_event.py, blanks between), how it ended."""

    term: str
    criteria: str
    recovery: Recovery | None


def particulars(session: Session, *, study_id: int) -> dict[int, Particulars]:
    """Return them by the id of the event."""
    rows = session.execute(
        select(Event.id, Event.term, Event.criteria, Event.recovery)
        .join(Participant)
        .where(Participant.study_id == study_id, Event.kind.in_(SAFETY_KINDS))
    )
    return {event_id: Particulars(term, criteria, recovery) for event_id, term, criteria, recovery in rows}
