"""Numbers as people type them: in the digits of any script, with the decimal sign of any language."""

import re
import unicodedata
from decimal import Decimal

LONGEST_NUMBER = 20
_NUMBER = re.compile(r"([+-]?)(\d+)(?:[.,\u066b](\d+))?", re.ASCII)
_MINUS = "\N{MINUS SIGN}"
_MARKS = dict.fromkeys(map(ord, "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"))


def typed_decimal(text: str) -> Decimal:
    """Read a number with or without decimals; its exponent says how many were typed. ValueError otherwise.

    No sign groups thousands: "1,000" has three decimals, so that whoever allows fewer refuses it rather than
    take it for one or for a thousand.
    """
    signs = text.translate(_MARKS).strip().replace(_MINUS, "-")
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in signs)
    found = _NUMBER.fullmatch(plain)
    if len(plain) > LONGEST_NUMBER or not found:
        raise ValueError(f"not a number: {text!r}")
    sign, whole, decimals = found.groups(default="")
    return Decimal(f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}")


def plain_number(value: Decimal) -> int | float:
    """Return a number as it is stored: whole where it can be."""
    return int(value) if value == value.to_integral_value() else float(value)


def written_number(value: float) -> str:
    """Write a stored number so that it is read again as the same, without an exponent."""
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")
