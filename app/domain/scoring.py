"""Scores of one response, worked out from its answers by the instrument's own rule."""

from collections.abc import Mapping

from app.domain.answer import AnswerValue, applicable, number_range
from app.domain.instrument import Instrument, Item, Scale


def scores(instrument: Instrument, answers: Mapping[str, AnswerValue]) -> dict[str, float | None]:
    """Return the score of every scale, in the instrument's order; None where too few members are there.

    An item's share of the way from its lowest to its highest value (turned round where the scale says so) is
    averaged over the answered items and stretched to [`lowest`, `highest`]; a scale of scales averages its
    member scores. A scale may use only scales that stand before it.

    An item that is not asked, because its conditions do not hold, counts as one without an answer, also where
    it was answered before they ceased to: no value is made up for it, and the scale's own `minimum_answered`
    says whether the others are enough.
    """
    counted = answers
    if instrument.has_conditions:
        asked = applicable(instrument, answers)
        counted = {code: value for code, value in answers.items() if code in asked}
    found: dict[str, float | None] = {}
    for scale in instrument.scales:
        members = _item_shares(instrument, scale, counted) + _scale_shares(instrument, scale, found)
        there = [share for share in members if share is not None]
        if not there or len(there) < scale.minimum_answered * len(members):
            found[scale.code] = None
        else:
            found[scale.code] = scale.lowest + (scale.highest - scale.lowest) * sum(there) / len(there)
    return found


def _item_shares(
    instrument: Instrument, scale: Scale, answers: Mapping[str, AnswerValue]
) -> list[float | None]:
    shares: list[float | None] = []
    for code in scale.items:
        value = answers.get(code)
        if not isinstance(value, int | float):
            shares.append(None)
            continue
        lowest, highest = _range(instrument, instrument.item(code))
        share = (value - lowest) / (highest - lowest)
        shares.append(1 - share if code in scale.reversed else share)
    return shares


def _range(instrument: Instrument, item: Item) -> tuple[float, float]:
    if item.type != "choice":
        return number_range(item)
    values = instrument.choices[item.choices]
    return min(values), max(values)


def _scale_shares(
    instrument: Instrument, scale: Scale, found: Mapping[str, float | None]
) -> list[float | None]:
    shares: list[float | None] = []
    for member in (each for each in instrument.scales if each.code in scale.scales):
        score = found[member.code]
        shares.append(None if score is None else (score - member.lowest) / (member.highest - member.lowest))
    return shares
