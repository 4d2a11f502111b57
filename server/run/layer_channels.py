"""Channels about rates and layers: the rate ahead, what flows through the layers, and what each activation takes."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from server.session.channel_types import Arrays, Picture, Want

if TYPE_CHECKING:
    from engine import Trainer
    from engine.array import Array
    from engine.evaluation.curves import Curve
    from engine.spec import ScheduleSpec

RATE_POINTS = 241
LEAST_REACH = 200
"""Updates that the rate is drawn over at least."""
CURVE_POINTS = 161
"""Along φ and φ′; odd, so that 0 is one of them."""


def rates(trainer: Trainer, want: Want) -> Picture | None:
    """``rates`` of the updates after each of ``steps``, under the schedule in force: from the start of the run to where its
    schedule has shown what it does, or the run ends. ``meta``: ``rate``, the next update's, ``base``, ``name``, ``unit``."""
    spec = trainer.effective_spec
    end = reach(spec.schedule, trainer.steps_per_epoch, trainer.steps_done, trainer.max_steps)
    steps = np.unique(np.linspace(0, end, RATE_POINTS).round().astype(np.int64))
    meta = {"rate": trainer.rate, "name": spec.schedule.name, "unit": spec.schedule.unit, "base": spec.optimizer.lr}
    return Picture(meta, {"steps": steps.astype(np.float64), "rates": trainer.rates(steps)})


def reach(schedule: ScheduleSpec, steps_per_epoch: int, step: int, max_steps: int) -> int:
    """The last step drawn: a round number that takes in the present, and the course of the schedule, within the run."""
    of_schedule = (schedule.warmup + schedule.row.course(schedule.parameters)) * (
        steps_per_epoch if schedule.unit == "epoch" else 1
    )
    return min(max(max_steps, step), _round_up(max(LEAST_REACH, min(of_schedule, 1e12), step + 1)))


def _round_up(value: float) -> int:
    """To 1, 1.5, 2, 3, 5 or 7 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(round(digit * power) for digit in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0) if digit * power >= value)


def flow(trainer: Trainer, want: Want) -> Picture | None:
    """Means over the training set of each sample's ‖h_l‖, l = 0 … L, as ``h``, and of ‖δ_l‖, l = 1 … L, as ``delta``; in
    ``meta.ratio`` ‖δ_1‖ over ‖δ_L‖, null where that is no number."""
    found = trainer.flow()
    last = float(found.delta[-1])
    ratio = float(found.delta[0]) / last if last else math.nan
    return Picture({"ratio": ratio if math.isfinite(ratio) else None}, {"h": found.h, "delta": found.delta})


def preactivations(trainer: Trainer, want: Want) -> Picture | None:
    """What each layer's activation takes, over the training set: ``counts1`` … in the cells between ``edges1`` …, and φ and φ′
    over the same range as ``value1``, ``slope1`` at ``z1`` (a hidden layer's). Where a norm stands before it also z itself:
    ``before1``, ``before_edges1``. ``meta.layers``: saturated and dead shares, units."""
    arrays: Arrays = {}
    layers: list[dict[str, Any]] = []
    units = trainer.tape.sizes[1:]
    for spread, count in zip(trainer.preactivation_histograms(), units, strict=True):
        layer = spread.layer
        arrays |= {f"counts{layer}": spread.counts.astype(np.int32), f"edges{layer}": spread.edges}
        if spread.before is not None:
            arrays |= {f"before{layer}": spread.before[0].astype(np.int32), f"before_edges{layer}": spread.before[1]}
        if layer < len(units):
            drawn = _curve(spread.activation, float(spread.edges[-1]))
            arrays |= {f"z{layer}": _range(float(spread.edges[-1])), f"value{layer}": drawn.value, f"slope{layer}": drawn.slope}
        layers.append({"layer": layer, "units": count, "saturated": spread.saturated, "dead": spread.dead})
    return Picture({"samples": len(trainer.dataset.splits["train"]), "layers": layers}, arrays)


def _range(top: float) -> Array:
    return np.linspace(-top, top, CURVE_POINTS)


@lru_cache(maxsize=256)
def _curve(activation: str, top: float) -> Curve:
    """By the kernels that train; reaches are powers of two, so few are ever asked for."""
    from engine.evaluation.curves import curve

    return curve(activation, _range(top))
