"""How and when a participant wants to be written to."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Preference:
    """What was chosen; None is what the study does for everybody.

    `hour` is an hour of the day on the participant's own clock. Nothing is sent before the civil day
    `paused_until`, nor after `stopped_at` until they start again.
    """

    channel: str | None = None
    hour: int | None = None
    paused_until: date | None = None
    stopped_at: datetime | None = None

    @property
    def stopped(self) -> bool:
        """Return whether no message is wanted at all."""
        return self.stopped_at is not None

    def paused(self, today: date) -> bool:
        """Return whether no message is wanted today."""
        return self.paused_until is not None and today < self.paused_until


NONE_CHOSEN = Preference()
