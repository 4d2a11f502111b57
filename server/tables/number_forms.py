"""How people write numbers: digits in groups, decimal commas, signs, percent, currencies, units; one cell taken apart.

A form says nothing of what the marks in it mean: `1,234` is one number where commas group thousands and another where they are
decimal. `server.tables.numbers` decides that, by all cells of a column and all columns of a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

Mark = Literal[".", ","]


def _words(text: str) -> list[str]:
    return text.split()


BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u200a\u202f\u3000"), " ")
"""Blanks that do not break, thin and narrow ones: all that stand between groups of digits."""
SIGNS = "+\\-\u2212\u2013\u2012\ufe63\uff0d"
"""Plus, hyphen, the minus sign, dashes that stand for it."""
CURRENCY_SIGNS = "$¢£¤¥֏؋৲৳฿៛\u20a0-\u20c0"
CURRENCY_WORDS = _words(
    """USD EUR GBP JPY CNY INR CHF AUD CAD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN RUB UAH TRY ILS AED SAR EGP ZAR NGN KES BRL
    MXN ARS CLP COP PEN KRW HKD TWD SGD THB VND IDR MYR PHP PKR BDT US$ A$ C$ CA$ AU$ NZ$ HK$ S$ R$ Rs Rs. Fr Fr. SFr kr kr. zł
    Kč Ft lei"""
)
CURRENCY = "|".join([f"[{CURRENCY_SIGNS}]", *map(re.escape, sorted(CURRENCY_WORDS, key=len, reverse=True))])
UNIT = r"[^\W\d_][^\W\d_]{0,11}|°[CFKR]?|[℃℉Ω]"
LONGEST = 60
"""Characters of a cell that may be a number."""
UNITS = rf"(?:{UNIT})[²³]?(?:[/·*. ](?:{UNIT})[²³]?)?"
CLOSE_UNITS = frozenset(
    _words(
        """g kg mg µg μg t lb lbs oz m cm mm km µm μm nm in ft yd mi s ms µs ns h hr hrs min mins d l L ml mL cl dl L/s Hz kHz
        MHz GHz B kB KB MB GB TB W kW MW kWh V mV kV A mA K J kJ kcal cal N Pa hPa kPa bar mol mmol px pt dB °C °F ° m² cm² km²
        m³ km/h m/s mph mg/l mg/L g/l k M bn"""
    )
)
"""Units that stand right after a number; other words there are names, as in 12b."""
NO_UNITS = frozenset(
    _words(
        """st nd rd th am pm a.m p.m ad bc jan feb mar apr may jun jul aug sep sept oct nov dec january february march april
        june july august september october november december januar februar märz mai juni juli oktober dezember"""
    )
)
"""Words after a number that make no amount of it: ordinals, times, dates."""
SCALES = frozenset(_words("k m b bn mn mio mrd tsd thousand million millions billion billions trillion"))
"""Words that multiply: a number without one is not of the same unit."""
DIGITS = r"[0-9][0-9.,'’ ]*[0-9][.,]?|[0-9][.,]?|[.,][0-9]+"
DIGIT = re.compile("[01]")
LEADING_ZERO = re.compile("(?<![0-9.,'’])0")
SHAPE = dict.fromkeys(map(ord, "0123456789"), "1") | {0: "0"}
MINUS = "\u2212"
FORM = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[{SIGNS}])?\s*(?P<before>{CURRENCY})?\s*(?P<inner>[{SIGNS}])?\s*"
    rf"(?P<digits>{DIGITS})(?P<exponent>[eE][+\-\u2212]?[0-9]{{1,4}})?"
    rf"(?P<gap>\s*)(?P<after>[%‰]|{CURRENCY}|{UNITS})?\s*(?P<close>\))?"
)
PLAIN = re.compile(r"[+-]?(?!0[0-9])(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
GROUPED = {
    mark: re.compile(
        # Groups of three between marks of one kind; India's of two before the last three.
        rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:(?:[{other}][0-9]{{3}})+|(?: [0-9]{{3}})+|(?:['’][0-9]{{3}})+)"
        + (r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}" if mark == "." else "")
        + rf")?(?:[{mark}][0-9]*)?"
    )
    for mark, other in ((".", ","), (",", "."))
}
WITHOUT_GROUPS: dict[Mark, dict[int, str | None]] = {
    ".": dict.fromkeys([*map(ord, ", '’"), *BLANKS]),
    ",": {**dict.fromkeys([*map(ord, ". '’"), *BLANKS]), ord(","): "."},
}
"""What becomes of the marks in a number's digits."""


