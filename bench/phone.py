"""What the first questionnaire page weighs, how soon it paints on a slow phone, and how fast it is served.

SQLite with the demo study and a crowd of 500 participants, gunicorn with the repository's settings. The page
is opened by someone who was let in a moment ago and has nothing cached, and then again with no network.
"""

import json
import statistics
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from app import clock, database
from bench.crowd import Phone, crowd
from bench.http import Connection
from bench.painting import BITS_PER_SECOND, LATENCY_MS, SLOWER, opened
from tests.fixtures.server import serving

SIZE = 500
WARM_UP = 50
TIMES = 500


def question_ms(port: int, phones: list[Phone]) -> float:
    """Return the median time of the question page, one client, one connection, another person each time."""
    connection = Connection(port)
    took = []
    for number in range(WARM_UP + TIMES):
        phone = phones[number % len(phones)]
        reply = connection.get(phone.path, f"hepatica_p={phone.secret}")
        if reply.status != 200:
            raise ValueError(f"{reply.status}: {reply.body[:300]!r}")
        took.append(reply.seconds * 1000)
    connection.close()
    return statistics.median(took[WARM_UP:])


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/hepatica.db"
        database.upgrade(url)
        first, *others = crowd(url, SIZE, now=clock.now())
        with serving(url, Path(directory) / "log", {"INSTANCE": directory}) as server:
            print(f"SQLite, {SIZE} participants, one gunicorn worker.")
            served = question_ms(urlsplit(server.url).port or 80, others)
            print(f"Chromium: latency {LATENCY_MS} ms, {BITS_PER_SECOND} bit/s, processor {SLOWER} x slower.")
            seen = opened(server.url + first.path, first.secret)
        database.engine(url).dispose()
    for address, size in seen.requests.items():
        print(f"  {size:6} bytes  {urlsplit(address).path}")
    figures = {
        "bytes": sum(seen.requests.values()),
        "requests": len(seen.requests),
        "first_paint_ms": round(seen.first_paint_ms),
        "second_paint_ms": round(seen.second_paint_ms),
        "question_ms": round(served, 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
