"""Small problems for the engine's tests, stated once for the engine (a spec) and once for `reference` (plain arrays)."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import reference
from witnesses.activations import PLAIN
from witnesses.losses import PAIRS
from witnesses.optimizers import OPTIMIZERS

from engine import RunSpec, Trainer

HIDDEN = PLAIN
COMBINATIONS = [(hidden, loss, output) for hidden in HIDDEN for loss, output in PAIRS]
FIRST = {(hidden, *PAIRS[(place + shift) % len(PAIRS)]) for place, hidden in enumerate(HIDDEN) for shift in (0, 4)}
"""Two pairs of loss and output for each hidden activation, and each pair several times."""
SWEEP = [pytest.param(*each, marks=() if each in FIRST else pytest.mark.slow(seconds=1)) for each in COMBINATIONS]
"""Every combination: those of FIRST at every change, the others with the slow tests."""

TEXTBOOK = {name: witness.own for name, witness in OPTIMIZERS.items()}
"""Values for each textbook rule, none of them a default."""

GOLDEN = Path(__file__).parents[1] / "golden"


@dataclass
class Problem:
    """A network at given weights on given data. `y` is what the engine is told: class indices, or targets for regression."""

    task: str
    activations: tuple[str, ...]
    loss: str
    x: np.ndarray
    y: np.ndarray
    parameters: list[tuple[np.ndarray, np.ndarray]]
    fields: dict = field(default_factory=dict)

    def spec(self, **fields) -> RunSpec:
        """The run's spec; `fields` replace or add top-level fields. Batches come in order unless told otherwise."""
        *hidden, output = self.activations
        described = {
            "data": {"name": "inline", "task": self.task, "train_x": self.x.tolist(), "train_y": self.y.tolist()},
            "network": {
                "layers": [
                    {"units": len(bias), "activation": name} for (_, bias), name in zip(self.parameters, hidden, strict=False)
                ],
                "output_activation": output,
            },
            "loss": self.loss,
            "optimizer": {"name": "sgd", "lr": 0.1},
            "batch_size": "full",
            "shuffle": False,
        }
        return RunSpec.model_validate(described | self.fields | fields)

    def trainer(self, parameters=None, **fields) -> Trainer:
        return Trainer(self.spec(**fields), parameters=self.parameters if parameters is None else parameters)

    @property
    def targets(self) -> np.ndarray:
        """`y` as one row of outputs a sample, as the losses take it."""
        return as_targets(self.y, self.task, len(self.parameters[-1][1]))

    def reference_run(self, rule, hyper, batch_size, **options) -> reference.Run:
        return reference.Run(
            self.parameters, self.activations, self.loss, self.x, self.targets, rule, hyper, batch_size, **options
        )


def as_targets(y, task, outputs) -> np.ndarray:
    y = np.asarray(y)
    if task == "regression":
        return y.reshape(len(y), -1).astype(float)
    if outputs == 1:
        return y.reshape(-1, 1).astype(float)
    return np.eye(outputs)[y.astype(int)]


def random_parameters(sizes, random, scale=1.0) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (random.normal(scale=scale * inputs**-0.5, size=(outputs, inputs)), random.normal(scale=0.3, size=outputs))
        for inputs, outputs in itertools.pairwise(sizes)
    ]


def problem(sizes, hidden, loss, output, *, task="classification", samples=12, seed=0, scale=1.0) -> Problem:
    """Random data and weights. `hidden` is one activation for all hidden layers, or one for each."""
    random = np.random.default_rng([seed, 7])
    layers = len(sizes) - 2
    names = [hidden] * layers if isinstance(hidden, str) else list(hidden)
    x = random.normal(size=(samples, sizes[0]))
    if task == "regression":
        y = random.uniform(0.1, 0.9, size=(samples, sizes[-1]))
    else:
        classes = max(sizes[-1], 2)
        y = random.permutation(np.arange(samples) % classes)
    parameters = random_parameters(sizes, random, scale)
    if output == "relu":  # enough of a push that the output units are not dead
        parameters[-1] = (parameters[-1][0], np.abs(parameters[-1][1]) + 0.3)
    return Problem(task, (*names, output), loss, x, y, parameters)


# Measures (DESIGN.md) -------------------------------------------------------------------------------------------------


def tensor_distance(a, n) -> float:
    """‖a − n‖ / max(‖a‖ + ‖n‖, 1e-8) of one tensor."""
    a, n = np.asarray(a), np.asarray(n)
    assert a.shape == n.shape
    return float(np.linalg.norm(a - n) / max(np.linalg.norm(a) + np.linalg.norm(n), 1e-8))


def gradient_distance(found, expected) -> float:
    """The largest `tensor_distance` over the tensors of two gradients (lists of pairs)."""
    assert len(found) == len(expected)
    return max(
        tensor_distance(a, n) for pair, other in zip(found, expected, strict=True) for a, n in zip(pair, other, strict=True)
    )


def trajectory_distance(found, expected) -> float:
    """max |Δθ| / (1 + |θ|) over all tensors of two parameter lists."""
    worst = 0.0
    for pair, other in zip(found, expected, strict=True):
        for a, b in zip(pair, other, strict=True):
            assert a.shape == b.shape
            worst = max(worst, float(np.max(np.abs(a - b) / (1.0 + np.abs(b)))))
    return worst


def bits(trainer) -> bytes:
    """Every parameter of a trainer as bytes: equal exactly when the numbers are the same, bit for bit."""
    return b"".join(value.tobytes() for value in trainer.named_parameters.values())


# Recorded trajectories ------------------------------------------------------------------------------------------------


@cache
def golden() -> tuple[dict, dict[str, np.ndarray]]:
    """What tests/golden/record.py wrote; read once, and not to be written to."""
    described = json.loads((GOLDEN / "trajectories.json").read_text())
    with np.load(GOLDEN / "trajectories.npz") as stored:
        numbers = dict(stored)
    for array in numbers.values():
        array.flags.writeable = False
    return described, numbers


def golden_problem(name: str) -> Problem:
    """One of the recorded problems with its recorded data and start."""
    described, numbers = golden()
    row = described["problems"][name]
    layers = range(1, len(row["sizes"]))
    return Problem(
        task=row["task"],
        activations=(*row["hidden"], row["output"]),
        loss=row["loss"],
        x=numbers[f"{name}.x"],
        y=numbers[f"{name}.y"] if row["task"] == "regression" else numbers[f"{name}.y"].astype(int),
        parameters=[(numbers[f"{name}.W{layer}"], numbers[f"{name}.b{layer}"]) for layer in layers],
    )


def snapshots(case: dict, step: int, described: dict, numbers: dict) -> list[tuple[np.ndarray, np.ndarray]]:
    """The recorded parameters of a case after update `step`."""
    row = described["snapshots"].index(step)
    layers = range(1, len(described["problems"][case["problem"]]["sizes"]))
    return [(numbers[f"{case['name']}.W{layer}"][row], numbers[f"{case['name']}.b{layer}"][row]) for layer in layers]
