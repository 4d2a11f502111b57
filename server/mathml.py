"""Formulas as MathML, each converted once: the page has no TeX of its own. Call from worker threads: the engine converts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


@lru_cache(maxsize=8192)
def inline(latex: str) -> str:
    """LaTeX as MathML within a line; of nothing nothing."""
    from engine.mathml import mathml  # here, so that the server answers before the engine is imported

    return mathml(latex)


@lru_cache(maxsize=4096)
def block(latex: str) -> str:
    """LaTeX as MathML on a line of its own; of nothing nothing."""
    from engine.mathml import mathml

    return mathml(latex, "block")


def dictionary(symbols: Iterable[str]) -> dict[str, str]:
    """LaTeX -> inline MathML of each distinct symbol."""
    return {latex: inline(latex) for latex in dict.fromkeys(symbols)}
