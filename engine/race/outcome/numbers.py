"""Numbers in sentences, as the page writes them (`web/src/toolkit/maths.js`): a real minus sign, powers of ten."""

from __future__ import annotations

import math
from decimal import Decimal

THIN = "\u202f"
SMALL, LARGE = 1e-4, 1e6
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def count(value: int) -> str:
    return f"{value:,}".replace(",", THIN).replace("-", "−")


def steps_of(value: int) -> str:
    """A number of them, in words."""
    return f"{count(value)} step{'' if value == 1 else 's'}"


def percent(share: float) -> str:
    return f"{share * 100:.{0 if share == 1.0 else 1}f}{THIN}%".replace("-", "−")


def setting(value: float) -> str:
    """As a person would type it."""
    text = repr(value).removesuffix(".0")
    if 1e-6 <= abs(value) < SMALL:  # which JavaScript writes in full
        text = format(Decimal(text), "f")
    return text.replace("e+", "e").replace("e-0", "e-").replace("-", "−")


def size(value: float, digits: int = 3) -> str:
    """With so many significant digits."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0.0 else "−∞"
    if value == 0.0:
        return "0"
    if not SMALL <= abs(value) < LARGE:
        mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
        return f"{mantissa}·10{str(int(power)).translate(RAISED)}".replace("-", "−")
    if abs(value) >= 10.0**digits:
        return str(round(value)).replace("-", "−")
    text = f"{value:#.{digits}g}".rstrip(".")
    return (str(round(value)) if "e" in text else text).replace("-", "−")
