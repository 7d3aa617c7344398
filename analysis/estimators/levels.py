"""The order of labels: which level of a factor comes first, and so is what others are compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def levels(labels: pd.Series[Any]) -> tuple[NDArray[np.intp], pd.Index[Any]]:
    """A code for each label (-1 where one is missing) and the labels that the codes point into.

    They come in the order of their categories, or sorted; words as a dictionary sorts them and as R does, not
    all capitals first: which of two is the reference must not depend on how it is written. Raises TypeError
    for labels that cannot be told apart or sorted.

    >>> codes, found = levels(pd.Series(["X-linked", "autosomal", None, "X-linked"]))
    >>> codes.tolist(), found.tolist()
    ([1, 0, -1, 1], ['autosomal', 'X-linked'])
    """
    codes, found = pd.factorize(labels, sort=True)
    if any(isinstance(label, tuple) for label in found):
        raise TypeError("a label is one value, not several")
    words = [label for label in found if isinstance(label, str)]
    if isinstance(labels.dtype, pd.CategoricalDtype) or len(words) < len(found):
        return codes, found
    # Of two that differ in capitals only, the small letters come first.
    order = sorted(range(len(words)), key=lambda place: (words[place].casefold(), words[place].swapcase()))
    rank = np.empty(len(found) + 1, dtype=np.intp)
    rank[order], rank[-1] = np.arange(len(found)), -1
    return rank[codes], found[order]
