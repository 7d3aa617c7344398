"""The hours of the participant's own clock in which no planned message leaves."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class QuietHours:
    """From one full hour to another, over midnight where the second is the smaller one."""

    starts: int = 20
    ends: int = 8

    def hold(self, clock: time) -> bool:
        """Return whether it is quiet at a time of day."""
        return clock.hour not in self.awake

    @property
    def awake(self) -> tuple[int, ...]:
        """Return the other hours, the first of the day in front: participants choose among them."""
        return tuple(sorted((self.ends + hour) % 24 for hour in range((self.starts - self.ends) % 24)))
