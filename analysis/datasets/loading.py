"""`load`: a study's datasets from its database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import pandas as pd

from analysis import source
from analysis.datasets.adae import adae
from analysis.datasets.adbl import adbl
from analysis.datasets.adho import adho
from analysis.datasets.adobs import adobs
from analysis.datasets.adqs import adqs
from analysis.datasets.adrec import adrec
from analysis.datasets.adsl import adsl
from analysis.datasets.adtte import adtte
from analysis.datasets.alerts import alerts
from analysis.datasets.checks import checks
from analysis.datasets.compared import compared, stays_in_days
from analysis.datasets.courses import courses
from analysis.datasets.covariates import covariates
from analysis.datasets.cut import Blinding, Cut, cut
from analysis.datasets.flow import flow
from analysis.datasets.forms import forms
from analysis.datasets.queries import queries
from analysis.datasets.score_grid import score_grid
from analysis.datasets.study_frames import StudyFrames
from app.errors import Code, Refusal


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StudyData(StudyFrames):
    """A study as it stood at a cut-off, and what can be asked of its frames."""

    def covariates(self, names: Sequence[str], rows: pd.DataFrame) -> pd.DataFrame:
        """Facts of day 0 and of the product, for rows with USUBJID, by the names that a plan has for them.

        One column a name: numbers, or text; missing where nothing is known.
        """
        return covariates(self, names, rows)

    def compared(self, param: str, *, instrument: str = "", scale: str = "", visit: str = "") -> pd.DataFrame:
        """What a hierarchical composite compares: one row for each participant of an estimand of ADOBS."""
        return compared(self, param, instrument=instrument, scale=scale, visit=visit)

    def courses(self, param: str, *, instrument: str = "", scale: str = "") -> pd.DataFrame:
        """What happened to those observed for an estimand of ADOBS: USUBJID, ARMCD, KIND, FROM, TO, VALUE.

        One row a thing: observed, transplant, death, stay, score, missed; days from day 0.
        """
        return courses(self, param, instrument=instrument, scale=scale)

    def stays(self, param: str) -> pd.DataFrame:
        """Hospital spells in days from day 0 of an estimand of ADOBS: participant, admitted, discharged."""
        return stays_in_days(self, param)

    def score_grid(self, *, instrument: str, scale: str, visits: Sequence[str]) -> pd.DataFrame:
        """A row for each randomised participant and visit, with the score where there is one."""
        return score_grid(self, instrument=instrument, scale=scale, visits=visits)


def load(
    database_url: str | None,
    *,
    study: str | None = None,
    cutoff: date | str | None = None,
    events: Literal["confirmed", "all"] = "confirmed",
    blinded: bool | Blinding = False,
) -> StudyData:
    """Read a study's data up to a cut-off (a date or its ISO form; by default the last date in the data).

    `database_url` None means the one of this installation, `study` None its only study. `events="all"` also
    counts events that no one has confirmed yet; refuted ones never count. `blinded` makes one group of all
    arms ("masked": gives them letters) and leaves out what would tell them. The same data give the same
    frames, row for row. Raises `app.errors.Refusal`.
    """
    return frames(read(database_url, study=study, cutoff=cutoff, events=events, blinded=blinded))


def read(
    database_url: str | None,
    *,
    study: str | None = None,
    cutoff: date | str | None = None,
    events: Literal["confirmed", "all"] = "confirmed",
    blinded: bool | Blinding = False,
) -> Cut:
    """Read what `load` makes frames of."""
    cutoff_on, how = given_day(cutoff), "pooled" if blinded is True else blinded
    hidden = source.secret() if how == "masked" else ""
    with source.reading(source.chosen_url(database_url)) as session:
        return cut(session, study=study, cutoff=cutoff_on, events=events, blinded=how, secret=hidden)


def frames(known: Cut) -> StudyData:
    """The frames of what was read."""
    return StudyData(
        study=known.study,
        study_version=known.version,
        cutoff=known.cutoff_on,
        blinded=known.blinded,
        masked=bool(known.masks),
        late_deaths=len(known.late_deaths),
        arms=known.arms,
        words=known.words,
        forms=forms(known),
        alerts=alerts(known),
        queries=queries(known),
        checks=checks(known),
        **_of_events(known),
    )


def with_all_events(known: Cut, data: StudyData) -> StudyData:
    """The same data with all reported events that none refuted: only what rests on events is made again."""
    return replace(data, **_of_events(replace(known, events="all")))


def _of_events(known: Cut) -> dict[str, Any]:
    people, times, observed, spells = adsl(known), adtte(known), adobs(known), adho(known)
    return {
        "events": known.events,
        "adsl": people,
        "adtte": times,
        "adqs": adqs(known),
        "adbl": adbl(known),
        "adho": spells,
        "adobs": observed,
        "adrec": adrec(known, observed, spells),
        "adae": adae(known),
        "flow": flow(people, times, list(known.arms), blinded=known.blinded),
    }


def given_day(given: date | str | None) -> date | None:
    """A cut-off as it may be given; refuses what is no date."""
    if not isinstance(given, str):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refusal(
            Code.FAULTY_INPUT, f"cut-off {given!r}; allowed: a date as YYYY-MM-DD, for example 2026-03-31"
        ) from None
