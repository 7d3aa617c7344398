"""First events of safety per person-year at risk, with exact intervals, and the share that has had one."""

from analysis.estimators import InputError, event_rate, exposure_adjusted_incidence
from analysis.reports.causes import CENSORED, USUAL, Causes, cause_words, first_of
from analysis.reports.contrasts import contrasts
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.plain import Json, lines
from analysis.reports.step import DAYS_PER_YEAR, Step
from analysis.reports.table import Table
from analysis.reports.words import NOTHING, interval, limits, number, out_of, p_words, percent, share_limits

SOURCE = (
    "Safety is told as first events per person-year at risk, with Garwood's exact interval (1936); ratios"
    " are exact given the sum of events; beside them the share with an event by the last day to which"
    " every arm was followed, death competing."
)


def find(step: Step) -> Finding:
    """Each kind of event that the plan names, also those that nobody had."""
    kinds = step.analysis.kinds or USUAL
    asked = [first_of(step, kind) for kind in kinds]
    found = [_none(step, each) if nobody(each) else _some(step, each) for each in asked]
    told = list(zip(asked, found, strict=True))
    return Finding(
        sentences=tuple(_sentence(step, causes, *rows) for causes, rows in told),
        tables=(_table(step, [(causes, rates) for causes, (rates, _) in told]),),
        results={
            kind: {"rates": rates, "contrast": contrast}
            for kind, (rates, contrast) in zip(kinds, found, strict=True)
        },
        excluded=excluded(step, step.observed),
        methods=(SOURCE,),
        code="\n".join(f"{causes.code}\n{_code(causes)}" for causes in asked),
    )


def nobody(causes: Causes) -> bool:
    """Whether nobody had the event."""
    return not (causes.rows["cause"] == causes.of_interest).any()


def _some(step: Step, causes: Causes) -> tuple[list[Json], list[Json]]:
    rows = causes.rows
    found = exposure_adjusted_incidence(
        *(rows["days"], rows["cause"]),
        group=rows["ARMCD"],
        cause_of_interest=causes.of_interest,
        per=DAYS_PER_YEAR,
        censored=CENSORED,
    )
    try:
        return _in_order(step, lines(found.to_frame())), contrasts(step, found.contrast)[0]
    except InputError:  # an arm without any time at risk
        return _in_order(step, lines(found.to_frame())), []


def _in_order(step: Step, rates: list[Json]) -> list[Json]:
    """Arms in the study's order, the same for every kind of event."""
    order = list(step.arms)
    return sorted(rates, key=lambda row: order.index(row["group"]))


def _none(step: Step, causes: Causes) -> tuple[list[Json], list[Json]]:
    """Rates of 0 with their exact upper limits."""
    rows = causes.rows
    found = event_rate(rows["days"] * 0, rows["days"] / DAYS_PER_YEAR, group=rows["ARMCD"])
    size = rows["ARMCD"].value_counts()
    rates = [
        {
            "group": row["group"],
            "participants": int(size[row["group"]]),
            "events": 0,
            **{name: row[name] for name in ("person_time", "rate", "lower", "upper")},
        }
        for row in lines(found.to_frame())
    ]
    return _in_order(step, rates), []


def _code(causes: Causes) -> str:
    if nobody(causes):
        return 'event_rate(rows["days"] * 0, rows["days"] / 365.25, group=rows["ARMCD"])'
    return (
        'exposure_adjusted_incidence(rows["days"], rows["cause"], group=rows["ARMCD"],'
        f' cause_of_interest="{causes.of_interest}", per=365.25, censored="{CENSORED}")'
    )


def _sentence(step: Step, causes: Causes, rates: list[Json], contrast: list[Json]) -> str:
    told = "; ".join(
        f"{step.arms[row['group']]} {number(row['events'])} of {number(row['participants'])}" for row in rates
    )
    ratio = next((row for row in contrast if row["measure"] == "ratio"), None)
    name = causes.of_interest.capitalize()
    if ratio is None:
        return f"{name}: {told}."
    limits = interval(ratio["lower"], ratio["upper"], 2)
    return (
        f"{name}: {told}; ratio of rates {number(ratio['estimate'], 2)} (95 % interval {limits}),"
        f" {p_words(ratio['p_value'])}."
    )


def _table(step: Step, found: list[tuple[Causes, list[Json]]]) -> Table:
    return Table(
        caption=gettext("First events of safety by arm"),
        columns=[
            gettext("Event"),
            gettext("Arm"),
            gettext("With one, of"),
            gettext("Person-years"),
            gettext("Per person-year"),
            gettext("95 %% interval"),
            gettext("Share with one (95 %% interval)"),
        ],
        rows=[
            [
                cause_words(causes.of_interest),
                step.arms[row["group"]],
                out_of(row["events"], row["participants"]),
                number(row["person_time"], 1),
                number(row["rate"], 3),
                limits(row["lower"], row["upper"], 3),
                _share(row),
            ]
            for causes, rates in found
            for row in rates
        ],
        heads=2,
    )


def _share(row: Json) -> str:
    if "incidence" not in row:
        return NOTHING
    return gettext(
        "%(share)s (%(limits)s) by day %(day)s",
        share=percent(row["incidence"], 1),
        limits=share_limits(row["incidence_lower"], row["incidence_upper"]),
        day=number(row["at"]),
    )
