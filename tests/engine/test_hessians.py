"""Second derivatives of networks: exact, whatever the size of the inputs, under norms and skips, for every activation, loss and
output, against closed forms and PyTorch's own Hessian."""

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.evaluation.curves import curve
from engine.landscape.curvature import of_hessian
from engine.landscape.slices import Landscape
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES

HIDDEN = [name for name, row in ACTIVATIONS.items() if row.hidden]
PAIRS = [(loss, output) for loss, row in LOSSES.items() for output in row.outputs]


def curvature_of(trainer, **options):
    theta, landscape = trainer.machine.theta.copy(), Landscape(trainer.machine)
    return of_hessian(landscape.gradient(theta), landscape.hessian(theta), **options)


def trainer_of(seed=0, shake=0.0, **fields):
    made = Trainer(RunSpec.model_validate(fields | {"seed": seed}))
    made.machine.theta += shake * np.random.default_rng(seed).normal(size=made.machine.theta.size)
    return made


def inline(x, y, task="classification"):
    return {"name": "inline", "task": task, "train_x": np.asarray(x).tolist(), "train_y": np.asarray(y).tolist()}


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_logistic_regression_on_one_sample(size):
    """At w = b = 0 the Hessian is σ′(0) (x, 1)ᵀ(x, 1), whose largest eigenvalue is (x² + 1)/4 and whose other is 0."""
    network = {"layers": [], "initializer": {"name": "zeros"}}
    found = curvature_of(trainer_of(data=inline([[size], [size]], [0, 1]), network=network))
    assert found.exact and found.corners == 0
    assert found.largest == pytest.approx((size**2 + 1.0) / 4.0, rel=1e-14)
    assert abs(found.smallest) <= max(found.error, 1e-16) and found.error <= 1e-13 * found.largest


def test_a_quadratic_has_the_curvature_of_its_inputs():
    """Least squares: H is the mean of (x, 1)(x, 1)ᵀ over the samples, with Lanczos as with the whole of it."""
    x = np.random.default_rng(3).normal(size=(30, 4)) * np.array([1e-3, 1.0, 50.0, 2e4])
    whole = np.column_stack([x, np.ones(30)])
    expected = np.linalg.eigvalsh(whole.T @ whole / 30)
    made = trainer_of(data=inline(x, x.sum(axis=1), "regression"), network={"layers": []})
    for options in ({}, {"exact_up_to": 0}):
        found = curvature_of(made, **options)
        assert found.largest == pytest.approx(expected[-1], rel=1e-12)
        assert abs(found.smallest - expected[0]) <= found.error <= 2e-8 * expected[-1]


def test_every_activation_has_its_second_derivative():
    """On its row, over z of any shape: the difference quotient of its slope, also far out."""
    for name in HIDDEN:
        second = ACTIVATIONS[name].second
        assert second is not None, f"{name}: no second derivative (`second`) on its row"
        z = np.concatenate([np.linspace(-9, 9, 600), [-45.0, -38.5, 38.5, 45.0]])
        z, h = z[np.abs(z) > 1e-2], 1e-3
        slope = {k: curve(name, z + k * h).slope for k in (-2, -1, 1, 2)}
        quotient = (8 * (slope[1] - slope[-1]) - (slope[2] - slope[-2])) / (12 * h)
        assert np.max(np.abs(second(z) - quotient)) <= 1e-10, name
        with np.errstate(all="raise", under="ignore"):
            far = second(np.array([[-1e300, -800.0], [800.0, 1e300]]))
        assert far.shape == (2, 2) and np.all(far == 0.0), name


