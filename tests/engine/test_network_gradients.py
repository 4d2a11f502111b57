"""Random networks drawn by hypothesis: gradients against central differences, everything against the reference."""

import numpy as np
import problems
import pytest
import reference_chance
import reference_network
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from network_problems import HIDDEN, NetworkProblem, drawn_problems, network_problem
from reference_network import ALL_TOGETHER, Layer, Network

from engine import Trainer

STEP = 1e-5
BOUND = 1e-6
FLOOR = 2e-4  # of ‖a‖ + ‖n‖, times 1 + J: below it rounding alone makes the difference quotient, and the bound is absolute
MARGIN = 1e-4

drawn = settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
penalties = st.sampled_from([(0.0, 0.0), (0.03, 0.0), (0.0, 0.07), (0.02, 0.05)])


def well_conditioned(network, values) -> bool:
    """No unit so still over the batch (no sample so even over a layer) that its normalization magnifies a nudge a lot."""
    return all(values[f"var{layer}"].min() > 0.02 for layer, row in enumerate(network.layers, start=1) if row.norm)


def without_kinks(made: NetworkProblem) -> int:
    """Leave out the samples at a kink, time and again: under batch norm the others move when one goes. Returns how many."""
    before = len(made.x)
    while True:
        values = reference_network.forward(made.network, made.parameters, made.x)
        close = reference_network.near_kink(made.network, values, MARGIN)
        if not close.any():
            return before - len(made.x)
        made.x, made.y = made.x[~close], made.y[~close]


def central_differences(objective, parameters):
    """dJ/dθ, one parameter at a time: two objectives each."""
    slopes = {name: np.zeros_like(value) for name, value in parameters.items()}
    for name, value in parameters.items():
        for index in np.ndindex(value.shape):
            found = []
            for sign in (1, -1):
                moved = parameters | {name: value.copy()}
                moved[name][index] += sign * STEP
                found.append(objective(moved))
            slopes[name][index] = (found[0] - found[1]) / (2 * STEP)
    return slopes


def distance(a, n, value) -> float:
    """DESIGN.md's measure with `FLOOR`; `value` is J itself, of which `n` is a difference quotient."""
    assert a.shape == n.shape
    return float(np.linalg.norm(a - n) / max(np.linalg.norm(a) + np.linalg.norm(n), FLOOR * (1.0 + abs(value))))


def alive(gradient) -> bool:
    """Enough tensors have a gradient for a comparison to mean something: a dead output unit leaves none."""
    return 2 * sum(np.linalg.norm(value) > FLOOR for value in gradient.values()) >= len(gradient)


def agree(found, slopes, objective):
    assert found.keys() == slopes.keys()
    assert alive(slopes)
    for name, value in found.items():
        assert distance(value, slopes[name], objective) <= BOUND, name


def tensors_equal(found, expected, bound=1e-12):
    """Per tensor, relative to its own size or, where it vanishes, to that of all together."""
    assert found.keys() == expected.keys()
    whole = np.sqrt(sum(np.sum(value**2) for value in expected.values()))
    for name, value in found.items():
        assert value.shape == expected[name].shape, name
        assert np.linalg.norm(value - expected[name]) <= bound * (np.linalg.norm(expected[name]) + 0.1 * whole), name


# The whole split: no dropout, batch norm on the split's own statistics --------------------------------------------------


@drawn
@given(drawn_problems(), penalties)
def test_objective_and_gradient(made, penalty):
    event(f"{(left_out := without_kinks(made))} samples left out")
    assume(left_out <= 2)
    assume(well_conditioned(made.network, reference_network.forward(made.network, made.parameters, made.x)))
    l1, l2 = penalty
    if l1:  # |w| has a kink too
        assume(all(np.abs(w).min() > MARGIN for name, w in made.parameters.items() if reference_network.is_weight(name)))
    spec = made.spec(regularization={"l1": l1, "l2": l2})
    trainer = Trainer(spec, parameters=made.parameters)
    expected = reference_network.objective(made.network, made.parameters, made.x, made.targets, l1, l2)
    assert trainer.objective("train") == pytest.approx(expected, rel=1e-12, abs=1e-14)
    found = trainer.named_gradient("train")
    exact = reference_network.gradient(made.network, made.parameters, made.x, made.targets, l1, l2)
    tensors_equal(found, exact)
    assume(alive(exact))
    agree(
        found, central_differences(lambda moved: Trainer(spec, parameters=moved).objective("train"), made.parameters), expected
    )


