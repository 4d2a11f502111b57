"""The samples of own data, checked, turned into arrays and told a piece at a time: there may be millions of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import ValidationError, WrapValidator

from engine.array import Array
from engine.parts import give_way, giving_way_between
from engine.spec.fields import Many

NUMBERS = 50_000
"""Of a piece."""


def _in_pieces(given: Any, check: Callable[[Any], tuple[Any, ...]]) -> tuple[Any, ...]:
    """What is wrong is told as of the whole, and so it is where pieces are not alike."""
    if not isinstance(given, list | tuple) or len(given) <= (some := _some(given)):
        return check(given)
    found: list[Any] = []
    try:
        for first in range(0, len(given), some):
            found += check(given[first : first + some])
            give_way()
    except ValidationError:
        return check(given)
    return tuple(found) if len(set(map(type, found))) == 1 else check(given)


Rows = Annotated[Many[Many[float]], WrapValidator(_in_pieces)]
Targets = Annotated[Many[float] | Many[Many[float]], WrapValidator(_in_pieces)]


def _some(given: Sequence[Any]) -> int:
    """Entries of a piece."""
    width = len(given[0]) if given and isinstance(given[0], list | tuple) else 1
    return max(1, NUMBERS // max(1, width))


def array_of(given: Sequence[Any]) -> Array:
    """Rows of one length (n, columns), or numbers (n,)."""
    some = _some(given)
    parts = []
    for first in range(0, len(given), some):
        parts.append(np.asarray(given[first : first + some], dtype=np.float64))
        give_way()
    return np.concatenate(parts) if parts else np.zeros(0)


def plain(given: Sequence[Any] | None) -> list[Any] | None:
    """As lists."""
    if given is None:
        return None
    entries = giving_way_between(given, _some(given))
    return [list(entry) if isinstance(entry, tuple) else entry for entry in entries]
