"""Events as someone reported them, readings of them, and the outcome that the two give together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.domain.partial_date import PartialDate

EventKind = Literal["hospital stay", "transplant", "death", "tumour", "adverse event"]
EVENT_KINDS: tuple[EventKind, ...] = ("hospital stay", "transplant", "death", "tumour", "adverse event")
LASTING_KINDS: tuple[EventKind, ...] = ("hospital stay", "adverse event")
"""Those that have an end; the others happen on a day."""
SAFETY_KINDS: tuple[EventKind, ...] = ("tumour", "adverse event")
"""Those that are told in words of their own, with how serious they were."""
Decision = Literal["confirmed", "refuted", "needs information", "duplicate"]
DECISIONS: tuple[Decision, ...] = ("confirmed", "refuted", "needs information", "duplicate")
Outcome = Literal["confirmed", "refuted", "needs information", "duplicate", "disagreement", "reported"]
OPEN_OUTCOMES: tuple[Outcome, ...] = ("reported", "disagreement", "needs information")
"""Those with which an event still waits for somebody."""
EventChoice = Literal["confirmed", "all"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How many readers decide about an event, and by how many days their dates may differ and still agree."""

    readings: int = 1
    tolerance_days: int = 0


ONE_READING = Rule()


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An event as it was reported; `ended` None and `ongoing` False means that the end is not known."""

    id: int
    kind: EventKind
    started: PartialDate
    ended: PartialDate | None = None
    ongoing: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a reviewer decided about an event, with the dates agreed on where it was confirmed.

    `duplicate_of` is the event that tells of the same, `read_by` the reader as the trail names them.
    """

    id: int
    decision: Decision
    agreed_started_on: date | None = None
    agreed_ended_on: date | None = None
    duplicate_of: int | None = None
    read_by: str = ""

    @property
    def brought(self) -> bool:
        """Return whether it came with an import: what was settled elsewhere needs no second reader here."""
        return self.read_by.startswith("import:")


@dataclass(frozen=True, kw_only=True, slots=True)
class SettledEvent:
    """An event as the analysis counts it: full dates, and whether a reviewer confirmed them."""

    event_id: int
    reading_id: int | None
    kind: EventKind
    started_on: date
    ended_on: date | None
    confirmed: bool


def counting(readings: Sequence[Reading], rule: Rule = ONE_READING) -> Reading | None:
    """Return the reading that speaks for the event, or None where none does yet.

    Readings stand in the order in which they were made. Where one is asked for, the last one counts. Where
    two are, the first two readers have to agree, and then the first one's dates count; while one of them
    needs information, that is said; where they disagree, a third one's decision counts. A later reading
    of the same reader takes the place of their earlier one.
    """
    if rule.readings == 1:
        return readings[-1] if readings else None
    brought, panel = _since_brought(readings)
    if len(panel) < 2:
        return brought
    if len(panel) > 2:
        return panel[2]
    first, second = panel
    unsure = [each for each in panel if each.decision == "needs information"]
    if unsure:
        return unsure[-1]
    return first if agree(first, second, tolerance_days=rule.tolerance_days) else None


def outcome(readings: Sequence[Reading], rule: Rule = ONE_READING) -> Outcome:
    """Return what the readings decide: `reported` while too few were made, `disagreement` if two differ."""
    found = counting(readings, rule)
    if found is not None:
        return found.decision
    return "disagreement" if len(readers(readings)) > 1 else "reported"


def agree(one: Reading, other: Reading, *, tolerance_days: int) -> bool:
    """Return whether two readings decide the same, on dates that differ by no more than is tolerated."""
    return (
        (one.decision, one.duplicate_of) == (other.decision, other.duplicate_of)
        and _near(one.agreed_started_on, other.agreed_started_on, tolerance_days)
        and _near(one.agreed_ended_on, other.agreed_ended_on, tolerance_days)
    )


