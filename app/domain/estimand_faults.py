"""Contradictions inside a study's estimands."""

from collections.abc import Iterator, Mapping
from math import isfinite

from app.domain.codes import CODE_ALLOWED, DefinitionFault, is_blank, is_code, listed, quoted
from app.domain.estimand import ANY_ENDPOINT, STRATEGIES, Estimand
from app.domain.instrument import Instrument
from app.domain.study import Study

SCORED = ("QOL", "COMPOSITE")
"""The endpoints that a scale of an instrument belongs to."""


def estimand_faults(study: Study) -> Iterator[DefinitionFault]:
    """Find what contradicts itself or the study, but for scales: an instrument's own file has them."""
    seen: set[str] = set()
    for number, estimand in enumerate(study.estimands):
        place = f"estimands[{number}]"
        yield from _code_faults(place, estimand, seen)
        seen.add(estimand.key)
        for field in ("population", "intercurrent", "summary"):
            if is_blank(getattr(estimand, field)):
                yield DefinitionFault(f"{place}.{field}", "no words", "some words")
        yield from _treatment_faults(study, place, estimand)
        yield from _strategy_faults(place, estimand)
        yield from _score_faults(study, place, estimand)


def scale_faults(study: Study, instruments: Mapping[str, Instrument]) -> Iterator[DefinitionFault]:
    """Find scales that an instrument (by name, those that were read whole) does not have."""
    for number, estimand in enumerate(study.estimands):
        instrument = instruments.get(estimand.instrument)
        if instrument is None or not estimand.scale:
            continue
        codes = [scale.code for scale in instrument.scales]
        if estimand.scale not in codes:
            place = f"estimands[{number}].scale"
            yield DefinitionFault(
                place, quoted(estimand.scale), f"a scale of {instrument.name}: {listed(codes)}"
            )


def _code_faults(place: str, estimand: Estimand, seen: set[str]) -> Iterator[DefinitionFault]:
    if estimand.key in seen:
        if estimand.code:
            yield DefinitionFault(f"{place}.code", quoted(estimand.code), "a code that stands here only once")
        else:
            yield DefinitionFault(
                "estimands", f"{estimand.endpoint} more than once", "each endpoint once, or codes that differ"
            )
    if estimand.code and not is_code(estimand.code):
        yield DefinitionFault(f"{place}.code", quoted(estimand.code), CODE_ALLOWED)
    # In the data an estimand goes by its code: "os" must not be the name of something else than survival.
    elif estimand.code.upper() in ANY_ENDPOINT and estimand.code.upper() != estimand.endpoint:
        allowed = f'no other endpoint\'s name: "{estimand.endpoint.lower()}" or another code'
        yield DefinitionFault(f"{place}.code", quoted(estimand.code), allowed)


def _treatment_faults(study: Study, place: str, estimand: Estimand) -> Iterator[DefinitionFault]:
    for field, found, instead in (
        ("origin", estimand.origin, "randomisation"),
        ("set", estimand.set, "randomised"),
    ):
        if found != instead and not study.product_lots:
            allowed = f'"{instead}", because the study has no product lots to infuse'
            yield DefinitionFault(f"{place}.{field}", quoted(found), allowed, frozenset({"product_lots"}))


def _strategy_faults(place: str, estimand: Estimand) -> Iterator[DefinitionFault]:
    choices = STRATEGIES[estimand.endpoint]
    for field, allowed in (("transplant", choices.transplant), ("death", choices.death)):
        found = getattr(estimand, field)
        if found is not None and found not in allowed:
            words = f"for {estimand.endpoint} one of {listed(allowed)}"
            yield DefinitionFault(f"{place}.{field}", quoted(found), words)


def _score_faults(study: Study, place: str, estimand: Estimand) -> Iterator[DefinitionFault]:
    difference = estimand.meaningful_difference
    if estimand.endpoint not in SCORED:
        for field in ("instrument", "scale"):
            if getattr(estimand, field):
                found = quoted(getattr(estimand, field))
                yield DefinitionFault(f"{place}.{field}", found, f"nothing: it is for {listed(SCORED)}")
        if difference is not None:
            yield DefinitionFault(
                f"{place}.meaningful_difference", str(difference), f"nothing: it is for {listed(SCORED)}"
            )
        return
    needed = estimand.endpoint == "QOL" or bool(estimand.scale)
    if (estimand.instrument or needed) and estimand.instrument not in study.instruments:
        allowed = f"an instrument of one of the visits: {listed(study.instruments)}"
        yield DefinitionFault(
            f"{place}.instrument", quoted(estimand.instrument), allowed, frozenset({"visits"})
        )
    if difference is not None and not (isfinite(difference) and difference > 0):
        yield DefinitionFault(f"{place}.meaningful_difference", str(difference), "points, more than 0")
