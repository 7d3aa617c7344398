"""The datasets of a study, one file a frame."""

from analysis.datasets.files import data_sha256, write
from analysis.datasets.loading import StudyData, load

__all__ = ["StudyData", "data_sha256", "load", "write"]
