"""A few deliberate inconsistencies, one of each kind, for the checks of the analysis to find.

Each stands under the name of the check that finds it; docs/demo.md lists them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.cli.demo.life import Act, Course, Infused, Life, Reported, Seen, Withdrew
from app.domain.partial_date import PartialDate
from app.domain.study import Study

Mistake = Callable[[Study, Life, Course], Act | None]


def with_mistakes(study: Study, lives: list[Life]) -> list[Life]:
    """Return the lives with each mistake made once, in the first life that it fits and that has none yet."""
    wanting = dict(MISTAKES)
    made = []
    for life in lives:
        act = None
        if life.course is not None:
            for check, mistake in wanting.items():
                act = mistake(study, life, life.course)
                if act is not None:
                    del wanting[check]
                    break
        made.append(life if act is None else _with(life, act))
    return made


def _with(life: Life, act: Act) -> Life:
    return replace(life, acts=tuple(sorted((*life.acts, act), key=lambda each: each.at)))


def _noon(study: Study, life: Life, course: Course, on: date) -> datetime | None:
    """Return an instant of a day after enrolment that is past, or None."""
    if not course.day_0 < on < course.today:
        return None
    return datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(study.site(life.site).time_zone))


def _followed(life: Life) -> bool:
    return not any(isinstance(act, Withdrew) for act in life.acts)


def _seen_after_death(study: Study, life: Life, course: Course) -> Act | None:
    """A call noted on the wrong sheet."""
    if course.died_on is None or not _followed(life):
        return None
    on = course.died_on + timedelta(days=9)
    at = _noon(study, life, course, on)
    return Seen(at=at, on=on, how="call", untransplanted=course.untransplanted(on)) if at else None


def _stay_after_death(study: Study, life: Life, course: Course) -> Act | None:
    """A discharge letter of someone else, filed on the wrong sheet."""
    if course.died_on is None or not _followed(life):
        return None
    at = _noon(study, life, course, course.died_on + timedelta(days=30))
    if at is None:
        return None
    return Reported(
        at=at,
        kind="hospital stay",
        started=PartialDate.of(course.died_on + timedelta(days=12)),
        ended=PartialDate.of(course.died_on + timedelta(days=18)),
        by_participant=False,
        report_id=f"{life.code}-wrong-sheet",
    )


def _second_death(study: Study, life: Life, course: Course) -> Act | None:
    """The same death told a second time, with the day of the letter."""
    if course.died_on is None or not _followed(life):
        return None
    on = course.died_on + timedelta(days=25)
    at = _noon(study, life, course, on)
    if at is None:
        return None
    return Reported(
        at=at, kind="death", started=PartialDate.of(on), by_participant=False, report_id=f"{life.code}-letter"
    )


def _infused_in_control(study: Study, life: Life, course: Course) -> Act | None:
    """An infusion given to someone who was to have none."""
    lots = study.product_lots
    on = course.day_0 + timedelta(days=2)
    at = _noon(study, life, course, on)
    if at is None or not lots or any(lot.arm == life.arm for lot in lots) or not course.alive(on):
        return None
    return Infused(at=at, lot=lots[0].code, route=lots[0].route, on=on)


def _told_of_transplant(study: Study, life: Life, course: Course) -> Act | None:
    """A relative tells of a transplant that no one reported."""
    on = course.day_0 + timedelta(days=140)
    at = _noon(study, life, course, on)
    if at is None or not course.alive(on) or not course.untransplanted(course.today) or not _followed(life):
        return None
    return Seen(at=at, on=on, how="relative", untransplanted=False)


def _called_after_withdrawal(study: Study, life: Life, course: Course) -> Act | None:
    """A call to someone who had withdrawn from follow-up."""
    left = next((act.on for act in life.acts if isinstance(act, Withdrew) and act.scope == "follow-up"), None)
    if left is None or not course.alive(left + timedelta(days=20)):
        return None
    on = left + timedelta(days=20)
    at = _noon(study, life, course, on)
    return Seen(at=at, on=on, how="call", untransplanted=course.untransplanted(on)) if at else None


MISTAKES: Mapping[str, Mistake] = {
    "alive after death": _seen_after_death,
    "event after death": _stay_after_death,
    "two deaths": _second_death,
    "infusion in another arm": _infused_in_control,
    "sighting against the events": _told_of_transplant,
    "fact after withdrawal": _called_after_withdrawal,
}
