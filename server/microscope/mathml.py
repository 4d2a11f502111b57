"""Symbols and rules as MathML: each is converted once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from engine.mathml import mathml as convert


@lru_cache(maxsize=8192)
def mathml(latex: str) -> str:
    """LaTeX as inline MathML; of nothing nothing."""
    return convert(latex)


def dictionary(symbols: Iterable[str]) -> dict[str, str]:
    """LaTeX -> MathML of each distinct symbol."""
    return {latex: mathml(latex) for latex in dict.fromkeys(symbols)}
