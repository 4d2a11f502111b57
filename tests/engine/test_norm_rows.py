"""Every norm, found by walking the rows: its kernel, its PyTorch form and what Step writes of it, held against the row's
witness."""

import numpy as np
import pytest
import witness_equations
from witnesses.norms import NORMS as WITNESSES

from engine import RunSpec, Trainer
from engine.microscope import next_update
from engine.rows.norms import NORMS

every = pytest.mark.parametrize("name", NORMS)
UNITS, SAMPLES = 4, 7


def parameters():
    random = np.random.default_rng(21)
    return {
        "W1": random.normal(size=(UNITS, 2)),
        "b1": random.normal(size=UNITS),
        "gamma1": random.normal(1.0, 0.4, size=UNITS),
        "beta1": random.normal(size=UNITS),
    }


def trained(name):
    """A run whose first layer has the norm, and is linear."""
    x, y = np.random.default_rng(22).normal(size=(SAMPLES, 2)), np.random.default_rng(23).normal(size=SAMPLES)
    spec = {
        "data": {"name": "inline", "task": "regression", "train_x": x.tolist(), "train_y": y.tolist()},
        "network": {"layers": [{"units": UNITS, "activation": "identity", "norm": name}]},
        "batch_size": "full",
        "shuffle": False,
    }
    return Trainer(RunSpec.model_validate(spec), parameters=parameters())


def told(name):
    """Everything that the first update reads and makes."""
    found = {}
    for step in trained(name).trace():
        if step.op.startswith("delta 1"):
            found["g1"] = step.operands["delta1"]
        found |= step.results
    return found


def back_through(name, z, g):
    """∂/∂z, ∂/∂γ, ∂/∂β of Σ g ⊙ u by central differences of the witness."""
    own, step = parameters(), 1e-6
    values = {"z": z, "gamma": own["gamma1"], "beta": own["beta1"]}
    slopes = {key: np.zeros_like(value) for key, value in values.items()}
    for key, value in values.items():
        for index in np.ndindex(value.shape):
            ends = []
            for way in (1, -1):
                moved = {other: array.copy() for other, array in values.items()}
                moved[key][index] += way * step
                ends.append(np.sum(g * WITNESSES[name].value(**moved)))
            slopes[key][index] = (ends[0] - ends[1]) / (2 * step)
    return slopes


@every
def test_it_has_a_witness(name):
    assert name in WITNESSES, f"{name}: no witness in tests/engine/witnesses/norms.py"


def test_no_witness_is_left_over():
    assert set(WITNESSES) == set(NORMS)
    assert len({row.code for row in NORMS.values()}) == len(NORMS), "each has a code of its own"


@every
def test_the_kernel_forward_and_back(name):
    found, own = told(name), parameters()
    expected = WITNESSES[name].value(found["z1"], own["gamma1"], own["beta1"])
    assert found["u1"] == pytest.approx(expected, rel=1e-12, abs=1e-14)
    slopes = back_through(name, found["z1"], found["g1"])
    assert found["delta1"] == pytest.approx(slopes["z"], rel=1e-6, abs=1e-8)
    assert SAMPLES * found["dgamma1"] == pytest.approx(slopes["gamma"], rel=1e-6, abs=1e-8)
    assert SAMPLES * found["dbeta1"] == pytest.approx(slopes["beta"], rel=1e-6, abs=1e-8)


@every
def test_inference_uses_what_the_row_s_witness_says(name):
    """Statistics of training, or the sample's own: whether a sample's answer depends on the others."""
    trainer = trained(name)
    trainer.step(3)
    alone = trainer.predict([[0.3, -0.2]])
    assert alone[0] == pytest.approx(trainer.predict([[0.3, -0.2], [5.0, 4.0]])[0], rel=1e-13)
    assert bool(trainer.running_statistics) == WITNESSES[name].running


@every
def test_its_form_in_torch(name):
    torch = pytest.importorskip("torch")
    assert NORMS[name].torch, f"{name}: no PyTorch form"
    found, own = told(name), parameters()
    u = torch.tensor(found["z1"].T.copy(), requires_grad=True)
    names = {"torch": torch, "u": u}
    names |= {key: torch.tensor(own[key], requires_grad=True) for key in ("gamma1", "beta1")}
    normed = eval(NORMS[name].torch.format(u="u", layer=1), names)
    (normed * torch.tensor(found["g1"].T.copy())).sum().backward()
    assert pytest.approx(found["u1"], rel=1e-11, abs=1e-13) == normed.detach().numpy().T
    assert pytest.approx(found["delta1"], rel=1e-9, abs=1e-12) == u.grad.numpy().T
    for key in ("gamma1", "beta1"):
        assert names[key].grad.numpy() == pytest.approx(SAMPLES * found[f"d{key}"], rel=1e-10, abs=1e-12)


@every
def test_its_equations_in_step(name):
    """Of every entry of the norm's results, forward and back: its value is the run's, and so are its parts, evaluated anew."""
    steps = [step for step in next_update(trained(name)).steps if step.kind.startswith("norm")]
    steps += [step for step in next_update(trained(name)).steps if step.kind == "delta" and step.layer == 1]
    assert [step.kind for step in steps] == ["norm statistics", "norm", "norm scale", "delta"]
    for step in steps:
        for value in step.results:
            for position in np.ndindex(value.array.shape):
                equation = step.equation(*position, name=value.name)
                for found in (equation.computed, evaluated(equation.expression)):
                    assert found == pytest.approx(equation.result.value, rel=1e-9, abs=1e-12), (step.kind, value.name, position)


def evaluated(node):
    """A tree from its leaves."""
    if not hasattr(node, "parts"):
        return node.value
    return witness_equations.evaluated(node.kind, node.symbol, [evaluated(part) for part in node.parts])[0]
