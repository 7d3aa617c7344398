"""What the clients of a benchmark do: whole surveys, one after another."""

import random
import threading
import time
from dataclasses import dataclass, field
from queue import SimpleQueue

from bench.crowd import Phone
from bench.http import Connection, Reply

ANSWERS = 12


@dataclass
class Tally:
    """What one client did: when each survey was sent, when each answer was saved and how long it took."""

    sent: list[float] = field(default_factory=list)
    saved: list[tuple[float, float]] = field(default_factory=list)
    opened: list[tuple[float, float]] = field(default_factory=list)
    connections: int = 0
    fault: Exception | None = None


def survey(connection: Connection, phone: Phone, tally: Tally) -> None:
    """Answer one questionnaire as a phone's outbox does: each answer an entry with its name and its order."""
    cookie = f"hepatica_p={phone.secret}"
    reply = _expect(connection.get(phone.path, cookie), 200)
    tally.opened.append((time.perf_counter(), reply.seconds))
    since = "clock=1200&phone=0123456789abcdef"
    for order, (item, value) in enumerate(phone.items[:ANSWERS]):
        entry = f"{item}:id={random.getrandbits(128):x}&{item}:at=1000&{item}:order={order}"
        form = f"do=save&{since}&{item}={value}&{entry}"
        reply = _expect(connection.post(phone.path, cookie, form), 200)
        tally.saved.append((time.perf_counter(), reply.seconds))
    form = f"do=send&do:at=1000&{since}&submission_id={random.getrandbits(128):x}&gaps=told"
    reply = _expect(connection.post(phone.path, cookie, form), 200)
    if b"/receipt/" not in reply.body:
        raise ValueError(f"no receipt: {reply.body!r}")
    tally.sent.append(time.perf_counter())


def _expect(reply: Reply, status: int) -> Reply:
    if reply.status != status:
        raise ValueError(f"{reply.status} instead of {status}: {reply.body[:300]!r}")
    return reply


def work(port: int, phones: "SimpleQueue[Phone]", stop: threading.Event, tally: Tally) -> None:
    """Answer one questionnaire after another until told to stop; what goes wrong is kept for the caller."""
    connection = Connection(port)
    try:
        while not stop.is_set():
            survey(connection, phones.get_nowait(), tally)
    except Exception as fault:  # told to the caller, who ends the benchmark
        tally.fault = fault
    tally.connections = connection.opened
    connection.close()
