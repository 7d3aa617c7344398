"""How well a provider says that it knows someone: what they showed it (OpenID Connect's `acr` and `amr`)."""

from collections.abc import Iterable

MULTI_FACTOR = frozenset(
    {
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        "https://refeds.org/profile/mfa",
        "phr",
        "phrh",
    }
)
"""Classes that stand for two factors: OpenID's PAPE, REFEDS of the universities, OpenID's EAP."""

FACTORS = {
    "knows": frozenset({"pwd", "pin", "kba"}),
    "has": frozenset({"hwk", "swk", "otp", "sc", "sms", "tel", "pop"}),
    "is": frozenset({"face", "fpt", "iris", "retina", "vbm"}),
}
"""Methods of RFC 8176 by what they show."""


def is_multi_factor(acr: str | None, amr: Iterable[str]) -> bool:
    """Return whether someone showed the provider two different things; silence is no."""
    methods = frozenset(amr)
    shown = sum(bool(methods & of_kind) for of_kind in FACTORS.values())
    return acr in MULTI_FACTOR or "mfa" in methods or shown >= 2
