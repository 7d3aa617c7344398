"""Contradictions between the rule for several primary analyses and what is planned."""

from collections.abc import Iterator

from app.domain.analysis_methods import METHODS
from app.domain.analysis_plan import Analysis, Method
from app.domain.codes import DefinitionFault, listed, quoted
from app.domain.study import Study

PLACE = "analysis.multiplicity"
_RESTS_ON_ANALYSES = frozenset({"analyses"})


def multiplicity_faults(study: Study) -> Iterator[DefinitionFault]:
    """Find several primary analyses of which nothing is said, and a rule that does not fit them.

    A rule holds p values together, one of each primary analysis.
    """
    primary = [(place, each) for place, each in enumerate(study.analyses) if each.rank == "primary"]
    rule = study.analysis.multiplicity
    if rule is None and len(primary) > 1:
        allowed = f"fixed-sequence, holm or none: {len(primary)} analyses are primary"
        yield DefinitionFault(PLACE, "nothing", allowed, _RESTS_ON_ANALYSES)
    if rule in (None, "none"):
        return
    if len(primary) < 2:
        allowed = "nothing, or none: a rule is for two primary analyses or more"
        yield DefinitionFault(PLACE, quoted(rule), allowed, _RESTS_ON_ANALYSES)
    elif study.analysis.looks is not None:
        allowed = "none where looks are planned: their boundaries are those of one test alone"
        yield DefinitionFault(PLACE, quoted(rule), allowed)
    else:
        yield from _without_a_test(study, rule, primary)


def _without_a_test(
    study: Study, rule: str, primary: list[tuple[int, Analysis]]
) -> Iterator[DefinitionFault]:
    arms = len(study.arms)
    fitting = [name for name in METHODS if _gives_one_test(name, arms)]
    for place, each in primary:
        if each.method not in fitting:
            allowed = f"a method that gives one p value of {arms} arms for {rule}: {listed(fitting)}"
            yield DefinitionFault(f"analyses[{place}].method", quoted(each.method), allowed)


def _gives_one_test(method: Method, arms: int) -> bool:
    tests = METHODS[method].tests
    return tests == "arms" or (tests == "pairs" and arms == 2)
