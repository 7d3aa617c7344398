"""Hospital stays per person-year alive and observed, by arm."""

from functools import partial

import pandas as pd

from analysis.estimators.rates import event_rate
from analysis.reports import again
from analysis.reports.alternative import with_table
from analysis.reports.exclusions import excluded
from analysis.reports.figures.rates import rate_figure
from analysis.reports.finding import Figure, Finding, NotPossible
from analysis.reports.language import english, gettext
from analysis.reports.plain import lines
from analysis.reports.step import DAYS_PER_YEAR, Step
from analysis.reports.table import Table
from analysis.reports.words import limits, number

SOURCE = (
    "Hospital stays that overlap, or follow one another within a day (a transfer), are one. Counted are"
    " those that began from day 0 to the end of observation; the time is all the time alive and observed,"
    " in hospital or not. The interval of a rate is the exact one of a Poisson count (Garwood 1936),"
    " which takes stays as independent and is too narrow where few participants have many."
)


def find(step: Step) -> Finding:
    """Rates with exact intervals; NotPossible where no stay of anyone is known."""
    if step.data.adho.empty:
        raise NotPossible("No hospital stay is recorded.")
    rates = _rates(step)
    told = "; ".join(
        f"{step.arms[row['group']]} {number(row['rate'], 2)} per person-year" for row in lines(rates)
    )
    table = _table(step, rates)
    return Finding(
        sentences=(f"Hospital stays: {told}.",),
        figures=(_figure(step, rates, told, table),),
        results={"rates": lines(rates)},
        excluded=excluded(step, step.observed),
        methods=(SOURCE,),
        code=_code(step),
    )


def _rates(step: Step) -> pd.DataFrame:
    """Columns group, participants, with_a_stay, stays, person_years, rate, lower, upper."""
    people, counted = step.observed, step.stays["USUBJID"].value_counts()
    stays = people["USUBJID"].map(counted).fillna(0)
    found = event_rate(stays, people["DAYS"] / DAYS_PER_YEAR, group=people["ARMCD"]).to_frame()
    found = found.set_index("group").loc[list(people["ARMCD"].cat.categories)].reset_index()
    found = found.rename(columns={"count": "stays", "person_time": "person_years"})
    size = people["ARMCD"].value_counts()
    with_one = (stays > 0).groupby(people["ARMCD"], observed=False).sum()
    found.insert(1, "participants", found["group"].map(size.to_dict()).to_numpy())
    found.insert(2, "with_a_stay", found["group"].map(with_one.to_dict()).to_numpy())
    return found


def _code(step: Step) -> str:
    return (
        f"{again.rows_of(step, 'adobs')}\n"
        f'stays = data.adrec.query("PARAMCD == \'{step.param}\' and EVENT == 1")["USUBJID"].value_counts()\n'
        'event_rate(rows["USUBJID"].map(stays).fillna(0), rows["DAYS"] / 365.25, group=rows["ARMCD"])'
    )


def _figure(step: Step, rates: pd.DataFrame, told: str, table: Table) -> Figure:
    return Figure(
        name=step.code,
        title=table.caption,
        caption=gettext("%(title)s, with 95 %% intervals.", title=table.caption),
        description=with_table(english(f"{told}.")),
        table=table,
        drawing=partial(rate_figure, rates, step.arms),
    )


def _table(step: Step, rates: pd.DataFrame) -> Table:
    return Table(
        caption=gettext("Hospital stays per person-year alive and observed, by arm"),
        columns=[
            gettext("Arm"),
            gettext("Participants"),
            gettext("With a stay"),
            gettext("Stays"),
            gettext("Person-years"),
            gettext("Per person-year"),
            gettext("95 %% interval"),
        ],
        rows=[
            [
                step.arms[row["group"]],
                *(number(row[name]) for name in ("participants", "with_a_stay", "stays")),
                number(row["person_years"], 1),
                number(row["rate"], 2),
                limits(row["lower"], row["upper"], 2),
            ]
            for row in lines(rates)
        ],
    )
