"""Signs of life that contradict the events, and facts that stand outside consent and follow-up."""

from collections.abc import Iterator
from datetime import date

from analysis.datasets.checks.finding import (
    EVENT,
    INFUSION,
    PARTICIPANT,
    SIGHTING,
    Finding,
    first_death,
    spans,
)
from app.domain.adjudication import EVENT_KINDS
from app.queries.outcomes import Course, Dated


def alive_after_death(course: Course) -> Iterator[Finding]:
    """Yield answers, calls, visits and infusions after the death."""
    death = first_death(course)
    if death is None:
        return
    signs: list[tuple[str, str, Dated]] = [
        *(("an answer was given", "answer", each) for each in course.answered),
        *((f"seen alive ({each.how})", SIGHTING, each) for each in course.sightings),
        *(("an infusion was given", INFUSION, each) for each in course.infusions),
    ]
    for words, source, sign in signs:
        if sign.on > death.last:
            yield Finding(
                check="alive after death",
                course=course,
                message=f"{words} on {sign.on}, after the death on {death.words} (event {death.event_id})",
                source=source,
                ids=(sign.id,),
                tells_arm=source == INFUSION,
            )


def told_of_transplant(course: Course) -> Iterator[Finding]:
    """Yield sightings that tell of a transplant which is not among the events, or deny one which is."""
    transplants = spans(course, "transplant")
    for each in course.sightings:
        if each.untransplanted is False and not any(span.first <= each.on for span in transplants):
            message = f"the sighting on {each.on} tells of a transplant; none is among the events until then"
        elif each.untransplanted and any(span.last < each.on for span in transplants):
            first = transplants[0]
            message = (
                f"the sighting on {each.on} says untransplanted, after the transplant on {first.words}"
                f" (event {first.event_id})"
            )
        else:
            continue
        yield Finding(
            check="sighting against the events",
            course=course,
            message=message,
            source=SIGHTING,
            ids=(each.id,),
        )


def order_of_days(course: Course) -> Iterator[Finding]:
    """Yield a randomisation before enrolment or before consent."""
    randomised_on = course.randomised_on
    if randomised_on is None:
        return
    if randomised_on < course.enrolled_on:
        yield _of_participant(
            course, "randomised before enrolment", f"enrolled on {course.enrolled_on}", randomised_on
        )
    if course.consents and course.consents[0].on > randomised_on:
        yield _of_participant(
            course, "randomised before consent", f"consent signed on {course.consents[0].on}", randomised_on
        )


def without_consent(course: Course) -> Iterator[Finding]:
    """Yield a participant for whom no consent is recorded."""
    if not course.consents:
        yield Finding(
            check="no consent",
            course=course,
            message="no consent is recorded",
            source=PARTICIPANT,
            ids=(course.participant_id,),
        )


def after_withdrawal(course: Course) -> Iterator[Finding]:
    """Yield answers after a withdrawal of answers, and facts after a withdrawal from follow-up.

    None of them counts, but for the day of an answer, which still shows life after a withdrawal of answers.
    """
    for scope, words in (("answers", "answering"), ("follow-up", "follow-up")):
        withdrawn_on = next((each.on for each in course.withdrawals if each.scope == scope), None)
        if withdrawn_on is None:
            continue
        facts: list[tuple[str, str, Dated]] = [("an answer", "answer", each) for each in course.answered]
        if scope == "follow-up":
            facts += [("a sighting", SIGHTING, each) for each in course.sightings]
            events = spans(course, *EVENT_KINDS)
            facts += [(f"a {each.kind}", EVENT, Dated(each.event_id, each.first)) for each in events]
        for fact, source, each in facts:
            if each.on > withdrawn_on:
                yield Finding(
                    check="fact after withdrawal",
                    course=course,
                    message=f"{fact} of {each.on} lies after the withdrawal from {words} on {withdrawn_on}"
                    + ("; it does not count" if scope == "follow-up" else "; it gives no scores"),
                    source=source,
                    ids=(each.id,),
                )


def _of_participant(course: Course, check: str, message: str, randomised_on: date) -> Finding:
    return Finding(
        check=check,
        course=course,
        message=f"{message}, randomised on {randomised_on}",
        source=PARTICIPANT,
        ids=(course.participant_id,),
    )
