"""Alarming answers and queries in the report: how many, by arm or site, how soon they ended, how old."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from app.models import Alert, AlertStep, DataQuery, DataQueryStep
from tests.analysis.trial import Trial, utc


def alarm(
    trial: Trial, participant_id: int, *, on: int, ended_after: float | None = None, rule: str = "worst"
) -> None:
    visit = "d0" if on < 20 else "w4"
    response_id = trial.answered(participant_id, visit, {"itch": 4, "sleep": 4}, on=on)
    with trial.writing() as session:
        alert = Alert(
            participant_id=participant_id,
            response_id=response_id,
            rule=rule,
            answers={"itch": 4},
            raised_at=utc(on, 9),
        )
        session.add(alert)
        session.flush()
        steps = (
            []
            if ended_after is None
            else [("disposition", "no-action", ended_after), ("disposition", "in-care", ended_after + 9)]
        )
        for kind, disposition, hours in steps:
            session.add(
                AlertStep(
                    alert_id=alert.id,
                    kind=kind,
                    disposition=disposition,
                    done_at=utc(on, 9) + timedelta(hours=hours),
                    done_by="account:1",
                )
            )


def ask(trial: Trial, participant_id: int, *, on: int, then: tuple[str, int] | None = None) -> None:
    with trial.writing() as session:
        query = DataQuery(
            participant_id=participant_id,
            subject="participant",
            subject_id=participant_id,
            field="enrolled_on",
            value="",
        )
        session.add(query)
        session.flush()
        for kind, day in [("asked", on), *([then] if then else [])]:
            session.add(DataQueryStep(query_id=query.id, kind=kind, done_at=utc(day, 9), done_by="account:1"))


@pytest.fixture
def handled(trial: Trial) -> Trial:
    """Two arms with alerts and queries; the cut-off is day 40."""
    one, two, three = (
        trial.enrol(code, arm=arm) for code, arm in (("a", "cells"), ("b", "cells"), ("c", "usual"))
    )
    alarm(trial, one, on=1, ended_after=2)
    alarm(trial, one, on=29, ended_after=6)
    alarm(trial, two, on=1)
    ask(trial, three, on=1)
    ask(trial, three, on=35, then=("answered", 50))
    ask(trial, three, on=2, then=("closed", 3))
    trial.sighted(three, 40)
    return trial


def test_alerts_by_rule_and_arm(handled: Trial) -> None:
    data = handled.data()
    assert data.alerts[["SUBJID", "DISPFL", "DISPCD"]].values.tolist() == [
        ["a", "Y", "in-care"],
        ["a", "Y", "in-care"],
        ["b", "N", ""],
    ]
    assert data.alerts["DISPHRS"].dropna().tolist() == [2.0, 6.0]
    assert len(handled.data(cutoff=20).alerts) == 2
    assert set(handled.data(blinded=True).alerts["ARMCD"]) == {"all"}


def results(trial: Trial, out: Path, *words: str) -> dict[str, object]:
    done = CliRunner().invoke(
        main, ["report", "--database-url", trial.url, "--out", str(out), *words], catch_exceptions=False
    )
    assert done.exit_code == 0
    found: dict[str, object] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return found


def test_the_report_counts_them(handled: Trial, tmp_path: Path) -> None:
    found = results(handled, tmp_path)
    cells = {"rule": "worst", "group": "cells", "randomised": 2, "alerts": 3, "participants": 2}
    assert found["alerts"] == [
        cells | {"escalated": 0, "without_disposition": 1, "median_hours": 4.0},
        {
            "rule": "worst",
            "group": "usual",
            "randomised": 1,
            "alerts": 0,
            "participants": 0,
            "escalated": 0,
            "without_disposition": 0,
            "median_hours": None,
        },
    ]
    # the last word was said on day 50: one query is 49 days old, the other 15
    assert found["queries"] == [
        {"site": "mad", "age": "0 to 7 days", "open": 0, "answered": 0},
        {"site": "mad", "age": "8 to 30 days", "open": 0, "answered": 1},
        {"site": "mad", "age": "over 30 days", "open": 1, "answered": 0},
    ]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Alarming answers by rule and arm" in page
    assert "Queries on values that are not closed" in page


def test_a_blinded_report_pools_the_arms(handled: Trial, tmp_path: Path) -> None:
    pooled = {"rule": "worst", "group": "all", "randomised": 3, "alerts": 3, "participants": 2}
    assert results(handled, tmp_path, "--blinded")["alerts"] == [
        pooled | {"escalated": 0, "without_disposition": 1, "median_hours": 4.0}
    ]


def test_without_any_there_is_nothing(trial: Trial, tmp_path: Path) -> None:
    trial.enrol("a")
    found = results(trial, tmp_path)
    assert found["alerts"] is found["queries"] is None
