"""The datasets of a study, one file a frame."""

from analysis.datasets.counts import survival_counts
from analysis.datasets.covariates import combined, levels
from analysis.datasets.files import data_sha256, write
from analysis.datasets.loading import StudyData, frames, load, read, with_all_events

__all__ = [
    "StudyData",
    "combined",
    "data_sha256",
    "frames",
    "levels",
    "load",
    "read",
    "survival_counts",
    "with_all_events",
    "write",
]
