"""Every activation, found by walking the rows: its kernel, φ and φ′, its range, its PyTorch form and what Step writes of it,
held against the row's witness."""

import numpy as np
import pytest
import witness_equations
from witnesses.activations import ACTIVATIONS as WITNESSES
from witnesses.activations import FIRST_SLOPE, WIDE, near_kink

from engine import RunSpec, Trainer
from engine.evaluation.curves import curve, output_delta
from engine.microscope import next_update
from engine.rows.activations import ACTIVATIONS

SMALL = np.geomspace(1e-12, 1, 400)
GRID = np.concatenate([np.linspace(-37, 37, 3001), SMALL, -SMALL])
FAR = np.array([-1e300, -1e4, -800.0, -745.2, -709.9, 709.9, 800.0, 1e4, 1e300])
WIDELY = np.sort(np.concatenate([np.linspace(-8, 8, 16_001), FAR]))
HIDDEN = [name for name, row in ACTIVATIONS.items() if row.hidden]
COLUMNS = [name for name, row in ACTIVATIONS.items() if not row.elementwise]
every = pytest.mark.parametrize("name", ACTIVATIONS)
elementwise = pytest.mark.parametrize("name", HIDDEN)


def witnessed(name, z):
    """The witness's φ and φ′ over z, any shape, at the slopes that a run begins with."""
    row = WITNESSES[name]
    return (row.value(z, FIRST_SLOPE), row.slope(z, FIRST_SLOPE)) if row.learned else (row.value(z), row.slope(z))


def logits(units=4, samples=60):
    return np.random.default_rng(8).normal(scale=4.0, size=(units, samples))


@every
def test_it_has_a_witness(name):
    """Which says the same of where it may stand, and where its slope jumps."""
    assert name in WITNESSES, f"{name}: no witness in tests/engine/witnesses/activations.py"
    row, witness = ACTIVATIONS[name], WITNESSES[name]
    assert (row.hidden, row.output, row.learned_slopes) == (witness.hidden, witness.output, witness.learned)
    assert row.kinks == witness.kinks
    assert row.elementwise == (witness.jacobian is None)


def test_no_witness_is_left_over():
    assert set(WITNESSES) == set(ACTIVATIONS)
    assert len({row.code for row in ACTIVATIONS.values()}) == len(ACTIVATIONS), "each has a code of its own"


# The kernel -----------------------------------------------------------------------------------------------------------


@elementwise
def test_phi_keeps_its_digits(name):
    """To a few units in the last place of the exact value, near zero and far out (e^−708 and less is 0); NaN stays NaN."""
    z = np.concatenate([GRID, FAR])
    exact = witnessed(name, z.astype(WIDE))[0]
    with np.errstate(over="ignore"):
        allowed = 1e-300 + WITNESSES[name].ulps(z) * np.spacing(np.abs(exact).astype(float))
    off = np.abs(curve(name, z).value - exact)
    worst = int(np.argmax(off - allowed))
    assert np.all(off <= allowed), f"{name}: φ({z[worst]}) is off by {float(off[worst]):.2e}"
    assert np.isnan(curve(name, [np.nan]).value[0])


@elementwise
def test_the_slope_keeps_its_digits(name):
    """Of what it is a sum of."""
    z = np.concatenate([GRID, FAR])
    exact = witnessed(name, z.astype(WIDE))[1].astype(float)
    off = np.abs(curve(name, z).slope - exact)
    worst = int(np.argmax(off))
    assert np.all(off <= 2e-15 + 1e-14 * np.abs(exact)), f"{name}: φ′({z[worst]}) is off by {off[worst]:.2e}"


@elementwise
def test_the_slope_is_the_difference_quotient(name):
    z, step = np.linspace(-9, 9, 1801) + 1e-3, 1e-5
    z = z[~near_kink(name, z, 2 * step, corners=True)]
    above, below = curve(name, z + step).value, curve(name, z - step).value
    assert np.max(np.abs(curve(name, z).slope - (above - below) / (2 * step))) <= 1e-9, name


@pytest.mark.parametrize("name", COLUMNS)
def test_a_whole_column_and_its_jacobian(name):
    """δ of the squared error is Jᵀ(ŷ − y)."""
    z, y = logits(), np.eye(4)[np.arange(60) % 4].T
    found = output_delta("mse", name, z, y)
    for n in range(60):
        value = WITNESSES[name].value(z[:, n])
        assert found.prediction[:, n] == pytest.approx(value, rel=1e-14, abs=1e-300)
        assert found.delta[:, n] == pytest.approx(WITNESSES[name].jacobian(z[:, n]).T @ (value - y[:, n]), rel=1e-12, abs=1e-15)


# What its row says ----------------------------------------------------------------------------------------------------


def values(name, z):
    """φ over z (n,); of what takes whole columns, over columns of z and three zeros."""
    if ACTIVATIONS[name].elementwise:
        return curve(name, z).value
    columns = np.concatenate([z[None], np.zeros((3, len(z)))])
    return output_delta("mse", name, columns, np.zeros_like(columns)).prediction


@every
def test_its_range(name):
    """φ stays within it, and comes near each end; an open end it does not reach, a closed one it does."""
    within, found = ACTIVATIONS[name].range, values(name, WIDELY)
    low, high = found.min(), found.max()
    assert within.low - 1e-15 <= low, f"{name}: φ reaches {low}, below the range's {within.low}"
    assert high <= within.high + 1e-15, f"{name}: φ reaches {high}, above the range's {within.high}"
    assert low <= (within.low + 1e-3 if np.isfinite(within.low) else -1e3), f"{name}: φ does not come near {within.low}"
    assert high >= (within.high - 1e-3 if np.isfinite(within.high) else 1e3), f"{name}: φ does not come near {within.high}"
    moderate = values(name, np.linspace(-8, 8, 16_001))
    for end, is_open in ((within.low, within.low_open), (within.high, within.high_open)):
        assert (np.abs(moderate - end).min() > 1e-7) == is_open, f"{name}: whether the end {end} is open"


