"""What the estimators find in a study's data, once for results, figures and page."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analysis.datasets import StudyData
from analysis.estimators import InputError, KaplanMeier, LogrankTest, kaplan_meier, logrank_test
from analysis.estimators.means import mean_score
from analysis.estimators.rates import event_rate

Endpoint = Literal["TFS", "OS", "TTX"]
DAYS_PER_YEAR = 365.25
VISIT = ["instrument", "visit", "day", "group"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Survival:
    """One endpoint: its analysed rows of ADTTE, its curves, and the test where there are two arms."""

    endpoint: Endpoint
    rows: pd.DataFrame
    curves: KaplanMeier
    logrank: LogrankTest | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """Every section of a report, None where it has no data; `group` in its frames is the arm's code."""

    data: StudyData
    tfs: Survival | None
    os: Survival | None
    ttx: pd.DataFrame | None
    qol: pd.DataFrame | None
    completion: pd.DataFrame | None
    hospital: pd.DataFrame | None
    alerts: pd.DataFrame | None
    queries: pd.DataFrame | None


def findings(data: StudyData) -> Findings:
    """Run every estimator of the report."""
    return Findings(
        data=data,
        tfs=survival(data, "TFS"),
        os=survival(data, "OS"),
        ttx=transplants(data),
        qol=trajectories(data),
        completion=completion(data),
        hospital=hospital(data),
        alerts=alerts(data),
        queries=open_queries(data),
    )


def analysed(data: StudyData, endpoint: Endpoint) -> pd.DataFrame:
    """The rows of ADTTE that count for an endpoint, arms in the study's order."""
    times = data.adtte
    rows = times[(times["PARAMCD"] == endpoint) & (times["ANL01FL"] == "Y")]
    order = [arm for arm in data.arms if arm in set(rows["ARMCD"])]
    return rows.assign(ARMCD=pd.Categorical(rows["ARMCD"], categories=order)).reset_index(drop=True)


def survival(data: StudyData, endpoint: Endpoint) -> Survival | None:
    """Kaplan-Meier by arm with log-log intervals, and the log-rank test; None without participants."""
    rows = analysed(data, endpoint)
    if rows.empty:
        return None
    duration, event, group = rows["AVAL"], rows["event"], rows["ARMCD"]
    try:
        test = logrank_test(duration, event, group)
    except InputError:  # one arm, or no event while two arms were at risk: there is nothing to test
        test = None
    curves = kaplan_meier(duration, event, group=group)
    return Survival(endpoint=endpoint, rows=rows, curves=curves, logrank=test)


def transplants(data: StudyData) -> pd.DataFrame | None:
    """How many had a transplant, died before one, or neither, by arm; None without participants."""
    rows = analysed(data, "TTX")
    if rows.empty:
        return None
    ends = {"transplanted": 0, "died_before_transplant": 2, "censored": 1}
    counted = {
        name: (rows["CNSR"] == value).groupby(rows["ARMCD"], observed=False).sum()
        for name, value in ends.items()
    }
    found = pd.DataFrame(counted).rename_axis("group").reset_index()
    found.insert(1, "n", found[list(ends)].sum(axis=1))
    return found.astype({"group": str})


def trajectories(data: StudyData) -> pd.DataFrame | None:
    """Means by scale, visit and arm of the scores given in their windows; None without scores."""
    scores = data.adqs[(data.adqs["ANL01FL"] == "Y") & data.adqs["AVAL"].notna() & (data.adqs["ARMCD"] != "")]
    if scores.empty:
        return None
    order = {scale: place for place, scale in enumerate(dict.fromkeys(scores["PARAMCD"]))}
    arms = {arm: place for place, arm in enumerate(data.arms)}
    keys = scores[["PARCAT1", "PARAMCD", "PARAM", "AVISIT", "AVISITN", "ARMCD"]].set_axis(
        ["instrument", "scale", "title", "visit", "day", "group"], axis=1
    )
    means = mean_score(scores["AVAL"], group=keys).to_frame()
    place = means.assign(scale=means["scale"].map(order), group=means["group"].map(arms))
    return means.loc[place.sort_values(["instrument", "scale", "day", "group"]).index].reset_index(drop=True)


