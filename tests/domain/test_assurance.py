"""What a provider's claims say of the factors it asked for; methods as in RFC 8176, section 2."""

import pytest

from app.domain.assurance import is_multi_factor


@pytest.mark.parametrize(
    ("acr", "amr"),
    [
        (None, ["mfa"]),
        (None, ["pwd", "otp"]),
        (None, ["pin", "hwk", "user"]),
        (None, ["fpt", "swk"]),
        ("https://refeds.org/profile/mfa", []),
        ("phr", ["hwk"]),
    ],
)
def test_two_factors(acr: str | None, amr: list[str]) -> None:
    assert is_multi_factor(acr, amr)


@pytest.mark.parametrize(
    ("acr", "amr"),
    [
        (None, []),
        (None, ["pwd"]),
        (None, ["pwd", "pin"]),  # twice what someone knows
        (None, ["otp", "sms"]),
        ("1", ["pwd", "rba", "geo"]),
        ("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", ["pwd"]),
    ],
)
def test_one_factor_or_none_that_is_known(acr: str | None, amr: list[str]) -> None:
    assert not is_multi_factor(acr, amr)
