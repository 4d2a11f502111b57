"""Every number that the microscope tells, against the independent reference: values, blame, gradients, slopes, updates."""

import network_problems
import numpy as np
import pytest
import reference
import reference_network
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.microscope import change, check, next_update, sample_chain
from engine.microscope.update_checks import BatchObjective

CLOSE = {"rel": 1e-9, "abs": 1e-11}


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(network_problems.drawn_problems())
def test_values_blame_and_gradients(made):
    l1, l2 = 0.02, 0.1
    trainer = made.trainer(regularization={"l1": l1, "l2": l2})
    network = made.network
    masks = reference_network_masks(made)
    values = reference_network.forward(network, made.parameters, made.x, masks=masks)
    plain = reference_network.gradient(network, made.parameters, made.x, made.targets, masks=masks, shifts=True)
    whole = reference_network.gradient(network, made.parameters, made.x, made.targets, l1, l2, masks=masks)
    update = next_update(trainer)
    if update.problem is not None or reference_network.near_kink(network, values).any():
        return
    told = {}
    for step in update.steps:
        for value in step.results:
            key = f"{value.name} penalty" if step.kind == "penalty" else value.name
            if step.kind == "update":
                key = f"{value.name} after"
            told.setdefault(key, []).append(value.array)
    losses = reference_network.losses(network, values, made.targets)
    assert told["losses"][0][0] == pytest.approx(losses, **CLOSE)
    assert update.mean_loss == pytest.approx(losses.mean(), **CLOSE)
    seen = 0
    for name, arrays in told.items():
        if name in values and name[0] != "g":
            assert arrays[0] == pytest.approx(np.broadcast_to(values[name], arrays[0].shape), **CLOSE), name
            seen += 1
    for layer in range(1, len(network.sizes)):
        assert told[f"delta{layer}"][-1] == pytest.approx(plain[f"delta{layer}"], **CLOSE)
        seen += 1
    for name, start in made.parameters.items():
        assert told[f"d{name}"][0].ravel() == pytest.approx(plain[name].ravel(), **CLOSE), name
        final = told.get(f"d{name} penalty", told[f"d{name}"])[-1].ravel()
        assert final == pytest.approx(whole[name].ravel(), **CLOSE), name
        assert told[f"{name} after"][0].ravel() == pytest.approx((start - 0.1 * whole[name]).ravel(), **CLOSE), name
        seen += 3
    assert seen >= 10


def reference_network_masks(made):
    return {
        layer: reference_network.dropout_mask(0, 0, layer, row.dropout, row.units, len(made.x))
        for layer, row in enumerate(made.network.layers, start=1)
        if row.dropout
    }


def deep(**fields):
    layers = (
        reference_network.Layer(4, "tanh", norm="layer", dropout=0.3),
        reference_network.Layer(3, "gelu", skip=1),
        reference_network.Layer(4, "prelu", skip=2),
    )
    made = network_problems.network_problem(reference_network.Network(2, layers, 3, "softmax", "cross_entropy"), seed=5)
    return made, made.trainer(batch_size=5, **fields)


@pytest.mark.parametrize(
    ("name", "index"), [("W1", (2, 1)), ("b2", (0,)), ("alpha3", (1,)), ("gamma1", (3,)), ("beta1", (0,)), ("P2", (1, 2))]
)
def test_each_samples_gradient(name, index):
    """A sample's own is the gradient of a mini-batch of it alone (its own mask); their mean, penalty and clip are the run's."""
    made, trainer = deep(regularization={"l1": 0.0, "l2": 0.2}, clip={"norm": 0.1})
    chain = sample_chain(next_update(trainer), name, index)
    masks = {1: reference_network.dropout_mask(0, 0, 1, 0.3, 4, 5)}
    for column in range(5):
        alone = {layer: mask[:, column : column + 1] for layer, mask in masks.items()}
        rows = slice(column, column + 1)
        own = reference_network.gradient(made.network, made.parameters, made.x[rows], made.targets[rows], masks=alone)
        assert chain.gradients[column] == pytest.approx(own[name][index], rel=1e-9, abs=1e-13)
    assert chain.mean == pytest.approx(chain.gradients.mean(), rel=1e-13, abs=1e-16)
    pull = 0.2 * made.parameters[name][index] if name[0] in "WP" else 0.0
    assert chain.penalty == pytest.approx(pull, rel=1e-9, abs=1e-15)
    assert list(chain.largest) == sorted(range(5), key=lambda n: -abs(chain.gradients[n]))
    assert sum(chain.shares) == pytest.approx(1.0)
    trainer.step(1)
    assert chain.clipped == trainer.last_gradient[name][index]
    assert chain.clipped == pytest.approx(chain.with_penalty * chain.scale, rel=1e-14)


