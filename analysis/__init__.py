"""The analysis of a study: its datasets, estimators and report.

>>> from analysis import load
>>> load("sqlite:///nowhere.db", study="demo")
Traceback (most recent call last):
app.errors.Refusal: not-found: there is no database at nowhere.db
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.datasets import StudyData, load, survival_counts

__all__ = ["StudyData", "load", "survival_counts"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as Python defines it (PEP 562)
    """Bring in the datasets when they are asked for: `analysis.estimators` alone needs nothing of `app`."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from analysis import datasets

    return getattr(datasets, name)
