"""`run_core` and `run_any` are one source compiled twice: the same bits, and each tape gets the one that has its ops."""

from __future__ import annotations

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.machine.tape import Tape
from engine.optimizers import OPTIMIZERS

CLASSIC = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


def trained(**changes) -> Trainer:
    described = {
        "data": {"name": "blobs", "samples": 120, "validation_fraction": 0.2},
        "network": {"layers": [{"units": 7, "activation": "gelu"}, {"units": 40, "activation": "relu"}, {"units": 40}]},
        "regularization": {"l1": 0.001, "l2": 0.01},
        "clip": {"norm": 0.5},
        "batch_size": 32,
    }
    trainer = Trainer(RunSpec.model_validate(described | changes))
    trainer.step(150)
    return trainer


@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
@pytest.mark.parametrize("rule", CLASSIC)
def test_the_same_bits(rule: str, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    optimizer = {"name": rule, "dialect": dialect, "lr": 0.03}
    left = trained(optimizer=optimizer)
    assert left.tape.core
    monkeypatch.setattr(Tape, "core", False)
    right = trained(optimizer=optimizer)
    assert np.array_equal(left.machine.theta, right.machine.theta)
    assert np.array_equal(left.machine.state, right.machine.state)
    assert np.array_equal(left.series.points, right.series.points, equal_nan=True)
    assert left.objective() == right.objective()


@pytest.mark.parametrize(
    "layer", [{"norm": "batch"}, {"norm": "layer"}, {"dropout": 0.1}, {"skip": 1}, {"activation": "prelu"}]
)
def test_what_only_some_networks_have(layer: dict[str, object]) -> None:
    assert not trained(network={"layers": [{"units": 4} | layer]}).tape.core


def test_the_newer_rules_and_augmentation() -> None:
    for rule in OPTIMIZERS:
        assert trained(optimizer={"name": rule}).tape.core == (rule in CLASSIC)
    assert not trained(regularization={"jitter": 0.1}).tape.core
    assert not trained(optimizer={"name": "rmsprop", "centered": True}).tape.core