def completion(data: StudyData) -> pd.DataFrame | None:
    """SISAQOL's two rates by questionnaire, visit and arm; None where nothing was due.

    Completed of those expected (due by the cut-off, alive and taking part), and available of all randomised;
    `reasons` counts why the others are not there.
    """
    forms = data.forms.rename(
        columns={"PARCAT1": "instrument", "AVISIT": "visit", "AVISITN": "day", "ARMCD": "group"}
    )
    due = forms.groupby(VISIT[:3])["EXPFL"].transform(lambda flags: (flags == "Y").any())
    forms = forms[due.astype(bool)] if len(forms) else forms
    if forms.empty:
        return None
    expected, there = forms["EXPFL"] == "Y", forms["COMPFL"] == "Y"
    counted = forms.assign(expected=expected, completed=expected & there, available=there)
    found = counted.groupby(VISIT)[["expected", "completed", "available"]].sum().reset_index()
    randomised = data.adsl.loc[data.adsl["RANDFL"] == "Y", "ARMCD"].value_counts()
    found["randomised"] = found["group"].map(randomised).astype("int64")
    found["completion_rate"] = (found["completed"] / found["expected"]).where(found["expected"] > 0)
    found["available_rate"] = found["available"] / found["randomised"]
    reasons = [_reasons(forms, row) for row in found[VISIT].itertuples(index=False)]
    found["reasons"] = pd.Series(reasons, dtype=object)
    arms = {arm: place for place, arm in enumerate(data.arms)}
    place = found.assign(group=found["group"].map(arms)).sort_values(["instrument", "day", "group"])
    return found.loc[place.index].reset_index(drop=True)


def _reasons(forms: pd.DataFrame, row: tuple[object, ...]) -> dict[str, int]:
    own = (forms[VISIT] == list(row)).all(axis=1) & (forms["REASON"] != "")
    return {str(reason): int(n) for reason, n in forms.loc[own, "REASON"].value_counts().sort_index().items()}


def hospital(data: StudyData) -> pd.DataFrame | None:
    """Hospital stays per person-year alive and observed since randomisation; None where no stay is known."""
    people = data.adsl[data.adsl["RANDFL"] == "Y"]
    years = (people["DTHDT"].fillna(people["LSTALVDT"]) - people["RANDDT"]).dt.days / DAYS_PER_YEAR
    lives, years = people[years >= 0], years[years >= 0]  # a death before day 0 stands in the checks
    if data.adho.empty or lives.empty:
        return None
    counted = data.adho[data.adho["ANL01FL"] == "Y"]
    stays = lives["USUBJID"].map(counted["USUBJID"].value_counts()).fillna(0)
    order = [arm for arm in data.arms if arm in set(lives["ARMCD"])]
    found = (
        event_rate(stays, years, group=lives["ARMCD"]).to_frame().set_index("group").loc[order].reset_index()
    )
    found = found.rename(columns={"count": "stays", "person_time": "person_years"})
    found.insert(1, "participants", found["group"].map(lives["ARMCD"].value_counts()).to_numpy())
    found.insert(2, "with_a_stay", found["group"].map((stays > 0).groupby(lives["ARMCD"]).sum()).to_numpy())
    return found


def alerts(data: StudyData) -> pd.DataFrame | None:
    """Alarming answers by rule and arm: how many, of how many participants, and how soon someone ended them.

    None where none was raised. Every arm stands beside every rule, also with none; the median is of the hours
    to the first disposition.
    """
    raised = data.alerts[data.alerts["ARMCD"] != ""]
    if raised.empty:
        return None
    randomised = data.adsl.loc[data.adsl["RANDFL"] == "Y", "ARMCD"].value_counts()
    rows = []
    for rule in sorted(set(raised["RULE"])):
        for arm in data.arms:
            own = raised[(raised["RULE"] == rule) & (raised["ARMCD"] == arm)]
            rows.append(
                {
                    "rule": rule,
                    "group": arm,
                    "randomised": int(randomised.get(arm, 0)),
                    "alerts": len(own),
                    "participants": int(own["USUBJID"].nunique()),
                    "escalated": int((own["ESCFL"] == "Y").sum()),
                    "without_disposition": int((own["DISPFL"] == "N").sum()),
                    "median_hours": float(own["DISPHRS"].median()),
                }
            )
    return pd.DataFrame(rows)


AGES = (("0 to 7 days", 0, 7), ("8 to 30 days", 8, 30), ("over 30 days", 31, None))


def open_queries(data: StudyData) -> pd.DataFrame | None:
    """Queries that are not closed by site and age; None where none was ever raised."""
    if data.queries.empty:
        return None
    waiting = data.queries[data.queries["QYSTAT"] != "closed"]
    rows = []
    for site in sorted(set(data.queries["SITEID"])):
        own = waiting[waiting["SITEID"] == site]
        for age, first, last in AGES:
            aged = own[own["AGEDAYS"].between(first, last if last is not None else own["AGEDAYS"].max())]
            rows.append(
                {
                    "site": site,
                    "age": age,
                    "open": int((aged["QYSTAT"] == "open").sum()),
                    "answered": int((aged["QYSTAT"] == "answered").sum()),
                }
            )
    return pd.DataFrame(rows)
