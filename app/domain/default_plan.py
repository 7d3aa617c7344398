"""The steps of a study's plan in the order of the report; a study without one is described."""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.analysis_plan import RANKS, Analysis, Method
from app.domain.estimand import AnyEndpoint, Estimand
from app.domain.study import Study

Step = tuple[Estimand, Analysis]

_DESCRIBED: dict[AnyEndpoint, tuple[str, Method, str]] = {
    "TFS": ("tfs", "kaplan-meier", "Transplant-free survival"),
    "OS": ("os", "kaplan-meier", "Survival"),
    "TTX": ("ttx", "event-counts", "Transplants"),
    "HOSP": ("hospital", "rates", "Hospital stays"),
}


def planned(study: Study) -> list[Step]:
    """Return every analysis with its estimand: primary before secondary, and so on, then as in the file."""
    if not study.analyses:
        return list(description(study))
    estimands = {each.key: each for each in study.estimands}
    ordered = sorted(study.analyses, key=lambda each: RANKS.index(each.rank))
    return [(estimands[each.estimand], each) for each in ordered]


def undeclared(endpoint: AnyEndpoint, *, instrument: str = "") -> Estimand:
    """Return an estimand of which the study says nothing: it has no words."""
    return Estimand(
        endpoint=endpoint,
        origin="randomisation",
        population="",
        intercurrent="",
        summary="",
        instrument=instrument,
    )


def description(study: Study) -> Iterator[Step]:
    """Yield what is told of every study, whatever it plans: the fixed sections of results.json."""
    for endpoint, (code, method, title) in _DESCRIBED.items():
        estimand = study.estimand(endpoint) or undeclared(endpoint)
        yield estimand, _described(code, estimand, method, title)
    for instrument in study.instruments:
        said = (each for each in study.estimands if (each.endpoint, each.instrument) == ("QOL", instrument))
        # All scales, whichever of them the study has something to say of.
        estimand = replace(next(said, undeclared("QOL", instrument=instrument)), scale="")
        yield estimand, _described(f"qol-{instrument}", estimand, "means", f"Scores of {instrument}")


def _described(code: str, estimand: Estimand, method: Method, title: str) -> Analysis:
    return Analysis(code=code, estimand=estimand.key, rank="exploratory", method=method, title=title)
