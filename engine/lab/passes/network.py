"""Plain networks of given sizes with drawn samples: what a cost is counted and measured on."""

from __future__ import annotations

from engine.dataset import prepare
from engine.machine.machine import Machine
from engine.randomness import generator
from engine.rows.activations import ACTIVATIONS
from engine.spec import RunSpec

SMOOTH_OR_STRAIGHT = tuple(
    name for name, row in ACTIVATIONS.items() if row.hidden and row.elementwise and not row.learned_slopes
)
"""Activations that take each z for itself, and have no parameters."""
INITIALIZER = "xavier_normal"


def network_machine(sizes: tuple[int, ...], activation: str, samples: int, seed: int) -> Machine:
    """A network d_0-…-d_L with linear outputs and the squared loss, over `samples` drawn from 𝒩(0, 1), all in one batch; biases
    are drawn too, so that no derivative is 0 for their sake."""
    draw = generator(seed, "lab samples")
    data = {
        "name": "inline",
        "task": "regression",
        "train_x": draw.normal(size=(samples, sizes[0])),
        "train_y": draw.normal(size=(samples, sizes[-1])),
    }
    layers = [{"units": units, "activation": activation} for units in sizes[1:-1]]
    network = {"layers": layers, "initializer": INITIALIZER}
    spec = RunSpec.model_validate({"data": data, "network": network, "batch_size": "full", "seed": seed})
    machine = Machine(spec, prepare(spec))
    draw = generator(seed, "lab biases")
    for slot in machine.tape.slots:
        if slot.kind == "bias":
            slot.view(machine.theta)[...] = draw.normal(0.0, 0.3, size=slot.shape)
    return machine


def in_words(sizes: tuple[int, ...]) -> str:
    """64-16-10; of a deep one with equal layers 64-16×8-10."""
    first, *hidden, last = sizes
    if len(hidden) > 3 and len(set(hidden)) == 1:
        return f"{first}-{hidden[0]}×{len(hidden)}-{last}"
    return "-".join(str(units) for units in sizes)
