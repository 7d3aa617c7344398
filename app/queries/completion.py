"""How many questionnaires are there of those expected and of those randomised, by site and visit; no arm.

SISAQOL's two rates, counted as `analysis` counts them: *completion* is of the forms expected (due by the day,
from someone alive and taking part), *available data* of everyone randomised. The database counts, in one
statement however many participants there are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select
from sqlalchemy.orm import Session, join

from app import database
from app.domain.actor import Actor
from app.domain.missed import MISSED_BECAUSE, MissedBecause
from app.domain.schedule import NotExpected
from app.domain.study import Study
from app.models import MissedReason, Occasion, Participant
from app.queries import studies
from app.queries.missed_reasons import NEWEST
from app.queries.not_expected import ends, why_not_expected
from app.queries.roster import within
from app.queries.sent import Sent

Key = tuple[str, str]  # site, visit
Stands = Literal["not due", "open", "missed"] | NotExpected
NAMES: Mapping[Stands, str] = {
    "open": "open",
    "missed": "missed",
    "dead": "died",
    "withdrawn": "withdrew",
    "transplanted": "transplanted",
}
"""What is counted of the forms that are due and not there, by where their occasion stands."""


@dataclass(frozen=True, kw_only=True)
class Completion:
    """The forms of one visit at one site (or of all sites), on one day.

    `due` forms were due by the day; of these `completed` are there, and none is expected of those who `died`,
    `withdrew` or were `transplanted` (where the study then asks no more); `open` can still be answered,
    `missed` cannot, `because` of what was recorded. `available` forms are there, also those sent before they
    were due, of the `randomised` ones: as many as if everyone randomised had answered.
    """

    site: str
    visit: str
    randomised: int = 0
    available: int = 0
    due: int = 0
    completed: int = 0
    open: int = 0
    missed: int = 0
    died: int = 0
    withdrew: int = 0
    transplanted: int = 0
    because: Mapping[MissedBecause, int] = field(default_factory=dict)

    @property
    def expected(self) -> int:
        """Return of how many forms completion is counted."""
        return self.due - self.died - self.withdrew - self.transplanted

    @property
    def rate(self) -> float | None:
        """Return completion, None where nothing was expected."""
        return self.completed / self.expected if self.expected else None

    @property
    def available_rate(self) -> float | None:
        """Return available data, None where nobody is randomised."""
        return self.available / self.randomised if self.randomised else None


def completion(
    session: Session, *, actor: Actor, study_id: int, today: date, site: str | None = None
) -> list[Completion]:
    """Return a row for each site and visit of which something was due by the day, or is there already."""
    study = studies.current(session, study_id=study_id).study
    whose = within(actor, study_id)
    if site is not None:
        whose = and_(whose, Participant.site == site)
    everyone = site is None and actor.site is None
    forms = {visit.code: len(visit.instruments) for visit in study.schedule}
    randomised = _randomised(session, whose)
    counts: dict[Key, Counter[str]] = defaultdict(Counter)
    for key, stands, occasions, there in _standing(session, study, whose, today, everyone=everyone):
        if key[1] not in forms:  # a visit that the study has no longer
            continue
        asked = occasions * forms[key[1]]
        counts[key]["available"] += there
        if stands != "not due":
            counts[key]["due"] += asked
            counts[key]["completed"] += there
            counts[key][NAMES[stands]] += asked - there
    because: dict[Key, dict[MissedBecause, int]] = defaultdict(dict)
    for key, reason, number in _because(session, study, whose, today):
        because[key][reason] = number
    order = list(forms)
    return [
        Completion(
            site=code,
            visit=visit,
            randomised=randomised.get(code, 0) * forms[visit],
            because=because[code, visit],
            **counts[code, visit],
        )
        for code, visit in sorted(counts, key=lambda key: (key[0], order.index(key[1])))
        if counts[code, visit]["due"] or counts[code, visit]["available"]
    ]


def by_visit(rows: Iterable[Completion]) -> list[Completion]:
    """Return the sums over all sites, visit by visit; their site is empty."""
    return _sums((("", row.visit), row) for row in rows)


def by_site(rows: Iterable[Completion]) -> list[Completion]:
    """Return the sums over all visits, site by site; their visit is empty."""
    return _sums(((row.site, ""), row) for row in rows)


def _sums(keyed: Iterable[tuple[Key, Completion]]) -> list[Completion]:
    together: dict[Key, list[Completion]] = defaultdict(list)
    for key, row in keyed:
        together[key].append(row)
    return [
        Completion(
            site=site,
            visit=visit,
            because={
                reason: sum(row.because.get(reason, 0) for row in rows)
                for reason in MISSED_BECAUSE
                if any(reason in row.because for row in rows)
            },
            **{name: sum(getattr(row, name) for row in rows) for name in NUMBERS},
        )
        for (site, visit), rows in together.items()
    ]


NUMBERS = (
    "randomised",
    "available",
    "due",
    "completed",
    "open",
    "missed",
    "died",
    "withdrew",
    "transplanted",
)


def _randomised(session: Session, whose: ColumnElement[bool]) -> dict[str, int]:
    found = session.execute(
        select(Participant.site, func.count())
        .where(whose, Participant.randomised_on.is_not(None))
        .group_by(Participant.site)
    )
    return {site: number for site, number in found}  # noqa: C416 - a Result is no mapping


def _standing(
    session: Session, study: Study, whose: ColumnElement[bool], today: date, *, everyone: bool
) -> Iterator[tuple[Key, Stands, int, int]]:
    """Count the occasions of each site and visit by where what is missing of them stands.

    Beside the number of occasions there is that of the forms sent; those not due count where one was.
    """
    sent, dialect = Sent(study), session.get_bind().dialect.name
    end = ends(study, participant_ids=select(Participant.id).where(whose), dialect=dialect)
    person = (
        select(Participant.id, Participant.site, end)
        .outerjoin(end, end.c.participant_id == Participant.id)
        .where(whose)
        .offset(0)  # PostgreSQL otherwise joins everyone's occasions with both, one after the other
        .subquery("person")
    )
    rows: FromClause = join(Occasion, person, person.c.id == Occasion.participant_id)
    there = sent.number
    if everyone:
        database.read_in_order(session)
        given, there = sent.counted()
        rows = rows.outerjoin(given, given.c.occasion_id == Occasion.id)
    missing = case((Occasion.closes_on < today, "missed"), else_="open")
    stands = case(
        (Occasion.due_on > today, "not due"),
        else_=func.coalesce(why_not_expected(person, today=today), missing),
    )
    each = (
        select(person.c.site, Occasion.visit, stands.label("stands"), there.label("there"))
        .select_from(rows)
        .where(or_(Occasion.due_on <= today, there > 0))
        .subquery("occasion_there")
    )
    keys = (each.c.site, each.c.visit, each.c.stands)
    for site, visit, *numbers in session.execute(
        select(*keys, func.count(), func.sum(each.c.there)).group_by(*keys)
    ):
        yield ((site, visit), *numbers)


def _because(
    session: Session, study: Study, whose: ColumnElement[bool], today: date
) -> Iterator[tuple[Key, MissedBecause, int]]:
    """Count what was missed by the reason that was recorded last."""
    sent = Sent(study)
    found = session.execute(
        select(Participant.site, Occasion.visit, MissedReason.reason, func.count(), func.sum(sent.number))
        .select_from(MissedReason)
        .join(Occasion, Occasion.id == MissedReason.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(whose, MissedReason.id.in_(NEWEST), Occasion.closes_on < today, sent.incomplete)
        .group_by(Participant.site, Occasion.visit, MissedReason.reason)
    )
    forms = {visit.code: len(visit.instruments) for visit in study.schedule}
    for site, visit, reason, occasions, there in found:
        yield (site, visit), reason, occasions * forms[visit] - there
