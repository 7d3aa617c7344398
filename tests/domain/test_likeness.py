"""Which reports are shown side by side."""

import pytest

from app.domain.adjudication import Event, EventKind
from app.domain.likeness import Likeness, alike, likeness
from app.domain.partial_date import PartialDate


def event(key: int, started: str, ended: str = "", kind: EventKind = "hospital stay") -> Event:
    return Event(
        id=key,
        kind=kind,
        started=PartialDate.parse(started),
        ended=PartialDate.parse(ended) if ended and ended != "on" else None,
        ongoing=ended == "on",
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("2026-03-05", "2026-03-09"), ("2026-03-05", "2026-03-09"), "duplicate"),
        (("2026-03-05", "2026-03-09"), ("2026-03-08", ""), "duplicate"),
        (("2026-03-05", ""), ("2026-03-09", ""), None),
        (("2026-03", ""), ("2026-03-20", "2026-03-22"), "duplicate"),
        (("2026-03-05", "2026-03-20"), ("2026-03-12", "2026-03-14"), "overlap"),
        (("2026-03-05", "on"), ("2026-06-01", ""), "overlap"),
        (("2026-03-05", "2026-03-10"), ("2026-03-10", "2026-03-20"), "transfer"),
        (("2026-03-05", "2026-03-10"), ("2026-03-11", "2026-03-20"), "transfer"),
        (("2026-03-05", "2026-03-06"), ("2026-03-07", "2026-03-20"), "transfer"),
        (("2026-03-05", "2026-03-10"), ("2026-03-12", "2026-03-20"), None),
    ],
)
def test_two_stays(one: tuple[str, str], other: tuple[str, str], expected: Likeness | None) -> None:
    assert likeness(event(1, *one), event(2, *other)) == expected
    assert likeness(event(2, *other), event(1, *one)) == expected


def test_two_deaths_are_one_whatever_their_days_and_two_kinds_never() -> None:
    assert likeness(event(1, "2026-01-01", kind="death"), event(2, "2026-06-01", kind="death")) == "duplicate"
    assert likeness(event(1, "2026-01-01", kind="death"), event(2, "2026-01-01")) is None
    tumours = [event(key, f"2026-0{key}-01", kind="tumour") for key in (1, 2)]
    assert likeness(*tumours) is None


def test_an_event_is_not_like_itself_and_the_others_come_by_their_days() -> None:
    events = [event(1, "2026-03-05", "2026-03-20"), event(2, "2026-03-15"), event(3, "2026-03-06")]
    assert [(each.id, how) for each, how in alike(events[0], events)] == [(3, "duplicate"), (2, "overlap")]
