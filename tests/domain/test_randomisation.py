"""Permuted blocks: worked out again with another program, balanced, and every order equally likely."""

import hashlib
from collections import Counter
from itertools import islice, permutations

from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from app.domain.randomisation import Design, Stratum, allocation, allocations, listed_allocation

TWO = Design(arms=("a", "b"), blocks=(2, 4))
MADRID = Stratum("madrid", "high")


def test_the_first_arms_worked_out_by_hand() -> None:
    # printf 'seed\nmadrid\nhigh\n0' | sha256sum, and so on for 1, 2, ...: the first 16 hexadecimal digits.
    numbers = [
        int(hashlib.sha256(f"seed\nmadrid\nhigh\n{n}".encode()).hexdigest()[:16], 16) for n in range(4)
    ]
    size = (2, 4)[numbers[0] % 2]
    assert size == 4
    block = ["a", "b", "a", "b"]
    for place, number in zip((3, 2, 1), numbers[1:], strict=True):
        other = number % (place + 1)
        block[place], block[other] = block[other], block[place]
    assert list(islice(allocations("seed", MADRID, TWO), 4)) == block


def test_a_position_is_the_same_whoever_asks_and_strata_differ() -> None:
    sequence = list(islice(allocations("seed", MADRID, TWO), 200))
    assert [allocation("seed", MADRID, TWO, place) for place in (1, 2, 57, 200)] == [
        sequence[place - 1] for place in (1, 2, 57, 200)
    ]
    assert sequence != list(islice(allocations("seed", Stratum("madrid", "low"), TWO), 200))
    assert sequence != list(islice(allocations("another seed", MADRID, TWO), 200))


@given(seed=st.text(min_size=1), parts=st.integers(1, 3), sizes=st.sets(st.integers(1, 4), min_size=2))
def test_arms_are_never_further_apart_than_half_a_block(seed: str, parts: int, sizes: set[int]) -> None:
    arms = ("a",) * parts + ("b",)
    made = Design(arms=arms, blocks=tuple(sorted(size * len(arms) for size in sizes)))
    drawn = list(islice(allocations(seed, MADRID, made), 300))
    largest = max(made.blocks) // len(arms)
    for end in range(1, len(drawn) + 1):
        got = Counter(drawn[:end])
        assert abs(got["a"] - parts * got["b"]) <= parts * largest


def test_every_order_of_a_block_is_as_likely_as_any_other() -> None:
    made = Design(arms=("a", "b", "c"), blocks=(3,))
    seen = Counter(tuple(islice(allocations(str(seed), MADRID, made), 3)) for seed in range(6000))
    assert set(seen) == set(permutations("abc"))
    # 6 orders, 1,000 of each expected; the seeds are fixed, so that this never fails by chance.
    assert chisquare(list(seen.values())).pvalue > 0.001


def test_a_list_is_used_in_its_order_until_its_end() -> None:
    cairo = Stratum("cairo")
    rows = [(cairo, "a"), (MADRID, "b"), (cairo, "b")]
    assert [listed_allocation(rows, cairo, place) for place in (1, 2, 3)] == ["a", "b", None]
    assert listed_allocation(rows, MADRID, 1) == "b"