class Form(NamedTuple):
    """What cells of one shape are. `digits`: the shape's, with all marks in them; `begin`, `end`: where a cell has them, up to
    `exponent` with what follows its e; `sign`: 1 or -1; `unit`: what it is counted in, "" for nothing; `plain`: as programs
    write numbers; `bare`: its digits have one mark at most, which is `mark`."""

    digits: str
    begin: int
    end: int
    exponent: int
    sign: int
    unit: str
    plain: bool
    bare: bool
    mark: str

    def reads(self, mark: Mark) -> bool:
        """Whether it is a number where `mark` is the decimal one."""
        return GROUPED[mark].fullmatch(self.digits) is not None

    @property
    def doubtful(self) -> bool:
        """Whether it is one number with a decimal point and another with a decimal comma."""
        return ("." in self.digits or "," in self.digits) and self.reads(".") and self.reads(",")

    def value(self, cell: str, mark: Mark, shift: int = 0) -> float:
        """The number of a cell of this shape times 10 to the `shift`, to the last bit, where `mark` is the decimal one."""
        return self.reader(mark, shift)(cell)

    def reader(self, mark: Mark, shift: int = 0) -> Callable[[str], float]:
        """What makes `value` of a cell: a column has many of one shape."""
        if self.plain and mark == "." and not shift:
            return float
        begin, end, exponent, sign = self.begin, self.end, self.exponent, self.sign
        direct = self.bare and self.mark in ("", ".") and self.mark in ("", mark)
        power = f"e{shift}" if shift else ""

        def number(cell: str) -> float:
            digits = cell[begin:end]
            if not direct:
                digits = digits.translate(WITHOUT_GROUPS[mark])
            if exponent > end:
                return sign * float(f"{digits}e{int(cell[end + 1 : exponent].replace(MINUS, '-')) + shift}")
            return sign * float(digits + power)

        def with_comma(cell: str) -> float:
            return sign * float(cell[begin:end].replace(",", ".") + power)

        return with_comma if self.bare and self.mark == mark == "," and exponent == end else number


def shapes_of(cells: Sequence[str]) -> list[str]:
    """Of each stripped cell its shape: digits are 1, those that a number begins with and that are 0 stay so. A column has
    many numbers of few shapes."""
    joined = "\n".join(cells)
    if joined.count("\n") >= len(cells):  # cells of several lines are no numbers
        joined = "\n".join(cell.replace("\n", " ") for cell in cells)
    if not joined.isascii():
        joined = joined.translate(BLANKS)
    return LEADING_ZERO.sub("\0", joined).translate(SHAPE).split("\n")


@lru_cache(4096)
def form_of(shape: str) -> Form | None:
    """What cells of a shape are; None where they are no numbers however their marks are read."""
    if len(shape) > LONGEST or not DIGIT.search(shape):
        return None
    match = FORM.fullmatch(shape)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [sign for sign in (match["sign"], match["inner"]) if sign]
    if len(signs) > 1 or (match["open"] and signs):
        return None
    unit, before = match["after"] or "", match["before"] or ""
    if (unit and before) or (unit and not _is_unit(unit, bool(match["gap"]))):
        return None
    negative = bool(match["open"]) or (bool(signs) and signs[0] != "+")
    digits = sum(map(str.isdecimal, match["digits"]))
    mark = next((mark for mark in match["digits"] if not mark.isdecimal()), "")
    form = Form(
        match["digits"],
        match.start("digits"),
        match.end("digits"),
        match.end("exponent") if match["exponent"] else match.end("digits"),
        -1 if negative else 1,
        unit or before,
        PLAIN.fullmatch(shape) is not None,
        len(match["digits"]) - digits <= 1,
        mark,
    )
    return form if form.reads(".") or form.reads(",") else None


def _is_unit(word: str, apart: bool) -> bool:
    if word in ("%", "‰") or re.fullmatch(CURRENCY, word):
        return True
    return word.lower().rstrip(".") not in NO_UNITS and (apart or word in CLOSE_UNITS)


def is_number(cell: str) -> bool:
    """Whether a cell is a number in some form, of whatever unit; infinite ones and those that are none count as well."""
    cell = cell.strip()
    return cell.lower().lstrip("+-") in ("nan", "inf", "infinity") or form_of(shapes_of([cell])[0]) is not None


def is_amount(cell: str) -> bool:
    """Whether a cell is a number without a word after it: `10 years` names a column, `40%` does not."""
    form = form_of(shapes_of([cell.strip()])[0])
    return is_number(cell) and (form is None or not any(character.isalpha() for character in form.unit))
