"""Every action of the trail has words, and every word an action."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.queries.audit_words import ACTIONS, action, content

APP = Path(__file__).resolve().parents[2] / "app"


def recorded() -> Iterator[str]:
    """Give every `noun.verb` that operations record by name."""
    for path in (APP / "operations").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "action"
                and isinstance(node.value, ast.Constant)
            ):
                yield str(node.value.value)


def test_every_action_has_words() -> None:
    assert [each for each in sorted(set(recorded())) if each not in ACTIONS] == []
    assert len(set(recorded())) > 20


def test_values_read_like_a_sentence() -> None:
    assert (
        content({"arm": None, "visits": ["d0", "w4"], "again": []})
        == "arm: nothing; visits: d0, w4; again: nothing"
    )
    assert (
        content({"participants": [{"code": "P-1", "site": "mad"}]}) == "participants: (code: P-1; site: mad)"
    )
    assert content(None) == ""
    assert action("link.open") == "Link opened"
    assert action("something.new") == "something.new"