@elementwise
def test_its_steepest_slope(name):
    slopes = np.abs(curve(name, np.concatenate([np.linspace(-8, 8, 160_001), FAR])).slope)
    assert slopes.max() == pytest.approx(ACTIVATIONS[name].steepest, rel=1e-8), name


@elementwise
def test_whether_it_levels_off(name):
    far = np.abs(curve(name, [-1e4, 1e4]).slope)
    assert ACTIVATIONS[name].levels_off == bool(np.all(far < 1e-6)), name


def test_what_takes_whole_columns_has_no_slope_of_its_own():
    for name in COLUMNS:
        row = ACTIVATIONS[name]
        assert row.steepest is None and not row.hidden and not row.levels_off, name


# Its form in PyTorch --------------------------------------------------------------------------------------------------


@every
@pytest.mark.parametrize("numerics", ["stable", "naive"])
def test_its_form_in_torch(name, numerics):
    """φ, and with autograd φ′, or the whole Jacobian's product with a vector."""
    torch = pytest.importorskip("torch")
    row = ACTIVATIONS[name]
    assert row.torch, f"{name}: no PyTorch form"
    z = np.linspace(-7.3, 7.1, 240).reshape(60, 4)
    weights = np.random.default_rng(9).normal(size=z.shape)
    u = torch.tensor(z, requires_grad=True)
    names = {"torch": torch, "u": u, "alpha1": torch.full((4,), FIRST_SLOPE, dtype=torch.float64)}
    found = eval(row.torch_in(numerics, "u", 1), names)
    (found * torch.tensor(weights)).sum().backward()
    if row.elementwise:
        value, slope = witnessed(name, z)
        back = weights * slope
    else:
        value = np.array([WITNESSES[name].value(one) for one in z])
        back = np.array([WITNESSES[name].jacobian(one).T @ weight for one, weight in zip(z, weights, strict=True)])
    assert found.detach().numpy() == pytest.approx(value, rel=1e-12, abs=1e-14), name
    assert u.grad.numpy() == pytest.approx(back, rel=1e-10, abs=1e-13), name


@elementwise
def test_its_form_in_torch_keeps_its_digits(name):
    """φ and φ′ relative to their own size, as far out as doubles go; NaN stays NaN, and nothing infinite comes of finite u."""
    torch = pytest.importorskip("torch")
    away = np.array([0.99, 1.0, 1.01, 2.0, 5.0, 8.3, 9.0, 17.0, 19.1, 25.0, 36.0, 37.0, 100.0, 350.0, 690.0, 800.0, 1e4, 1e300])
    z = np.concatenate([[0.0, 1e-300, 1e-9], away, -away, [-1e-9]])
    u = torch.tensor(z[:, None], requires_grad=True)
    names = {"torch": torch, "u": u, "alpha1": torch.full((1,), FIRST_SLOPE, dtype=torch.float64)}
    form = ACTIVATIONS[name].torch_in("stable", "u", 1)
    found = eval(form, names)
    found.sum().backward()
    with np.errstate(all="ignore"):
        value, slope = witnessed(name, z.astype(WIDE))
    for what, told, exact in (("φ", found.detach(), value), ("φ′", u.grad, slope)):
        for at, a, b in zip(z, told.numpy()[:, 0], exact, strict=True):
            assert abs(a - b) <= max(1e-12 * abs(b), 1e-290), f"{name}: {what}({at}) is {a} in PyTorch's form, right {b}"
    assert torch.isnan(eval(form, names | {"u": torch.nan * torch.ones_like(u)})).all(), name


# What Step writes -----------------------------------------------------------------------------------------------------


@every
def test_its_equation_in_step(name):
    """The equation of every entry of φ(z), as a hidden layer and as an output: its value is the run's, bit for bit, and its
    parts, evaluated anew by the witness, make the same."""
    row = ACTIVATIONS[name]
    for place in ("hidden", "output"):
        if getattr(row, place):
            step = activation_step(name, place)
            for position in np.ndindex(step.results[0].array.shape):
                equation = step.equation(*position)
                assert equation.exact, (name, place, position)
                assert evaluated(equation.expression, step, position) == pytest.approx(
                    equation.result.value, rel=1e-12, abs=1e-15
                )


def activation_step(name, place):
    """The micro-step of φ in a run with three units of it."""
    x, y = np.random.default_rng(4).normal(size=(6, 2)), np.random.default_rng(5).uniform(size=(6, 3))
    spec = {
        "data": {"name": "inline", "task": "regression", "train_x": x.tolist(), "train_y": y.tolist()},
        "network": {
            "layers": [{"units": 3, "activation": name}] if place == "hidden" else [],
            "output_activation": name if place == "output" else "identity",
        },
        "loss": "mse",
        "batch_size": "full",
    }
    return next(step for step in next_update(Trainer(RunSpec.model_validate(spec))).steps if step.kind == "activation")


def evaluated(node, step, position):
    """A tree from its leaves: entries of the arrays that the micro-step reads, and constants that the witness vouches for."""
    if hasattr(node, "parts"):
        return witness_equations.evaluated(node.kind, node.symbol, [evaluated(part, step, position) for part in node.parts])[0]
    if node.position is None:
        return {"0": 0.0, r"\alpha": witness_equations.LEAK}[node.symbol]
    array = next(value.array for value in step.operands if value.name == node.name)
    return float(array.reshape(len(array), -1)[node.position])
