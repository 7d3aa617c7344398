"""Counts that the database makes are ADTTE's rows, counted; estimators find the same from both."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis import survival_counts
from analysis.datasets import counts as counting
from analysis.estimators import kaplan_meier, logrank_test
from app.domain.adjudication import EventChoice, EventKind
from app.domain.analysis_plan import AnalysisSettings
from app.domain.estimand import Estimand
from app.domain.partial_date import PartialDate
from app.errors import Refusal
from app.models import Event, Reading
from tests.analysis.trial import Trial, begin, day, utc

Counted = Counter[tuple[object, ...]]


@pytest.fixture(scope="module")
def many(module_database_url: str) -> Trial:
    """Participants with something of everything that a time rests on, on both databases; only to be read."""
    return filled(begin(module_database_url))


def filled(trial: Trial) -> Trial:
    kinds: tuple[EventKind, ...] = ("death", "transplant", "hospital stay", "death")
    for number in range(12):
        one = trial.enrol(f"p{number}", arm=("cells", "usual")[number % 2], randomised=number % 5)
        trial.sighted(one, 40 + number, untransplanted=(True, None, False)[number % 3])
        trial.infused(one, 6 + number % 4)
        trial.answered(one, "w4", {"itch": 1}, on=utc(27 + number, 23))
        if number % 5:
            trial.event(one, kinds[number % 4], 20 + number, decision="confirmed" if number % 3 else None)
        if number % 7 == 0:
            trial.withdrawn(one, "follow-up", 30)
    trial.event(1, "death", PartialDate(2026), decision=None)
    trial.event(2, "transplant", -3)
    trial.enrol("not randomised", arm=None)
    return trial


def counted(rows: pd.DataFrame) -> Counted:
    assert list(rows.columns) == ["group", "duration", "event", "count"]
    assert rows.equals(rows.sort_values(["group", "duration", "event"], ignore_index=True))
    return Counter({tuple(row[:3]): row[3] for row in rows.itertuples(index=False)})


def of_rows(trial: Trial, endpoint: str, *, cutoff: int | None, events: EventChoice) -> Counted:
    rows = trial.data(cutoff=cutoff, events=events).adtte
    rows = rows[(rows["PARAMCD"] == endpoint) & (rows["ANL01FL"] == "Y")]
    outcome = rows["CNSR"].map({0: 1, 1: 0, 2: 2})
    return Counter(zip(rows["ARMCD"], rows["AVAL"], outcome, strict=True))


@pytest.mark.parametrize("at_least", [1, counting.AT_LEAST], ids=["by several", "by one"])
def test_counts_are_the_rows_counted(many: Trial, at_least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "AT_LEAST", at_least)
    monkeypatch.setattr(counting, "cpu_count", lambda: 3)
    asked: list[tuple[str, int | None, EventChoice]] = [
        ("TFS", None, "confirmed"),
        ("TFS", 45, "all"),
        ("OS", 45, "confirmed"),
        ("TTX", None, "all"),
    ]
    for endpoint, cutoff, events in asked:
        until = None if cutoff is None else day(cutoff)
        rows = survival_counts(many.url, study="tiny", endpoint=endpoint, cutoff=until, events=events)
        assert counted(rows) == of_rows(many, endpoint, cutoff=cutoff, events=events)


def test_estimators_find_the_same_from_counts(many: Trial) -> None:
    rows = many.data().adtte.query("PARAMCD == 'TFS' and ANL01FL == 'Y'")
    counts = survival_counts(many.url)
    assert counts["count"].sum() == len(rows)
    weighted = kaplan_meier(
        counts["duration"], counts["event"], group=counts["group"], weights=counts["count"]
    )
    one_by_one = kaplan_meier(rows["AVAL"], rows["event"], group=rows["ARMCD"])
    pd.testing.assert_frame_equal(weighted.to_frame(), one_by_one.to_frame(), rtol=1e-12)
    test = logrank_test(counts["duration"], counts["event"], counts["group"], weights=counts["count"])
    expected = logrank_test(rows["AVAL"], rows["event"], rows["ARMCD"]).statistic
    assert test.statistic == pytest.approx(expected, rel=1e-12)


def test_an_estimand_with_a_code_of_its_own_and_a_day_0_of_its_own(trial: Trial) -> None:
    survival = Estimand(endpoint="OS", origin="randomisation", population="All", intercurrent="", summary="")
    other = replace(survival, code="hypothetical", origin="first-infusion", transplant="censoring")
    filled(trial).amend(estimands=(survival, other))
    rows = survival_counts(trial.url, endpoint="HYPOTHETICAL")
    assert counted(rows) == of_rows(trial, "HYPOTHETICAL", cutoff=None, events="confirmed")
    with pytest.raises(Refusal, match="counts from the first infusion, which tells the arm"):
        survival_counts(trial.url, endpoint="HYPOTHETICAL", blinded=True)


def test_what_was_told_later_does_not_count_where_the_study_says_so(trial: Trial) -> None:
    filled(trial).amend(settings=AnalysisSettings(late_deaths="as-known"))
    with trial.writing() as session:
        late = Event(
            participant_id=3,
            kind="death",
            started=PartialDate.of(day(12)),
            reported_at=utc(500, 1),
            reported_by="account:1",
            report_id="late",
        )
        session.add(late)
        session.flush()
        session.add(
            Reading(
                event_id=late.id,
                decision="confirmed",
                agreed_started_on=day(12),
                read_at=utc(501, 1),
                read_by="account:1",
            )
        )
    rows = [counted(survival_counts(trial.url, cutoff=until)) for until in (None, day(45))]
    assert rows == [of_rows(trial, "TFS", cutoff=until, events="confirmed") for until in (None, 45)]
    trial.amend()
    assert counted(survival_counts(trial.url)) != rows[0]


def test_blinded_counts_tell_no_arm(many: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.source.secret", lambda: "a secret")
    arms = survival_counts(many.url)
    pooled = survival_counts(many.url, blinded=True)
    masked = survival_counts(many.url, blinded="masked")
    assert arms["group"].cat.categories.tolist() == ["cells", "usual"]
    assert pooled["group"].unique().tolist() == ["all"]
    assert pooled.groupby("duration")["count"].sum().equals(arms.groupby("duration")["count"].sum())
    assert masked["group"].cat.categories.tolist() == ["A", "B"]
    sizes = [sorted(rows.groupby("group", observed=True)["count"].sum()) for rows in (arms, masked)]
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"endpoint": "PFS"}, "endpoint is 'PFS'; allowed: TFS, OS, TTX"),
        ({"events": "some"}, "events is 'some'; allowed: confirmed or all"),
        ({"cutoff": "2025-06-30"}, "lies before the first enrolment; allowed: 2026-01-05 or later"),
        ({"cutoff": "30.6.2026"}, "allowed: a date as YYYY-MM-DD"),
        ({"study": "other"}, "there is tiny"),
    ],
)
def test_what_cannot_be_counted_is_refused(many: Trial, asked: dict[str, Any], refusal: str) -> None:
    with pytest.raises(Refusal, match=refusal):
        survival_counts(many.url, **asked)


def test_a_study_without_participants_is_refused(trial: Trial) -> None:
    with pytest.raises(Refusal, match="no participants yet"):
        survival_counts(trial.url)


def test_no_one_with_a_day_0_gives_no_rows(trial: Trial) -> None:
    trial.enrol("a", arm=None)
    assert survival_counts(trial.url).empty
