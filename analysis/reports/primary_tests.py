"""The p value that stands for a primary analysis among others: one of each method that tests arms."""

from collections.abc import Callable, Mapping

from analysis.reports.model_rows import arm_of
from analysis.reports.plain import Json
from analysis.reports.step import Step
from app.domain.analysis_plan import Method

Reader = Callable[[Step, Json], float | None]


def primary_p_value(step: Step, results: Json) -> float | None:
    """The p value among the results of a step; None where nothing was found, or nothing compared."""
    return P_VALUES[step.analysis.method](step, results) if results else None


def _of_test(name: str) -> Reader:
    """The test of all arms together, where there was one."""

    def read(_: Step, results: Json) -> float | None:
        return (results[name] or {}).get("p_value")

    return read


def _of_last(name: str) -> Reader:
    """The only row of a comparison of two arms, or that of the last visit."""

    def read(_: Step, results: Json) -> float | None:
        rows = results[name]
        return rows[-1]["p_value"] if rows else None

    return read


def _of_difference(_: Step, results: Json) -> float | None:
    """That of the difference, where a contrast is told as a ratio too."""
    rows = [row for row in results["contrast"] if row.get("measure", "difference") == "difference"]
    return rows[0]["p_value"] if rows else None


def _of_arm(step: Step, results: Json) -> float | None:
    """The term of the arm in a model."""
    return next((row["p_value"] for row in results["terms"] if arm_of(step, row["term"])), None)


P_VALUES: Mapping[Method, Reader] = {
    "kaplan-meier": _of_test("logrank"),
    "log-rank": _of_test("logrank"),
    "landmark": _of_test("logrank"),
    "cumulative-incidence": _of_test("gray"),
    "rmst": _of_difference,
    "cox": _of_arm,
    "fine-gray": _of_arm,
    "rate-ratio": _of_arm,
    "recurrent-cox": _of_arm,
    "days-out-of-hospital": _of_difference,
    "mmrm": _of_last("contrasts"),
    "random-slope": _of_last("contrasts"),
    "responders": _of_difference,
    "area-under-curve": _of_difference,
    "while-alive-mean": _of_difference,
    "composite-mean": _of_difference,
    "worst-rank": _of_last("win_odds"),
    "multiple-imputation": _of_last("contrasts"),
    "pattern-mixture": _of_last("contrasts"),
    "win-ratio": _of_last("win_ratio"),
}
"""By the methods that have `tests` in `app.domain.analysis_methods`."""
