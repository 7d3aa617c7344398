"""Participants with whole days to an event and to the end of their follow-up, whose survival is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The median of who is in the reference group: two years.
HAZARD = float(np.log(2) / 730)

Days = NDArray[np.int64]


@dataclass(frozen=True)
class People:
    """One value a participant."""

    duration: Days
    event: NDArray[np.bool_]


def followed(
    random: np.random.Generator, size: int, *, hazard: float = HAZARD, recruited: int = 900
) -> People:
    """Return events at a constant hazard, rounded up to whole days, and follow-up that ends or is lost.

    They came over `recruited` days to a trial that ended 1500 days after the first, and one in ten or so
    leaves before. Rounded up, P(day > t) is still exp(-hazard t) for whole t, and many days have several
    events.
    """
    day = np.ceil(random.exponential(1 / hazard, size)).astype(np.int64)
    end = 1500 - random.integers(0, recruited, size)
    lost = np.ceil(random.exponential(8000, size)).astype(np.int64)
    follow_up = np.minimum(end, lost)
    return People(np.minimum(day, follow_up), day <= follow_up)


def survival(day: NDArray[np.int64] | int, hazard: float = HAZARD) -> NDArray[np.float64]:
    """Return the true share without the event after a whole day."""
    return np.asarray(np.exp(-hazard * np.asarray(day)))
