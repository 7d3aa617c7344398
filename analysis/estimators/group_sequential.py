"""Probabilities of a test that is looked at several times, by recursive numerical integration."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from analysis.estimators.observations import Floats

# Beyond ten standard deviations a normal density is 0 in double precision (1e-23).
FAR = 10.0

# Gauss's rule on panels as wide as the narrower of the two normal densities that meet in an integral: with
# eight nodes each, boundaries no longer change in the tenth digit.
NODES, WIDTHS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What is known after the looks so far if there is no effect: S(t) = Z sqrt(t) of those that went on.

    S is a Brownian motion. `value` are nodes of S, `mass` the probabilities that they stand for; before the
    first look all is at 0.
    """

    sides: int
    time: float
    value: Floats
    mass: Floats

    @classmethod
    def beginning(cls, sides: int) -> Course:
        """Nothing seen yet."""
        return cls(sides, 0.0, np.zeros(1), np.ones(1))

    def crossing(self, time: float, boundary: float) -> float:
        """The probability to go on until `time` and be at or beyond `boundary` then (a z value).

        The first look at half of the information, both sides:

        >>> round(Course.beginning(2).crossing(0.5, 1.959964), 6)
        0.05
        """
        step, edge = math.sqrt(time - self.time), boundary * math.sqrt(time)
        beyond = norm.sf((edge - self.value) / step)
        if self.sides == 2:
            beyond = beyond + norm.sf((edge + self.value) / step)
        return float(self.mass @ beyond)

    def boundary(self, time: float, probability: float) -> float:
        """The z value that is crossed at `time` with this probability; infinite where that is 0."""
        if probability <= 0:
            return math.inf
        # One look alone crosses at least as often as one after others.
        highest = float(norm.isf(probability / self.sides))
        if self.time == 0:
            return highest

        def excess(z: float) -> float:
            return self.crossing(time, z) - probability

        lowest = 0.0 if self.sides == 2 else -FAR
        # Where earlier looks hardly ever end the trial the answer is the highest itself, up to rounding.
        return float(brentq(excess, lowest, highest + 1e-6, xtol=1e-12, rtol=1e-14))

    def after(self, time: float, boundary: float, *, following: float) -> Course:
        """The course of those that do not cross `boundary` at `time` (Armitage, McPherson and Rowe 1969).

        `following` is the time of the next look: the closer it is, the denser the nodes.

        Two looks that both reject at 1.96, half of the information each, reject in 0.083 of all trials:

        >>> once = Course.beginning(2).after(0.5, 1.959964, following=1)
        >>> round(0.05 + once.crossing(1, 1.959964), 4)
        0.0831
        """
        step, spread = math.sqrt(time - self.time), math.sqrt(time)
        upper = min(boundary, FAR) * spread
        lower = -upper if self.sides == 2 else -FAR * spread
        panels = math.ceil((upper - lower) / min(step, math.sqrt(following - time)))
        width = (upper - lower) / panels
        middle = lower + width * (np.arange(panels) + 0.5)
        value = (middle[:, None] + width / 2 * NODES).ravel()
        density = norm.pdf((value[:, None] - self.value) / step) @ self.mass / step
        return Course(self.sides, time, value, density * np.tile(WIDTHS * width / 2, panels))
