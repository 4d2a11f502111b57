"""What a row is in NumPy, for the listing of an update: expressions with {z}, {h}, {y} for arrays' names, a sample a column.

A row without one stands in the listing as calls by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ActivationCode:
    """φ as a `value` of {z}, which may read alpha{layer}; φ′ as a `slope` of {z} and {h} = φ(z). Where φ takes a whole column,
    `back` is what becomes of the error signal {g} in its place. `helpers` are what stands at the head of the listing."""

    value: str
    slope: str = ""
    back: str = ""
    helpers: tuple[str, ...] = ()


@dataclass(frozen=True)
class LossCode:
    """Each sample's loss as a `value` of {h} and {y}, and by output `from_logits` of {z}, where that keeps digits; `slope` is
    its derivative by {h}."""

    value: str
    slope: str
    from_logits: Mapping[str, str] = field(default_factory=dict, hash=False)
    helpers: tuple[str, ...] = ()


SOFTMAX = """def softmax(z):
    e = np.exp(z - z.max(axis=0))  # the largest is taken away, so that no power overflows
    return e / e.sum(axis=0)"""
LOG_SOFTMAX = """def log_softmax(z):
    apart = z - z.max(axis=0)
    return apart - np.log(np.exp(apart).sum(axis=0))"""
NORMAL = "from scipy.special import ndtr  # the normal distribution's Φ"
