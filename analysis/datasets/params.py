"""What estimands are called in the data: PARAMCD of ADTTE, ADOBS and ADREC."""

from collections.abc import Sequence

from app.domain.default_plan import undeclared
from app.domain.estimand import ENDPOINTS, AnyEndpoint, Estimand
from app.domain.study import Study

OBSERVED: Sequence[AnyEndpoint] = ("HOSP", "QOL", "COMPOSITE", "SAFETY")
"""Endpoints that are no time to an event, but are looked at for as long as someone is observed."""

ALWAYS: Sequence[AnyEndpoint] = (*ENDPOINTS, "HOSP")


def paramcd(study: Study, estimand: Estimand) -> str:
    """The name of an estimand in the data: its endpoint, or its code where it is not the endpoint's first.

    An endpoint stands for what the study says of it first; what is said by the way goes by its own code.
    """
    first = study.estimand(estimand.endpoint)
    same = first is None or first.key == estimand.key
    return estimand.endpoint if same else estimand.key.upper()


def estimands(study: Study, endpoints: Sequence[AnyEndpoint]) -> dict[str, Estimand]:
    """The estimands of these endpoints by PARAMCD, in the order of the endpoints.

    Times to an event and hospital stays are there also where the study says nothing of them.
    """
    said = [each for endpoint in endpoints for each in study.estimands if each.endpoint == endpoint]
    silent = [undeclared(each) for each in endpoints if each in ALWAYS and study.estimand(each) is None]
    found = {paramcd(study, each): each for each in (*silent, *said)}
    return {name: found[name] for name in sorted(found, key=lambda name: _place(endpoints, found[name]))}


def timed(study: Study) -> dict[str, Estimand]:
    """Those of ADTTE."""
    return estimands(study, ENDPOINTS)


def observed(study: Study) -> dict[str, Estimand]:
    """Those of ADOBS."""
    return estimands(study, OBSERVED)


def _place(endpoints: Sequence[AnyEndpoint], estimand: Estimand) -> int:
    return endpoints.index(estimand.endpoint)
