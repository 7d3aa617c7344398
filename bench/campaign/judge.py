"""Compares what participants saw with what is in the database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app import database
from app.domain.response import GivenAnswer, counting
from app.models import Answer, Response
from bench.campaign.diary import Diary, Survey

AFTER_SENDING = " after Send had been pressed"
"""A loss of its own kind: a page took a change of a survey that was on its way."""


@dataclass(frozen=True)
class StoredResponse:
    """One response as it stands: every value ever stored, by item, and those that count."""

    receipt: str | None
    submission_id: str | None
    rows: tuple[tuple[str, str], ...]
    entries: tuple[str, ...]
    counting: Mapping[str, str]


Stored = Mapping[str, list[StoredResponse]]
"""Responses by the path of their survey; more than one is a fault."""


@dataclass
class Verdict:
    """Every objection, in words."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    received_not_stored: list[str] = field(default_factory=list)

    @property
    def objections(self) -> list[str]:
        """Return all of them."""
        return [*self.lost, *self.duplicated, *self.received_not_stored]


def stored(url: str) -> Stored:
    """Read every response of a database."""
    found: dict[str, list[StoredResponse]] = defaultdict(list)
    with database.reading(url) as session:
        for response in session.scalars(select(Response).order_by(Response.id)).all():
            answers = session.scalars(
                select(Answer).where(Answer.response_id == response.id).order_by(Answer.id)
            ).all()
            given = [GivenAnswer(each.item, each.value, each.answered_at, each.entry_id) for each in answers]
            found[f"/survey/{response.occasion_id}/{response.instrument}"].append(
                StoredResponse(
                    response.receipt,
                    response.submission_id,
                    tuple((each.item, _text(each.value)) for each in answers),
                    tuple(each.entry_id for each in answers if each.entry_id is not None),
                    {item: _text(value) for item, value in counting(given, response.submitted_at).items()},
                )
            )
    return found


def has(url: str, path: str, item: str, value: str) -> bool:
    """Return whether a database has this value of a survey now."""
    _, _, occasion_id, instrument = path.split("/")
    with database.reading(url) as session:
        values = session.scalars(
            select(Answer.value)
            .join(Response, Response.id == Answer.response_id)
            .where(
                Response.occasion_id == int(occasion_id),
                Response.instrument == instrument,
                Answer.item == item,
            )
        )
        return value in map(_text, values)


def _text(value: Any) -> str:  # noqa: ANN401 - an answer's value, whatever the kind of question
    return str(value)


def judged(diaries: Iterable[Diary], there: Stored) -> Verdict:
    """Object to everything that was seen and is not there, or is there more often than it was given."""
    verdict = Verdict()
    submissions: Counter[str] = Counter()
    for diary in diaries:
        for survey in diary.surveys.values():
            found = there.get(survey.path, [])
            name = f"{diary.name} {survey.path}"
            _judge_answers(verdict, name, survey, found)
            _judge_sending(verdict, name, survey, found)
    for path, found in there.items():
        if len(found) > 1:
            verdict.duplicated.append(f"{path}: {len(found)} responses")
        submissions.update(each.submission_id for each in found if each.submission_id)
    verdict.duplicated += [
        f"submission {name}: {times} times" for name, times in submissions.items() if times > 1
    ]
    return verdict


def _judge_answers(verdict: Verdict, name: str, survey: Survey, found: list[StoredResponse]) -> None:
    counts = {item: value for each in found for item, value in each.counting.items()}
    for item, given in survey.answers.items():
        if given.seen is not None and counts.get(item) not in given.expected:
            late = given.when_sent is not None and given.seen >= given.when_sent
            verdict.lost.append(
                f"{name} {item}: given {given.values}, {sorted(given.expected)} seen as"
                f" saved{AFTER_SENDING if late else ''}, {counts.get(item)!r} counts"
            )
    rows = Counter(row for each in found for row in each.rows)
    for (item, value), times in rows.items():
        known = survey.answers[item].values.count(value) if item in survey.answers else 0
        if times > known:
            verdict.duplicated.append(f"{name} {item}={value}: given {known} times, stored {times} times")
    entries = Counter(entry for each in found for entry in each.entries)
    verdict.duplicated += [
        f"{name} entry {entry}: {times} times" for entry, times in entries.items() if times > 1
    ]


def _judge_sending(verdict: Verdict, name: str, survey: Survey, found: list[StoredResponse]) -> None:
    receipts = {each.receipt for each in found if each.receipt}
    if survey.promised and not receipts:
        verdict.lost.append(f"{name}: shown as kept to be sent, and never sent")
    verdict.received_not_stored += [
        f"{name}: receipt {receipt} is not there" for receipt in sorted(survey.receipts - receipts)
    ]
    verdict.received_not_stored += [f"{name}: {answer} was not there when shown" for answer in survey.untrue]
