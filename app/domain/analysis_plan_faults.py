"""Contradictions inside a study's plan of analyses."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import isfinite

from app.domain.analysis_covariates import DAY_0, PRODUCT, answered
from app.domain.analysis_methods import METHODS, OPTIONS, WITH_LOOKS
from app.domain.analysis_plan import Analysis, AnalysisSettings, Looks
from app.domain.codes import DefinitionFault, code_faults, listed, quoted, repeated
from app.domain.estimand import ENDPOINTS, AnyEndpoint, Estimand
from app.domain.instrument import Instrument
from app.domain.multiplicity_faults import multiplicity_faults
from app.domain.study import Study

LONGEST_TIME = 36600
"""Days: a hundred years."""
MOST_IMPUTATIONS = 1000
_RESTS_ON_ESTIMANDS = frozenset({"estimands"})


def plan_faults(study: Study) -> Iterator[DefinitionFault]:
    """Find what contradicts itself or the study, but for items and scales: an instrument's file has them."""
    yield from _settings_faults(study, study.analysis)
    yield from multiplicity_faults(study)
    yield from code_faults("analyses", [each.code for each in study.analyses])
    estimands = {each.key: each for each in reversed(study.estimands)}  # of two, the first one is meant
    for number, analysis in enumerate(study.analyses):
        place = f"analyses[{number}]"
        estimand = estimands.get(analysis.estimand)
        if estimand is None:
            allowed = f"an estimand's code: {listed(reversed(estimands))}"
            found = quoted(analysis.estimand)
            yield DefinitionFault(f"{place}.estimand", found, allowed, _RESTS_ON_ESTIMANDS)
        else:
            yield from _method_faults(place, analysis, estimand)
            yield from _visit_faults(study, place, analysis, estimand)
            yield from _covariate_faults(study, place, analysis, estimand)
        yield from _option_faults(place, analysis)
        yield from _number_faults(place, analysis)
        yield from _list_faults(place, analysis)


def named_answer_faults(study: Study, instruments: Mapping[str, Instrument]) -> Iterator[DefinitionFault]:
    """Find covariates that name an item or scale which an instrument (those read whole) does not have."""
    for number, analysis in enumerate(study.analyses):
        for field in ("covariates", "strata", "subgroups"):
            for name in getattr(analysis, field):
                named = answered(name)
                instrument = instruments.get(named[0]) if named else None
                if named is None or instrument is None:
                    continue
                codes = [
                    *(each.code for each in instrument.items),
                    *(each.code for each in instrument.scales),
                ]
                if named[1] not in codes:
                    allowed = f"an item or a scale of {instrument.name}: {listed(codes)}"
                    yield DefinitionFault(f"analyses[{number}].{field}", quoted(name), allowed)


def _settings_faults(study: Study, settings: AnalysisSettings) -> Iterator[DefinitionFault]:
    arms = [arm.code for arm in study.arms]
    if settings.reference and settings.reference not in arms:
        allowed = f"an arm's code: {listed(arms)}"
        yield DefinitionFault("analysis.reference", quoted(settings.reference), allowed, frozenset({"arms"}))
    if not 0 < settings.alpha < 0.5:
        yield DefinitionFault("analysis.alpha", str(settings.alpha), "more than 0, less than 0.5: two-sided")
    if settings.looks is not None:
        yield from _look_faults(study, settings.looks)


def _look_faults(study: Study, looks: Looks) -> Iterator[DefinitionFault]:
    place = "analysis.looks"
    if (
        not looks.events
        or looks.events[0] < 1
        or any(late <= early for early, late in pairwise(looks.events))
    ):
        yield DefinitionFault(
            f"{place}.events", listed(looks.events), "numbers of events, each more than the one before it"
        )
    parameter = looks.parameter
    if looks.spending in ("obrien-fleming", "pocock"):
        if parameter is not None:
            yield DefinitionFault(f"{place}.parameter", str(parameter), f"nothing: {looks.spending} has none")
    elif parameter is None:
        yield DefinitionFault(f"{place}.parameter", "nothing", f"a number: {looks.spending} needs it")
    elif not isfinite(parameter) or (looks.spending == "power" and parameter <= 0):
        yield DefinitionFault(f"{place}.parameter", str(parameter), "a number; of power more than 0")
    endpoints = {each.key: each.endpoint for each in study.estimands}
    primary = [each for each in study.analyses if each.rank == "primary"]
    if not any(_has_boundary(each, endpoints.get(each.estimand)) for each in primary):
        allowed = (
            f"looks only where a primary analysis tests one of {listed(ENDPOINTS)} by {listed(WITH_LOOKS)}"
        )
        yield DefinitionFault(place, "no primary analysis", allowed, frozenset({"analyses", "estimands"}))


