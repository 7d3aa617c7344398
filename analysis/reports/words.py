"""Numbers as people read them; what is missing or was not reached is a dash."""

import math

from analysis.reports.language import gettext
from app.i18n import isolated

NOTHING = "–"
Number = int | float | None


def number(value: Number, digits: int = 0) -> str:
    """A number with so many decimals.

    >>> number(1234.56, 1), number(None), number(-2)
    ('1,234.6', '–', '−2')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{value:,.{digits}f}".replace("-", "−")


def out_of(number_of: Number, whole: Number, digits: int = 0) -> str:
    """How many of how many, in a table or a figure of any language.

    >>> out_of(3, 1200)
    '3 / 1,200'
    """
    return f"{number(number_of, digits)} / {number(whole, digits)}"


def percent(value: Number, digits: int = 0) -> str:
    """A share in percent.

    >>> percent(0.125, 1)
    '12.5 %'
    """
    return NOTHING if value is None or not math.isfinite(value) else f"{number(100 * value, digits)} %"


def interval(lower: Number, upper: Number, digits: int = 0) -> str:
    """Two limits.

    >>> interval(1, None), interval(None, None)
    ('1 to –', '–')
    """
    low, high = number(lower, digits), number(upper, digits)
    return NOTHING if low == high == NOTHING else f"{low} to {high}"


def limits(lower: Number, upper: Number, digits: int = 0) -> str:
    """Two limits in a table or a figure, whose words are in the language of the report.

    >>> limits(0.211, 0.686, 2)
    '0.21 to 0.69'
    """
    low, high = number(lower, digits), number(upper, digits)
    return (
        NOTHING
        if low == high == NOTHING
        else gettext("%(low)s to %(high)s", low=isolated(low), high=isolated(high))
    )


def share_limits(lower: Number, upper: Number) -> str:
    """Two limits in percent in a table or a figure.

    >>> share_limits(0.451, 0.6)
    '45 to 60 %'
    """
    if lower is None or upper is None:
        return NOTHING
    return f"{limits(100 * lower, 100 * upper)} %"


def percent_interval(lower: Number, upper: Number) -> str:
    """Two limits in percent.

    >>> percent_interval(0.451, 0.6)
    '45 to 60 %'
    """
    if lower is None or upper is None:
        return NOTHING
    return f"{interval(100 * lower, 100 * upper)} %"


def p_value(value: Number) -> str:
    """As journals print it.

    >>> p_value(0.0004), p_value(0.72815)
    ('< 0.001', '0.728')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def p_words(value: Number) -> str:
    """In a sentence.

    >>> p_words(0.0004), p_words(0.72815)
    ('p < 0.001', 'p = 0.728')
    """
    told = p_value(value)
    return f"p {told}" if told.startswith("<") else f"p = {told}"
