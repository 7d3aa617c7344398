"""Forms that staff fill in and have not: of whom, and at which visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, literal, select, union_all
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


LOOKED_AT = 1000
"""Of how many missing forms it is asked whether their visits are expected: those due first."""


def missing_forms(
    session: Session, *, actor: Actor, study_id: int, study: Study, now: datetime
) -> tuple[Sequence[MissingForm], bool]:
    """Return what is missing as far as the actor may see it, the first due first, and whether that is all.

    Nothing is missing of a visit that is not expected. Visits begin by the day in UTC here, so that one may
    come some hours early or late.
    """
    asked = [(visit.code, form) for visit in study.schedule for form in visit.staff_forms]
    if not asked:
        return [], True
    today, mine = now.date(), within(actor, study_id)
    every = union_all(*(_without(code, form, today, mine) for code, form in asked)).subquery("every")
    first = select(every).order_by(every.c.due_on, every.c.code, every.c.form).limit(LOOKED_AT)
    looked = session.execute(first).all()
    if not looked:
        return [], True
    end = not_expected.ends(
        study,
        participant_ids=select(Occasion.participant_id).where(Occasion.id.in_({row.id for row in looked})),
        dialect=session.get_bind().dialect.name,
    )
    expected = set(
        session.scalars(
            select(Occasion.id)
            .outerjoin(end, end.c.participant_id == Occasion.participant_id)
            .where(Occasion.id.in_({row.id for row in looked}))
            .where(not_expected.why_not_expected(end, today=today).is_(None))
        )
    )
    found = [
        MissingForm(row.code, row.id, study.visit(row.visit), row.form, row.due_on)
        for row in looked
        if row.id in expected
    ]
    return found, len(looked) < LOOKED_AT


def _without(
    visit: str, form: str, today: date, mine: ColumnElement[bool]
) -> Select[int, str, str, date, str]:
    """Return the occasions of a visit that have begun and have no such form."""
    filled = exists().where(
        Response.occasion_id == Occasion.id, Response.instrument == form, Response.submitted_at.is_not(None)
    )
    return (
        select(Occasion.id, Participant.code, Occasion.visit, Occasion.due_on, literal(form).label("form"))
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(mine, Occasion.visit == visit, Occasion.opens_on <= today, ~filled)
    )
