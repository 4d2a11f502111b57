"""Records what PyTorch's learning-rate schedulers give in float64, for the engine's schedules to be held against.

    python tests/golden/record_schedules.py        writes schedules.json

Needs torch, and nothing of the engine. A case is {the engine's schedule, base rate, the rates of the first updates}; torch's
schedulers count updates or epochs alike, so one list serves both units. Warm-up is torch's LinearLR followed by the schedule in
a SequentialLR. ReduceLROnPlateau is fed a recorded sequence of losses.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "engine"))

from witnesses.schedules import WITNESSES

FILE = Path(__file__).parent / "schedules.json"
STEPS = 400

CASES = [
    (0.1, {"name": "constant"}),
    (0.1, {"name": "step", "gamma": 0.1, "size": 30}),
    (0.37, {"name": "step", "gamma": 0.83, "size": 7}),
    (2e-3, {"name": "step", "gamma": 1.0, "size": 1}),
    (0.1, {"name": "exponential", "decay": 0.05}),
    (1.7, {"name": "exponential", "decay": 1e-3}),
    (0.1, {"name": "cosine", "length": 120, "eta_min": 0.0, "rises": True}),
    (0.37, {"name": "cosine", "length": 77, "eta_min": 0.011, "rises": True}),
    (0.1, {"name": "warm_restarts", "length": 50, "factor": 1, "eta_min": 0.0}),
    (0.37, {"name": "warm_restarts", "length": 13, "factor": 2, "eta_min": 1e-3}),
    (0.2, {"name": "warm_restarts", "length": 1, "factor": 3, "eta_min": 0.0}),
    (0.1, {"name": "one_cycle", "length": 400, "peak": 0.3, "start_divisor": 25.0, "end_divisor": 1e4}),
    (1.3, {"name": "one_cycle", "length": 401, "peak": 0.47, "start_divisor": 10.0, "end_divisor": 50.0}),
    (0.1, {"name": "plateau", "factor": 0.1, "patience": 10, "threshold": 1e-4, "eta_min": 0.0}),
    (0.37, {"name": "plateau", "factor": 0.6, "patience": 2, "threshold": 0.01, "eta_min": 1e-3}),
    (0.1, {"name": "constant", "warmup": 10}),
    (0.1, {"name": "constant", "warmup": 1}),
    (0.37, {"name": "step", "gamma": 0.5, "size": 25, "warmup": 40}),
    (0.37, {"name": "exponential", "decay": 0.01, "warmup": 7}),
    (0.37, {"name": "warm_restarts", "length": 30, "factor": 2, "eta_min": 1e-3, "warmup": 20}),
]


def losses() -> list[float]:
    """A loss that falls, rests, rises a little and falls again: what a plateau rule is made for."""
    random = np.random.default_rng(8)
    t = np.arange(STEPS)
    course = 0.2 + np.exp(-t / 40.0) + 0.3 * np.exp(-np.maximum(0, t - 200) / 30.0) + 0.05 * (np.abs(t - 150) < 20)
    return (course * (1.0 + 0.004 * random.normal(size=STEPS))).round(6).tolist()


def scheduler(torch, optimizer, case: dict):
    """Torch's scheduler of a case, without its warm-up: as the schedule's witness has it."""
    kinds, chosen = torch.optim.lr_scheduler, WITNESSES[case["name"]].torch
    return chosen(kinds, optimizer, case) if chosen else kinds.LambdaLR(optimizer, lambda _: 1.0)


def rates(torch, base: float, case: dict, measured: list[float]) -> list[float]:
    """The rates of updates 0, 1, …; for a plateau, `measured[k]` is seen between updates k - 1 and k."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=base)
    warmup = case.get("warmup", 0)
    if case["name"] == "plateau":
        chosen = scheduler(torch, optimizer, case)
        found = []
        for loss in measured:
            chosen.step(loss)
            found.append(optimizer.param_groups[0]["lr"])
        return found
    if warmup:
        rising = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0 / warmup, total_iters=max(1, warmup - 1))
        parts = [rising, scheduler(torch, optimizer, case)]
        chosen = torch.optim.lr_scheduler.SequentialLR(optimizer, parts, milestones=[warmup])
    else:
        chosen = scheduler(torch, optimizer, case)
    found = []
    for _ in range(min(STEPS, case.get("length", STEPS)) if case["name"] == "one_cycle" else STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(found) < STEPS:
            chosen.step()
    return found


def record(measured: list[float]) -> dict:
    import torch

    found = [{"base": base, "schedule": case, "rates": rates(torch, base, case, measured)} for base, case in CASES]
    return {"torch": torch.__version__, "losses": measured, "cases": found}


if __name__ == "__main__":
    recorded = record(losses())
    lines = ",\n  ".join(json.dumps(case) for case in recorded["cases"])
    head = f' "torch": {json.dumps(recorded["torch"])},\n "losses": {json.dumps(recorded["losses"])},\n'
    FILE.write_text("{\n" + head + ' "cases": [\n  ' + lines + "\n ]\n}\n")
    print(f"torch {recorded['torch']}: {len(recorded['cases'])} schedules recorded")
