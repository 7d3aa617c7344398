"""The report: results, figures, and one page that holds them."""
