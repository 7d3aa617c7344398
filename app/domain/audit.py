"""The chain that makes the audit trail tamper-evident: each entry's hash covers the one before it."""

import hashlib
import json
from collections.abc import Mapping

FIRST = "0" * 64


def entry_hash(previous: str, content: Mapping[str, object]) -> str:
    """Return SHA-256 over the previous entry's hash and this entry's content as canonical JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
