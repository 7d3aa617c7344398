"""Every course on one line: death, transplant, hospital and quality of life side by side."""

from functools import partial

import pandas as pd

from analysis.reports.alternative import with_table
from analysis.reports.exclusions import excluded
from analysis.reports.figures.swimmer import SwimmerWords, lanes, swimmer_figure
from analysis.reports.finding import Figure, Finding
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import NOTHING, number

SOURCE = "The joint display draws each participant's course on one line; it estimates and compares nothing."


def find(step: Step) -> Finding:
    """One line a participant; of many some."""
    meant = step.estimand
    rows = step.data.courses(step.param, instrument=meant.instrument, scale=meant.scale)
    rows = rows[rows["USUBJID"].isin(step.observed["USUBJID"])]
    drawn = lanes(rows, list(step.arms))
    summaries = _summaries(rows)
    return Finding(
        sentences=(_told(summaries), *_thinned(step, rows, drawn)),
        figures=(_figure(step, rows, summaries, drawn),),
        results={
            "participants": lines(summaries),
            "drawn": [who for own in drawn.values() for who in own],
        },
        excluded=excluded(step, step.observed),
        methods=(SOURCE,),
        code=f'data.courses("{step.param}", instrument="{meant.instrument}", scale="{meant.scale}")',
    )


def _summaries(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a participant: how long observed, what happened, and the first and the last score."""
    observed = rows[rows["KIND"] == "observed"].set_index("USUBJID")
    nights = (rows["TO"] - rows["FROM"]).where(rows["KIND"] == "stay", 0)

    def counted(kind: str) -> "pd.Series[int]":
        return rows.loc[rows["KIND"] == kind, "USUBJID"].value_counts().reindex(observed.index, fill_value=0)

    scores = rows[rows["KIND"] == "score"].groupby("USUBJID")["VALUE"]
    transplants = rows[rows["KIND"] == "transplant"].set_index("USUBJID")["FROM"]
    return pd.DataFrame(
        {
            "participant": observed.index,
            "group": observed["ARMCD"].astype(str),
            "days": observed["TO"],
            "died": counted("death"),
            "transplant_day": transplants.reindex(observed.index),
            "stays": counted("stay"),
            "nights": nights.groupby(rows["USUBJID"]).sum().reindex(observed.index),
            "answered": counted("score"),
            "missed": counted("missed"),
            "first_score": scores.first().reindex(observed.index),
            "last_score": scores.last().reindex(observed.index),
        }
    ).reset_index(drop=True)


def _told(found: pd.DataFrame) -> str:
    answered, missed = int(found["answered"].sum()), int(found["missed"].sum())
    said = (
        f"Of {len(found)} participants {int(found['died'].sum())} died and"
        f" {int(found['transplant_day'].notna().sum())} had a transplant; they were in hospital"
        f" {int(found['stays'].sum())} times."
    )
    return f"{said} {answered} questionnaires were answered, {missed} missed." if answered + missed else said


def _thinned(step: Step, rows: pd.DataFrame, drawn: dict[str, list[str]]) -> tuple[str, ...]:
    everyone = rows[rows["KIND"] == "observed"]["ARMCD"].value_counts()
    if all(len(own) == everyone[arm] for arm, own in drawn.items()):
        return ()
    told = "; ".join(f"{step.arms[arm]} {len(own)} of {everyone[arm]}" for arm, own in drawn.items())
    return (f"Drawn are, evenly spaced from the longest observed to the shortest: {told}.",)


def _figure(step: Step, rows: pd.DataFrame, summaries: pd.DataFrame, drawn: dict[str, list[str]]) -> Figure:
    title = gettext("Every course on one line")
    told = gettext(
        "One line a participant, by arm, from the longest observed to the shortest: time observed, stays in"
        " hospital, transplant, death, and each questionnaire with its score. Short stays are widened to be"
        " seen."
    )
    everyone, shown = len(summaries), sum(map(len, drawn.values()))
    if shown < everyone:
        told += " " + gettext(
            "%(shown)s of %(all)s participants are drawn, evenly spaced in that order.",
            shown=shown,
            all=everyone,
        )
    codes = dict(zip(step.data.adsl["USUBJID"], step.data.adsl["SUBJID"], strict=True))
    return Figure(
        name=step.code,
        title=title,
        caption=told,
        description=with_table(told),
        table=_table(step, summaries, drawn, codes),
        drawing=partial(swimmer_figure, rows, step.arms, codes, _words(step)),
    )


def _words(step: Step) -> SwimmerWords:
    return SwimmerWords(
        observed=gettext("observed"),
        stay=gettext("in hospital"),
        transplant=gettext("transplant"),
        death=gettext("death"),
        missed=gettext("not answered"),
        score=step.scale_words if step.estimand.scale else "",
    )


def _table(step: Step, summaries: pd.DataFrame, drawn: dict[str, list[str]], codes: dict[str, str]) -> Table:
    by_participant = {row["participant"]: row for row in lines(summaries)}
    return Table(
        caption=gettext("The courses that are drawn"),
        columns=[
            gettext("Arm"),
            gettext("Participant"),
            gettext("Days observed"),
            gettext("died").capitalize(),
            gettext("Transplant on day"),
            gettext("Stays"),
            gettext("Nights"),
            gettext("Answered of expected"),
            gettext("First score"),
            gettext("Last score"),
        ],
        rows=[_line(step, codes[who], by_participant[who]) for own in drawn.values() for who in own],
        heads=2,
    )


def _line(step: Step, code: str, row: Json) -> list[str]:
    return [
        step.arms[row["group"]],
        code,
        number(row["days"]),
        gettext("yes") if row["died"] else NOTHING,
        number(row["transplant_day"]),
        number(row["stays"]),
        number(row["nights"]),
        f"{row['answered']} / {row['answered'] + row['missed']}",
        number(row["first_score"], 1),
        number(row["last_score"], 1),
    ]
