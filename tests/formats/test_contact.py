"""Contact details are readable with a key of the installation, and with nothing else."""

import pytest
from cryptography.fernet import Fernet

from app.errors import Code, Refusal
from app.formats import sealing
from app.formats.contact import ContactDetails, seal, unseal

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
DETAILS = ContactDetails("فاطمة حسن", "fatima@example.org", None, 1958)


def test_what_was_sealed_comes_back_and_cannot_be_read() -> None:
    sealed = seal(DETAILS, [OLD, NEW])
    assert unseal(sealed, [OLD, NEW]) == DETAILS
    assert "fatima" not in sealed
    assert seal(DETAILS, [NEW]) != seal(DETAILS, [NEW])  # the same details do not look the same


def test_the_newest_key_seals_and_every_key_opens() -> None:
    sealed_before = seal(DETAILS, [OLD])
    assert unseal(sealed_before, [OLD, NEW]) == DETAILS
    assert unseal(seal(DETAILS, [OLD, NEW]), [NEW]) == DETAILS
    assert unseal(sealing.reseal(sealed_before, [OLD, NEW], what="them"), [NEW]) == DETAILS


@pytest.mark.parametrize("keys", [[OLD], ["not a key"], []])
def test_without_its_key_it_stays_closed(keys: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        unseal(seal(DETAILS, [NEW]), keys)
    assert refused.value.code is Code.NOT_CONFIGURED


def test_a_changed_seal_is_refused() -> None:
    sealed = seal(DETAILS, [NEW])
    with pytest.raises(Refusal):
        unseal(sealed[:-8] + "AAAAAAA=", [NEW])
