"""Someone at a desk: records deaths, withdrawals and STOPs while the workers are sending."""

import random
import threading
from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from app import clock, database
from app.domain.partial_date import PartialDate
from app.domain.schedule import civil_date
from app.operations.consents import record_withdrawal
from app.operations.contact_preferences import stop_reminders
from app.operations.events import report_event
from bench.posting.people import ACTOR

WAYS = ("death", "withdrawal", "stop")


class Clerk:
    """`stopped` says from when on nothing may be taken for someone: what stops them is stored by then."""

    def __init__(self, url: str, ids: Collection[int], seed: str) -> None:
        self.stopped: dict[int, datetime] = {}
        self._url, self._ids = url, list(ids)
        self._chance = random.Random(f"{seed}:clerk")
        self._chance.shuffle(self._ids)

    def work(self, a_second: float, stop: threading.Event) -> None:
        """Record one after another until told to stop or nobody is left."""
        while self._ids and not stop.wait(self._chance.expovariate(a_second)):
            participant_id = self._ids.pop()
            self._record(participant_id, self._chance.choice(WAYS), clock.now())
            self.stopped[participant_id] = clock.now()

    def _record(self, participant_id: int, way: str, now: datetime) -> None:
        today = civil_date(now, ZoneInfo("UTC"))
        with database.writing(self._url) as session:
            if way == "death":
                report_event(
                    session,
                    participant_id=participant_id,
                    kind="death",
                    started=PartialDate(today.year),
                    report_id=f"bench-{participant_id}",
                    actor=ACTOR,
                    now=now,
                )
            elif way == "withdrawal":
                record_withdrawal(
                    session,
                    participant_id=participant_id,
                    scope="contact",
                    withdrawn_on=today,
                    reason="",
                    actor=ACTOR,
                    now=now,
                )
            else:
                stop_reminders(session, participant_id=participant_id, actor=ACTOR, now=now)
