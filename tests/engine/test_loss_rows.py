"""Every loss, found by walking the rows, with every output it allows: its kernel, its PyTorch form and what Step writes of it,
held against the row's witness."""

import numpy as np
import pytest
import witness_equations
from witnesses.activations import ACTIVATIONS as OUTPUTS
from witnesses.activations import activate, jacobian, near_kink
from witnesses.losses import LOSSES as WITNESSES
from witnesses.losses import Sample

from engine import RunSpec, Trainer
from engine.evaluation.curves import output_delta
from engine.microscope import next_update
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES

every = pytest.mark.parametrize("name", LOSSES)
PAIRS = [pytest.param(name, output, id=f"{name}-{output}") for name, row in LOSSES.items() for output in row.outputs]
every_pair = pytest.mark.parametrize(("name", "output"), PAIRS)
UNITS, SAMPLES = 3, 40


def logits():
    return np.random.default_rng(11).normal(scale=2.0, size=(UNITS, SAMPLES))


def targets(name):
    """(units, samples): classes one by one, and for what is no distribution numbers between 0 and 1 too."""
    y = np.eye(UNITS)[np.arange(SAMPLES) % UNITS].T
    if not WITNESSES[name].for_each_class:
        y[:, SAMPLES // 2 :] = np.random.default_rng(12).uniform(size=(UNITS, SAMPLES - SAMPLES // 2))
    return y


def samples(name, output):
    return [Sample(output, z, y) for z, y in zip(logits().T, targets(name).T, strict=True)]


@every
def test_it_has_a_witness(name):
    """Which says the same of the outputs it allows."""
    assert name in WITNESSES, f"{name}: no witness in tests/engine/witnesses/losses.py"
    row, witness = LOSSES[name], WITNESSES[name]
    assert (row.matched, row.unit_for_each_class) == (witness.matched, witness.for_each_class)
    assert set(row.outputs) == set(witness.outputs) and row.outputs[0] == row.matched


def test_no_witness_is_left_over():
    assert set(WITNESSES) == set(LOSSES)
    assert len({row.code for row in LOSSES.values()}) == len(LOSSES), "each has a code of its own"


def test_the_squared_error_is_taken_of_every_output():
    assert set(LOSSES["mse"].outputs) == {name for name, row in ACTIVATIONS.items() if row.output}


@every_pair
def test_the_kernel(name, output):
    """ŷ, ℓ and δ = Jᵀ ∂ℓ/∂ŷ of every sample."""
    found = output_delta(name, output, logits(), targets(name))
    for n, sample in enumerate(samples(name, output)):
        delta = jacobian(output, sample.z).T @ WITNESSES[name].slope(sample)
        assert found.prediction[:, n] == pytest.approx(activate(output, sample.z), rel=1e-13, abs=1e-300)
        assert found.loss[n] == pytest.approx(WITNESSES[name].each(sample).sum(), rel=1e-12)
        assert found.delta[:, n] == pytest.approx(delta, rel=1e-10, abs=1e-14)


@every_pair
def test_delta_is_the_difference_quotient(name, output):
    z, y, step = logits(), targets(name), 1e-5
    found = output_delta(name, output, z, y)
    for unit in range(UNITS):
        moved = np.zeros_like(z)
        moved[unit] = step
        above, below = (output_delta(name, output, z + way * moved, y).loss for way in (1, -1))
        off = np.abs(found.delta[unit] - (above - below) / (2 * step))
        smooth = ~near_kink(output, z[unit], 2 * step, corners=True)
        assert np.max(off[smooth]) <= 1e-8, (name, output, unit)


@every
def test_the_matched_output_leaves_the_difference(name):
    found = output_delta(name, LOSSES[name].matched, logits(), targets(name))
    assert np.array_equal(found.delta, found.prediction - targets(name))


@every_pair
@pytest.mark.parametrize("numerics", ["stable", "naive"])
def test_its_form_in_torch(name, output, numerics):
    """The sum over the mini-batch, and with autograd δ, through the output's own form."""
    torch = pytest.importorskip("torch")
    u = torch.tensor(logits().T, requires_grad=True)
    names = {"torch": torch, "u": u, "y": torch.tensor(targets(name).T)}
    names["h1"] = eval(ACTIVATIONS[output].torch_in(numerics, "u", 1), names)
    found = eval(LOSSES[name].torch_in(numerics, output, "h1"), names)
    found.backward()
    own = samples(name, output)
    assert found.item() == pytest.approx(sum(WITNESSES[name].each(sample).sum() for sample in own), rel=1e-11)
    deltas = [jacobian(output, sample.z).T @ WITNESSES[name].slope(sample) for sample in own]
    assert u.grad.numpy() == pytest.approx(np.array(deltas), rel=1e-8, abs=1e-11)


@every_pair
@pytest.mark.parametrize("numerics", ["stable", "naive"])
def test_its_equations_in_step(name, output, numerics):
    """Of the loss of each sample and of every δ: their values are the run's, and evaluated anew they are the witness's."""
    update = one_update(name, output, numerics)
    loss = next(step for step in update.steps if step.kind == "losses")
    delta = next(step for step in update.steps if step.kind == "output delta")
    z = next(value.array for value in loss.operands if value.name.startswith("z"))
    y = next(value.array for value in loss.operands if value.name == "y")
    for n in range(z.shape[1]):
        sample = Sample(output, z[:, n], y[:, n])
        expected = WITNESSES[name].each(sample).sum()
        equation = loss.equation(0, n)
        for found in (equation.result.value, equation.computed, evaluated(equation.expression)):
            assert found == pytest.approx(expected, rel=1e-10), (name, output, n)
        back = jacobian(output, sample.z).T @ WITNESSES[name].slope(sample)
        for unit in range(len(back)):
            equation = delta.equation(unit, n)
            for found in (equation.result.value, equation.computed, evaluated(equation.expression)):
                assert found == pytest.approx(back[unit], rel=1e-8, abs=1e-12), (name, output, unit, n)


def one_update(name, output, numerics):
    classes = WITNESSES[name].for_each_class or OUTPUTS[output].jacobian is not None
    x = np.random.default_rng(13).normal(size=(6, 2))
    y = [0, 1, 2, 0, 1, 2] if classes else np.random.default_rng(14).uniform(0.1, 0.9, size=(6, 3)).tolist()
    task = "classification" if classes else "regression"
    spec = {
        "data": {"name": "inline", "task": task, "train_x": x.tolist(), "train_y": y},
        "network": {"layers": [], "output_activation": output},
        "loss": name,
        "batch_size": "full",
        "numerics": numerics,
    }
    return next_update(Trainer(RunSpec.model_validate(spec)))


def evaluated(node):
    """A tree from its leaves."""
    if not hasattr(node, "parts"):
        return node.value
    return witness_equations.evaluated(node.kind, node.symbol, [evaluated(part) for part in node.parts])[0]
