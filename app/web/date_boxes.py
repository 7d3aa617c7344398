"""The three boxes of a typed date: in which order a language has them, and the words above them."""

from app.i18n import pgettext

PARTS = ("day", "month", "year")


def box_labels() -> dict[str, str]:
    """Return the words above the boxes."""
    return {
        # Translators: above a box for a part of a date
        "day": pgettext("part of a date", "Day"),
        # Translators: above a box for a part of a date
        "month": pgettext("part of a date", "Month"),
        # Translators: above a box for a part of a date
        "year": pgettext("part of a date", "Year"),
    }
