"""Whether someone can sign in, and where their delegations stand."""

from datetime import date, timedelta

import pytest

from app.domain.account import DelegationState, Period, account_state, delegation_state
from app.domain.browser_kind import browser_kind

TODAY = date(2026, 3, 1)
DAY = timedelta(days=1)


def test_whoever_can_sign_in_is_active() -> None:
    assert account_state(deactivated=False, has_password=False, signed_in_before=False) == "invited"
    assert account_state(deactivated=False, has_password=True, signed_in_before=False) == "active"
    assert account_state(deactivated=False, has_password=False, signed_in_before=True) == "active"
    assert account_state(deactivated=True, has_password=True, signed_in_before=True) == "deactivated"


@pytest.mark.parametrize(
    ("periods", "state"),
    [
        ([], "missing"),
        ([Period(TODAY)], "in force"),
        ([Period(TODAY - DAY, TODAY)], "in force"),
        ([Period(TODAY - DAY, TODAY - DAY)], "ended"),
        ([Period(TODAY + DAY)], "to come"),
        ([Period(TODAY - DAY, TODAY - DAY), Period(TODAY + DAY)], "to come"),
        ([Period(TODAY - DAY, TODAY - DAY), Period(TODAY)], "in force"),
    ],
)
def test_a_delegation_holds_on_its_first_and_its_last_day(
    periods: list[Period], state: DelegationState
) -> None:
    assert delegation_state(periods, TODAY) == state


@pytest.mark.parametrize(
    ("user_agent", "kind"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Firefox/140.0",
            "Firefox, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/138.0 Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0",
            "Edge, Linux",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_known_by_its_kind_alone(user_agent: str, kind: str) -> None:
    assert browser_kind(user_agent) == kind
