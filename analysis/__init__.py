"""The analysis of a study: its datasets, estimators and report.

>>> from analysis import load
>>> load("sqlite:///nowhere.db", study="demo")
Traceback (most recent call last):
app.errors.Refusal: not-found: there is no database at nowhere.db
"""

from analysis.datasets import StudyData, load

__all__ = ["StudyData", "load"]
