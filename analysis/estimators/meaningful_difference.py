"""Whether a difference is as large as one that matters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.observations import Floats

# A difference short of the margin by this share of it is a matter of rounding: 0.3 - 0.1 reaches 0.2.
ROUNDING = 1e-9


def reaches(difference: Floats, margin: float) -> NDArray[np.bool_]:
    """Where it is the margin or more; where the margin is 0, more than nothing. Never where it is NaN.

    >>> reaches(np.array([0.3 - 0.1, 0.19, np.nan]), 0.2).tolist()
    [True, False, False]
    >>> reaches(np.array([0.0, 0.1]), 0).tolist()
    [False, True]
    """
    return difference > 0 if margin == 0 else difference >= margin * (1 - ROUNDING)