def readers(readings: Sequence[Reading]) -> list[str]:
    """Return who has read since the last import, in the order of their first reading."""
    return [each.read_by for each in _since_brought(readings)[1]]


def may_read(readings: Sequence[Reading], *, reader: str, rule: Rule) -> bool:
    """Return whether a reading by this reader would be heard.

    Of two independent readers nobody is both, and none of them decides what they disagree on: after a
    disagreement a third one is asked, and only who has read already corrects what is settled.
    """
    if rule.readings == 1:
        return True
    there = readers(readings)
    if outcome(readings, rule) == "disagreement":
        return reader not in there
    return len(there) < 2 or reader in there


def waits_for(readings: Sequence[Reading], *, reader: str, rule: Rule) -> bool:
    """Return whether the event waits for this reader: a first reading, a third one, or one they owe."""
    decided = outcome(readings, rule)
    if decided not in OPEN_OUTCOMES or not may_read(readings, reader=reader, rule=rule):
        return False
    if rule.readings == 1:
        return True
    own = [each for each in readings if each.read_by == reader]
    return not own or own[-1].decision == "needs information"


def shown_to(readings: Sequence[Reading], *, reader: str, rule: Rule) -> list[Reading]:
    """Return the readings that a reader may see: another's only when their own is made or not asked for."""
    there = readers(readings)
    if rule.readings == 1 or len(there) > 1 or reader in there:
        return list(readings)
    return [each for each in readings if each.brought]


def kept_apart(readings: Sequence[Reading], rule: Rule) -> bool:
    """Return whether somebody may still have to decide without knowing these readings."""
    if rule.readings == 1:
        return False
    shown = shown_to(readings, reader="", rule=rule)
    return len(shown) < len(readings) or outcome(readings, rule) in OPEN_OUTCOMES


def settled(
    event: Event,
    readings: Sequence[Reading],
    *,
    events: EventChoice,
    not_before: date | None = None,
    rule: Rule = ONE_READING,
) -> SettledEvent | None:
    """Return the event as the analysis counts it, or None where it does not count.

    `events="confirmed"` counts only confirmed events on their agreed dates. `events="all"` also counts those
    not refuted, on the reported dates; a partly known date then means the first day it can mean, so that no
    stay is lengthened and no survival time invented, but not a day before `not_before` (day 0, or for a death
    the last sign of life) where it can mean that day or a later one. A stay never ends before it starts.
    What is the duplicate of another event never counts: the other one does.
    """
    decided = outcome(readings, rule)
    confirmed = decided == "confirmed"
    if not confirmed and (decided in ("refuted", "duplicate") or events == "confirmed"):
        return None
    last = counting(readings, rule) if confirmed else None
    agreed_started_on = last.agreed_started_on if last else None
    agreed_ended_on = last.agreed_ended_on if last else None
    started_on = agreed_started_on or _first_day(event.started, not_before)
    reported_end = event.ended.earliest if event.ended else None
    return SettledEvent(
        event_id=event.id,
        reading_id=last.id if last else None,
        kind=event.kind,
        started_on=started_on,
        ended_on=agreed_ended_on or (max(reported_end, started_on) if reported_end else None),
        confirmed=confirmed,
    )


def _since_brought(readings: Sequence[Reading]) -> tuple[Reading | None, list[Reading]]:
    """Return the last reading that was imported, and the last one of each reader who has read since."""
    brought: Reading | None = None
    panel: dict[str, Reading] = {}
    for each in readings:
        if each.brought:
            brought, panel = each, {}
        else:
            panel[each.read_by] = each  # a reader keeps the place of their first reading
    return brought, list(panel.values())


def _near(one: date | None, other: date | None, tolerance_days: int) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= timedelta(days=tolerance_days)


def _first_day(partly_known: PartialDate, not_before: date | None) -> date:
    if not_before is not None and partly_known.earliest < not_before <= partly_known.latest:
        return not_before
    return partly_known.earliest
