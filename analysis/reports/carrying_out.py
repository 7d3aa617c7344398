"""A study's plan carried out on its data: every step found, or a plain reason why not; nothing crashes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.datasets import StudyData, with_all_events
from analysis.datasets.cut import Cut
from analysis.estimators import InputError
from analysis.reports.conduct import SECTIONS
from analysis.reports.finding import Finding, NotPossible
from analysis.reports.methods import METHODS
from analysis.reports.multiplicity import HeldTogether, held_together, with_adjusted
from analysis.reports.score_rows import earlier_visit
from analysis.reports.step import Step
from app.domain import default_plan


@dataclass(frozen=True, kw_only=True, eq=False)
class CarriedOut:
    """`steps` in the order of the report; `described` by code what is told of every study, `conduct` by key.

    `reported` are the data with all reported events, where a step wants them; `together` is what becomes of
    several primary analyses by the plan's rule.
    """

    data: StudyData
    reported: StudyData | None
    steps: list[tuple[Step, Finding]]
    described: Mapping[str, Finding]
    conduct: Mapping[str, Finding]
    together: HeldTogether | None = None


def carry_out(known: Cut, data: StudyData) -> CarriedOut:
    """Carry out the plan; `data` are the frames of what is known."""
    planned = default_plan.planned(data.study)
    wants_all = data.events != "all" and any(each.events == "all" for _, each in planned)
    reported = with_all_events(known, data) if wants_all else None
    described = {
        analysis.code: found(Step(data=data, estimand=estimand, analysis=analysis))
        for estimand, analysis in default_plan.description(data.study)
    }
    steps = [
        Step(
            data=reported if reported is not None and analysis.events == "all" else data,
            estimand=estimand,
            analysis=analysis,
        )
        for estimand, analysis in planned
    ]
    own = bool(data.study.analyses)
    findings = [(step, found(step) if own else described[step.code]) for step in steps]
    together = held_together(data.study, findings)
    return CarriedOut(
        data=data,
        reported=reported,
        steps=[(step, with_adjusted(step, finding, together)) for step, finding in findings],
        described=described,
        conduct={name: find(data) for name, (_, find) in SECTIONS.items()},
        together=together,
    )


def _cautious(step: Step, finding: Finding) -> Finding:
    """The finding with a word beside its result where that is not yet of the visit that the plan means."""
    caution = earlier_visit(step)
    first, *others = finding.sentences or ("",)
    return replace(finding, sentences=(first, caution, *others)) if caution else finding


def found(step: Step) -> Finding:
    """What a step finds, or why it cannot find anything."""
    find = METHODS.get(step.analysis.method)
    if find is None:
        return Finding(impossible="This version of Hepatica does not have the method yet.")
    try:
        return _cautious(step, find(step))
    except NotPossible as refused:
        return Finding(impossible=str(refused))
    except InputError as refused:
        return Finding(impossible=f"The data do not allow it: {refused}.")
    except (np.linalg.LinAlgError, ArithmeticError) as failed:
        return Finding(impossible=f"The calculation failed on these data: {failed}.")