def _has_boundary(primary: Analysis, endpoint: AnyEndpoint | None) -> bool:
    """Whether a look has a test to stand beside; of a method that does not fit something else is told."""
    fits = endpoint in METHODS[primary.method].endpoints
    return endpoint in ENDPOINTS and (primary.method in WITH_LOOKS or not fits)


def _method_faults(place: str, analysis: Analysis, estimand: Estimand) -> Iterator[DefinitionFault]:
    rule = METHODS[analysis.method]
    if estimand.endpoint not in rule.endpoints:
        fitting = [name for name, each in METHODS.items() if estimand.endpoint in each.endpoints]
        allowed = f"a method for {estimand.endpoint}: {listed(fitting)}"
        yield DefinitionFault(f"{place}.method", quoted(analysis.method), allowed, _RESTS_ON_ESTIMANDS)
    elif estimand.endpoint == "QOL" and not estimand.scale and not rule.all_scales:
        allowed = f"an estimand that names its scale: {analysis.method} is about one"
        yield DefinitionFault(f"{place}.estimand", quoted(estimand.key), allowed, _RESTS_ON_ESTIMANDS)
    events = {"event", "competing"} & {estimand.death_is, estimand.transplant_is}
    if rule.of_the_living and estimand.endpoint == "QOL" and events:
        allowed = (
            f"an estimand for which neither a death nor a transplant is an event: so {analysis.method} is"
        )
        yield DefinitionFault(f"{place}.estimand", quoted(estimand.key), allowed, _RESTS_ON_ESTIMANDS)
    if estimand.endpoint in rule.endpoints:
        yield from _strategy_faults(place, analysis, estimand)
    if "score" in analysis.hierarchy and not estimand.scale:
        allowed = "an estimand that names its scale, or no score"
        yield DefinitionFault(f"{place}.hierarchy", quoted("score"), allowed, _RESTS_ON_ESTIMANDS)
    if "transplant" in analysis.hierarchy and estimand.transplant_is == "ignored":
        allowed = "no transplant, or an estimand for which a transplant is an event"
        yield DefinitionFault(f"{place}.hierarchy", quoted("transplant"), allowed, _RESTS_ON_ESTIMANDS)
    if rule.by_difference and analysis.difference is None and estimand.meaningful_difference is None:
        allowed = "a number, here or as the estimand's meaningful_difference"
        yield DefinitionFault(f"{place}.difference", "nothing", allowed, _RESTS_ON_ESTIMANDS)


def _strategy_faults(place: str, analysis: Analysis, estimand: Estimand) -> Iterator[DefinitionFault]:
    """What a death or a transplant is for the estimand, where the method cannot carry it out."""
    rule = METHODS[analysis.method]
    for what, found, able in (
        ("death", estimand.death_is, rule.deaths),
        ("transplant", estimand.transplant_is, rule.transplants),
    ):
        if able and found not in able:
            allowed = f"an estimand whose {what} is one of {listed(able)}: so {analysis.method} takes it"
            said = f"{quoted(estimand.key)}, whose {what} is {quoted(found)}"
            yield DefinitionFault(f"{place}.estimand", said, allowed, _RESTS_ON_ESTIMANDS)


