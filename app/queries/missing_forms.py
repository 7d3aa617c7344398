"""Forms that staff fill in and have not: of whom, and at which visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, literal, select, union_all
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.study import Study
from app.domain.visit import Visit
from app.models import Occasion, Participant, Response
from app.queries import not_expected
from app.queries.roster import within


@dataclass(frozen=True)
class MissingForm:
    """One form of one visit that has begun, and that nobody has filled in."""

    code: str
    occasion_id: int
    visit: Visit
    form: str
    due_on: date


def missing_forms(
    session: Session, *, actor: Actor, study_id: int, study: Study, now: datetime, limit: int
) -> Sequence[MissingForm]:
    """Return what is missing as far as the actor may see it, the first due first.

    Nothing is missing of a visit that is not expected. Visits begin by the day in UTC here, so that one may
    come some hours early or late.
    """
    asked = [(visit.code, form) for visit in study.schedule for form in visit.staff_forms]
    if not asked:
        return []
    today = now.date()
    each = union_all(*(_without(code, form, today) for code, form in asked)).subquery("missing")
    ends = not_expected.ends(
        study, participant_ids=select(each.c.participant_id), dialect=session.get_bind().dialect.name
    )
    found = session.execute(
        select(Participant.code, Occasion.id, Occasion.visit, each.c.form, Occasion.due_on)
        .join(each, each.c.occasion_id == Occasion.id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .outerjoin(ends, ends.c.participant_id == Participant.id)
        .where(within(actor, study_id), not_expected.why_not_expected(ends, today=today).is_(None))
        .order_by(Occasion.due_on, Participant.code, each.c.form)
        .limit(limit)
    )
    return [
        MissingForm(code, id_, study.visit(visit), form, due_on) for code, id_, visit, form, due_on in found
    ]


def _without(visit: str, form: str, today: date) -> Select[int, int, str]:
    """Return the occasions of a visit that have begun and have no such form."""
    filled = exists().where(
        Response.occasion_id == Occasion.id, Response.instrument == form, Response.submitted_at.is_not(None)
    )
    return select(
        Occasion.id.label("occasion_id"), Occasion.participant_id, literal(form).label("form")
    ).where(Occasion.visit == visit, Occasion.opens_on <= today, ~filled)
