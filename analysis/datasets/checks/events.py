"""Events that contradict one another, the course, or no one has read."""

from collections.abc import Iterator
from itertools import pairwise

from analysis.datasets.checks.finding import EVENT, Finding, Span, first_death, spans, standing
from analysis.datasets.cut import Cut
from app.domain.adjudication import SAFETY_KINDS
from app.queries.outcomes import Course

UNDECIDED = {
    "reported": "no one has read it yet",
    "disagreement": "two readers disagree",
    "needs information": "the reviewer needs information",
}


def unread(course: Course) -> Iterator[Finding]:
    """Yield reports on which no reviewer has decided: confirmed events do not hold them."""
    for each in standing(course):
        if each.outcome != "confirmed":
            state = UNDECIDED[each.outcome]
            yield Finding(
                check=f"{each.event.kind} reported, not confirmed",
                course=course,
                message=f"a {each.event.kind} is reported for {each.event.started}; {state}",
                source=EVENT,
                ids=(each.event.id,),
            )


def after_death(course: Course) -> Iterator[Finding]:
    """Yield events that began, or stays that ended, after the death."""
    death = first_death(course)
    if death is None:
        return
    for span in spans(course, "hospital stay", "transplant", *SAFETY_KINDS):
        late = "began" if span.first > death.last else "ended"
        ended_on = span.ended_on if span.kind == "hospital stay" else None
        if span.first > death.last or (ended_on is not None and ended_on > death.last):
            day = span.words if late == "began" else str(ended_on)
            yield Finding(
                check="event after death",
                course=course,
                message=f"a {span.kind} {late} on {day}, after the death on {death.words}",
                source=EVENT,
                ids=(span.event_id, death.event_id),
            )


def two_deaths(course: Course) -> Iterator[Finding]:
    """Yield a participant with more than one death that no reviewer refuted."""
    deaths = spans(course, "death")
    if len(deaths) > 1:
        yield Finding(
            check="two deaths",
            course=course,
            message=f"{len(deaths)} deaths are reported: {' and '.join(each.words for each in deaths)};"
            " the first one counts",
            source=EVENT,
            ids=tuple(each.event_id for each in deaths),
        )


def before_day_0(course: Course) -> Iterator[Finding]:
    """Yield deaths and transplants before randomisation: their times are negative and are not analysed."""
    randomised_on = course.randomised_on
    for span in spans(course, "death", "transplant"):
        if randomised_on is not None and span.last < randomised_on:
            yield Finding(
                check="event before day 0",
                course=course,
                message=f"a {span.kind} on {span.words} lies before randomisation on {randomised_on};"
                " the times that rest on it are negative and not analysed",
                source=EVENT,
                ids=(span.event_id,),
            )


def discharge_before_admission(course: Course) -> Iterator[Finding]:
    """Yield stays whose reported end lies before their reported start; no other end counts anywhere."""
    for each in standing(course):
        ended = each.event.ended if each.event.kind == "hospital stay" else None
        if ended is not None and ended.latest < each.event.started.earliest:
            yield Finding(
                check="discharge before admission",
                course=course,
                message=f"a hospital stay is reported from {each.event.started} to {ended}",
                source=EVENT,
                ids=(each.event.id,),
            )


def stay_without_end(course: Course) -> Iterator[Finding]:
    """Yield stays without an end that a later admission or the death shows to have ended."""
    stays = spans(course, "hospital stay")
    death = first_death(course)
    for stay, later in pairwise([*stays, None]):
        if stay is None or stay.ended_on is not None:
            continue
        closing: Span | None = later or death
        if closing is not None and closing.first > stay.last:
            yield Finding(
                check="hospital stay without an end",
                course=course,
                message=f"the end of the hospital stay of {stay.words} is not known,"
                f" although a {closing.kind} followed on {closing.words}",
                source=EVENT,
                ids=(stay.event_id, closing.event_id),
            )


def late_deaths(cut: Cut) -> Iterator[Finding]:
    """Yield deaths before the cut-off that were told after it, where the study does not let them count."""
    for each in cut.late_deaths if cut.study.analysis.late_deaths == "as-known" else ():
        yield Finding(
            check="death told after the cut-off",
            course=each.course,
            message=f"the death on {each.on} was told on {each.told_on}, after the cut-off;"
            " it does not count",
            source=EVENT,
            ids=(each.event_id,),
        )
