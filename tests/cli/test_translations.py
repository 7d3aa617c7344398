"""`hepatica translations`: what it says to those who translate."""

from collections.abc import Mapping

import pytest

from app.i18n.catalogues import Completeness, Unfinished
from tests.fixtures.command_line import hepatica

FOUND = {
    "en": Completeness("en", 3, (), compiled=True),
    "mr": Completeness("mr", 3, (), compiled=False),
    "tr": Completeness(
        "tr", 3, (Unfinished("Saved", "not translated"), Unfinished("A\nB", "to be read over")), compiled=True
    ),
}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Completeness]:
    """Three languages: complete, not compiled, not done."""
    reports = {"en": FOUND["en"], "tr": FOUND["tr"]}
    monkeypatch.setattr(
        "app.i18n.completeness", lambda domain="messages": reports if domain == "analysis" else FOUND
    )
    return FOUND


@pytest.mark.usefixtures("found")
def test_each_language_has_its_line() -> None:
    assert hepatica("translations").stdout.splitlines() == [
        "en: 3 of 3, complete",
        "mr: 3 of 3, not compiled: run make catalogues",
        "tr: 1 of 3, 2 to do",
        "Tables and figures of reports:",
        "en: 3 of 3, complete",
        "tr: 1 of 3, 2 to do",
    ]


@pytest.mark.usefixtures("found")
def test_of_a_language_that_is_named_every_message_to_do_is_named() -> None:
    assert hepatica("translations", "tr").stdout.splitlines() == [
        "tr: 1 of 3, 2 to do",
        "  not translated: 'Saved'",
        "  to be read over: 'A\\nB'",
        "Tables and figures of reports:",
        "tr: 1 of 3, 2 to do",
        "  not translated: 'Saved'",
        "  to be read over: 'A\\nB'",
    ]


def test_a_language_that_nobody_began_is_refused() -> None:
    refused = hepatica("translations", "xx")
    assert refused.exit_code == 2
    assert "one of en, ar, " in refused.stderr
