"""The win ratio, win odds and net benefit: arms compared pair by pair on outcomes in order of importance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from analysis.estimators.frame_columns import held, place
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.intervals import normal_quantile
from analysis.estimators.observations import Floats
from analysis.estimators.pair_comparison import Compared, compared
from analysis.estimators.pair_components import Component, Count, Difference, TimeToEvent

Strata: TypeAlias = str | Sequence[str]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WinRatio:
    """What `win_ratio` returns; `unpaired` participants had nobody of the other arm in their stratum."""

    conf_level: float
    unpaired: int
    _frame: pd.DataFrame
    _components: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row: pairs, the three measures, wins and losses by component, limits of the other measures.

        wins, losses and ties count pairs of the first arm; win_ratio, lower, upper, p_value; win_odds;
        net_benefit; for each component wins_NAME and losses_NAME, NAME being its column (of a TimeToEvent,
        the event's); win_odds_lower, win_odds_upper; net_benefit_lower, net_benefit_upper.
        """
        return self._frame.copy()

    def components(self) -> pd.DataFrame:
        """One row a component, in their order: component, wins, losses, and the ties left after it."""
        return self._components.copy()

    def __repr__(self) -> str:
        """For people: the three measures with their intervals, and what decided."""
        found = self._frame.iloc[0]
        lines = [
            f"{name:<12}{found[key]:.4g} ({found[f'{prefix}lower']:.4g} to {found[f'{prefix}upper']:.4g})"
            for name, key, prefix in (
                ("win ratio", "win_ratio", ""),
                ("win odds", "win_odds", "win_odds_"),
                ("net benefit", "net_benefit", "net_benefit_"),
            )
        ]
        lines[0] += f", p = {found['p_value']:.4g}"
        left_out = f"; {self.unpaired} participants without a pair" if self.unpaired else ""
        title = f"Win ratio, {self.conf_level:.0%} intervals{left_out}"
        return "\n".join([title, *lines, self._components.to_string(index=False)])


def win_ratio(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    hierarchy: Sequence[Component],
    strata: Strata | None = None,
    conf_level: float = 0.95,
) -> WinRatio:
    """Compare everyone of the first arm with everyone of the second (Pocock et al. 2012, unmatched).

    `first`, `second`: frames, one row a participant; `hierarchy`: what decides a pair, the most important
    first, each a TimeToEvent, a Count or a Difference; what one leaves undecided goes on to the next, and
    pairs undecided to the end are ties. `strata`: a column or columns of both frames; pairs are made within
    strata, each stratum's shares of wins and losses weigh by its participants, and a stratum with one arm
    only makes no pairs (`unpaired` counts its participants).

    With W and L the shares of pairs won and lost by the first arm: win ratio W/L, tested and given limits on
    the log scale; win odds (W + T/2)/(L + T/2), T the ties (Brunner et al. 2021), on the log scale as well;
    net benefit W - L (Buyse 2010), limits cut to [-1, 1]. The variance of log(W/L) is the Hoeffding
    projection's: the sum over the participants of both arms of (w_i/W - l_i/L)^2 / n^2, w_i and l_i being the
    shares of one's pairs won and lost by the first arm and n the size of one's arm (Bebu and Lachin 2016);
    those of the others come from the same covariance. Where no pair was won, or none lost, the win ratio is 0
    or infinite and has no limits (NaN). Raises InputError (a ValueError) naming the frame, column and row.

    Two against two. The first dies on day 5, the second is alive on day 9; their opponents die on days 3
    and 7. Of four pairs the first arm wins three: w = (1/2, 1) against l = (1/2, 0), and for the opponents
    w = (1, 1/2), l = (0, 1/2). Each arm adds ((2/3 - 2)^2 + (4/3)^2)/4 = 8/9; the variance is 16/9.

    >>> first = pd.DataFrame({"day": [5, 9], "death": [1, 0]})
    >>> second = pd.DataFrame({"day": [3, 7], "death": [1, 1]})
    >>> win_ratio(first, second, hierarchy=[TimeToEvent("day", "death")])
    Win ratio, 95% intervals
    win ratio   3 (0.2199 to 40.93), p = 0.41
    win odds    3 (0.2199 to 40.93)
    net benefit 0.5 (-0.48 to 1)
    component  wins  losses  ties
        death     3       1     0
    """
    z = normal_quantile(conf_level)
    ordered = _checked(hierarchy)
    groups, unpaired = _strata(first, second, strata)
    found = [compared(ours, theirs, ordered) for ours, theirs in groups]
    size = np.array([len(each.first) + len(each.second) for each in found])
    frame = _measures(found, size / size.sum(), z)
    components = _component_table(ordered, np.sum([each.by_component for each in found], axis=0), frame)
    return WinRatio(conf_level, unpaired, _with_components(frame, components), components)


def _checked(hierarchy: object) -> tuple[Component, ...]:
    allowed = "a list of TimeToEvent, Count and Difference, the most important first"
    if not isinstance(hierarchy, Sequence) or isinstance(hierarchy, str):
        raise InputError("hierarchy", repr(hierarchy), allowed)
    if not hierarchy:
        raise InputError("hierarchy", "empty", allowed)
    components = []
    for row, component in enumerate(hierarchy):
        if not isinstance(component, TimeToEvent | Count | Difference):
            raise InputError("hierarchy", repr(component), allowed, row=row)
        components.append(component)
    return tuple(components)


