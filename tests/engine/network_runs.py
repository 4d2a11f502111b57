"""Two runs with norms, skips, dropout, learned slopes and augmentation, and what a state of theirs is."""

import numpy as np
import problems

from engine import RunSpec, Trainer

LAYERS = [
    {"units": 6, "activation": "prelu", "norm": "batch", "dropout": 0.2},
    {"units": 6, "activation": "gelu", "norm": "layer", "skip": 1},
    {"units": 4, "activation": "silu", "dropout": 0.3, "skip": 3},
    {"units": 6, "activation": "elu", "norm": "batch", "skip": 2},
]
TOGETHER = {
    "data": {"name": "spiral", "samples": 93, "test_fraction": 0.4},
    "network": {"layers": LAYERS},
    "optimizer": {"name": "adam", "lr": 0.01},
    "regularization": {"l2": 0.001, "jitter": 0.1},
    "batch_size": 9,
    "seed": 12,
}
PICTURES = {
    "data": {"name": "digits"},
    "network": {
        "layers": [
            {"units": 40, "activation": "relu", "norm": "batch", "dropout": 0.2},
            {"units": 40, "activation": "softplus", "skip": 1, "norm": "layer"},
        ]
    },
    "optimizer": {"name": "nesterov", "lr": 0.01, "beta": 0.8},
    "regularization": {"shift": 2},
    "batch_size": 32,
}
SPECS = {"together": TOGETHER, "pictures": PICTURES}


def trainer_of(name="together", **fields):
    return Trainer(RunSpec.model_validate(SPECS[name] | fields))


def state(trainer):
    """Parameters, running statistics and the last gradient bit for bit, and where in the run it is."""
    running = b"".join(np.asarray(value).tobytes() for value in trainer.running_statistics.values())
    gradient = b"".join(value.tobytes() for value in (trainer.last_gradient or {}).values())
    return problems.bits(trainer), running, gradient, trainer.steps_done, trainer.epoch


def last_results(steps):
    found = {}
    for step in steps:
        found |= step.results
    return found