def _option_faults(place: str, analysis: Analysis) -> Iterator[DefinitionFault]:
    rule = METHODS[analysis.method]
    for option in OPTIONS:
        value = getattr(analysis, option)
        given = value not in (None, (), {})
        if given and option not in rule.options:
            allowed = (
                f"nothing: {analysis.method} has {listed(rule.options) if rule.options else 'no options'}"
            )
            yield DefinitionFault(f"{place}.{option}", _shown(value), allowed)
        elif not given and option in rule.needs:
            yield DefinitionFault(f"{place}.{option}", "nothing", f"a value: {analysis.method} needs it")
        elif given and option in rule.words and value not in rule.words[option]:
            yield DefinitionFault(f"{place}.{option}", _shown(value), f"one of {listed(rule.words[option])}")


def _number_faults(place: str, analysis: Analysis) -> Iterator[DefinitionFault]:
    """Numbers out of range; those that a method does not have are found already."""
    rule = METHODS[analysis.method]
    ranges: tuple[tuple[str, float, float], ...] = (
        ("at_days", 0, LONGEST_TIME),
        ("tau_days", 1, LONGEST_TIME),
        ("landmark_day", 1, LONGEST_TIME),
        ("within_days", 1, LONGEST_TIME),
        ("imputations", 2, MOST_IMPUTATIONS),
        ("seed", 0, 2**32 - 1),
        ("rho", 0, 10),
        ("difference", 1e-9, 1e9),
        ("at_death", -1e9, 1e9),
        ("deltas", -1e9, 1e9),
    )
    for option, lowest, highest in ranges:
        if option not in rule.options:
            continue
        value = getattr(analysis, option)
        for each in value if isinstance(value, tuple) else (value,):
            if each is not None and not lowest <= each <= highest:
                words = "more than 0" if option == "difference" else f"{lowest} to {highest}"
                yield DefinitionFault(f"{place}.{option}", str(each), words)
    for component, margin in analysis.margins.items():
        if "margins" in rule.options and not (isfinite(margin) and margin >= 0):
            yield DefinitionFault(f"{place}.margins.{component}", str(margin), "0 or more")


def _list_faults(place: str, analysis: Analysis) -> Iterator[DefinitionFault]:
    rule = METHODS[analysis.method]
    for option in rule.options:
        value = getattr(analysis, option)
        if isinstance(value, tuple):
            for each in repeated(map(str, value)):
                yield DefinitionFault(f"{place}.{option}", f"{each} more than once", "each once")
    for component in analysis.margins if analysis.hierarchy else ():
        if component not in analysis.hierarchy or component != "score":
            allowed = "a margin of the score alone, where the hierarchy has one"
            yield DefinitionFault(f"{place}.margins", quoted(component), allowed)


def _visit_faults(
    study: Study, place: str, analysis: Analysis, estimand: Estimand
) -> Iterator[DefinitionFault]:
    if "visits" not in METHODS[analysis.method].options or estimand.instrument not in study.instruments:
        return
    asked = [each.code for each in study.schedule if estimand.instrument in each.instruments]
    for code in analysis.visits:
        if code not in asked:
            allowed = f"a visit that asks {estimand.instrument}: {listed(asked)}"
            yield DefinitionFault(
                f"{place}.visits", quoted(code), allowed, frozenset({"visits", "estimands"})
            )


def _covariate_faults(
    study: Study, place: str, analysis: Analysis, estimand: Estimand
) -> Iterator[DefinitionFault]:
    rule, asked = METHODS[analysis.method], (*study.instruments, *study.staff_forms)
    for option in ("covariates", "strata", "subgroups"):
        if option not in rule.options:
            continue
        names = _nameable(study, option, estimand)
        for name in getattr(analysis, option):
            named = answered(name)
            if name not in names and (named is None or named[0] not in asked):
                allowed = f"{listed(names)}, or an answer at baseline: instrument.item"
                rests_on = frozenset({"visits", "estimands", "randomisation"})
                yield DefinitionFault(f"{place}.{option}", quoted(name), allowed, rests_on)


def _nameable(study: Study, option: str, estimand: Estimand) -> Sequence[str]:
    names = [*DAY_0, *PRODUCT] if option == "subgroups" else [*DAY_0]
    if estimand.endpoint != "QOL":
        names.remove("baseline")
    if study.randomisation is None or study.randomisation.factor is None:
        names.remove("stratum")
    return names


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return listed(value)
    return quoted(value) if isinstance(value, str) else str(value)
