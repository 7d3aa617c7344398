"""Contradictions among the visits of a study: what they count from, how they repeat, windows that overlap."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import pairwise

from app.domain.codes import LONGEST_CODE, DefinitionFault, listed, quoted, repeated
from app.domain.schedule import window
from app.domain.study import Study
from app.domain.texts_faults import text_faults
from app.domain.visit import NUMBER, Repeats, Visit, nominal_day, occurrences

MOST_TIMES = 600
LATEST_DAY = 36_600
"""A hundred years after day 0."""

_RESTS_ON_LOTS = frozenset({"product_lots", "arms", "blinding"})

# Between them these days 0 meet every length that some months can have: each month of four years, its first
# day and those that a shorter month does not have.
_FIRST_DAYS = [date(year, month, 1) for year in range(2025, 2029) for month in range(1, 13)]
_DAYS_0 = sorted(first - timedelta(days) for first in _FIRST_DAYS for days in range(5))


def visit_faults(study: Study, instruments: Collection[str]) -> Iterator[DefinitionFault]:
    """Find every contradiction among the visits, given the names of the study's instruments."""
    if study.anchor == "infusion":
        yield from _infusion_faults(study, "anchor")
    for number, visit in enumerate(study.visits):
        place = f"visits[{number}]"
        for field in ("day", "opens", "closes"):
            if not 0 <= getattr(visit, field) <= LATEST_DAY:
                allowed = "0 or more days" if getattr(visit, field) < 0 else f"at most {LATEST_DAY} days"
                yield DefinitionFault(f"{place}.{field}", str(getattr(visit, field)), allowed)
        yield from text_faults(study, f"{place}.title", visit.title)
        yield from _instrument_faults(place, visit, instruments)
        yield from _staff_form_faults(study, place, visit)
        if visit.anchor == "infusion":
            yield from _infusion_faults(study, f"{place}.anchor")
        if visit.repeats is not None:
            yield from _repeat_faults(place, visit, visit.repeats)
    yield from _taken_codes(study)
    yield from _overlaps(study)


def sound(study: Study) -> list[Visit]:
    """Return the visits as they are planned, without those that repeat in a way that cannot be."""
    return [time for visit in study.visits if _is_sound(visit) for time in occurrences(visit)]


def _is_sound(visit: Visit) -> bool:
    days = (visit.day, visit.opens, visit.closes)
    whole = all(0 <= each <= LATEST_DAY for each in days)
    return whole and (visit.repeats is None or not any(_timing_faults("", visit.repeats)))


def _instrument_faults(place: str, visit: Visit, instruments: Collection[str]) -> Iterator[DefinitionFault]:
    if not visit.instruments:
        yield DefinitionFault(f"{place}.instruments", "none", "at least one instrument")
    for field in ("instruments", "staff_forms"):
        names: tuple[str, ...] = getattr(visit, field)
        for name in repeated(names):
            yield DefinitionFault(f"{place}.{field}", f"{quoted(name)} more than once", "each once")
        for name in dict.fromkeys(names):
            if name not in instruments:
                allowed = f"a folder under instruments/: {listed(sorted(instruments))}"
                yield DefinitionFault(f"{place}.{field}", quoted(name), allowed, frozenset({"instruments/"}))


def _staff_form_faults(study: Study, place: str, visit: Visit) -> Iterator[DefinitionFault]:
    """What participants answer at any visit is no form of staff: whose answers they are would be unclear."""
    for name in dict.fromkeys(visit.staff_forms):
        if name in study.instruments:
            found = f"{quoted(name)}, which participants answer"
            yield DefinitionFault(
                f"{place}.staff_forms", found, "instruments that no visit asks participants"
            )


def _infusion_faults(study: Study, place: str) -> Iterator[DefinitionFault]:
    infused = {lot.arm for lot in study.product_lots}
    if not infused:
        allowed = "another anchor, because the study has no product lots to infuse"
        yield DefinitionFault(place, '"infusion"', allowed, _RESTS_ON_LOTS)
    elif study.blinding != "none" and any(arm.code not in infused for arm in study.arms):
        allowed = "another anchor: planned visits would tell who is infused, and so the arm"
        yield DefinitionFault(place, '"infusion"', allowed, _RESTS_ON_LOTS)