def test_batch_norm_over_more_samples_than_are_taken_at_once():
    """The statistics are the whole split's, however its rows are cut."""
    network = Network(2, (Layer(2, "tanh", norm="batch"), Layer(2, "silu", norm="batch", skip=1)), 1, "sigmoid", "bce")
    made = network_problem(network, samples=700, seed=3)
    made.x[:350] += 2.0  # so that the halves differ
    trainer = made.trainer()
    expected = reference_network.objective(network, made.parameters, made.x, made.targets)
    assert trainer.objective("train") == pytest.approx(expected, rel=1e-12)
    slopes = central_differences(
        lambda moved: reference_network.objective(network, moved, made.x, made.targets), made.parameters
    )
    agree(trainer.named_gradient("train"), slopes, expected)
    assert trainer.loss("train") != pytest.approx(expected, rel=1e-3), "inference has the running statistics"


def test_the_splits_have_statistics_of_their_own():
    network = Network(2, (Layer(3, "tanh", norm="batch"),), 2, "identity", "mse")
    made = network_problem(network, task="regression", samples=20, seed=4)
    part = {"train_x": made.x[:12], "train_y": made.y[:12], "test_x": made.x[12:], "test_y": made.y[12:]}
    data = {"name": "inline", "task": "regression"} | {name: values.tolist() for name, values in part.items()}
    trainer = made.trainer(data=data)
    for split in ("train", "test"):
        expected = reference_network.objective(network, made.parameters, part[f"{split}_x"], part[f"{split}_y"])
        assert trainer.objective(split) == pytest.approx(expected, rel=1e-12)
        tensors_equal(
            trainer.named_gradient(split),
            reference_network.gradient(network, made.parameters, part[f"{split}_x"], part[f"{split}_y"]),
        )


def test_pairs_and_names_are_the_same_gradient():
    trainer = network_problem(ALL_TOGETHER, seed=5).trainer()
    named = trainer.named_gradient("train")
    assert list(named) == list(trainer.named_parameters)
    assert set(named) == set(ALL_TOGETHER.shapes())
    for layer, pair in enumerate(trainer.gradient("train"), start=1):
        assert all(np.array_equal(tensor, named[f"{letter}{layer}"]) for tensor, letter in zip(pair, "Wb", strict=True))


def test_a_bias_under_batch_norm_has_no_gradient():
    """The mean takes it away again."""
    network = Network(3, (Layer(4, "tanh", norm="batch"), Layer(4, "prelu", norm="batch", skip=1)), 1, "identity", "mse")
    found = network_problem(network, task="regression", seed=6).trainer().named_gradient("train")
    assert max(np.abs(found["b1"]).max(), np.abs(found["b2"]).max()) <= 1e-15
    assert np.abs(found["beta1"]).min() > 1e-4


@pytest.mark.parametrize(("name", "slope"), [("prelu", 0.3), ("elu", 1.0), ("gelu", 0.5), ("softplus", 0.5), ("silu", 0.5)])
def test_slope_at_zero(name, slope):
    """z is exactly 0 and the blame that arrives is φ(0) − y = 1."""
    network = Network(1, (Layer(1, name),), 1)
    parameters = {"W1": np.zeros((1, 1)), "b1": np.zeros(1), "W2": np.ones((1, 1)), "b2": np.zeros(1)}
    if name == "prelu":
        parameters["alpha1"] = np.array([0.3])
    at_zero = np.log(2.0) if name == "softplus" else 0.0
    made = NetworkProblem(network, "regression", np.ones((1, 1)), np.array([[at_zero - 1.0]]), parameters)
    found = made.trainer().named_gradient("train")
    assert found["b1"][0] == pytest.approx(slope, rel=1e-15)
    assert found["b2"][0] == pytest.approx(1.0, rel=1e-15)
    if name == "prelu":
        assert found["alpha1"][0] == 0.0


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("loss", "output"), problems.PAIRS)
def test_every_activation_with_every_output(hidden, loss, output):
    made = network_problem(Network(2, (Layer(4, hidden), Layer(3, hidden)), 3, output, loss), seed=7)
    tensors_equal(
        made.trainer().named_gradient("train"),
        reference_network.gradient(made.network, made.parameters, made.x, made.targets),
    )


