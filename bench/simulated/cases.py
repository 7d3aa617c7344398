"""What can be simulated: functions that make one trial and say which of its intervals hold the truth."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

import bench.simulated

# By the name of an interval: whether it held. Every trial of a case answers for the same intervals.
Held: TypeAlias = dict[str, bool]
Case: TypeAlias = Callable[[np.random.Generator], Held]

_cases: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Enter a function into the register. It takes all its chance from the generator that it is given."""
    if function.__name__ in _cases:
        raise ValueError(f"two cases are called {function.__name__}")
    _cases[function.__name__] = function
    return function


def cases() -> dict[str, Case]:
    """Return every case of this folder by its name, sorted."""
    for module in pkgutil.iter_modules(bench.simulated.__path__):
        importlib.import_module(f"bench.simulated.{module.name}")
    return dict(sorted(_cases.items()))