def _repeat_faults(place: str, visit: Visit, repeats: Repeats) -> Iterator[DefinitionFault]:
    yield from _timing_faults(f"{place}.repeats", repeats)
    for language, text in visit.title.items():
        if NUMBER not in text:
            found, allowed = quoted(text), f"words with {NUMBER}, which tells the times apart"
            yield DefinitionFault(f"{place}.title.{language}", found, allowed)
    if len(visit.code) > LONGEST_CODE - len("-00000"):
        allowed = f"at most {LONGEST_CODE - len('-00000')} letters, as each time has its number behind it"
        yield DefinitionFault(f"{place}.code", quoted(visit.code), allowed)


def _timing_faults(place: str, repeats: Repeats) -> Iterator[DefinitionFault]:
    until, times = repeats.until_day, repeats.times
    if (until is None) == (times is None):
        yield DefinitionFault(place, "neither" if until is None else "both", "one of times, until_day")
        return
    latest = LATEST_DAY // nominal_day(1, repeats.unit)
    for field, value, least, most in (
        ("every", repeats.every, 1, latest),
        ("first", repeats.starts, 0, latest),
        ("times", 1 if times is None else times, 1, MOST_TIMES),
        ("until_day", 1 if until is None else until, 0, LATEST_DAY),
    ):
        if not least <= value <= most:
            yield DefinitionFault(f"{place}.{field}", str(value), f"{least} to {most}")
            return
    last = repeats.starts + repeats.every * ((times or 1) - 1)
    if nominal_day(last, repeats.unit) > LATEST_DAY:
        yield DefinitionFault(f"{place}.times", str(times), f"times until day {LATEST_DAY}")
    if until is not None and until // nominal_day(repeats.every, repeats.unit) > MOST_TIMES:
        allowed = f"a day until which it comes at most {MOST_TIMES} times"
        yield DefinitionFault(f"{place}.until_day", str(until), allowed)
    if until is not None and until < nominal_day(repeats.starts, repeats.unit):
        yield DefinitionFault(f"{place}.until_day", str(until), "a day after the first time")


def _taken_codes(study: Study) -> Iterator[DefinitionFault]:
    own = [visit.code for visit in study.visits]
    for visit in study.visits:
        if visit.repeats is not None and _is_sound(visit):
            taken = [time.code for time in occurrences(visit) if time.code in own]
            for code in taken:
                allowed = f"a code that no time of {quoted(visit.code)} has"
                yield DefinitionFault(f"visits[{own.index(code)}].code", quoted(code), allowed)


def _overlaps(study: Study) -> Iterator[DefinitionFault]:
    """Windows that meet for some day 0; those of visits with different anchors are not compared."""
    told: set[int] = set()
    for anchor in dict.fromkeys(study.anchor_of(visit) for visit in study.visits):
        planned = [
            (number, time)
            for number, visit in enumerate(study.visits)
            if study.anchor_of(visit) == anchor and _is_sound(visit)
            for time in occurrences(visit)
        ]
        by_calendar = any(study.visits[number].repeats is not None for number, _ in planned)
        for day_0 in _DAYS_0 if by_calendar else _DAYS_0[:1]:
            for number, found in _overlapping(planned, day_0):
                if number not in told:
                    told.add(number)
                    yield DefinitionFault(f"visits[{number}]", found, "windows that do not overlap")


def _overlapping(planned: list[tuple[int, Visit]], day_0: date) -> Iterator[tuple[int, str]]:
    placed = [(window(visit, day_0), number, visit) for number, visit in planned]
    placed.sort(key=lambda each: (each[0].opens_on, each[0].due_on))
    for (before, _, earlier), (after, number, _) in pairwise(placed):
        if after.opens_on <= before.closes_on:
            first, last = (after.opens_on - day_0).days, (before.closes_on - day_0).days
            yield number, f'a window from day {first}, while "{earlier.code}" is open until day {last}'
