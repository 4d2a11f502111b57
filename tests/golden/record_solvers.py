"""Records torch.optim.LBFGS on surfaces in float64, for the engine's to be held against.

    python tests/golden/record_solvers.py        writes solvers.json

Needs torch, and nothing of the engine: the surfaces are their witnesses', which are polynomials, and gradients are autograd's.
Each call of `step` makes one iteration, so that every point is seen; torch then evaluates once more where it stands, which is
no evaluation of the method and taken off.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "engine"))

from witnesses.surfaces import WITNESSES

FILE = Path(__file__).parent / "solvers.json"
STEPS = 20
SEARCH = 25
"""Evaluations of a line search, at most."""
CASES = [
    ("rosenbrock", {"a": 1.0, "b": 100.0}, (-1.5, 2.0), 10),
    ("beale", {}, (0.5, 1.2), 10),
    ("himmelblau", {}, (0.3, -0.4), 10),
    ("himmelblau", {}, (0.3, -0.4), 1),
    ("booth", {}, (-4.0, 2.0), 10),
    ("styblinski_tang", {}, (0.4, 1.1), 10),
    ("three_hump_camel", {}, (1.8, -0.6), 10),
    ("goldstein_price", {}, (-0.2, 0.4), 3),
]


def run(torch, surface: str, own: dict, start: tuple[float, float], history: int) -> dict:
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [theta], lr=1, max_iter=1, max_eval=1 + SEARCH, history_size=history, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        value = WITNESSES[surface].f(theta[0], theta[1], own)
        value.backward()
        return value

    points, evaluations = [], []
    for step in range(STEPS):
        optimizer.step(closure)
        points.append(theta.detach().tolist())
        evaluations.append(optimizer.state[theta]["func_evals"] - step)
    return {"points": points, "evaluations": evaluations}


def record() -> dict:
    import torch

    torch.set_num_threads(1)
    cases = []
    for surface, own, start, history in CASES:
        told = {"surface": {"name": surface, **own}, "start": start, "history": history}
        cases.append(told | run(torch, surface, own, start, history))
    return {"torch": torch.__version__, "cases": cases}


if __name__ == "__main__":
    recorded = record()
    lines = ",\n  ".join(json.dumps(case) for case in recorded["cases"])
    FILE.write_text("{\n" + f' "torch": {json.dumps(recorded["torch"])},\n "cases": [\n  ' + lines + "\n ]\n}\n")
    print(f"torch {recorded['torch']}: {len(recorded['cases'])} runs of L-BFGS recorded")
