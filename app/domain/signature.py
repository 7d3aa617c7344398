"""What a signature of a reading covers, and what no longer matches it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

Change = Literal[
    "event",
    "reading",
    "document added",
    "document changed",
    "document redacted",
    "document removed",
    "later reading",
    "signature",
]
"""What can differ from what was signed, in the order in which it is told."""
ConfirmedBy = Literal["password", "passkey"]
"""What a reader showed again, so that it is they who sign."""

FIRST = ""
"""Stands for the signature before the first one."""

REDACTED = "redacted"
"""Stands for the hash of a document that was redacted."""

Covers = Mapping[str, Any]


def canonical_hash(content: object) -> str:
    """Return the hash of a content that has one way of being written."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def covered(
    event: Mapping[str, object], reading: Mapping[str, object], documents: Mapping[int, str]
) -> Covers:
    """Return the hashes of the report and the reading, and of each document by its id."""
    return {
        "event": canonical_hash(event),
        "reading": canonical_hash(reading),
        "documents": {str(key): documents[key] for key in sorted(documents)},
    }


def chained(previous: str, content_hash: str, statement: Mapping[str, object]) -> str:
    """Return the hash of a signature: of what it covers, of who says what when, and of the one before it."""
    return canonical_hash([previous, content_hash, statement])


def changes(signed: Covers, now: Covers, *, read_again: bool) -> tuple[Change, ...]:
    """Return what differs from what was signed; `read_again`: the same reader has read once more since."""
    parts: tuple[Change, Change] = ("event", "reading")
    found = [part for part in parts if signed.get(part) != now[part]]
    before, after = signed.get("documents", {}), now["documents"]
    if after.keys() - before.keys():
        found.append("document added")
    differing = {after[key] for key in before.keys() & after.keys() if before[key] != after[key]}
    if differing - {REDACTED}:
        found.append("document changed")
    if REDACTED in differing:
        found.append("document redacted")
    if before.keys() - after.keys():
        found.append("document removed")
    if read_again:
        found.append("later reading")
    return tuple(found)
