"""The cumulative incidence of one group by cause, and what one participant more would change of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.causes import CompetingRisks
from analysis.estimators.counts import Counts
from analysis.estimators.observations import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Participants:
    """One group's rows, those that count alike put together.

    `group` is its label; `last` the column of the exit among the group's distinct times, `first` that of the
    first time at risk (None: the beginning); `cause` as in `CompetingRisks`; `squared` is
    what the squares of their influences are multiplied by: the sum of weights where these count participants,
    else of the squares of the weights.
    """

    group: Any
    last: NDArray[np.intp]
    first: NDArray[np.intp] | None
    cause: NDArray[np.intp]
    squared: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A group's curve by time (T,): `before` is the share free of any event just before each time.

    `causes` is (K, T): the events of each cause; `events` their sum, of `at_risk`.
    """

    time: Floats
    at_risk: Floats
    events: Floats
    causes: NDArray[np.float64]
    before: Floats

    def jumps(self, code: int) -> Floats:
        """S(t-) d_k / n: by how much the incidence of the cause `code` grows at each time."""
        share: Floats = np.divide(
            self.causes[code - 1], self.at_risk, out=np.zeros_like(self.time), where=self.events > 0
        )
        return self.before * share

    def incidence(self, code: int) -> Floats:
        """F_k just after each time; a sum that rounding keeps from 1 is 1."""
        grown = self.jumps(code).cumsum()
        return np.where(grown > 1 - 1e-12, 1.0, grown)

    def end(self) -> float:
        """The last time of what is known: infinite where nobody is free of an event any more."""
        free = self.before[-1] * (self.at_risk[-1] - self.events[-1])
        return float(self.time[-1]) if free > 0 else np.inf


def group_of(data: CompetingRisks, counts: Counts, code: int) -> tuple[Course, Participants]:
    """The curve of the group `code` and its participants."""
    rows, own = data.rows, counts.of_group(code)
    label = rows.group.labels[code]
    of_group = rows.group.codes == code
    cause, weight = data.cause[of_group], rows.weights[of_group]
    last = np.searchsorted(own.time, rows.duration[of_group])
    size = len(own.time)
    cell = cause * size + last
    squared = weight if rows.whole_weights else weight**2
    by_cell, squared_by_cell = (
        np.bincount(cell, values, minlength=(len(data.labels) + 1) * size).astype(np.float64)
        for values in (weight, squared)
    )
    if rows.entry is None:
        # Rows with the same exit and cause are alike: the work below then depends on the days alone.
        held = np.flatnonzero(by_cell)
        people = Participants(label, held % size, None, held // size, squared_by_cell[held])
    else:
        first = np.searchsorted(own.time, rows.entry[of_group], side="right")
        people = Participants(label, last, first, cause, squared)
    hazard = np.divide(own.events, own.at_risk, out=np.zeros_like(own.time), where=own.events > 0)
    before = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])
    return Course(own.time, own.at_risk, own.events, by_cell.reshape(-1, size)[1:], before), people


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """What a participant's weight adds to sum worth(s) S(s-) d_k/n over s <= t: P + rest(t) Q.

    P and Q stand still after the exit: `closed_p`, `closed_q`, one value a row of `Participants`. At a time
    before it, they are `entry_p - grown_p(t)` and `entry_q - grown_q(t)`.
    """

    rest: Floats
    closed_p: Floats
    closed_q: Floats
    grown_p: Floats
    grown_q: Floats
    entry_p: Floats
    entry_q: Floats


def influence(course: Course, people: Participants, code: int, worth: Floats | float = 1.0) -> Influence:
    """Derivatives by each row's weight, for the cause `code`.

    With F(t) = sum worth S(s-) d_k/n and rest = F(end) - F, the derivative of F(t) is the sum, over the times
    s <= t at risk, of worth S(s-) (dN_k - d_k/n)/n - (F(t) - F(s)) (dN - d/n)/(n - d). Writing F(t) - F(s)
    as rest(s) - rest(t) keeps it exact where few are left.
    """
    grown = np.cumsum(worth * course.jumps(code))
    rest = grown[-1] - grown
    left = course.at_risk - course.events
    gone = np.cumsum((left <= 0) & (course.events > 0)) > 0  # F stands still from here on
    per_left = np.divide(1.0, left, out=np.zeros_like(left), where=~gone & (left > 0))
    per_risk = np.divide(1.0, course.at_risk, out=np.zeros_like(left), where=course.events > 0)
    own_jump = worth * course.before * per_risk
    grown_q = np.cumsum(course.events * per_risk * per_left)
    grown_p = np.cumsum(
        own_jump * per_risk * course.causes[code - 1] - rest * course.events * per_risk * per_left
    )
    entry_p = entry_q = np.zeros(len(people.last))
    if people.first is not None:
        entry_p, entry_q = (np.concatenate([[0.0], grown])[people.first] for grown in (grown_p, grown_q))
    last, any_event, of_cause = people.last, people.cause > 0, people.cause == code
    return Influence(
        rest=rest,
        closed_p=of_cause * own_jump[last] - any_event * (rest * per_left)[last] - grown_p[last] + entry_p,
        closed_q=any_event * per_left[last] - grown_q[last] + entry_q,
        grown_p=grown_p,
        grown_q=grown_q,
        entry_p=entry_p,
        entry_q=entry_q,
    )


def incidence_variance(course: Course, people: Participants, code: int) -> Floats:
    """The infinitesimal jackknife: at each time the sum over participants of their squared influence.

    Where nobody enters late and weights count participants it equals the formula of Marubini and Valsecchi
    (1995, section 10.3). A participant's P and Q stand still from the exit on, and before it they are a
    number at the entry less one that all share: running sums over the times are enough.
    """
    part = influence(course, people, code)
    rest, size = part.rest, len(course.time)

    def left(values: Floats) -> Floats:
        return np.bincount(people.last, people.squared * values, minlength=size).cumsum()

    def staying(values: Floats) -> Floats:
        first = np.zeros_like(people.last) if people.first is None else people.first
        entered = np.bincount(first, people.squared * values, minlength=size).cumsum()
        return entered - left(values)

    variance = left(part.closed_p**2) + 2 * rest * left(part.closed_p * part.closed_q)
    variance += rest**2 * left(part.closed_q**2)
    shared = part.grown_p + rest * part.grown_q
    variance += shared**2 * staying(np.ones(len(people.last)))
    if people.first is not None:
        at_entry_p, at_entry_q = part.entry_p, part.entry_q
        variance -= 2 * shared * (staying(at_entry_p) + rest * staying(at_entry_q))
        variance += staying(at_entry_p**2) + 2 * rest * staying(at_entry_p * at_entry_q)
        variance += rest**2 * staying(at_entry_q**2)
    # Differences of running sums leave 1e-17 where the variance is 0, and stir its last digit between events,
    # where it stands still.
    incidence = course.incidence(code)
    certain = (incidence == 0) | (incidence == 1)
    latest_event = np.maximum.accumulate(np.where(course.events > 0, np.arange(size), 0))
    return np.where(certain, 0.0, np.maximum(variance, 0)[latest_event])
