"""Formulas as MathML, each converted once: the page has no TeX of its own. Call from worker threads: the engine converts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from engine.microscope import Dissection, Writing


@lru_cache(maxsize=8192)
def inline(latex: str) -> str:
    """LaTeX as MathML within a line; of nothing nothing."""
    return _converted(latex)


@lru_cache(maxsize=4096)
def block(latex: str) -> str:
    """LaTeX as MathML on a line of its own; of nothing nothing."""
    return _converted(latex, "block")


def prose(text: str) -> str:
    """A text as HTML, with formulas between two ``$``; a ``$`` that no other follows is a sign."""
    parts = text.split("$")
    if len(parts) % 2 == 0:
        parts[-2:] = ["$".join(parts[-2:])]
    return "".join(inline(part) if number % 2 else escape(part, quote=False) for number, part in enumerate(parts))


def _converted(latex: str, display: Literal["inline", "block"] = "inline") -> str:
    """There may be hundreds of them for one picture."""
    from engine.mathml import mathml  # here, so that the server answers before the engine is imported
    from engine.parts import give_way

    give_way()
    return mathml(latex, display)


def dictionary(symbols: Iterable[str]) -> dict[str, str]:
    """LaTeX -> inline MathML of each distinct symbol."""
    return {latex: inline(latex) for latex in dict.fromkeys(symbols)}


def dissection(found: Dissection, how: Writing) -> dict[str, Any]:
    """An update rule taken apart, of a parameter of the network or of a lane on a surface, with MathML in each part; `how` its
    numbers are written."""
    from engine.microscope import latex

    whole = found.as_json()
    for kind, parts in (("inputs", found.inputs), ("parts", found.parts)):
        for part, row in zip(parts, whole[kind], strict=True):
            numbers = latex(part.expression, how) if part.numbers else ""
            row |= {"numbers": numbers, "symbol_mathml": inline(part.symbol)}
            row |= {"formula_mathml": inline(part.formula), "numbers_mathml": inline(numbers)}
    return whole
