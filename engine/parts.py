"""Long work in parts: a generator that yields after each, and returns what came out. Who drives it may stop between two."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

R = TypeVar("R")
Parts = Generator[float, None, R]
"""Yields the share that is done, as far as that is known; 0 where it is not."""


def at_once(parts: Parts[R]) -> R:
    """All of it, one part after the other."""
    while True:
        try:
            next(parts)
        except StopIteration as end:
            found: R = end.value
            return found
