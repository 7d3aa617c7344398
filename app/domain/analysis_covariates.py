"""What analyses can adjust for, stratify by and split into subgroups: facts of day 0, and of the product."""

from collections.abc import Mapping

DAY_0: Mapping[str, str] = {
    "site": "site",
    "stratum": "the factor that the randomisation is stratified by",
    "baseline": "the score at baseline of the estimand's scale",
}
"""Known before the treatment; beside them answers and scores at baseline, `<instrument>.<item or scale>`."""

PRODUCT: Mapping[str, str] = {
    "lot": "product lot",
    "cell-source": "cell source",
    "donor-type": "donor type",
    "donor-age": "donor's age",
    "passage": "passage",
    "preservation": "fresh or cryopreserved",
    "viability": "viability",
    "route": "route",
}
"""What was infused first: subgroups of those who were infused, nothing to adjust for."""


def answered(name: str) -> tuple[str, str] | None:
    """Return the instrument and the item or scale that a covariate names, or None where it names neither.

    An item's code may hold a dot, an instrument's is taken up to the first one.

    >>> answered("liver.meld"), answered("site")
    (('liver', 'meld'), None)
    """
    instrument, dot, item = name.partition(".")
    return (instrument, item) if dot else None
