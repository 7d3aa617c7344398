"""Arms under letters: what a masked report calls them."""

import hmac
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from app.domain.study import Study
from app.errors import Code, Refusal


def masks(study: Study, secret: str) -> Mapping[str, str]:
    """A letter for each arm, in an order that nobody can tell without the installation's secret.

    It is the same each time, so that reports can be compared. Refusal where the arms are unequal by design:
    their sizes would tell which letter is which.
    """
    ratio = study.randomisation.ratio if study.randomisation else {}
    planned = {arm.code: ratio.get(arm.code, 1) for arm in study.arms}
    if len(set(planned.values())) > 1:
        sizes = " to ".join(f"{number} {arm}" for arm, number in planned.items())
        raise Refusal(
            Code.FAULTY_INPUT,
            f"masked arms of {study.code} would be told by their sizes: it randomises {sizes}; allowed:"
            " pooled arms (--blinded)",
        )

    def place(arm: str) -> str:
        return hmac.new(secret.encode(), f"{study.code}/{arm}".encode(), "sha256").hexdigest()

    ordered: Sequence[str] = sorted((arm.code for arm in study.arms), key=place)
    return dict(zip(ordered, ascii_uppercase, strict=False))
