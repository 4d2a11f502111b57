"""Moments 3, 4 and 5 of what a class should suddenly see, with their numbers, from the engine's own ops."""

import numpy as np
import problems
import pytest
import reference

from engine import RunSpec, Trainer
from engine.evaluation.curves import curve, output_delta

XOR = {"train_x": [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], "train_y": [0, 1, 1, 0]}

# 3: confidently wrong -------------------------------------------------------------------------------------------------


def test_confidently_wrong():
    squared, entropy = (output_delta(loss, "sigmoid", [-5.0], 1.0) for loss in ("mse", "bce"))
    assert f"{squared.delta[0]:.4f}" == "-0.0066"
    assert f"{entropy.delta[0]:.4f}" == "-0.9933"
    assert f"{entropy.delta[0] / squared.delta[0]:.1f}" == "150.4"


def test_the_bars_are_the_network_s_own_delta():
    """One unit with weight z at x = 1: its bias' gradient is δ, and its loss ℓ."""
    for loss in ("mse", "bce"):
        made = problems.Problem(
            "regression", ("sigmoid",), loss, np.ones((1, 1)), np.ones(1), [(np.array([[-5.0]]), np.zeros(1))]
        )
        trainer = made.trainer()
        found = output_delta(loss, "sigmoid", [-5.0], 1.0)
        assert found.delta[0] == trainer.named_gradient()["b1"][0]
        assert found.loss[0] == trainer.loss()
        assert found.prediction[0] == trainer.predict([[1.0]])[0, 0]


@pytest.mark.parametrize(("loss", "output"), problems.PAIRS)
def test_delta_over_a_range_of_z(loss, output):
    """More columns than one pass holds, against the reference."""
    random = np.random.default_rng(5)
    z = random.normal(scale=3.0, size=(3, 600))
    y = np.eye(3)[random.integers(3, size=600)].T
    found = output_delta(loss, output, z, y)
    assert found.delta.shape == found.prediction.shape == z.shape and found.loss.shape == (600,)
    for n in range(0, 600, 37):
        slope = reference.output_slope(loss, output, z[:, n], y[:, n])
        expected = reference.jacobian(output, z[:, n]).T @ slope
        assert found.delta[:, n] == pytest.approx(expected, rel=1e-9, abs=1e-12)
        assert found.loss[n] == pytest.approx(reference.sample_loss(loss, output, z[:, n], y[:, n]), rel=1e-10, abs=1e-13)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("hinge", "sigmoid", [0.0], 1.0), "mse, bce"),
        (("bce", "tanh", [0.0], 1.0), "sigmoid, softmax"),
        (("cross_entropy", "softmax", [0.0], 1.0), "2 units"),
        (("mse", "identity", [], 1.0), "not empty"),
    ],
)
def test_what_has_no_delta_is_refused_by_name(arguments, says):
    with pytest.raises(ValueError, match=says):
        output_delta(*arguments)
    with pytest.raises(ValueError, match="tanh"):
        curve("softmax", [0.0])


# 4: blame dies --------------------------------------------------------------------------------------------------------


def ten_layers(activation, initializer, seed):
    """Ten layers of 16, linear outputs under squared error: inputs and targets 𝒩(0, 1), 64 samples, weights by the seed."""
    random = np.random.default_rng(seed)
    x, y = random.normal(size=(64, 16)), random.normal(size=(64, 16))
    layers = [{"units": 16, "activation": activation}] * 9
    data = {"name": "inline", "task": "regression", "train_x": x.tolist(), "train_y": y.tolist()}
    spec = {"data": data, "network": {"layers": layers, "initializer": {"name": initializer}}, "seed": seed}
    return Trainer(RunSpec.model_validate(spec))


@pytest.mark.parametrize(
    ("activation", "initializer", "median", "within"),
    [("sigmoid", "xavier_uniform", 1.6e-6, 1.5), ("tanh", "xavier_uniform", 0.25, 1.25), ("relu", "he_uniform", 1.4, 1.6)],
)
def test_blame_dies(activation, initializer, median, within):
    """Median of ‖δ_1‖/‖δ_10‖ over 20 seeds; `within` is the factor that the seeds' own spread leaves the median."""
    ratios = []
    for seed in range(20):
        trainer = ten_layers(activation, initializer, seed)
        delta = trainer.flow().delta
        assert delta.shape == (10,)
        ratios.append(delta[0] / delta[-1])
        named = [finding.name for finding in trainer.findings()]
        assert named == (["vanishing"] if activation == "sigmoid" else [])
    assert median / within < np.median(ratios) < median * within


# 5: twins -------------------------------------------------------------------------------------------------------------


def four_twins(data, nudge=0.0, **fields):
    """[2, 4, 1] tanh, all weights 0.5."""
    first = np.full((4, 2), 0.5)
    first[0, 0] += nudge
    spec = {"data": data, "network": {"layers": [{"units": 4, "activation": "tanh"}]}, "batch_size": "full"} | fields
    return Trainer(RunSpec.model_validate(spec), parameters=[(first, np.zeros(4)), (np.full((1, 4), 0.5), np.zeros(1))])


def largest_difference(trainer):
    (w1, b1), (w2, _) = trainer.parameters
    units = np.column_stack([w1, b1, w2.T])
    return np.ptp(units, axis=0).max()


def test_twins_stay_twins():
    """On the four points of XOR: one unit's worth of network gets one point right and gives the other three, of which two are
    alike, the same answer: (3/4)(ln 3 − (2/3) ln 2) = 0.4774 at best."""
    trainer = four_twins({"name": "inline", "task": "classification"} | XOR, optimizer={"name": "sgd", "lr": 0.5})
    for step in range(0, 3001, 100):
        trainer.step(step - trainer.steps_done)
        assert largest_difference(trainer) == 0.0
    assert f"{trainer.loss():.3f}" == "0.480"
    trainer.step(17000)
    assert largest_difference(trainer) == 0.0
    assert 0.4774 < trainer.loss() < 0.480
    (finding,) = trainer.findings()
    assert finding.name == "plateau" and finding.layer == 1
    assert finding.evidence[0].name == "twins" and finding.evidence[0].value == 4


def test_a_nudge_makes_them_differ():
    trainer = four_twins({"name": "inline", "task": "classification"} | XOR, 1e-6, optimizer={"name": "sgd", "lr": 0.5})
    differences = []
    for _ in range(4):
        differences.append(largest_difference(trainer))
        trainer.step(1000)
    assert differences[0] == pytest.approx(1e-6) and differences == sorted(differences) and differences[-1] > 1e-4


@pytest.mark.parametrize(("nudge", "above", "below"), [(0.0, 0.57, 0.62), (1e-6, 0.0, 0.37)])
def test_a_nudge_frees_the_network(nudge, above, below):
    """On the XOR data set, where many points tell the units apart: twins stay at one unit's best, nudged ones leave it."""
    trainer = four_twins({"name": "xor"}, nudge, optimizer={"name": "sgd", "lr": 0.1})
    trainer.step(5000)
    assert above < trainer.loss() < below
    assert (largest_difference(trainer) == 0.0) == (nudge == 0.0)