# A mini-batch in training: its own statistics, its masks, its jitter ----------------------------------------------------


def check_told(made, told, values, blame):
    """What a traced update says of every layer, against the reference; columns are samples."""
    for layer, row in enumerate(made.network.layers, start=1):
        names = [f"z{layer}", f"h{layer}"]
        names += [f"u{layer}", f"xhat{layer}", f"mean{layer}", f"var{layer}"] if row.norm else []
        names += [f"a{layer}"] if row.dropout or row.skip else []
        for name in names:
            assert told[name].shape == values[name].shape, name
            assert told[name] == pytest.approx(values[name], rel=1e-11, abs=1e-13), name
        scale = 1.0 + np.abs(blame[f"delta{layer}"]).max()
        assert np.abs(told[f"delta{layer}"] - blame[f"delta{layer}"]).max() <= 1e-12 * scale, f"delta{layer}"
        if row.skip:
            assert np.abs(told[f"g{layer}"] - blame[f"g{layer}"]).max() <= 1e-12 * scale, f"g{layer}"
    last = len(made.network.layers) + 1
    assert told[f"delta{last}"] == pytest.approx(blame[f"delta{last}"], rel=1e-11, abs=1e-13)


@drawn
@given(drawn_problems(), penalties, st.integers(0, 3), st.sampled_from([0.0, 0.0, 0.1]), st.integers(0, 2**53 - 1), st.data())
def test_training_update(made, penalty, before, jitter, seed, data):
    samples = len(made.x)
    batch = data.draw(st.sampled_from([size for size in range(5, samples + 1) if samples % size != 1]))
    l1, l2 = penalty
    trainer = made.trainer(
        batch_size=batch,
        seed=seed,
        optimizer={"name": "sgd", "lr": 1e-3},
        regularization={"l1": l1, "l2": l2, "jitter": jitter},
    )
    trainer.step(before)
    parameters = {name: value.copy() for name, value in trainer.named_parameters.items()}
    told = {}
    for step in trainer.trace():
        told |= step.results
    first = before % -(-samples // batch) * batch
    rows = slice(first, min(first + batch, samples))
    x, y, count = made.x[rows], made.targets[rows], len(made.x[rows])
    if jitter:
        x = x + reference_chance.jitter(seed, before, jitter, x.shape[1], count).T
    masks = {
        layer: reference_chance.dropout_mask(seed, before, layer, row.dropout, row.units, count)
        for layer, row in enumerate(made.network.layers, start=1)
        if row.dropout
    }
    assert told["h0"] == pytest.approx(x.T, rel=1e-13, abs=1e-15)
    for layer, mask in masks.items():
        assert np.array_equal(told[f"mask{layer}"], mask)
    values = reference_network.forward(made.network, parameters, x, masks=masks)
    assume(well_conditioned(made.network, values))
    found = reference_network.gradient(made.network, parameters, x, y, l1, l2, masks=masks, shifts=True)
    check_told(made, told, values, found)
    assert told["losses"][0] == pytest.approx(reference_network.losses(made.network, values, y), rel=1e-11, abs=1e-13)
    told_gradient = {name: told[f"d{name}"] for name in parameters}
    tensors_equal(told_gradient, {name: found[name] for name in parameters})
    assert trainer.step(1) == told["loss"][0]
    assert all(np.array_equal(trainer.last_gradient[name], value) for name, value in told_gradient.items())

    if reference_network.near_kink(made.network, values, MARGIN).any():
        event("no differences: a sample at a kink")
        return
    if l1 and any(np.abs(w).min() < MARGIN for name, w in parameters.items() if reference_network.is_weight(name)):
        return
    slopes = central_differences(
        lambda moved: reference_network.objective(made.network, moved, x, y, l1, l2, masks=masks), parameters
    )
    for name, value in told_gradient.items():
        assert distance(value, slopes[name], told["loss"][0]) <= BOUND, name
