"""One run: everything is planned, sent by workers that are killed, and held against what was accepted."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app import database
from app.models import AuditEntry, Reminder
from app.models.reminder import WAITING
from app.queries import audit
from bench.posting.clerk import Clerk
from bench.posting.crew import Crew
from bench.posting.judge import Verdict, judged, told
from bench.posting.people import People
from bench.posting.sink import Sink
from tests.fixtures.gateway import Gateway
from tests.fixtures.phone import SETTINGS

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Plan:
    """How a run goes. A worker is killed after so many messages; so many people a second stop hearing."""

    url: str
    directory: Path
    seed: str
    workers: int
    seconds: float = float("inf")
    between_kills: tuple[int, int] = (200, 1800)
    stops_a_second: float = 1.0
    silence: float = 0.0
    interval: float = 60.0


@dataclass(frozen=True)
class Outcome:
    """What a run found."""

    verdict: Verdict
    accepted: int
    seconds: float
    kills: int
    silent: int
    stopped: int
    faults: list[str]
    broken_trail: list[str]

    @property
    def objections(self) -> list[str]:
        """Return what is wrong: more of unknown fate than were killed or left without an answer is, too."""
        most = self.kills + self.silent
        more = self.verdict.listed > most
        many = [f"{self.verdict.listed} of unknown fate after {most} interruptions"] if more else []
        return [*self.verdict.objections, *self.broken_trail, *many]

    def figures(self) -> dict[str, Any]:
        """Return what the benchmark ends with."""
        return {
            "reminders": self.accepted,
            "double": len(self.verdict.double),
            "forgotten": len(self.verdict.forgotten),
            "in_flight_listed": self.verdict.listed,
            "per_second": round(self.accepted / self.seconds, 1),
            "still_waiting": self.verdict.waiting,
            "sent_after_a_stop": len(self.verdict.too_late),
            "stopped": self.stopped,
            "kills": self.kills,
        }


def run(
    plan: Plan, people: People, progress: Progress = lambda _: None, gateway: Gateway | None = None
) -> Outcome:
    """Let the workers send until nothing waits or the time is over, killing one now and then.

    `gateway` takes what goes as a text message.
    """
    stop = threading.Event()
    texts = _Texts(gateway)
    clerk = Clerk(plan.url, _some(people, plan.seed), plan.seed)
    with Sink(silence=plan.silence, seed=plan.seed) as sink:
        settings = SETTINGS | {
            "DATABASE_URL": plan.url,
            "SMTP_URL": sink.url,
            "INSTANCE": str(plan.directory),
            "MAIL_FROM": "hepatica@example.org",
        }
        if gateway is not None:
            settings |= {"SMS_URL": gateway.url}

        def done() -> int:
            return sink.total + texts.total

        begun = time.perf_counter()
        with Crew(plan.workers, settings, plan.directory, interval=plan.interval) as crew:
            threads = [
                threading.Thread(
                    target=crew.keep_killing,
                    args=(plan.seed, plan.between_kills, done, stop),
                ),
                threading.Thread(target=clerk.work, args=(plan.stops_a_second, stop)),
            ]
            for thread in threads:
                thread.start()
            try:
                while _waiting(plan.url) and time.perf_counter() - begun < plan.seconds:
                    time.sleep(0.5)
                    progress(done())
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
        progress(done())
        seconds = (sink.last or begun) - begun
    return Outcome(
        verdict=judged(
            told(plan.url, people.study_id, people.addresses),
            sink.accepted + texts.taken(),
            owed=set(people.addresses.values()),
            stopped={people.addresses[key]: at for key, at in clerk.stopped.items()},
        ),
        accepted=sink.total + texts.total,
        seconds=seconds,
        kills=crew.kills,
        silent=sink.silent + texts.silent,
        stopped=len(clerk.stopped),
        faults=crew.faults(),
        broken_trail=_trail(plan.url),
    )


class _Texts:
    """What a gateway has taken, by number; where it hung up instead of answering, too."""

    def __init__(self, gateway: Gateway | None) -> None:
        self._gateway = gateway
        self._answers = list(gateway.server.answers) if gateway else []

    @property
    def total(self) -> int:
        return len(self._gateway.server.requests) if self._gateway else 0

    @property
    def silent(self) -> int:
        return self._answers[: self.total].count(None)

    def taken(self) -> Counter[str]:
        return Counter(to for to, _ in self._gateway.texts) if self._gateway else Counter()


def _some(people: People, seed: str) -> list[int]:
    ids = list(people.addresses)
    return random.Random(f"{seed}:some").sample(ids, len(ids) // 10)


def _waiting(url: str) -> int:
    with database.reading(url) as session:
        return session.scalar(select(func.count()).select_from(Reminder).where(WAITING)) or 0


def _trail(url: str) -> list[str]:
    """Return what is broken in the audit trail; each message that was sent has one entry in it."""
    with database.reading(url) as session:
        broken = [str(each) for each in audit.verify(session)]
        sent = session.scalar(select(func.count(Reminder.sent_at))) or 0
        entries = session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "reminder.send")
        )
    return broken if sent == entries else [*broken, f"{sent} messages sent, {entries} entries of it"]
