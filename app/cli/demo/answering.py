"""What a participant answers: values of items from a quality of life that no one sees."""

from collections.abc import Mapping
from random import Random

from app.cli.demo.truth import ArmTruth, Truth
from app.domain.answer import DECLINED
from app.domain.instrument import Instrument


class Quality:
    """One participant's quality of life: their own beginning and slope around those of the arm."""

    def __init__(self, chance: Random, truth: Truth, arm: ArmTruth) -> None:
        self._chance = chance
        self._truth = truth
        self._beginning = chance.gauss(truth.quality_mean, truth.quality_sd)
        self._slope = chance.gauss(arm.quality_slope, truth.quality_slope_sd)

    def at(self, years: float) -> float:
        """Draw how someone feels at one visit, on the scale of 0 to 100; higher is better."""
        drift = self._chance.gauss(0, self._truth.quality_visit_sd)
        return self._beginning + self._slope * years + drift


def answers(chance: Random, truth: Truth, instrument: Instrument, quality: float) -> dict[str, str]:
    """Draw the values of an instrument's items; some are left out, some declined where that is possible."""
    turned = {code for scale in instrument.scales for code in scale.reversed}
    shifts = _shifts(truth, instrument)
    given = {}
    for item in instrument.items:
        felt = quality + shifts.get(item.code, 0.0) + chance.gauss(0, truth.item_sd)
        values = sorted(instrument.choices[item.choices], reverse=item.code in turned)
        share = min(max(felt / 100, 0.0), 1.0)
        value = str(values[round(share * (len(values) - 1))])
        luck = chance.random()
        if luck < truth.item_left_out:
            continue
        declined = item.may_decline and luck < truth.item_left_out + truth.item_declined
        given[item.code] = DECLINED if declined else value
    return given


def _shifts(truth: Truth, instrument: Instrument) -> Mapping[str, float]:
    """Return by how much each item lies above or below the total: the first scale lowest, the last highest.

    The shifts average to nothing over the scales that are made of items, so that the total stays as it is.
    """
    scales = [scale for scale in instrument.scales if scale.items and not scale.scales]
    if len(scales) < 2:
        return {}
    step = 2 * truth.scale_spread / (len(scales) - 1)
    return {
        code: number * step - truth.scale_spread
        for number, scale in enumerate(scales)
        for code in scale.items
    }
