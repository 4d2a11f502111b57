"""How the rate moves, as the papers have it: one entry a schedule. Imports nothing from `engine`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Witness:
    """`rate(base, t, own)` after warm-up; `own`: parameters for tests, none a default; `torch(schedulers, optimizer, own)` is
    PyTorch's scheduler of the same numbers, or `no_torch` says why there is none. `factor(losses, own)`, of a schedule that
    acts on losses, is what it has multiplied the rate by after each; its `rate` takes that as a fourth argument."""

    rate: Callable
    own: dict
    torch: Callable | None = None
    no_torch: str = ""
    factor: Callable | None = None


def constant(base, t, own):
    return base


def step(base, t, own):
    for _ in range(t // own["size"]):
        base *= own["gamma"]
    return base


def exponential(base, t, own):
    return base * math.exp(-own["decay"]) ** t


def cosine(base, t, own):
    t = t if own["rises"] else min(t, own["length"])
    return own["eta_min"] + (base - own["eta_min"]) * math.cos(0.5 * math.pi * t / own["length"]) ** 2


def warm_restarts(base, t, own):
    length = own["length"]
    while t >= length:
        t, length = t - length, length * own["factor"]
    return own["eta_min"] + (base - own["eta_min"]) * math.cos(0.5 * math.pi * t / length) ** 2


def one_cycle(base, t, own):
    top = own["peak"] * own["length"] - 1
    low = base / own["start_divisor"]
    if t <= top:
        return low + (base - low) * math.sin(0.5 * math.pi * t / top) ** 2
    share = min(1.0, (t - top) / (own["length"] - 1 - top))
    end = low / own["end_divisor"]
    return end + (base - end) * math.cos(0.5 * math.pi * share) ** 2


def plateau(base, t, own, factor=1.0):
    """Never below the least rate, unless the base is."""
    return max(base * factor, min(own["eta_min"], base))


def plateau_factors(losses, own):
    best, bad, product, found = np.inf, 0, 1.0, []
    for loss in losses:
        bad = 0 if loss < best * (1 - own["threshold"]) else bad + 1
        best = loss if bad == 0 else best
        if bad > own["patience"]:
            bad, product = 0, product * own["factor"]
        found.append(product)
    return found


def torch_one_cycle(schedulers, optimizer, own):
    return schedulers.OneCycleLR(
        optimizer,
        optimizer.param_groups[0]["lr"],
        total_steps=own["length"],
        pct_start=own["peak"],
        div_factor=own["start_divisor"],
        final_div_factor=own["end_divisor"],
        cycle_momentum=False,
    )


def torch_plateau(schedulers, optimizer, own):
    options = {key: own[key] for key in ("factor", "patience", "threshold")}
    return schedulers.ReduceLROnPlateau(optimizer, min_lr=own["eta_min"], eps=0.0, **options)


WITNESSES = {
    "constant": Witness(constant, {}, no_torch="an optimizer without a scheduler keeps its rate"),
    "step": Witness(
        step,
        {"gamma": 0.7, "size": 3},
        lambda schedulers, optimizer, own: schedulers.StepLR(optimizer, own["size"], own["gamma"]),
    ),
    "exponential": Witness(
        exponential,
        {"decay": 0.04},
        lambda schedulers, optimizer, own: schedulers.ExponentialLR(optimizer, math.exp(-own["decay"])),
    ),
    "cosine": Witness(
        cosine,
        {"length": 17, "eta_min": 0.01, "rises": True},
        lambda schedulers, optimizer, own: schedulers.CosineAnnealingLR(optimizer, own["length"], own["eta_min"]),
    ),
    "warm_restarts": Witness(
        warm_restarts,
        {"length": 4, "factor": 3, "eta_min": 0.002},
        lambda schedulers, optimizer, own: schedulers.CosineAnnealingWarmRestarts(
            optimizer, own["length"], own["factor"], own["eta_min"]
        ),
    ),
    "one_cycle": Witness(one_cycle, {"length": 30, "peak": 0.4, "start_divisor": 20.0, "end_divisor": 100.0}, torch_one_cycle),
    "plateau": Witness(
        plateau,
        {"factor": 0.6, "patience": 2, "threshold": 0.01, "eta_min": 1e-3},
        torch_plateau,
        factor=plateau_factors,
    ),
}


def stated(base, t, case):
    """The rate of update (or epoch) t under a schedule `case` as a spec names it, warm-up included; losses aside."""
    warmup = case.get("warmup", 0)
    return base * (t + 1) / warmup if t < warmup else WITNESSES[case["name"]].rate(base, t - warmup, case)
