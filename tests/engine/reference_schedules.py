"""How the rate moves, as the papers have it. Imports nothing from `engine`."""

from __future__ import annotations

import math

import numpy as np


def stated(base, t, case):
    """The definitions once more, from the papers; the plateau rule is stated below, as it needs losses."""
    if t < case.get("warmup", 0):
        return base * (t + 1) / case["warmup"]
    t -= case.get("warmup", 0)
    name = case["name"]
    if name == "constant":
        return base
    if name == "step":
        for _ in range(t // case["size"]):
            base *= case["gamma"]
        return base
    if name == "exponential":
        return base * math.exp(-case["decay"]) ** t
    if name == "cosine":
        t = t if case["rises"] else min(t, case["length"])
        return case["eta_min"] + (base - case["eta_min"]) * math.cos(0.5 * math.pi * t / case["length"]) ** 2
    if name == "warm_restarts":
        length = case["length"]
        while t >= length:
            t, length = t - length, length * case["factor"]
        return case["eta_min"] + (base - case["eta_min"]) * math.cos(0.5 * math.pi * t / length) ** 2
    top = case["peak"] * case["length"] - 1
    low = base / case["start_divisor"]
    if t <= top:
        return low + (base - low) * math.sin(0.5 * math.pi * t / top) ** 2
    share = min(1.0, (t - top) / (case["length"] - 1 - top))
    end = low / case["end_divisor"]
    return end + (base - end) * math.cos(0.5 * math.pi * share) ** 2


def stated_plateau(losses, factor, patience, threshold):
    """What the rate is multiplied by after each loss."""
    best, bad, product, found = np.inf, 0, 1.0, []
    for loss in losses:
        bad = 0 if loss < best * (1 - threshold) else bad + 1
        best = loss if bad == 0 else best
        if bad > patience:
            bad, product = 0, product * factor
        found.append(product)
    return found
