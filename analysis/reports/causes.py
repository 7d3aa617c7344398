"""Times to the first event of several that rule each other out: transplant or death, tumour or death."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.reports import again
from analysis.reports.finding import NotPossible
from analysis.reports.language import gettext
from analysis.reports.step import Step
from app.domain.analysis_plan import SafetyKind

CENSORED = "censored"
KINDS: dict[SafetyKind, str] = {
    "tumour": "tumour",
    "serious": "serious adverse event",
    "adverse-event": "adverse event",
    "death": "death",
    "hospital-stay": "hospital stay",
}
USUAL: Sequence[SafetyKind] = ("tumour", "serious")
QUERIES: dict[SafetyKind, str] = {
    "tumour": "AECAT == 'tumour'",
    "serious": "AESER == 'Y'",
    "adverse-event": "AECAT == 'adverse event'",
}


def cause_words(label: str) -> str:
    """What a cause is called in tables and figures."""
    words = {
        "transplant": gettext("transplant"),
        "death": gettext("death"),
        "death before transplant": gettext("death before transplant"),
        "tumour": gettext("tumour"),
        "serious adverse event": gettext("serious adverse event"),
        "adverse event": gettext("adverse event"),
        "hospital stay": gettext("hospital stay"),
    }
    return words.get(label, label)


@dataclass(frozen=True, kw_only=True, eq=False)
class Causes:
    """`rows` with USUBJID, ARMCD, `days` and `cause` (a label, or `censored`); `code` makes them again."""

    rows: pd.DataFrame
    of_interest: str
    code: str

    @property
    def others(self) -> list[str]:
        """The causes that rule it out, those that happened."""
        return sorted(set(self.rows["cause"]) - {self.of_interest, CENSORED})


def transplant_or_death(step: Step) -> Causes:
    """From ADTTE: which came first; where the estimand censors at death, transplants alone."""
    labels = {0: "transplant", 1: CENSORED, 2: "death before transplant"}
    rows = step.times.assign(days=step.times["AVAL"], cause=step.times["CNSR"].map(labels))
    code = (
        f"{again.rows_of(step, 'adtte')}\n"
        f'rows = rows.assign(days=rows["AVAL"], cause=rows["CNSR"].map({labels}))'
    )
    return Causes(rows=rows, of_interest="transplant", code=code)


def happened(step: Step, kind: SafetyKind) -> pd.DataFrame:
    """Every event of a kind while its participant was observed: USUBJID and ASTDT."""
    observed = step.observed[["USUBJID", "STARTDT", "ENDDT", "ENDFL"]]
    if kind == "death":
        dead = observed[observed["ENDFL"] == "D"]
        return dead[["USUBJID"]].assign(ASTDT=dead["ENDDT"]).reset_index(drop=True)
    if kind == "hospital-stay":
        return step.stays[["USUBJID", "ASTDT"]]
    events = step.data.adae.query(QUERIES[kind]).merge(observed, on="USUBJID")
    within = (events["ASTDT"] >= events["STARTDT"]) & (events["ASTDT"] <= events["ENDDT"])
    return events.loc[within, ["USUBJID", "ASTDT"]].reset_index(drop=True)


def first_of(step: Step, kind: SafetyKind) -> Causes:
    """From ADOBS: days to the first event of a kind; death before it is what the estimand says."""
    name, rows = KINDS[kind], step.observed
    first = rows["USUBJID"].map(happened(step, kind).groupby("USUBJID")["ASTDT"].min())
    there = first.notna()
    competes = step.estimand.death_is == "competing" and kind != "death"
    ends = rows["ENDFL"].map({"D": "death" if competes else CENSORED}).fillna(CENSORED)
    found = rows.assign(
        days=(first.fillna(rows["ENDDT"]) - rows["STARTDT"]).dt.days, cause=ends.mask(there, name)
    )
    return Causes(rows=found, of_interest=name, code=_first_code(step, kind, competes=competes))


def _first_code(step: Step, kind: SafetyKind, *, competes: bool) -> str:
    if kind == "hospital-stay":
        stays = f'data.stays("{step.param}").query("admitted >= 0")'
        first = f'{stays}.groupby("participant")["admitted"].min()'
        return _lines(step, kind, f'first = rows["USUBJID"].map({first})', competes=competes)
    if kind == "death":
        return _lines(step, kind, 'first = rows["DAYS"].where(rows["ENDFL"] == "D")', competes=False)
    events = f'data.adae.query("{QUERIES[kind]}").merge(rows[["USUBJID", "STARTDT", "ENDDT"]], on="USUBJID")'
    made = "\n".join(
        [
            f"events = {events}",
            'events = events.query("STARTDT <= ASTDT <= ENDDT")',
            'days = (events["ASTDT"] - events["STARTDT"]).dt.days',
            'first = rows["USUBJID"].map(days.groupby(events["USUBJID"]).min())',
        ]
    )
    return _lines(step, kind, made, competes=competes)


def _lines(step: Step, kind: SafetyKind, first: str, *, competes: bool) -> str:
    death = "death" if competes else CENSORED
    return "\n".join(
        [
            again.rows_of(step, "adobs"),
            first,
            f'ends = rows["ENDFL"].map({{"D": "{death}"}}).fillna("{CENSORED}")',
            f'ends = ends.mask(first.notna(), "{KINDS[kind]}")',
            'rows = rows.assign(days=first.fillna(rows["DAYS"]).astype(int), cause=ends)',
        ]
    )


def causes_of(step: Step) -> list[Causes]:
    """What the plan asks for: transplants of TTX, or each kind of event of safety that happened to anyone."""
    if step.estimand.endpoint == "TTX":
        return [transplant_or_death(step)]
    asked = [first_of(step, kind) for kind in step.analysis.kinds or USUAL]
    found = [each for each in asked if (each.rows["cause"] == each.of_interest).any()]
    if not found:
        names = " or ".join(each.of_interest for each in asked)
        raise NotPossible(f"No {names} was reported among {len(step.observed)} observed.")
    return found
