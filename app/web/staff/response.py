"""One questionnaire as it was answered: what counts, what was given besides, when and by whose hand."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from app.domain.answer import applicable
from app.queries import corrections, data_queries, stored_answers
from app.queries.stored_answers import StoredAnswer, StoredResponse
from app.web.gate import staff_only
from app.web.speech import said
from app.web.staff import blueprint
from app.web.staff.asked import Asked
from app.web.staff.desk import at_desk
from app.web.staff.pages import page


@dataclass(frozen=True)
class Line:
    """One question with what counts (None: nothing does) and what was given besides, in words.

    `asked` is whether the other answers still ask for it, `grading` what an Animal Naming Test says.
    """

    item: str
    question: str
    answer: str
    asked: bool
    grading: str
    counting: StoredAnswer | None
    others: tuple[tuple[str, StoredAnswer], ...]


@blueprint.get("/participants/<code>/responses/<int:response_id>")
@staff_only("coordinator", "monitor", "administrator")
def response(code: str, response_id: int) -> ResponseReturnValue:
    """Show it; staff never change an answer."""
    with at_desk() as desk:
        participant = desk.participant(code)
        found = stored_answers.one(desk.session, participant_id=participant.id, response_id=response_id)
        asked = Asked.of(desk.session, found.instrument_version_id, found.wording_id)
        lines, sent = _lines(found, asked), found.submitted_at is not None
        asked_for = corrections.of_response(desk.session, response_id=found.id)
        visits = {visit.code: said(visit.title) for visit in desk.study.schedule}
        return page(
            "response.html",
            desk,
            participant=participant,
            found=found,
            wording=asked.wording,
            visit=visits.get(found.visit, found.visit),
            lines=lines,
            corrections={
                line.item: [
                    (row, asked.answer(row.item, row.value)) for row in asked_for if row.item == line.item
                ]
                for line in lines
            },
            may_correct=sent and desk.may_record,
            queried=data_queries.of_participant(desk.session, participant_id=participant.id),
            participant_code=participant.code,
        )


def _lines(found: StoredResponse, asked: Asked) -> list[Line]:
    counting_of = {each.item: each for each in found.answers if each.counts}
    values = {code: each.value for code, each in counting_of.items()}
    still = applicable(asked.instrument, values)
    values = {code: value for code, value in values.items() if code in still}
    lines = []
    for item in asked.instrument.items:
        if not item.is_answered:
            continue
        given = [each for each in found.answers if each.item == item.code]
        counting = counting_of.get(item.code)
        lines.append(
            Line(
                item=item.code,
                question=asked.question(item.code),
                answer=asked.answer(item.code, counting.value if counting else None),
                asked=item.code in still,
                grading=asked.grading(item, values),
                counting=counting,
                others=tuple(
                    (asked.answer(item.code, each.value), each)
                    for each in reversed(given)
                    if each is not counting
                ),
            )
        )
    return lines
