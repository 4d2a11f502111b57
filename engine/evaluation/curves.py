"""Functions drawn as curves, each value made by the kernels that train: φ and φ′ of an activation, δ_L and loss of an output.

A network without (with one) hidden layer is compiled, z is laid into its workspace, and its own ops are run from there. The
last few such networks are kept; one caller at a time uses them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.dataset import prepare
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.machine.machine import EVALUATION_COLUMNS, Machine
from engine.parts import giving_way
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES
from engine.spec import RunSpec


@dataclass(frozen=True)
class OutputDelta:
    """Of outputs at given z: ŷ = g(z) and δ_L = ∂ℓ/∂z, each of the shape of z; `loss` ℓ of each sample, (n,)."""

    prediction: Array
    delta: Array
    loss: Array


@dataclass(frozen=True)
class Curve:
    """φ(z) and φ′(z), (n,) each."""

    value: Array
    slope: Array


def output_delta(loss: str, output: str, z: ArrayLike, y: ArrayLike) -> OutputDelta:
    """What δ_L is where the outputs' pre-activations are `z`, (n,) for one output or (units, n).

    Targets `y` are broadcast to z. Cross-entropy, and softmax, want two units at least.
    """
    row = LOSSES.get(loss)
    if row is None:
        raise ValueError(f"loss: '{loss}' is not known; allowed: {', '.join(LOSSES)}")
    if output not in row.outputs:
        raise ValueError(f"output: '{output}' with {loss}; allowed: {', '.join(row.outputs)}")
    values = _columns(z)
    units = len(values)
    if units < 2 and (row.unit_for_each_class or not ACTIVATIONS[output].elementwise):
        raise ValueError("z: one unit given; allowed: (units, n) with 2 units or more for cross-entropy or softmax")
    targets = np.broadcast_to(np.asarray(y, dtype=np.float64), values.shape if np.ndim(z) == 2 else np.shape(z))
    evaluator = _rig(units, output, loss, hidden=None)
    given = {"z1": values, "y": targets.reshape(values.shape)}
    with _ONE_AT_A_TIME, giving_way(None):  # who pauses holds nothing that others wait for
        results = _run(evaluator, given, _ACTIVATE_AND_JUDGE, 1, ("h1", "delta1", "losses"))
    shape = np.shape(z)
    return OutputDelta(results["h1"].reshape(shape), results["delta1"].reshape(shape), results["losses"].ravel())


def curve(activation: str, z: ArrayLike) -> Curve:
    """φ and φ′ over z (n,), as the forward and the backward pass compute them; softmax has no such curve."""
    if activation not in ACTIVATIONS or not ACTIVATIONS[activation].hidden:
        allowed = ", ".join(name for name, row in ACTIVATIONS.items() if row.hidden)
        raise ValueError(f"activation: '{activation}' given; allowed: {allowed}")
    values = _columns(z)
    if len(values) != 1:
        raise ValueError(f"z: shape {np.shape(z)} given; allowed: (n,)")
    evaluator = _rig(1, "identity", "mse", hidden=activation)
    given = {"z1": values, "delta1": np.ones_like(values)}
    with _ONE_AT_A_TIME, giving_way(None):  # who pauses holds nothing that others wait for
        results = _run(evaluator, given, (codes.ACTIVATION, codes.BACK_ACTIVATION), 1, ("h1", "delta1"))
    return Curve(results["h1"].ravel(), results["delta1"].ravel())


_ONE_AT_A_TIME = threading.Lock()
_ACTIVATE_AND_JUDGE = (codes.ACTIVATION, codes.LOSS, codes.OUTPUT_DELTA)


def _columns(z: ArrayLike) -> Array:
    values = np.asarray(z, dtype=np.float64)
    if values.ndim not in (1, 2) or not values.size:
        raise ValueError(f"z: shape {values.shape} given; allowed: (n,) or (units, n), not empty")
    return values.reshape(-1, values.shape[-1])


@lru_cache(maxsize=32)
def _rig(units: int, output: str, loss: str, hidden: str | None) -> Evaluator:
    """A network with these outputs, and one hidden unit if it is asked for, over blank data."""
    rows = EVALUATION_COLUMNS
    classes = LOSSES[loss].unit_for_each_class
    targets: list[Any] = [n % units for n in range(rows)] if classes else [[0.0] * units] * rows
    spec = RunSpec.model_validate(
        {
            "data": {
                "name": "inline",
                "task": "classification" if classes else "regression",
                "train_x": [[0.0]] * rows,
                "train_y": targets,
            },
            "network": {
                "layers": [{"units": 1, "activation": hidden}] if hidden else [],
                "output_activation": output,
            },
            "loss": loss,
        }
    )
    return Evaluator(Machine(spec, prepare(spec)))


def _run(
    evaluator: Evaluator, values: dict[str, Array], kinds: tuple[int, ...], layer: int, results: tuple[str, ...]
) -> dict[str, Array]:
    """Lay values into the workspace, run the layer's ops with these codes in the order of the tape, read values: in chunks."""
    tape = evaluator.tape
    of_layer = np.array([word.layer == layer for word in tape.words])
    ops = np.ascontiguousarray(tape.ops[of_layer & np.isin(tape.ops[:, codes.CODE], kinds)])
    count = next(iter(values.values())).shape[1]
    chunks: dict[str, list[Array]] = {name: [] for name in results}
    for start in range(0, count, tape.layout.capacity):
        stop = min(start + tape.layout.capacity, count)
        for name, whole in values.items():
            evaluator.values(name, stop - start)[...] = whole[:, start:stop]
        evaluator.rerun(ops, stop - start)
        for name, parts in chunks.items():
            parts.append(evaluator.values(name, stop - start).copy())
    return {name: np.concatenate(parts, axis=1) for name, parts in chunks.items()}
