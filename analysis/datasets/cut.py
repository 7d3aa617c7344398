"""The data as they stand at a cut-off, from which every dataset is made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Literal

from sqlalchemy.orm import Session

from analysis.datasets.answer_words import AnswerWords, answer_words
from analysis.datasets.masks import masks
from app.domain.adjudication import EventChoice
from app.domain.instrument import Instrument
from app.domain.outcomes import FollowUp
from app.domain.scoring import scores
from app.domain.study import Origin, Study
from app.domain.visit import Visit
from app.errors import Code, Refusal
from app.queries import adverse_events, allocations, forms, handled, outcomes, studies
from app.queries.adverse_events import Particulars
from app.queries.forms import GivenResponse, PlannedForm
from app.queries.handled import HandledAlert, HandledQuery
from app.queries.outcomes import Course

ALL = "all"
OTHER = "?"
"""An arm that the study has no longer, in a masked report."""
Blinding = Literal[False, "pooled", "masked"]
EVENT_CHOICES: tuple[EventChoice, ...] = ("confirmed", "all")


@dataclass(frozen=True)
class LateDeath:
    """A death before the cut-off that was told after it."""

    course: Course
    event_id: int
    on: date
    told_on: date


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One study without what lies after the cut-off; where `blinded`, all arms are one, or have letters.

    `masks` are the letters by arm, none where arms are pooled; `particulars` of adverse events are by event,
    `levels` of the randomisation's factor by participant.
    """

    study: Study
    version: int
    cutoff_on: date
    events: EventChoice
    blinded: bool
    courses: tuple[Course, ...]
    forms: tuple[PlannedForm, ...]
    instruments: Mapping[int, Instrument]
    alerts: tuple[HandledAlert, ...] = ()
    queries: tuple[HandledQuery, ...] = ()
    particulars: Mapping[int, Particulars] = field(default_factory=dict)
    levels: Mapping[int, str] = field(default_factory=dict)
    late_deaths: tuple[LateDeath, ...] = ()
    masks: Mapping[str, str] = field(default_factory=dict)
    words: AnswerWords = field(default_factory=AnswerWords)
    _scores: dict[int, dict[str, float | None]] = field(default_factory=dict, repr=False, compare=False)
    _who: dict[int, dict[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def randomised(self) -> list[Course]:
        """The courses of those who were randomised by the cut-off."""
        return [course for course in self.courses if course.randomised_on is not None]

    @cached_property  # asked for every row
    def arms(self) -> dict[str, str]:
        """Names by code in the study's order; what is in the data and no longer in the study comes last."""
        if self.masks:
            letters = {self.arm(course) for course in self.randomised} | set(self.masks.values())
            return {
                letter: f"Arm {letter}" for letter in sorted(letters, key=lambda each: (each == OTHER, each))
            }
        if self.blinded:
            return {ALL: "All participants"}
        named = {arm.code: arm.name for arm in self.study.arms}
        found = sorted({course.arm for course in self.courses if course.arm} - named.keys())
        return named | {code: code for code in found}

    def arm(self, course: Course) -> str:
        """The code of a course's arm; empty where not randomised."""
        if course.arm is None:
            return ""
        if self.masks:
            return self.masks.get(course.arm, OTHER)
        return ALL if self.blinded else course.arm

    def follow_up(self, course: Course, origin: Origin) -> FollowUp | None:
        """What outcomes of a course are worked out from; None without a day 0 or where it tells the arm."""
        if self.blinded and origin == "first-infusion":
            return None
        key = (course.participant_id, origin)
        if key not in self._followed:
            self._followed[key] = course.follow_up(
                origin=origin, events=self.events, cutoff_on=self.cutoff_on
            )
        return self._followed[key]

    @cached_property  # each estimand and dataset asks for the same courses again
    def _followed(self) -> dict[tuple[int, Origin], FollowUp | None]:
        return {}

    def usubjid(self, course: Course) -> str:
        """The name of a participant over all studies."""
        return f"{self.study.code}-{course.code}"

    def who(self, course: Course) -> Mapping[str, str]:
        """The columns that say whose row it is; all rows of a participant share their values."""
        found = self._who.get(course.participant_id)
        if found is None:
            arm = self.arm(course)
            found = self._who[course.participant_id] = {
                "STUDYID": self.study.code,
                "USUBJID": self.usubjid(course),
                "SUBJID": course.code,
                "SITEID": course.site,
                "ARMCD": arm,
                "TRTP": self.arms.get(arm, ""),
            }
        return found

    def scores(self, given: GivenResponse) -> Mapping[str, float | None]:
        """The scores of a response by scale, worked out once for all datasets."""
        found = self._scores.get(given.response_id)
        if found is None:
            instrument = self.instruments[given.instrument_version_id]
            found = self._scores[given.response_id] = scores(instrument, given.answers)
        return found

    @cached_property
    def visits(self) -> dict[str, Visit]:
        """The visits of the study's present version by code."""
        return {visit.code: visit for visit in self.study.schedule}

    def visit_day(self, form: PlannedForm, course: Course) -> int | None:
        """The planned day of a visit, also of one that an amendment has removed since."""
        if form.visit in self.visits:
            return self.visits[form.visit].day
        return (form.window.due_on - course.randomised_on).days if course.randomised_on is not None else None

    def by_id(self) -> dict[int, Course]:
        """Courses by the id of their participant."""
        return {course.participant_id: course for course in self.courses}


def cut(
    session: Session,
    *,
    study: str | None,
    cutoff: date | None,
    events: EventChoice,
    blinded: Blinding,
    secret: str = "",
) -> Cut:
    """Read a study and cut it; refuses an unknown or empty study, and a cut-off before all enrolments.

    `secret` orders the letters of masked arms.
    """
    if events not in EVENT_CHOICES:
        raise Refusal(Code.FAULTY_INPUT, f"events is {events!r}; allowed: {' or '.join(EVENT_CHOICES)}")
    found = named_study(session, study)
    courses = outcomes.courses(session, study_id=found.study_id)
    if not courses:
        raise Refusal(Code.NOT_FOUND, f"study {found.code} has no participants yet")
    cutoff_on = cutoff or max(course.last_day() for course in courses)
    first_on = min(course.enrolled_on for course in courses)
    if cutoff_on < first_on:
        raise Refusal(
            Code.DATE_OUT_OF_ORDER,
            f"the cut-off {cutoff_on} lies before the first enrolment; allowed: {first_on} or later",
        )
    planned = forms.forms(
        session,
        study_id=found.study_id,
        zones={course.participant_id: course.time_zone for course in courses},
    )
    versions = {given.instrument_version_id for form in planned for given in form.responses}
    enrolled = [course for course in courses if course.enrolled_on <= cutoff_on]
    here = tuple(course.until(cutoff_on) for course in enrolled)
    late = tuple(_late_deaths(here, cutoff_on))
    if found.study.analysis.late_deaths == "as-known":
        here = tuple(course.as_known_on(cutoff_on) for course in enrolled)
    return Cut(
        study=found.study,
        version=found.number,
        cutoff_on=cutoff_on,
        events=events,
        blinded=blinded is not False,
        masks=masks(found.study, secret) if blinded == "masked" else {},
        courses=here,
        forms=_until(planned, cutoff_on),
        instruments={each: studies.instrument(session, each) for each in sorted(versions)},
        alerts=tuple(handled.alerts(session, study_id=found.study_id)),
        queries=tuple(handled.queries(session, study_id=found.study_id)),
        particulars=adverse_events.particulars(session, study_id=found.study_id),
        levels=allocations.levels(session, study_id=found.study_id),
        late_deaths=late,
        words=answer_words(session, found),
    )


def _late_deaths(courses: Sequence[Course], cutoff_on: date) -> Iterator[LateDeath]:
    for course in courses:
        told_on = {each.event.id: each.told_on for each in course.events}
        for event in course.settled_events("all"):
            late_on = told_on[event.event_id]
            if event.kind == "death" and event.started_on <= cutoff_on < late_on:
                yield LateDeath(course, event.event_id, event.started_on, late_on)


def named_study(session: Session, code: str | None) -> studies.CurrentStudy:
    """The study of a code, or the only one; refuses an unknown one."""
    there = studies.codes(session)
    if code is not None and code not in there:
        raise Refusal(Code.NOT_FOUND, f"study {code}; there is {', '.join(there) or 'none'}")
    return studies.current(session, code=code)


def _until(planned: Sequence[PlannedForm], cutoff_on: date) -> tuple[PlannedForm, ...]:
    kept: list[PlannedForm] = []
    for form in planned:
        given = tuple(
            each for each in form.responses if each.given_on is not None and each.given_on <= cutoff_on
        )
        if given or form.window.opens_on <= cutoff_on:
            kept.append(form if given == form.responses else replace(form, responses=given))
    return tuple(kept)