def _strata(
    first: pd.DataFrame, second: pd.DataFrame, strata: Strata | None
) -> tuple[list[tuple[pd.DataFrame, pd.DataFrame]], int]:
    """Both arms of every stratum that has both, and how many participants the others have."""
    ours, theirs = (
        _stratum_keys(frame, argument, strata) for frame, argument in ((first, "first"), (second, "second"))
    )
    codes, _ = pd.factorize(pd.Series([*ours, *theirs], dtype=object))
    in_first, in_second = codes[: len(first)], codes[len(first) :]
    paired = np.intersect1d(in_first, in_second)
    if not len(paired):
        raise InputError("strata", "without one that both arms share", "pairs are made within a stratum")
    groups = [(first[in_first == code], second[in_second == code]) for code in paired]
    return groups, int((~np.isin(codes, paired)).sum())


def _stratum_keys(frame: object, argument: str, strata: Strata | None) -> list[Any]:
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        found = "empty" if isinstance(frame, pd.DataFrame) else f"of type {type(frame).__name__}"
        raise InputError(argument, found, "give a frame, one row a participant")
    if strata is None:
        return [()] * len(frame)
    names: list[Any] = list(strata) if isinstance(strata, list | tuple) else [strata]
    for name in names:
        labels = held(frame, name, argument)
        refuse_where(
            labels.isna().to_numpy(),
            place(argument, name),
            labels.to_numpy(dtype=object),
            "each row needs a stratum",
        )
    return list(frame[names].itertuples(index=False, name=None))


def _measures(found: Sequence[Compared], weight: Floats, z: float) -> pd.DataFrame:
    """Counts of pairs and the three measures, each with its limits: one row."""
    W, L = np.sum([share * each.shares for share, each in zip(weight, found, strict=True)], axis=0)
    # Strata are taken as they are: what varies are the participants within them, not which stratum one is of.
    covariance = np.sum(
        [share**2 * each.covariance for share, each in zip(weight, found, strict=True)], axis=0
    )
    net = W - L
    ratio, *of_ratio = _on_log_scale(W, L, np.array([1 / W, -1 / L]) if W and L else None, covariance, z)
    # log((1 + net)/(1 - net)) has the slope 2/(1 - net^2) in W, and minus that in L.
    slope = np.array([2.0, -2.0]) / (1 - net**2) if abs(net) < 1 else None
    odds, *of_odds = _on_log_scale((1 + net) / 2, (1 - net) / 2, slope, covariance, z)
    reach = z * np.sqrt(max(np.array([1, -1]) @ covariance @ np.array([1, -1]), 0.0))
    wins, losses = (sum(int(each.first[:, side].sum()) for each in found) for side in (0, 1))
    row = {
        "wins": wins,
        "losses": losses,
        "ties": sum(each.pairs for each in found) - wins - losses,
        "win_ratio": ratio,
        "lower": of_ratio[0],
        "upper": of_ratio[1],
        "p_value": of_ratio[2],
        "win_odds": odds,
        "net_benefit": net,
        "win_odds_lower": of_odds[0],
        "win_odds_upper": of_odds[1],
        "net_benefit_lower": max(net - reach, -1.0),
        "net_benefit_upper": min(net + reach, 1.0),
    }
    return pd.DataFrame([row])


def _on_log_scale(
    above: float, below: float, slope: Floats | None, covariance: Floats, z: float
) -> tuple[float, float, float, float]:
    """The ratio, its limits and p-value by the delta method on the log; NaN where there is no slope."""
    if slope is None:
        ratio = np.nan if above == below else np.inf if below == 0 else 0.0
        return ratio, np.nan, np.nan, np.nan
    ratio, error = above / below, np.sqrt(max(float(slope @ covariance @ slope), 0.0))
    # Without spread the limits are the estimate; p is then a matter of whether it is 1.
    p_value = 2 * norm.sf(abs(np.log(ratio)) / error) if error > 0 else float(ratio == 1)
    return ratio, ratio * np.exp(-z * error), ratio * np.exp(z * error), float(p_value)


def _component_table(
    hierarchy: Sequence[Component], decided: NDArray[np.int64], frame: pd.DataFrame
) -> pd.DataFrame:
    """Wins, losses and ties left by component; a name that comes again gets its turn: score, score_2."""
    seen: Counter[str] = Counter()
    names = []
    for component in hierarchy:
        seen[component.label] += 1
        turn = seen[component.label]
        names.append(component.label if turn == 1 else f"{component.label}_{turn}")
    pairs = int(frame[["wins", "losses", "ties"]].iloc[0].sum())
    return pd.DataFrame(
        {
            "component": names,
            "wins": decided[:, 0],
            "losses": decided[:, 1],
            "ties": pairs - decided.sum(axis=1).cumsum(),
        }
    )


def _with_components(frame: pd.DataFrame, components: pd.DataFrame) -> pd.DataFrame:
    """Wins and losses by component after the measures, before the limits of the last two."""
    by_component = {
        f"{side}_{row['component']}": row[side]
        for row in components.to_dict("records")
        for side in ("wins", "losses")
    }
    place = list(frame).index("win_odds_lower")
    return pd.concat([frame.iloc[:, :place], pd.DataFrame([by_component]), frame.iloc[:, place:]], axis=1)
