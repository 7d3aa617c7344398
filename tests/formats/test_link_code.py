"""Short codes: worked out from a key, read however they are typed."""

import pytest

from app.domain.codes import SPOKEN
from app.formats import link_code

OLD, NEW = "an old key", "a new key"


def test_a_code_has_eight_signs_in_two_groups_and_depends_on_link_and_key() -> None:
    codes = [next(link_code.possible(number, keys)) for number in (1, 2) for keys in ((OLD,), (NEW,))]
    assert len({code.text for code in codes}) == 4
    for code in codes:
        assert len(code.text) == 8
        assert set(code.text) <= set(SPOKEN)
        assert str(code) == f"{code.text[:4]}-{code.text[4:]}"
        assert code.text not in code.hashed


def test_signs_are_drawn_evenly() -> None:
    drawn = "".join(next(link_code.possible(number, (OLD,))).text for number in range(1, 2001))
    expected = len(drawn) / len(SPOKEN)
    assert all(abs(drawn.count(sign) - expected) < expected / 4 for sign in SPOKEN)


def test_the_newest_key_comes_first_and_older_ones_are_known() -> None:
    texts = [code.text for code in link_code.possible(7, (OLD, NEW))]
    assert texts[: link_code.DRAWS] == [code.text for code in link_code.possible(7, (NEW,))]
    assert texts[link_code.DRAWS :] == [code.text for code in link_code.possible(7, (OLD,))]
    made = next(link_code.possible(7, (OLD,)))
    assert made.hashed in link_code.hashes(made.text, (OLD, NEW))
    assert made.hashed not in link_code.hashes(made.text, (NEW,))


@pytest.mark.parametrize(
    "typed",
    [
        "KQ7M-2XPD",
        "kq7m2xpd",
        " kq7m 2xpd ",
        "KQ7M–2XPD",
        "K.Q.7.M.2.X.P.D",
        "KO7M-2XPD",
        "k07m-2xpd",
        "KQ٧M-٢XPD",
        "KQ७M२XPD",
        "ＫＱ７Ｍ－２ＸＰＤ",
        "КQ7М-2ХРD",  # К, М, Х and Р of a Cyrillic keyboard
        "\N{LEFT-TO-RIGHT ISOLATE}KQ7M-2XPD\N{POP DIRECTIONAL ISOLATE}",
    ],
)
def test_it_is_read_however_it_is_typed(typed: str) -> None:
    assert link_code.read(typed) == "KQ7M2XPD"


@pytest.mark.parametrize(
    "typed", ["", "KQ7M", "KQ7M-2XPDA", "KL7M-2XPD", "KI7M-2XPD", "K17M-2XPD", "ك" * 8, "A" * 5000]
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert link_code.read(typed) is None
