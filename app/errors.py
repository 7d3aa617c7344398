"""Refusals: the closed list of reasons for which Hepatica says no, each with a stable code.

Edges turn a code into words for people (`web/messages.py`); logs, tests and scripts use the code itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Stable codes; a code is never renamed or reused."""

    NOT_CONFIGURED = "not-configured"
    NOT_FOUND = "not-found"
    NOT_ALLOWED = "not-allowed"
    TOO_MANY_ATTEMPTS = "too-many-attempts"
    TOO_MANY_TODAY = "too-many-today"
    LINK_INVALID = "link-invalid"
    SIGN_IN_FAILED = "sign-in-failed"
    FAULTY_INPUT = "faulty-input"
    NO_CONSENT = "no-consent"
    OCCASION_NOT_OPEN = "occasion-not-open"
    ALREADY_SENT = "already-sent"
    ALREADY_RECORDED = "already-recorded"
    CHANGED_MEANWHILE = "changed-meanwhile"
    WITHDRAWN = "withdrawn"
    DEAD = "dead"
    NO_ADDRESS = "no-address"
    DATE_IN_FUTURE = "date-in-future"
    DATE_OUT_OF_ORDER = "date-out-of-order"
    UNKNOWN_CODE = "unknown-code"
    LANGUAGE_NOT_OFFERED = "language-not-offered"
    IN_USE = "in-use"
    REASON_NEEDED = "reason-needed"
    SIGNATURE_NEEDED = "signature-needed"
    FILE_NOT_TAKEN = "file-not-taken"
    FILE_TOO_LARGE = "file-too-large"
    CODE_WRONG = "code-wrong"
    PASSKEY_REFUSED = "passkey-refused"
    PROVIDER_REFUSED = "provider-refused"
    SECOND_FACTOR_NEEDED = "second-factor-needed"
    IDENTITY_NEEDED = "identity-needed"
    DEACTIVATED = "deactivated"
    LAST_ADMINISTRATOR = "last-administrator"
    SITE_NEEDED = "site-needed"
    NOT_DELEGATED = "not-delegated"
    BLINDED = "blinded"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Something was asked that may not be done; nothing was changed."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a file or form: where it is, what was found there and what is allowed."""

    file: str
    place: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: found {self.found}; allowed: {self.allowed}"


class FaultyInput(Refusal):
    """Every fault of one input at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(Code.FAULTY_INPUT, "\n".join(map(str, faults)))
        self.faults = tuple(faults)
