"""A link's token: short, signed, and of no use when it was changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats.link_token import read, sign
from app.formats.signed_id import LONGEST_ID

OLD, NEW = "an old key", "a new key"


@given(st.integers(1, LONGEST_ID))
def test_the_id_comes_back(link_id: int) -> None:
    token = sign(link_id, [OLD, NEW])
    assert read(token, [OLD, NEW]) == link_id
    assert len(token) <= 50
    assert token.isascii()
    assert set("/?#%&+ ").isdisjoint(token)  # it stands in an address as it is


def test_the_newest_key_signs_and_every_key_reads() -> None:
    assert read(sign(7, [OLD]), [OLD, NEW]) == 7
    assert read(sign(7, [OLD, NEW]), [NEW]) == 7
    assert read(sign(7, [NEW]), [OLD]) is None


def test_a_token_is_the_same_each_time_it_is_shown() -> None:
    assert sign(7, [NEW]) == sign(7, [NEW])


@given(st.text(max_size=80))
def test_anything_else_is_no_link(text: str) -> None:
    assert read(text, [NEW]) is None


@pytest.mark.parametrize("value", [0, -1, LONGEST_ID + 1])
def test_a_number_that_is_no_id_is_no_link(value: int) -> None:
    assert read(sign(value, [NEW]), [NEW]) is None


def test_a_changed_token_is_no_link() -> None:
    token = sign(7, [NEW])
    changed = [
        token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token) - 1)
    ]
    assert {read(each, [NEW]) for each in changed} == {None}
