"""What NumPy writes for what an optimizer's equations read and do not make, for the listing of an update."""

from __future__ import annotations

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]
"""Names with their expressions, in order."""


@dataclass(frozen=True)
class InNumPy:
    """`counted` is what the update's number decides besides c1 and c2, of these, of `t`, that number, the rate `eta`, the
    spec's `lr` and the optimizer's parameters; one that reads itself reads what it was at the last update. `made` is what else
    the equations read, of the quantities before it. `helpers` are what stands at the head of the listing."""

    counted: Pairs = ()
    made: Pairs = ()
    helpers: tuple[str, ...] = ()


def counted(*pairs: tuple[str, str]) -> InNumPy:
    return InNumPy(counted=pairs)


DECAYED = counted(("f1", "1 - eta * weight_decay"))
