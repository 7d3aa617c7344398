"""How much processor time each kind of process used, from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Usage:
    """Seconds of processor time up to now; `machine` is everything that ran, `waiting` idle for the disk."""

    database: float
    server: float
    client: float
    machine: float
    waiting: float

    def since(self, earlier: "Usage") -> "Usage":
        """Return what was used between two looks."""
        return Usage(*(now - then for now, then in zip(_parts(self), _parts(earlier), strict=True)))


def _parts(usage: Usage) -> tuple[float, ...]:
    return usage.database, usage.server, usage.client, usage.machine, usage.waiting


def usage(*, database: int | None, server: int) -> Usage:
    """Look at the processes of a database and of a server (their first process), and at this one."""
    times = os.times()
    with Path("/proc/stat").open() as file:
        user, nice, system, _, waiting, irq, softirq = map(int, file.readline().split()[1:8])
    return Usage(
        database=_tree(database) if database else 0.0,
        server=_tree(server),
        client=times.user + times.system,
        machine=(user + nice + system + irq + softirq) / TICK,
        waiting=waiting / TICK,
    )


def _tree(pid: int) -> float:
    """Return the time of a process, its living descendants, and those whose end it has seen."""
    return sum(_time(each) for each in (pid, *_descendants(pid)))


def child(word: str) -> int:
    """Return the child of this process that has a word in its command; ValueError where none or many have."""
    named = [
        each
        for each in _descendants(os.getpid(), deep=False)
        if word in Path(f"/proc/{each}/cmdline").read_bytes().decode().split("\0")
    ]
    (found,) = named
    return found


def _descendants(pid: int, *, deep: bool = True) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for each in map(int, task.read_text().split()):
            found += [each, *(_descendants(each) if deep else ())]
    return found


def _time(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0  # it ended between two looks; its parent has its time now
    return sum(map(int, fields[11:15])) / TICK


def bound_by(spent: Usage, seconds: float) -> str:
    """Say what keeps it from going faster, from where the time of the processors went."""
    names = {
        "server workers": spent.server,
        "database": spent.database,
        "client": spent.client,
        "other processes": spent.machine - spent.server - spent.database - spent.client,
    }
    shares = ", ".join(f"{name} {time / seconds:.2f}" for name, time in names.items())
    if spent.machine / seconds >= 0.85 * CORES:
        most = max(names, key=lambda name: names[name])
        return f"CPU, most of it {most} (cores used of {CORES}: {shares})"
    idle = CORES - spent.machine / seconds
    cause = "the disk" if spent.waiting / seconds >= idle / 2 else "waiting on locks, commits or connections"
    return f"{cause} (cores used of {CORES}: {shares})"
