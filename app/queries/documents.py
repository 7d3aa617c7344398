"""Documents of an event, without what they say."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Document


def of_event(session: Session, *, event_id: int) -> Sequence[Document]:
    """Return an event's documents, the redacted ones too, in the order in which they were attached."""
    return session.scalars(select(Document).filter_by(event_id=event_id).order_by(Document.id)).all()