def test_under_batch_norm_no_sample_has_a_gradient_of_its_own():
    network = reference_network.Network(2, (reference_network.Layer(3, norm="batch"),), 1)
    made = network_problems.network_problem(network, task="regression")
    update = next_update(made.trainer())
    with pytest.raises(ValueError, match="under batch norm every sample's loss depends on all samples"):
        sample_chain(update, "W1", (0, 0))
    assert all("act on each other" in step.note for step in update.steps if step.kind in ("output delta", "sample gradients"))


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(network_problems.drawn_problems(), st.sampled_from(["sgd", "nesterov", "adam"]))
def test_slopes_are_right(made, rule):
    """Central differences on the same mini-batch, masks and statistics agree with backpropagation, an entry of each tensor."""
    samples = len(made.x)
    trainer = made.trainer(optimizer={"name": rule, "lr": 0.01}, regularization={"l1": 0.0, "l2": 0.1}, batch_size=samples)
    trainer.step(2)
    if trainer.stopped is not None:
        return
    before = kept_bytes(trainer)
    entries = [(name, tuple(size // 2 for size in value.shape)) for name, value in trainer.named_parameters.items()]
    for found in check(trainer, entries):
        scale = max(abs(found.analytic), abs(found.numeric))
        assert found.kink or abs(found.analytic - found.numeric) <= 1e-6 * scale + 2e-9, found
    assert kept_bytes(trainer) == before


def kept_bytes(trainer):
    return {name: np.asarray(value).tobytes() for name, value in trainer.machine.copy_buffers().items()}


def test_a_wrong_gradient_would_be_seen(monkeypatch):
    """Backpropagation that is a hundredth off does not pass."""
    _, trainer = deep()
    honest = check(trainer, [("W1", (0, 0))])[0]
    assert honest.error < 1e-6 and abs(honest.numeric) > 1e-4
    gradient = BatchObjective.gradient
    monkeypatch.setattr(BatchObjective, "gradient", lambda bench, theta: 1.01 * gradient(bench, theta))
    assert check(trainer, [("W1", (0, 0))])[0].error > 1e-3


@pytest.mark.parametrize("rule", ["sgd", "momentum", "nesterov", "adam"])
def test_the_change_of_j(rule):
    """g·Δ, with ½ΔᵀHΔ, and as it came: the prediction's error shrinks by two orders for one of the rate."""
    errors = []
    for lr in (1e-2, 1e-3):
        made, trainer = deep(optimizer={"name": rule, "lr": lr}, regularization={"l1": 0.0, "l2": 0.1})
        masks = {1: reference_network.dropout_mask(0, 0, 1, 0.3, 4, 5)}
        found = change(trainer)
        rows = slice(0, 5)

        def objective(parameters, made=made, rows=rows, masks=masks):
            return reference_network.objective(
                made.network, parameters, made.x[rows], made.targets[rows], 0.0, 0.1, masks=masks
            )

        assert found.before == pytest.approx(objective(made.parameters), rel=1e-12)
        gradient = reference_network.gradient(
            made.network, made.parameters, made.x[rows], made.targets[rows], 0.0, 0.1, masks=masks
        )
        trainer.step(1)
        after = {name: value.copy() for name, value in trainer.named_parameters.items()}
        assert found.after == pytest.approx(objective(after), rel=1e-12)
        linear = sum(float(np.sum(gradient[name] * (after[name] - made.parameters[name]))) for name in after)
        assert found.linear == pytest.approx(linear, rel=1e-9)
        assert found.actual < 0 and abs(found.predicted - found.actual) < abs(found.linear - found.actual)
        errors.append((abs(found.linear - found.actual), abs(found.predicted - found.actual)))
    assert errors[1][0] < errors[0][0] / 50
    assert errors[1][1] < errors[0][1] / 300


def test_the_quadratic_term_is_exact_on_a_quadratic():
    """Least squares has no third derivative: the prediction is the change."""
    network = reference_network.Network(3, (), 2)
    made = network_problems.network_problem(network, task="regression", seed=8)
    trainer = made.trainer(optimizer={"name": "sgd", "lr": 0.3})
    found = change(trainer)
    assert found.predicted == pytest.approx(found.actual, rel=1e-8)
    assert abs(found.linear - found.actual) > 0.05 * abs(found.actual)
    assert reference.data_loss(
        [(made.parameters["W1"], made.parameters["b1"])], ("identity",), "mse", made.x, made.targets
    ) == pytest.approx(found.before)
