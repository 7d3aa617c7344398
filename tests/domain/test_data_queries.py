"""Where a query stands, what can follow, and who may do it."""

import pytest

from app.domain.actor import Actor
from app.domain.data_queries import QueryState, QueryStepKind, follows, may_close, query_state

COORDINATOR = Actor("account", 1, role="coordinator")
MONITOR = Actor("account", 2, role="monitor")


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (["asked"], "open"),
        (["asked", "assigned"], "open"),
        (["asked", "answered"], "answered"),
        (["asked", "answered", "assigned"], "answered"),
        (["asked", "answered", "reopened"], "open"),
        (["asked", "closed"], "closed"),
        (["asked", "closed", "reopened"], "open"),
    ],
)
def test_the_last_word_counts(steps: list[QueryStepKind], state: QueryState) -> None:
    assert query_state(steps) == state


def test_what_can_follow() -> None:
    assert follows("answered", "open")
    assert follows("answered", "answered")
    assert not follows("answered", "closed")
    assert follows("reopened", "closed")
    assert not follows("reopened", "open")
    assert not follows("asked", "open")


def test_who_raised_it_or_could_have_ends_it() -> None:
    assert may_close(MONITOR, "command:checks")
    assert may_close(COORDINATOR, "account:1")
    assert not may_close(COORDINATOR, "account:2")
