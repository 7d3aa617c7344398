"""A later change breaks a signature, and the part that differs is named."""

import pytest

from app.domain.signature import REDACTED, chained, changes, covered

EVENT, READING = {"id": 1, "started": "2026-03"}, {"id": 2, "decision": "refuted"}
SIGNED = covered(EVENT, READING, {3: "aa", 4: "bb"})


@pytest.mark.parametrize(
    ("event", "reading", "documents", "again", "expected"),
    [
        (EVENT, READING, {4: "bb", 3: "aa"}, False, ()),
        (EVENT | {"started": "2026-04"}, READING, {3: "aa", 4: "bb"}, False, ("event",)),
        (EVENT, READING | {"decision": "confirmed"}, {3: "aa", 4: "bb"}, False, ("reading",)),
        (EVENT, READING, {3: "aa", 4: "bb", 5: "cc"}, False, ("document added",)),
        (EVENT, READING, {3: "aa", 4: "xx"}, False, ("document changed",)),
        (EVENT, READING, {3: "aa", 4: REDACTED}, False, ("document redacted",)),
        (EVENT, READING, {3: "aa"}, False, ("document removed",)),
        (EVENT, READING, {3: "aa", 4: "bb"}, True, ("later reading",)),
    ],
)
def test_what_differs(
    event: dict[str, object],
    reading: dict[str, object],
    documents: dict[int, str],
    again: bool,
    expected: tuple[str, ...],
) -> None:
    assert changes(SIGNED, covered(event, reading, documents), read_again=again) == expected


def test_a_signature_rests_on_the_one_before_it_and_on_every_word() -> None:
    said = {"name": "A", "meaning": "I have read it", "signed_at": "2026-03-05T10:00:00+00:00"}
    hashes = {
        chained(before, content, said | change)
        for before, content, change in [
            ("", "a", {}),
            ("x", "a", {}),
            ("", "b", {}),
            ("", "a", {"name": "B"}),
            ("", "a", {"meaning": "I have not"}),
        ]
    }
    assert len(hashes) == 5
