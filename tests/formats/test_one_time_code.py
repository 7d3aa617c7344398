"""One-time codes: authority is RFC 6238, appendix B (the rows of SHA-1)."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet

from app.errors import Code, Refusal
from app.formats.one_time_code import (
    address,
    code_at,
    digits_typed,
    matching_step,
    new_secret,
    seal,
    step_of,
    unseal,
)

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
NOW = datetime(2026, 1, 5, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "expected"), VECTORS.items())
def test_the_vectors_of_the_rfc(seconds: int, expected: str) -> None:
    at = datetime.fromtimestamp(seconds, tz=UTC)
    assert code_at(SECRET, step_of(at), digits=8) == expected
    assert code_at(SECRET, step_of(at)) == expected[-6:]  # a code is the number modulo a power of ten
    assert matching_step(SECRET, expected[-6:], at=at, after=-1) == seconds // 30


def test_a_code_is_good_one_step_early_or_late_and_no_more() -> None:
    step = step_of(NOW)
    taken = [
        matching_step(SECRET, code_at(SECRET, step + offset), at=NOW, after=-1) for offset in range(-2, 3)
    ]
    assert taken == [None, step - 1, step, step + 1, None]


def test_no_code_is_taken_twice_nor_one_from_before() -> None:
    step = step_of(NOW)
    for used in (step, step - 1):
        assert matching_step(SECRET, code_at(SECRET, used), at=NOW, after=step) is None
    later = NOW + timedelta(seconds=30)
    assert matching_step(SECRET, code_at(SECRET, step + 1), at=later, after=step) == step + 1


@pytest.mark.parametrize(
    "typed", ["123456", " 123 456 ", "123-456", "१२३४५६", "١٢٣ ٤٥٦", "\u200f۱۲۳۴۵۶", "１２３４５６"]
)
def test_digits_of_any_script_are_read(typed: str) -> None:
    assert digits_typed(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12 34 5x", "½23456"])
def test_anything_else_is_no_code(typed: str) -> None:
    assert digits_typed(typed) is None
    assert matching_step(SECRET, typed, at=NOW, after=-1) is None


def test_the_qr_code_tells_an_app_all_that_it_needs() -> None:
    parts = urlsplit(address(SECRET, account="nurse+1@example.org", installation="Hepatica"))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Hepatica:nurse%2B1@example.org")
    assert parse_qs(parts.query) == {"secret": [SECRET], "issuer": ["Hepatica"]}


def test_a_secret_has_160_bits_of_chance_and_is_sealed_for_one_account() -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    secret = new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert secret != new_secret()
    sealed = seal(secret, account_id=3, keys=[old])
    assert secret not in sealed
    assert unseal(sealed, account_id=3, keys=[old, new]) == secret
    with pytest.raises(Refusal) as refusal:
        unseal(sealed, account_id=4, keys=[old, new])
    assert refusal.value.code == Code.FAULTY_INPUT
    with pytest.raises(Refusal) as refusal:
        unseal(sealed, account_id=3, keys=[new])
    assert refusal.value.code == Code.NOT_CONFIGURED
