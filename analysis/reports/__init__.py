"""The report: results, figures, and one page that holds them."""

from analysis.reports.redrawing import figure

__all__ = ["figure"]
