"""Every questionnaire that the participants of a study were to answer, and what came of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.answer import AnswerValue
from app.domain.missed import MissedBecause
from app.domain.response import GivenAnswer, counting, until_sent
from app.domain.schedule import Window, civil_date
from app.models import Answer, Occasion, Participant, Response
from app.queries import missed_reasons

AT_ONCE = 10_000
NO_MORE: tuple[int, list[GivenAnswer]] = (0, [])


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenResponse:
    """A response with its newest answers; `answered_on` is the civil day of the last one, None without any.

    `sent_on` is the civil day on which it reached the server as a whole, None while it is a draft.
    """

    response_id: int
    instrument: str
    instrument_version_id: int
    respondent: str
    mode: str
    answers: Mapping[str, AnswerValue]
    answered_on: date | None
    sent_on: date | None

    @property
    def given_on(self) -> date | None:
        """Return the day that the answers speak of: the day of the last answer, not of its receipt."""
        return self.answered_on or self.sent_on


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedForm:
    """An occasion and the responses given on it; `missed_because` is what staff say of one without."""

    occasion_id: int
    participant_id: int
    visit: str
    window: Window
    responses: tuple[GivenResponse, ...]
    missed_because: MissedBecause | None = None


def forms(session: Session, *, study_id: int, zones: Mapping[int, ZoneInfo]) -> list[PlannedForm]:
    """Return every occasion of a study in the order of participants and due days; `zones` by participant."""
    of_study = Participant.study_id == study_id
    occasions = session.execute(
        select(
            Occasion.id,
            Occasion.participant_id,
            Occasion.visit,
            Occasion.opens_on,
            Occasion.due_on,
            Occasion.closes_on,
        )
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(of_study)
        .order_by(Participant.code, Occasion.due_on, Occasion.id)
    ).all()
    owners = {each.id: each.participant_id for each in occasions}
    missed = missed_reasons.missed_reasons(session, where=Occasion.participant_id.in_(_people(study_id)))
    responses: dict[int, list[GivenResponse]] = defaultdict(list)
    for occasion_id, given in _responses(session, study_id, owners, zones):
        responses[occasion_id].append(given)
    return [
        PlannedForm(
            occasion_id=key,
            participant_id=owner,
            visit=visit,
            window=Window(opens_on, due_on, closes_on),
            responses=tuple(responses.get(key, ())),
            missed_because=missed[key].reason if key in missed else None,
        )
        for key, owner, visit, opens_on, due_on, closes_on in occasions
    ]


def _people(study_id: int) -> Select[int]:
    return select(Participant.id).where(Participant.study_id == study_id)


def _responses(
    session: Session, study_id: int, owners: Mapping[int, int], zones: Mapping[int, ZoneInfo]
) -> Iterator[tuple[int, GivenResponse]]:
    """Yield each response with its occasion, in the order in which they were begun."""
    columns = (
        Response.id,
        Response.occasion_id,
        Response.instrument,
        Response.instrument_version_id,
        Response.respondent,
        Response.mode,
        Response.submitted_at,
    )
    stored = (
        select(*columns)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(Response.id)
    )
    answers = _answers(session, study_id)
    key, answered = next(answers, NO_MORE)
    for row in session.execute(stored).all():
        given: Sequence[GivenAnswer] = ()
        if key == row.id:
            given = answered
            key, answered = next(answers, NO_MORE)
        zone, in_time = zones[owners[row.occasion_id]], until_sent(given, row.submitted_at)
        last_at = max((each.given_at for each in in_time), default=None)
        yield (
            row.occasion_id,
            GivenResponse(
                response_id=row.id,
                instrument=row.instrument,
                instrument_version_id=row.instrument_version_id,
                respondent=row.respondent,
                mode=row.mode,
                answers=counting(in_time, row.submitted_at),
                answered_on=civil_date(last_at, zone) if last_at else None,
                sent_on=civil_date(row.submitted_at, zone) if row.submitted_at else None,
            ),
        )


def _answers(session: Session, study_id: int) -> Iterator[tuple[int, list[GivenAnswer]]]:
    """Yield the answers of one response after the other, each in the order in which they were stored.

    They are as many as all other rows together and more: no more of them are in memory than are looked at.
    """
    rows = session.execute(
        select(Answer.response_id, Answer.item, Answer.value, Answer.answered_at)
        .join(Response, Response.id == Answer.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(Answer.response_id, Answer.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for response_id, own in groupby(rows, key=itemgetter(0)):
        yield response_id, [GivenAnswer(item, value, answered_at) for _, item, value, answered_at in own]
