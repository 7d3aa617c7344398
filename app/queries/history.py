"""What a participant has sent so far, as scores over time."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from app.domain.answer import AnswerValue
from app.domain.instrument import Scale
from app.domain.response import STAFF, GivenAnswer, Respondent, counting, until_sent
from app.domain.schedule import civil_date
from app.domain.scoring import scores
from app.models import Answer, Occasion, Response
from app.queries import studies
from app.queries.access import Visitor

SCALES_SPEAK = "en"
"""The language of the titles in instrument.json."""
_OF_THEIRS = and_(Response.submitted_at.is_not(None), Response.respondent != STAFF)


@dataclass(frozen=True)
class Point:
    """One score, on the civil day of the last answer behind it; None where too few items were answered."""

    on: date
    score: float | None
    respondent: Respondent


@dataclass(frozen=True)
class ScaleHistory:
    """One scale over time, the oldest first; `language` is that of its title."""

    title: str
    language: str
    lowest: float
    highest: float
    points: tuple[Point, ...]


@dataclass(frozen=True)
class InstrumentHistory:
    """One questionnaire's scales; its title and theirs are in the words of `language`."""

    title: str
    language: str
    scales: tuple[ScaleHistory, ...]


@dataclass(frozen=True)
class _Sent:
    response: Response
    on: date
    answers: Mapping[str, AnswerValue]


def is_shown(session: Session, *, visitor: Visitor) -> bool:
    """Return whether the study lets participants see their scores and this one has sent any answers."""
    if not studies.current(session, study_id=visitor.study_id).study.history:
        return False
    sent = (
        exists()
        .where(Response.occasion_id == Occasion.id, _OF_THEIRS)
        .where(Occasion.participant_id == visitor.participant_id)
    )
    return bool(session.scalar(select(sent)))


def history(session: Session, *, visitor: Visitor, language: str) -> list[InstrumentHistory]:
    """Return every questionnaire that was sent, scored by the version that was answered.

    Titles come from the newest wording in force, in `language` where the study has it.
    """
    by_instrument: dict[str, list[_Sent]] = defaultdict(list)
    for sent in _sent(session, visitor):
        by_instrument[sent.response.instrument].append(sent)
    return [
        _of_instrument(session, visitor, name, sorted(sent, key=lambda each: each.on), language)
        for name, sent in by_instrument.items()
    ]


def _sent(session: Session, visitor: Visitor) -> list[_Sent]:
    """Return what was sent, by response, with the answers that count."""
    rows = session.execute(
        select(Response, Answer)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Answer, Answer.response_id == Response.id)
        .where(Occasion.participant_id == visitor.participant_id, _OF_THEIRS)
        .order_by(Response.id, Answer.id)
    )
    stored: dict[Response, list[GivenAnswer]] = defaultdict(list)
    for response, answer in rows:
        stored[response].append(GivenAnswer(answer.item, answer.value, answer.answered_at))
    found = []
    for response, answers in stored.items():
        given = until_sent(answers, response.submitted_at)
        if given:
            last = civil_date(max(each.given_at for each in given), visitor.time_zone)
            found.append(_Sent(response, last, counting(given, response.submitted_at)))
    return found


def _of_instrument(
    session: Session, visitor: Visitor, name: str, sent: list[_Sent], language: str
) -> InstrumentHistory:
    current = studies.current(session, study_id=visitor.study_id)
    offered = current.offered.get((name, language)) or current.offered.get((name, current.study.languages[0]))
    wording = studies.wording(session, offered.wording_id if offered else sent[-1].response.wording_id)
    scales: dict[tuple[str, float, float], Scale] = {}
    points: dict[tuple[str, float, float], list[Point]] = defaultdict(list)
    for each in sent:
        instrument = studies.instrument(session, each.response.instrument_version_id)
        found = scores(instrument, each.answers)
        for scale in instrument.scales:
            # a version that measures with another rule from end to end is another line
            key = (scale.code, scale.lowest, scale.highest)
            scales[key] = scale
            points[key].append(Point(each.on, found[scale.code], each.response.respondent))
    return InstrumentHistory(
        wording.title,
        wording.language,
        tuple(
            ScaleHistory(
                title=wording.scales.get(scale.code, scale.title),
                language=wording.language if scale.code in wording.scales else SCALES_SPEAK,
                lowest=scale.lowest,
                highest=scale.highest,
                points=tuple(points[key]),
            )
            for key, scale in scales.items()
        ),
    )
