"""Sizes of h and δ, saturated and dead units and the spread of z, held against the reference sample by sample."""

import numpy as np
import problems
import pytest
import reference

from engine import RunSpec, Trainer


def sample_by_sample(made, trainer):
    """h_0 … h_L, z_1 … z_L and δ_1 … δ_L of every sample, by the reference."""
    flows = [reference.forward(trainer.parameters, made.activations, x) for x in made.x]
    zs = [np.array([z[layer] for z, _ in flows]) for layer in range(len(made.parameters))]
    hs = [np.array([h[layer] for _, h in flows]) for layer in range(len(made.parameters) + 1)]
    each = [
        reference.deltas(trainer.parameters, made.activations, made.loss, x, y)
        for x, y in zip(made.x, made.targets, strict=True)
    ]
    deltas = [np.array([delta[layer] for delta in each]) for layer in range(len(made.parameters))]
    return hs, zs, deltas


def length(values):
    return np.sqrt((values**2).sum(axis=1))


@pytest.mark.parametrize(("hidden", "loss", "output"), problems.COMBINATIONS[::5])
def test_sizes(hidden, loss, output):
    made = problems.problem((2, 4, 3, 3), (hidden, "tanh"), loss, output, seed=11, samples=300)
    trainer = made.trainer()
    trainer.step(2)
    hs, _, deltas = sample_by_sample(made, trainer)
    flow = trainer.flow()
    assert flow.h == pytest.approx([length(h).mean() for h in hs], rel=1e-10)
    assert flow.delta == pytest.approx([length(delta).mean() for delta in deltas], rel=1e-10)
    state = trainer.network_state()
    assert state.loss == pytest.approx(trainer.loss("train"), rel=1e-12)
    for layer, found in enumerate(state.layers, 1):
        own = np.array([np.outer(d, h) for d, h in zip(deltas[layer - 1], hs[layer - 1], strict=True)])
        assert found.gradient == pytest.approx(np.linalg.norm(own.mean(axis=0)), rel=1e-9, abs=1e-14)
        assert found.pull == pytest.approx(np.mean([np.linalg.norm(one) for one in own]), rel=1e-10)
        assert (found.h, found.delta) == (flow.h[layer], flow.delta[layer - 1])
        assert found.update_ratio == pytest.approx(trainer.health()[layer - 1].ratio)


@pytest.mark.parametrize("hidden", ["tanh", "sigmoid"])
def test_the_share_of_saturated_pairs(hidden):
    """A slope below a twentieth of the steepest: tanh' ≤ 1, σ' ≤ 1/4."""
    made = problems.problem((2, 6, 1), hidden, "bce", "sigmoid", seed=12, samples=280, scale=4.0)
    trainer = made.trainer()
    hs, zs, _ = sample_by_sample(made, trainer)
    steepest = {"tanh": 1.0, "sigmoid": 0.25}[hidden]
    slopes = np.array([[reference.jacobian(hidden, row)[j, j] for j in range(6)] for row in zs[0]])
    expected = (slopes < 0.05 * steepest).mean()
    assert 0.05 < expected < 0.95
    found = trainer.network_state()
    assert found.layers[0].saturated == pytest.approx(expected, abs=1e-12)
    assert found.layers[0].dead == ()
    output = hs[2][:, 0]
    out = (output * (1 - output) < 0.05 * 0.25).mean()
    assert found.layers[1].saturated == pytest.approx(out, abs=1e-12)
    wrong = ((output * (1 - output) < 0.05 * 0.25) & ((output > 0.5) != (made.y > 0.5))).mean()
    assert found.confidently_wrong == pytest.approx(wrong, abs=1e-12)


def test_dead_units_are_those_zero_for_every_sample():
    """Unit 2 is below its kink everywhere, unit 4 nowhere above 0 but at it (φ′(0) = 0), unit 3 alive for one sample alone."""
    x = np.array([[-1.0], [0.0], [1.0]])
    w1, b1 = np.array([[1.0], [1.0], [1.0], [0.0]]), np.array([0.0, -5.0, -0.5, 0.0])
    made = problems.Problem("regression", ("relu", "identity"), "mse", x, x[:, 0], [(w1, b1), (np.ones((1, 4)), np.zeros(1))])
    assert made.trainer().network_state().layers[0].dead == (2, 4)
    made.activations = ("leaky_relu", "identity")
    assert made.trainer().network_state().layers[0].dead == ()


def test_the_spread_of_z():
    made = problems.problem((2, 5, 4, 2), ["relu", "tanh"], "cross_entropy", "softmax", seed=13, samples=290)
    trainer = made.trainer()
    _, zs, _ = sample_by_sample(made, trainer)
    spreads = trainer.preactivation_histograms()
    assert [spread.activation for spread in spreads] == ["relu", "tanh", "softmax"]
    for spread, z in zip(spreads, zs, strict=True):
        assert len(spread.counts) == 31 and spread.counts.sum() == z.size
        assert spread.edges == pytest.approx(-spread.edges[::-1], abs=1e-12)
        assert np.abs(z).max() <= spread.edges[-1] < 2 * np.abs(z).max()
        assert np.array_equal(spread.counts, np.histogram(z, spread.edges)[0])
    assert spreads[0].saturated is None and spreads[1].saturated is not None


def test_looking_changes_nothing():
    spec = RunSpec.model_validate({"data": {"name": "spiral", "samples": 900}})
    looked, left = Trainer(spec), Trainer(spec)
    for trainer in (looked, left):
        trainer.step(7)
        trainer.advance_op()  # in the midst of an update too
        if trainer is looked:
            trainer.flow(), trainer.network_state(), trainer.preactivation_histograms(), trainer.findings()
        trainer.step(40)
    assert problems.bits(looked) == problems.bits(left)
    assert np.array_equal(looked.series.points, left.series.points, equal_nan=True)


def test_fifty_layers():
    layers = [{"units": 4, "activation": "relu"}] * 49
    trainer = Trainer(RunSpec.model_validate({"network": {"layers": layers, "initializer": {"name": "he_normal"}}}))
    flow = trainer.flow()
    assert flow.h.shape == (51,) and flow.delta.shape == (50,)
