"""It learns: every data set of the catalog, by a network one would choose for it, on samples it has not seen."""

import numpy as np
import pytest

from engine import RunSpec, Trainer

TWO_LAYERS = [{"units": 8, "activation": "tanh"}] * 2


def trained(name, steps, **fields):
    data = {"name": name, "standardize": name in ("iris", "wine", "breast_cancer")}
    described = {"data": data, "network": {"layers": TWO_LAYERS}, "optimizer": {"name": "adam", "lr": 0.03}}
    trainer = Trainer(RunSpec.model_validate(described | fields))
    trainer.step(steps)
    assert trainer.stopped is None
    return trainer


@pytest.mark.parametrize(
    ("name", "accuracy"),
    [
        ("circle", 0.98),
        ("xor", 0.95),
        ("gaussians", 0.95),
        ("moons", 0.98),
        ("spiral", 0.95),
        ("blobs", 0.95),
        ("iris", 0.9),
        ("wine", 0.93),
        ("breast_cancer", 0.93),
    ],
)
def test_classes(name, accuracy):
    assert trained(name, 20_000 if name == "spiral" else 3000).accuracy("test") >= accuracy


def test_digits():
    trainer = trained(
        "digits", 4000, network={"layers": [{"units": 32, "activation": "relu"}]}, optimizer={"name": "adam", "lr": 0.003}
    )
    evaluation = trainer.evaluate("test")
    assert evaluation.accuracy >= 0.95
    assert np.trace(evaluation.confusion) / evaluation.confusion.sum() == pytest.approx(evaluation.accuracy)


@pytest.mark.parametrize(("name", "share"), [("plane", 0.01), ("multi_gaussian", 0.15), ("sine", 0.01)])
def test_values(name, share):
    """What is left of the variance, without noise."""
    trainer = trained(name, 20_000, data={"name": name, "noise": 0.0}, optimizer={"name": "adam", "lr": 0.005})
    assert trainer.loss("test") <= share * 0.5 * np.var(trainer.dataset.splits["test"].y)
