"""What one participant gave and saw on one phone, and what happened around it."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

LEVELS = {"saved": 1, "sent": 2, "received": 3}
"""What a page promises of an answer: on this phone, on its way, with the study team."""


@dataclass
class Given:
    """What was given for one item, in order; of these `seen` is the newest that was shown as saved."""

    values: list[str] = field(default_factory=list)
    seen: int | None = None
    level: int = 0
    when_sent: int | None = None
    """How many of the values had been given when Send was pressed first."""

    @property
    def expected(self) -> frozenset[str]:
        """Return what may count in the end: what was seen as saved, or anything given after it."""
        return frozenset(self.values[self.seen :]) if self.seen is not None else frozenset()


@dataclass
class Survey:
    """One survey: its answers by item, and what was shown about its sending."""

    path: str
    answers: dict[str, Given] = field(default_factory=dict)
    receipts: set[str] = field(default_factory=set)
    promised: bool = False
    untrue: list[str] = field(default_factory=list)
    """Answers that a page called received at a moment when the database had none of them."""
    begun: bool = False

    def give(self, item: str, value: str) -> None:
        """Note what the participant is about to choose: before the phone can know, so that none is missed."""
        self.answers.setdefault(item, Given()).values.append(value)

    def send(self) -> None:
        """Note that Send is about to be pressed."""
        for given in self.answers.values():
            given.when_sent = len(given.values) if given.when_sent is None else given.when_sent

    def see(self, item: str, value: str, state: str) -> bool:
        """Note that an answer was shown as saved; return whether that is news."""
        given = self.answers.get(item)
        if given is None or value not in given.values:
            return False  # a page that shows what was given before this diary began
        index = len(given.values) - 1 - given.values[::-1].index(value)
        now, before = (index, LEVELS[state]), (-1 if given.seen is None else given.seen, given.level)
        if now <= before:
            return False
        given.seen, given.level = now
        return True


@dataclass
class Diary:
    """All surveys of one phone by their path, and everything that happened, in order."""

    name: str
    surveys: dict[str, Survey] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    left_over: int = 0
    """Entries that still wait on the phone after everything was healed."""
    _events: list[tuple[float, str, str]] = field(default_factory=list)
    _begun: float = field(default_factory=time.perf_counter)

    def tell(self, what: str, about: str = "") -> None:
        """Note that something happened."""
        self.counts[what] += 1
        self.note(what, about)

    def note(self, what: str, about: str = "") -> None:
        """Note something that is not counted."""
        self._events.append((round(time.perf_counter() - self._begun, 3), what, about))

    def write(self, directory: Path) -> Path:
        """Leave it as lines of JSON; return where."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{self.name}.jsonl"
        lines = [json.dumps(event, ensure_ascii=False) for event in self._events]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path
