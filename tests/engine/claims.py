"""Claims: what a preset, a note, a finding or another sentence of the product states as a fact, and the tests that measure it.

A test says by `@claim("preset ravine")` what it measures; `test_claims.py` walks all there is and names what nobody does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Callable[..., Any])

CLAIMS: dict[str, str] = {}
"""Claim -> the test that measures it."""


def claim(*names: str) -> Callable[[Test], Test]:
    """Marks a test as the measurement of these claims; each has one."""

    def mark(test: Test) -> Test:
        for name in names:
            assert name not in CLAIMS, f"{name} is claimed twice"
            CLAIMS[name] = test.__name__
        return test

    return mark
