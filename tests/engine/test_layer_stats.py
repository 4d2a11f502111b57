"""Layers looked at: blame, answers along a line, norms and spreads, held against the reference's own statement of them."""

import numpy as np
import problems
import pytest
import reference

from engine import RunSpec, Trainer


def hidden(*names, units=4):
    return {"layers": [{"units": units, "activation": name} for name in names]}


@pytest.mark.parametrize(("first", "loss", "output"), problems.COMBINATIONS[::4])
def test_unit_deltas(first, loss, output):
    made = problems.problem((2, 4, 3, 3), (first, "tanh"), loss, output, seed=4)
    trainer = made.trainer()
    trainer.step(3)
    of_samples = [
        reference.deltas(trainer.parameters, made.activations, loss, x, y) for x, y in zip(made.x, made.targets, strict=True)
    ]
    found = trainer.unit_deltas()
    assert [len(delta.mean) for delta in found] == [4, 3, 3]
    for layer, delta in enumerate(found):
        each = np.array([deltas[layer] for deltas in of_samples])
        assert delta.mean == pytest.approx(each.mean(axis=0), rel=1e-10, abs=1e-14)
        assert delta.size == pytest.approx(np.abs(each).mean(axis=0), rel=1e-10, abs=1e-14)


def test_the_mean_delta_is_the_gradient_of_the_bias_and_looking_changes_nothing():
    """Over more rows than fit one pass of the workspace, and between two updates."""
    spec = RunSpec.model_validate({"data": {"name": "spiral", "samples": 900}, "network": hidden("tanh", "relu")})
    trainer, undisturbed = Trainer(spec), Trainer(spec)
    trainer.step(7)
    undisturbed.step(7)
    for delta, (_, bias) in zip(trainer.unit_deltas(), trainer.gradient("train"), strict=True):
        assert delta.mean == pytest.approx(bias, rel=1e-10, abs=1e-14)
    trainer.health(), trainer.weight_histograms()
    trainer.step(5)
    undisturbed.step(5)
    for name, values in undisturbed.named_parameters.items():
        assert np.array_equal(values, trainer.named_parameters[name])


def test_unit_responses():
    spec = {"data": {"name": "sine", "features": ["x", "sin_x"]}, "network": hidden("tanh", "relu")}
    trainer = Trainer(RunSpec.model_validate(spec))
    trainer.step(20)
    found = trainer.unit_responses(40)
    assert found.values.shape == (2 + 4 + 4 + 1, 40) and len(found.units) == 11
    for column, x in enumerate(found.x):
        _, hs = reference.forward(trainer.parameters, trainer.tape.activations, [x, np.sin(x)])
        assert found.values[:, column] == pytest.approx(np.concatenate(hs), rel=1e-10, abs=1e-13)
    for unit, values in zip(found.units, found.values, strict=True):
        assert unit["low"] <= values.min() and values.max() <= unit["high"]
    x, y = trainer.response(40)
    assert np.array_equal(x, found.x) and np.array_equal(y[:, 0], found.values[-1])
    assert Trainer(RunSpec.model_validate({"data": {"name": "iris"}})).unit_responses() is None


@pytest.mark.parametrize("rule", ["sgd", "adam"])
def test_health(rule):
    spec = {"data": {"name": "moons"}, "network": hidden("tanh"), "optimizer": {"name": rule}, "seed": 3}
    trainer = Trainer(RunSpec.model_validate(spec))
    assert [(each.gradient, each.update, each.ratio) for each in trainer.health()] == [(None, None, None)] * 2
    trainer.step(11)
    before = {name: values.copy() for name, values in trainer.named_parameters.items()}
    trainer.step(1)
    now, gradient = trainer.named_parameters, trainer.last_gradient
    for each in trainer.health():
        names = (f"W{each.layer}", f"b{each.layer}")
        moved = np.sqrt(sum(np.sum((now[name] - before[name]) ** 2) for name in names))
        size = np.sqrt(sum(np.sum(now[name] ** 2) for name in names))
        assert each.gradient == pytest.approx(np.sqrt(np.sum(gradient[names[0]] ** 2)), rel=1e-12)
        assert each.parameters == pytest.approx(size, rel=1e-12)
        assert each.update == pytest.approx(moved, rel=1e-12)
        assert each.ratio == pytest.approx(moved / size, rel=1e-12)


def test_weight_histograms():
    trainer = Trainer(RunSpec.model_validate({"data": {"name": "digits"}, "network": hidden("relu", units=16)}))
    trainer.step(2)
    for spread, (weights, _) in zip(trainer.weight_histograms(), trainer.parameters, strict=True):
        assert spread.counts.sum() == weights.size and len(spread.edges) == len(spread.counts) + 1
        assert spread.edges[0] == -spread.edges[-1] and np.abs(weights).max() <= spread.edges[-1]
        for cell, count in enumerate(spread.counts[:-1]):
            low, high = spread.edges[cell : cell + 2]
            assert count == np.sum((weights >= low) & (weights < high))


def test_recall():
    trainer = Trainer(RunSpec.model_validate({"data": {"name": "iris"}}))
    trainer.step(50)
    found, labels = trainer.evaluate("test"), trainer.dataset.splits["test"].labels
    expected = [np.mean(found.predicted[labels == label] == label) for label in range(3)]
    assert found.recall == pytest.approx(expected)
    assert Trainer(RunSpec.model_validate({"data": {"name": "sine"}})).evaluate("train").recall is None


@pytest.mark.parametrize(("first", "loss", "output"), problems.COMBINATIONS[::5])
def test_a_sample_is_followed_through_every_layer(first, loss, output):
    made = problems.problem((2, 4, 3, 3), (first, "tanh"), loss, output, seed=5)
    trainer = made.trainer()
    trainer.step(3)
    index = len(made.x) - 1
    found = trainer.sample_activations("train", index)
    zs, hs = reference.forward(trainer.parameters, made.activations, made.x[index])
    assert len(found.layers) == len(found.bounds) == 4
    for values, expected in zip(found.layers, hs, strict=True):
        assert values == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert found.target == pytest.approx(made.targets[index])
    assert found.loss == pytest.approx(reference.sample_loss(loss, made.activations[-1], zs[-1], made.targets[index]), rel=1e-9)
    assert found.bounds[0] is None and found.bounds[2] == (-1.0, 1.0)


def test_a_followed_sample_of_classes_has_its_truth_and_its_answer():
    trainer = Trainer(RunSpec.model_validate({"data": {"name": "moons"}, "network": hidden("relu")}))
    trainer.step(40)
    evaluated, labels = trainer.evaluate("test"), trainer.dataset.splits["test"].labels
    for index in (0, 7, len(labels) - 1):
        found = trainer.sample_activations("test", index)
        assert (found.label, found.predicted) == (labels[index], evaluated.predicted[index])
        assert found.layers[-1] == pytest.approx(evaluated.outputs[index], rel=1e-12)
    with pytest.raises(ValueError, match=f"allowed: 0 to {len(labels) - 1}"):
        trainer.sample_activations("test", len(labels))
    with pytest.raises(ValueError, match="'validation' has no samples"):
        trainer.sample_activations("validation", 0)
