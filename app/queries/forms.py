"""Every questionnaire that the participants of a study were to answer, and what came of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.answer import AnswerValue
from app.domain.missed import MissedBecause
from app.domain.response import GivenAnswer, counting, until_sent
from app.domain.schedule import Window, civil_date
from app.models import Answer, Occasion, Participant, Response
from app.queries import missed_reasons


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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
    occasions = session.scalars(
        select(Occasion)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(of_study)
        .order_by(Participant.code, Occasion.due_on, Occasion.id)
    ).all()
    owners = {each.id: each.participant_id for each in occasions}
    missed = missed_reasons.missed_reasons(session, where=Occasion.participant_id.in_(_people(study_id)))
    values, last = _answers(session, study_id)
    responses: dict[int, list[GivenResponse]] = defaultdict(list)
    for stored in session.scalars(
        select(Response)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(of_study)
        .order_by(Response.id)
    ):
        zone = zones[owners[stored.occasion_id]]
        answered_at, sent_at = last.get(stored.id), stored.submitted_at
        responses[stored.occasion_id].append(
            GivenResponse(
                response_id=stored.id,
                instrument=stored.instrument,
                instrument_version_id=stored.instrument_version_id,
                respondent=stored.respondent,
                mode=stored.mode,
                answers=values.get(stored.id, {}),
                answered_on=civil_date(answered_at, zone) if answered_at else None,
                sent_on=civil_date(sent_at, zone) if sent_at else None,
            )
        )
    return [
        PlannedForm(
            occasion_id=each.id,
            participant_id=each.participant_id,
            visit=each.visit,
            window=Window(each.opens_on, each.due_on, each.closes_on),
            responses=tuple(responses.get(each.id, ())),
            missed_because=missed[each.id].reason if each.id in missed else None,
        )
        for each in occasions
    ]


def _people(study_id: int) -> Select[int]:
    return select(Participant.id).where(Participant.study_id == study_id)


def _answers(
    session: Session, study_id: int
) -> tuple[Mapping[int, dict[str, AnswerValue]], Mapping[int, datetime]]:
    """Return the values that count, and the instant of the last answer, by response."""
    given: dict[int, list[GivenAnswer]] = defaultdict(list)
    sent: dict[int, datetime | None] = {}
    rows = session.execute(
        select(Answer.response_id, Answer.item, Answer.value, Answer.answered_at, Response.submitted_at)
        .join(Response, Response.id == Answer.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Participant, Participant.id == Occasion.participant_id)
        .where(Participant.study_id == study_id)
        .order_by(Answer.id)
    )
    for response_id, item, value, answered_at, submitted_at in rows:
        given[response_id].append(GivenAnswer(item, value, answered_at))
        sent[response_id] = submitted_at
    values = {response_id: counting(each, sent[response_id]) for response_id, each in given.items()}
    last = {
        response_id: max(each.given_at for each in in_time)
        for response_id, answers in given.items()
        if (in_time := until_sent(answers, sent[response_id]))
    }
    return values, last
