"""A number that was measured, as text."""

from __future__ import annotations

import math

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
DIGITS = 3


def written(value: float) -> str:
    """As the page writes it: 1.8·10⁻⁶, −0.25, 234; never for what never happens."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if value == round(value) and size < 1e6:
        return _minus(f"{value:.0f}") if value else "0"
    if size < 1e-4 or size >= 1e6:
        mantissa, power = f"{value:.{DIGITS - 1}e}".split("e")
        return f"{_minus(mantissa)}·10{raised(int(power))}"
    return _minus(f"{value:.{max(0, DIGITS - 1 - math.floor(math.log10(size)))}f}")


def raised(power: int) -> str:
    return str(power).translate(SUPERSCRIPTS)


def exact(value: float) -> str:
    """The double, as a page reads it again."""
    return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN" if math.isnan(value) else repr(value))


def _minus(text: str) -> str:
    return text.replace("-", "−")
