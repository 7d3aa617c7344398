"""Which hospital stays are one."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.stays import Spell, spells

START = date(2026, 3, 1)


def on(day: int) -> date:
    return START + timedelta(days=day)


Stay = tuple[int, int, int | None]


def merged(*stays: Stay) -> list[tuple[int, int | None, tuple[int, ...]]]:
    dated = [(key, on(first), None if last is None else on(last)) for key, first, last in stays]
    return [
        (
            (each.started_on - START).days,
            None if each.ended_on is None else (each.ended_on - START).days,
            each.event_ids,
        )
        for each in spells(dated)
    ]


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        pytest.param([], [], id="no stay"),
        pytest.param([(1, 0, 5)], [(0, 5, (1,))], id="one stay"),
        pytest.param([(1, 0, 5), (2, 3, 9)], [(0, 9, (1, 2))], id="overlapping"),
        pytest.param([(1, 0, 9), (2, 3, 5)], [(0, 9, (1, 2))], id="one within the other"),
        pytest.param([(1, 0, 5), (2, 5, 9)], [(0, 9, (1, 2))], id="discharged and admitted on one day"),
        pytest.param([(1, 0, 5), (2, 6, 9)], [(0, 9, (1, 2))], id="admitted the day after: a transfer"),
        pytest.param([(1, 0, 5), (2, 7, 9)], [(0, 5, (1,)), (7, 9, (2,))], id="a day at home between"),
        pytest.param([(2, 7, 9), (1, 0, 5)], [(0, 5, (1,)), (7, 9, (2,))], id="in any order"),
        pytest.param([(1, 0, 9), (2, 2, 4), (3, 10, 12)], [(0, 12, (1, 2, 3))], id="the longest one counts"),
        pytest.param([(1, 0, None), (2, 1, 4)], [(0, None, (1, 2))], id="an unknown end stays unknown"),
        pytest.param(
            [(1, 0, None), (2, 90, 95)], [(0, None, (1,)), (90, 95, (2,))], id="an unknown end swallows none"
        ),
    ],
)
def test_spells(stays: list[Stay], expected: list[tuple[int, int | None, tuple[int, ...]]]) -> None:
    assert merged(*stays) == expected


stays = st.lists(
    st.builds(
        lambda first, nights: (on(first), None if nights is None else on(first + nights)),
        st.integers(0, 60),
        st.none() | st.integers(0, 20),
    ),
    max_size=12,
).map(lambda dated: [(key, *stay) for key, stay in enumerate(dated)])


def days_of(stay: tuple[int, date, date | None] | Spell) -> set[date]:
    first, last = (stay.started_on, stay.ended_on) if isinstance(stay, Spell) else stay[1:]
    return {first + timedelta(days=n) for n in range(((last or first) - first).days + 1)}


@given(stays)
def test_every_stay_is_in_exactly_one_spell(given_stays: list[tuple[int, date, date | None]]) -> None:
    found = spells(given_stays)
    assert sorted(key for spell in found for key in spell.event_ids) == [key for key, _, _ in given_stays]


@given(stays)
def test_spells_are_in_order_and_apart(given_stays: list[tuple[int, date, date | None]]) -> None:
    by_id = {stay[0]: stay for stay in given_stays}
    held = [set().union(*(days_of(by_id[key]) for key in spell.event_ids)) for spell in spells(given_stays)]
    for before, after in pairwise(held):
        assert min(after) - max(before) > timedelta(days=1)


@given(stays, st.randoms())
def test_the_order_in_which_stays_come_makes_no_difference(
    given_stays: list[tuple[int, date, date | None]], chance: Random
) -> None:
    shuffled = list(given_stays)
    chance.shuffle(shuffled)
    assert spells(shuffled) == spells(given_stays)
