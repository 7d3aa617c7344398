"""What figures tell those who do not see them."""

from analysis.reports.language import english, gettext


def with_table(told: str) -> str:
    """What a figure shows, and where its numbers are."""
    numbers = gettext("The table holds every number.")
    return f"{told} {numbers}".strip()


def curves(title: str, told: str) -> str:
    """Curves by arm with bands; in English also what they come to."""
    shown = gettext("%(title)s, by arm, with 95 %% bands.", title=title)
    return f"{shown} {english(told)}".strip()
