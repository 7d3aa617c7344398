"""What decides the arms of a study: a generated sequence's seed, or the rows of a list; kept sealed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

from app.domain.codes import listed
from app.domain.randomisation import Design, Source, Stratum, allocation, listed_allocation
from app.domain.study import Study
from app.errors import Fault, FaultyInput
from app.formats import csv_file, sealing
from app.formats.cells import CodeCell
from app.formats.tables import in_turn


@dataclass(frozen=True, kw_only=True)
class AllocationList:
    """One source of arms. `secret` is the seed, or what keeps the hash of a given list from being guessed."""

    source: Source
    secret: str
    design: Design | None = None
    rows: tuple[tuple[Stratum, str], ...] = ()

    def arm(self, stratum: Stratum, position: int) -> str | None:
        """Return the arm at a position of a stratum, counted from 1; None where a given list is used up."""
        if self.design is not None:
            return allocation(self.secret, stratum, self.design, position)
        return listed_allocation(self.rows, stratum, position)

    @property
    def content_hash(self) -> str:
        """Return the hash that shows later, when the list is opened, that it is the same list."""
        return hashlib.sha256(_text(self).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class AllocationRow:
    """One line of a list that was made elsewhere; those of a stratum stand in the order of their use."""

    site: Annotated[str, CodeCell()]
    arm: Annotated[str, CodeCell()]
    level: Annotated[str | None, CodeCell(needed=False)] = None
    row: int = field(default=0, compare=False)


def seal(made: AllocationList, keys: Sequence[str]) -> str:
    """Return a list as text that only the installation can read."""
    return sealing.seal(_text(made), keys)


def unseal(sealed: str, keys: Sequence[str]) -> AllocationList:
    """Return a list as it was sealed."""
    content = json.loads(sealing.unseal(sealed, keys, what="the randomisation list"))
    design = content["design"]
    return AllocationList(
        source=content["source"],
        secret=content["secret"],
        design=Design(arms=tuple(design["arms"]), blocks=tuple(design["blocks"])) if design else None,
        rows=tuple((Stratum(of["site"], of["level"]), arm) for of, arm in content["rows"]),
    )


def read(path: Path, study: Study, *, secret: str) -> AllocationList:
    """Read a list with the columns site, level and arm; FaultyInput with every fault in it."""
    faults: list[Fault] = []
    rows, _ = csv_file.read(path, AllocationRow, faults, progress=in_turn)
    for each in rows:
        faults += _faults(path.name, each, study)
    if not faults and not rows:
        faults.append(Fault(path.name, "the file", "no row", "one row for each participant to come"))
    if faults:
        raise FaultyInput(faults)
    found = tuple((Stratum(each.site, each.level or ""), each.arm) for each in rows)
    return AllocationList(source="given", secret=secret, rows=found)


def _faults(file: str, row: AllocationRow, study: Study) -> list[Fault]:
    factor = study.randomisation.factor if study.randomisation else None
    levels = [level.code for level in factor.levels] if factor else [""]
    cells = (
        ("site", row.site, [site.code for site in study.sites]),
        ("arm", row.arm, [arm.code for arm in study.arms]),
        ("level", row.level or "", levels),
    )
    return [
        Fault(file, f"row {row.row}, column {column}", f'"{found}"', listed(allowed) or "nothing")
        for column, found, allowed in cells
        if found not in allowed
    ]


def _text(made: AllocationList) -> str:
    return json.dumps(asdict(made), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
