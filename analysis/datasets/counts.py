"""Times to an event as counts for each arm and day, made by the database."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import pairwise
from os import cpu_count
from typing import Literal

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analysis import source
from analysis.datasets.adtte import time_endpoint
from analysis.datasets.cut import ALL, EVENT_CHOICES, OTHER, Blinding, named_study
from analysis.datasets.loading import given_day
from analysis.datasets.masks import masks
from analysis.datasets.params import timed
from app.domain.adjudication import EventChoice
from app.domain.study import Study
from app.errors import Code, Refusal
from app.queries.asked_outcome import AskedOutcome
from app.queries.last_day import first_enrolment, last_day
from app.queries.outcome_counts import OutcomeCount, outcome_counts, participant_ids
from app.queries.studies import CurrentStudy

AT_LEAST = 50_000
"""Fewer participants than this are counted by one connection."""
CONNECTIONS = 4
"""How many count at once at most; PostgreSQL uses a processor for each."""


def survival_counts(
    database_url: str | None,
    *,
    study: str | None = None,
    endpoint: str = "TFS",
    cutoff: date | str | None = None,
    events: Literal["confirmed", "all"] = "confirmed",
    blinded: bool | Blinding = False,
) -> pd.DataFrame:
    """Count the times of ADTTE without reading a participant: some thousand rows, however many there are.

    `endpoint` is a PARAMCD of ADTTE: TFS, OS, TTX, or the code of another estimand that is a time; the other
    arguments are those of `load`. Columns: group (arm, in the study's order), duration (days from day 0,
    without the +1), event (0 censored, 1 the event, 2 a competing death), count (participants); in the order
    of the first three. As ANL01FL of ADTTE has it, a time below 0 is left out.

    Estimators take the counts by `weights=`::

        counts = survival_counts(url, study="demo", endpoint="TFS")
        kaplan_meier(counts["duration"], counts["event"], group=counts["group"], weights=counts["count"])

    Raises `app.errors.Refusal`.
    """
    if events not in EVENT_CHOICES:
        raise Refusal(Code.FAULTY_INPUT, f"events is {events!r}; allowed: {' or '.join(EVENT_CHOICES)}")
    hidden = source.secret() if blinded == "masked" else ""
    with source.readings(source.chosen_url(database_url), min(CONNECTIONS, cpu_count() or 1)) as sessions:
        found = named_study(sessions[0], study)
        asked = _asked(sessions[0], found, endpoint, given_day(cutoff), events)
        if blinded and asked.origin == "first-infusion":
            raise Refusal(
                Code.FAULTY_INPUT,
                f"{endpoint} counts from the first infusion, which tells the arm; allowed with blinded:"
                " endpoints that count from randomisation",
            )
        counts = _counted(sessions, asked)
        if not counts:
            _refuse_empty(sessions[0], found, asked.cutoff_on)
    rows = pd.DataFrame(counts, columns=["group", "duration", "event", "count"], dtype=object)
    return _summed(rows[rows["duration"] >= 0], _groups(found.study, set(rows["group"]), blinded, hidden))


def _groups(study: Study, there: set[str], blinded: bool | Blinding, hidden: str) -> dict[str, str]:
    """What each arm is called here, in the order of the groups; see `Cut.arms`."""
    arms = [arm.code for arm in study.arms]
    arms += sorted(there - set(arms))
    if blinded == "masked":
        letters = masks(study, hidden)
        return dict(
            sorted(
                ((arm, letters.get(arm, OTHER)) for arm in arms), key=lambda each: (each[1] == OTHER, each[1])
            )
        )
    return {arm: ALL if blinded else arm for arm in arms}


def _summed(rows: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """One row for each group, duration and event, in this order."""
    group = pd.Categorical(rows["group"].map(groups), categories=list(dict.fromkeys(groups.values())))
    named = rows.assign(group=group).astype({"duration": "int64", "event": "int64", "count": "int64"})
    keys = ["group", "duration", "event"]
    summed: pd.DataFrame = named.groupby(keys, observed=True, sort=True, as_index=False)[["count"]].sum()
    return summed


def _asked(
    session: Session, found: CurrentStudy, endpoint: str, cutoff_on: date | None, events: EventChoice
) -> AskedOutcome:
    estimands = timed(found.study)
    if endpoint not in estimands:
        raise Refusal(Code.FAULTY_INPUT, f"endpoint is {endpoint!r}; allowed: {', '.join(estimands)}")
    estimand, as_known = estimands[endpoint], found.study.analysis.late_deaths == "as-known"
    if as_known and cutoff_on is None:
        cutoff_on = last_day(session, study_id=found.study_id, adjudication=found.study.adjudication)
    return AskedOutcome(
        dialect=session.get_bind().dialect.name,
        study_id=found.study_id,
        adjudication=found.study.adjudication,
        endpoint=time_endpoint(estimand),
        transplant=estimand.transplant,
        death=estimand.death,
        origin=estimand.origin,
        events=events,
        cutoff_on=cutoff_on,
        as_known=as_known,
    )


def _counted(sessions: Sequence[Session], asked: AskedOutcome) -> list[OutcomeCount]:
    """The counts of all participants; of many, each session counts a part."""
    ids = participant_ids(sessions[0], study_id=asked.study_id)
    if ids is None:
        return []
    parts = len(sessions) if ids[1] - ids[0] >= AT_LEAST else 1
    if parts == 1 and ids == participant_ids(sessions[0]):
        # Given a range, SQLite finds each event by an index, which takes half as long again as reading all.
        return outcome_counts(sessions[0], asked)
    ends = np.linspace(ids[0] - 1, ids[1], parts + 1).astype(int).tolist()
    pieces = [replace(asked, among=(before + 1, last)) for before, last in pairwise(ends)]
    with ThreadPoolExecutor(parts) as pool:
        return [each for piece in pool.map(outcome_counts, sessions, pieces) for each in piece]


def _refuse_empty(session: Session, found: CurrentStudy, cutoff_on: date | None) -> None:
    first_on = first_enrolment(session, study_id=found.study_id)
    if first_on is None:
        raise Refusal(Code.NOT_FOUND, f"study {found.code} has no participants yet")
    if cutoff_on is not None and cutoff_on < first_on:
        raise Refusal(
            Code.DATE_OUT_OF_ORDER,
            f"the cut-off {cutoff_on} lies before the first enrolment; allowed: {first_on} or later",
        )