def test_standing_at_a_corner_is_said():
    """A ReLU at z = 0 where an error signal arrives has no second derivative; the numbers are one side's, with φ′(0) = 0."""
    network = {"layers": [{"units": 3, "activation": "relu"}], "initializer": {"name": "he_normal"}}
    x, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
    cornered = curvature_of(trainer_of(data=inline(x, y), network=network))
    assert cornered.corners >= 3 and cornered.kind == "not smooth" and np.isfinite(cornered.largest)
    beside = curvature_of(trainer_of(data=inline(x, y), network=network | {"bias": 0.1}))
    assert beside.corners == 0 and beside.kind != "not smooth"
    smooth = {"layers": [{"units": 3, "activation": "tanh"}], "initializer": {"name": "zeros"}}
    assert curvature_of(trainer_of(data=inline(x, y), network=smooth)).corners == 0
    penalized = curvature_of(trainer_of(data=inline(x, y), network=smooth, regularization={"l1": 0.1}))
    assert penalized.corners == 9 and penalized.kind == "not smooth"


def random_network(number):
    """The spec of one of many random networks: all activations, losses, outputs, norms, skips and penalties, on tables as they
    come and on own data of any size."""
    draw = np.random.default_rng([17, number])
    loss, output = PAIRS[draw.integers(len(PAIRS))]
    classes = loss != "mse" or output == "softmax" or draw.random() < 0.3
    layers = []
    for depth in range(draw.integers(1, 4)):
        skip = int(draw.integers(1, depth + 1)) if depth and draw.random() < 0.3 else None
        norm = [None, None, "batch", "layer"][draw.integers(4)]
        units = int(draw.integers(2 if norm == "layer" else 1, 5))
        layers.append({"units": units, "activation": str(draw.choice(HIDDEN)), "norm": norm, "skip": skip})
    if draw.random() < 0.5 and classes and (loss, output) in (("cross_entropy", "softmax"), ("mse", "softmax")):
        data = {"name": str(draw.choice(["wine", "iris"])), "test_fraction": 0.8}
    elif draw.random() < 0.3 and (loss, output) in (("bce", "sigmoid"), ("mse", "sigmoid")):
        data = {"name": str(draw.choice(["circle", "spiral", "xor"])), "samples": 60}
    else:
        x = draw.normal(size=(24, 3)) * 10.0 ** draw.uniform(-3, 3, size=3)
        outputs = int(draw.integers(2 if output == "softmax" or loss == "cross_entropy" else 1, 4))
        y = np.arange(24) % max(2, outputs) if classes else draw.uniform(0.05, 0.95, size=(24, outputs))
        data = inline(x, y, "classification" if classes else "regression")
    return {
        "data": data | {"standardize": bool(draw.random() < 0.3)},
        "network": {"layers": layers, "output_activation": output, "bias": 0.1},
        "loss": loss,
        "regularization": {"l1": float(draw.choice([0.0, 0.01])), "l2": float(draw.choice([0.0, 0.1]))},
    }


def agreement(numbers):
    """Of these random networks: how many agree with PyTorch to 1e-6 of the largest curvature, and how many say an error that
    contains the difference instead. Anything else fails."""
    torch = pytest.importorskip("torch")
    from torch_objective import objective_of

    exact = said = 0
    for number in numbers:
        made = trainer_of(seed=number, shake=0.2, **random_network(number))
        found = curvature_of(made)
        H = torch.autograd.functional.hessian(objective_of(made), torch.tensor(made.machine.theta)).numpy()
        expected = np.linalg.eigvalsh((H + H.T) / 2.0)
        reach = np.abs(expected).max()
        off = max(abs(found.smallest - expected[0]), abs(found.largest - expected[-1]))
        if off <= 1e-6 * reach:
            exact += 1
        else:
            assert off <= found.error <= 0.1 * reach, (number, off / reach, found.error / reach)
            said += 1
    return exact, said


def test_hessians_of_random_networks_are_torchs():
    assert agreement(range(4)) == (4, 0)


@pytest.mark.slow(seconds=50)
@pytest.mark.parametrize("first", [4, 53, 102, 151])
def test_hessians_of_many_random_networks_are_torchs(first):
    exact, said = agreement(range(first, first + 49))
    assert exact + said == 49 and said <= 2
