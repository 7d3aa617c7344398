"""How much worse must missing scores have been for the conclusion to fall: delta-adjusted imputation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.imputation import Imputations
from analysis.estimators.imputation_pooling import pool_imputations
from analysis.estimators.imputed_contrasts import ancova
from analysis.estimators.input_error import InputError, refuse_where
from analysis.estimators.intervals import upper_share
from analysis.estimators.observations import Floats, Numbers, numbers


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TippingPoint:
    """What `tipping_point` returns.

    `delta` is the adjustment of the grid nearest to 0 at which the conclusion is another than without any,
    None where it stands over the whole grid.
    """

    delta: float | None
    conf_level: float
    _frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row a delta, sorted: delta, estimate, std_error, df, lower, upper, p_value, tipped."""
        return self._frame.copy()

    def __repr__(self) -> str:
        """For people: where it tips, and the grid."""
        where = "holds over the whole grid" if self.delta is None else f"tips at delta {self.delta:g}"
        return f"The conclusion {where}\n{self._frame.to_string(index=False)}"


def tipping_point(
    imputations: Imputations,
    deltas: Numbers,
    *,
    visit: object,
    arm: object,
    reference: object,
    conf_level: float = 0.95,
) -> TippingPoint:
    """Add each delta to the imputed scores of `arm` at `visit`, and compare with `reference` again.

    The difference is `imputed_contrasts`', its estimand that of a world in which those of `arm` who were
    alive and gave no score at `visit` did worse (or better) by delta than the imputation supposes. The
    conclusion is which side of 0 the interval lies on, or neither; it tips at the delta nearest to 0 that
    leads to another one than delta 0 does (of two equally near, the lower). Whether such a delta is plausible
    is for clinicians to say. It is added after the draws, at one visit (delta-adjusted multiple imputation:
    Rubin 1987, chapter 6), so that the estimate moves in proportion, without covariates by delta times the
    imputed share of the arm. Raises InputError (a ValueError).
    """
    upper_share(conf_level)
    grid = numbers("deltas", deltas)
    refuse_where(~np.isfinite(grid), "deltas", grid, "a finite number")
    if not len(grid):
        raise InputError("deltas", "empty", "at least one is needed")
    places = [k for k, each in enumerate(imputations.grid.visits) if each == visit]
    if not places:
        raise InputError("visit", repr(visit), f"one of {list(imputations.grid.visits)}")
    shifted = imputations.imputed[:, places[0]] & (imputations.grid.arm == arm)
    if arm == reference or not shifted.any():
        raise InputError("arm", repr(arm), "an arm other than the reference with imputed scores at the visit")
    rows = [
        _shifted(imputations, delta * shifted, places[0], arm, reference, conf_level) | {"delta": delta}
        for delta in np.unique(np.append(grid, 0)).tolist()
    ]
    frame = pd.DataFrame(rows)
    conclusion = np.sign(frame["lower"]).where(np.sign(frame["lower"]) == np.sign(frame["upper"]), 0)
    frame["tipped"] = conclusion != conclusion[frame["delta"] == 0].iloc[0]
    frame = frame[frame["delta"].isin(grid)].reset_index(drop=True)
    tipped = frame.loc[frame["tipped"], "delta"]
    delta = None if tipped.empty else float(tipped.iloc[int(np.argmin(np.abs(tipped.to_numpy())))])
    columns = ["delta", "estimate", "std_error", "df", "lower", "upper", "p_value", "tipped"]
    return TippingPoint(delta, conf_level, frame[columns])


def _shifted(
    imputations: Imputations,
    shift: Floats,
    k: int,
    arm: object,
    reference: object,
    conf_level: float,
) -> dict[str, float]:
    estimates, variances, df = ancova(imputations, imputations.scores[:, :, k] + shift, k, reference)
    pooled = pool_imputations(estimates[arm], variances[arm], complete_df=df, conf_level=conf_level)
    return {str(name): float(value) for name, value in pooled.to_frame().iloc[0].items()}
