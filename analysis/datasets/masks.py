"""Arms under letters: what a masked report calls them."""

import hmac
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from app.domain.study import Study


def masks(study: Study, secret: str) -> Mapping[str, str]:
    """A letter for each arm, in an order that nobody can tell without the installation's secret.

    It is the same each time, so that reports can be compared; with unequal arms their sizes tell them anyway.
    """

    def place(arm: str) -> str:
        return hmac.new(secret.encode(), f"{study.code}/{arm}".encode(), "sha256").hexdigest()

    ordered: Sequence[str] = sorted((arm.code for arm in study.arms), key=place)
    return dict(zip(ordered, ascii_uppercase, strict=False))
