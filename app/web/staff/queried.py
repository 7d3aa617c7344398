"""What a query is about, in words: the value's name, what it holds now, and where it stands on our pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from app.domain.data_queries import QuerySubject
from app.domain.partial_date import PartialDate
from app.queries import colleagues, queried_values, stored_answers
from app.queries.data_queries import QueryRow
from app.queries.participants import ParticipantRow
from app.web.speech import said
from app.web.staff import words
from app.web.staff.asked import Asked
from app.web.staff.desk import Desk


@dataclass(frozen=True)
class ShownQuery:
    """A query in words; `name` is what it is about."""

    row: QueryRow
    name: str
    question: str
    owner: str
    address: str


def shown(desk: Desk, rows: Sequence[QueryRow]) -> list[ShownQuery]:
    """Return queries in the language in use, with as many questions to the database for many as for one."""
    titles = _answers(desk, rows)
    owners = colleagues.names(desk.session, account_ids={row.owner_id for row in rows if row.owner_id})
    return [
        ShownQuery(
            row=row,
            name=titles.get(row.id) or field_name(row.subject, row.field),
            question=question(row),
            owner=owners.get(row.owner_id or 0) or str(words.OWNERS["coordinator"]),
            address=address(row.participant, row.subject, row.subject_id),
        )
        for row in rows
    ]


def question(row: QueryRow) -> str:
    """Return what was asked: a person's words, or those of the check."""
    if row.check:
        return str(words.CHECKS.get(row.check, row.check))
    return row.asked.text


def field_name(subject: QuerySubject, field: str) -> str:
    """Return what a field is called; of an answer without a field, the response as a whole."""
    return str(words.QUERY_FIELDS.get((subject, field), words.QUERY_SUBJECTS[subject]))


def address(participant: str, subject: QuerySubject, subject_id: int) -> str:
    """Return the page on which the value stands."""
    if subject == "answer":
        return url_for("staff.response", code=participant, response_id=subject_id)
    if subject == "event":
        return url_for("staff.event", event_id=subject_id)
    return url_for("staff.participant", code=participant)


@dataclass(frozen=True)
class Value:
    """A value with its name, as it is stored now."""

    name: str
    words: str


def value(
    desk: Desk, participant: ParticipantRow, subject: QuerySubject, subject_id: int, field: str
) -> Value:
    """Return a value in words; NOT_FOUND where there is none."""
    stored = queried_values.value(
        desk.session,
        participant_id=participant.id,
        subject=subject,
        subject_id=subject_id,
        field=field,
    )
    if subject != "answer":
        return Value(field_name(subject, field), value_words(field, stored))
    response = stored_answers.one(desk.session, participant_id=participant.id, response_id=subject_id)
    asked = Asked.of(desk.session, response.instrument_version_id, response.wording_id)
    if not field:
        return Value(f"{_visit(desk, response.visit)} · {asked.wording.title}", "")
    counting = queried_values.counting_answer(response, field)
    return Value(asked.question(field), asked.answer(field, counting.value if counting else None))


def value_words(field: str, stored: str) -> str:
    """Return what was stored in words where it is a date or a kind of event, and as it is otherwise."""
    if not stored:
        return "–"
    if field == "kind":
        return str(words.EVENT_KINDS.get(stored, stored))
    if field in ("started", "ended") or field.endswith("_on"):
        return words.partial_date(PartialDate.parse(stored))
    return stored


def _answers(desk: Desk, rows: Sequence[QueryRow]) -> Mapping[int, str]:
    """Return the visit and the question of each query about an answer."""
    ids = {row.subject_id for row in rows if row.subject == "answer"}
    found = stored_answers.asked_in(desk.session, response_ids=ids)
    asked: dict[tuple[int, int], Asked] = {}
    titles = {}
    for query in rows:
        response = found.get(query.subject_id)
        if query.subject != "answer" or response is None:
            continue
        key = (response.instrument_version_id, response.wording_id)
        if key not in asked:
            asked[key] = Asked.of(desk.session, *key)
        item = asked[key].question(query.field) if query.field else asked[key].wording.title
        titles[query.id] = f"{_visit(desk, response.visit)} · {item}"
    return titles


def _visit(desk: Desk, code: str) -> str:
    return next((said(visit.title) for visit in desk.study.schedule if visit.code == code), code)
