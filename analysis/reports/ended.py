"""Scores at the last visit with death, or a transplant too, as part of the outcome (composite)."""

from dataclasses import dataclass

import pandas as pd

from analysis.reports.finding import NotPossible
from analysis.reports.grid import grid_of
from analysis.reports.language import gettext
from analysis.reports.step import Step


@dataclass(frozen=True, kw_only=True, eq=False)
class Ended:
    """One row a participant with a score or an end: `AVAL` (missing where `ended`), `end_day`, `ended`.

    `visit` names the visit in sentences, `visit_words` in tables.
    """

    rows: pd.DataFrame
    visit: str
    visit_words: str
    left_out: dict[str, int]
    code: str


def ended(step: Step) -> Ended:
    """Of all for whom the last visit has come; who lives without a score is left out, and counted."""
    grid = grid_of(step, due=True, baseline=False)
    both = step.estimand.transplant_is == "event"
    days = ["death_day", "transplant_day"] if both else ["death_day"]
    rows = grid.at_last
    end = rows[days].min(axis=1)
    flags = ["dead", "transplanted"] if both else ["dead"]
    over = rows[flags].any(axis=1)
    rows = rows.assign(ended=over.astype(int), end_day=end.where(over), AVAL=rows["AVAL"].mask(over))
    kept = rows[over | rows["AVAL"].notna()]
    if kept.empty:
        raise NotPossible("Nobody has a score at the last of these visits, and nobody died before it.")
    code = "\n".join(
        [
            grid.code,
            f'rows = rows[rows["AVISIT"] == "{grid.last}"]',
            f"end = rows[{days}].min(axis=1)\nover = rows[{flags}].any(axis=1)",
            "rows = rows.assign("
            'ended=over.astype(int), end_day=end.where(over), AVAL=rows["AVAL"].mask(over))',
            'rows = rows[over | rows["AVAL"].notna()]',
        ]
    )
    return Ended(
        rows=kept,
        visit=step.visits.get(grid.last, grid.last),
        visit_words=step.visit_words(grid.last),
        left_out={**grid.left_out, "alive without a score": len(rows) - len(kept)},
        code=code,
    )


def ends(step: Step) -> str:
    """What ends are, in words."""
    return "a death or a transplant" if step.estimand.transplant_is == "event" else "a death"


def ends_words(step: Step) -> str:
    """The same in tables."""
    if step.estimand.transplant_is == "event":
        return gettext("a death or a transplant")
    return gettext("a death")
