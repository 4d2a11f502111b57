"""The smooth activations keep their digits: near zero, in the tails, and where a plain formula cancels or overflows."""

import math

import numpy as np
import pytest
from network_problems import NetworkProblem
from reference_network import Layer, Network

WIDE = np.longdouble  # more digits than the engine has, so that the comparison can see its last
GRID = np.concatenate([np.linspace(-37, 37, 3001), np.geomspace(1e-12, 1, 400), -np.geomspace(1e-12, 1, 400)])
FAR = np.array([-1e4, -800.0, -745.2, -709.9, 709.9, 800.0, 1e4])


def through(name, z):
    """φ(z) and φ′(z) as the engine computes them: one unit, weight 1, a sample each."""
    network = Network(1, (Layer(1, name),), 1)
    parameters = {"W1": np.ones((1, 1)), "b1": np.zeros(1), "W2": np.ones((1, 1)), "b2": np.zeros(1)}
    made = NetworkProblem(network, "regression", z[:2, None], z[:2, None], parameters)
    return made.trainer().predict(z[:, None])[:, 0]


def slopes_through(name, z):
    """φ′ at each z: the bias' gradient of one sample where ŷ − y is 1."""
    found = []
    for value in z:
        network = Network(1, (Layer(1, name),), 1)
        parameters = {"W1": np.zeros((1, 1)), "b1": np.array([value]), "W2": np.ones((1, 1)), "b2": np.zeros(1)}
        made = NetworkProblem(network, "regression", np.ones((1, 1)), np.zeros((1, 1)), parameters)
        answer = made.trainer().predict([[1.0]])[0, 0]
        blame = answer if abs(answer) > 0.1 else 1.0
        if blame == 1.0:  # ŷ − y = 1
            made.y = np.array([[answer - 1.0]])
        trainer = made.trainer()
        found.append(trainer.named_gradient("train")["b1"][0] / trainer.named_gradient("train")["b2"][0])
    return np.array(found)


def gauss_below(z):
    """Φ by libm's erfc at the nearest double to −z/√2, and from there a first-order step to −z/√2 itself."""
    argument = -z / np.sqrt(WIDE(2))
    near = argument.astype(float)
    step = 2 / np.sqrt(WIDE(math.pi)) * np.exp(-(near.astype(WIDE) ** 2)) * (argument - near)
    return (np.array([math.erfc(value) for value in near], dtype=WIDE) - step) / 2


EXACT = {
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "softplus": lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))),
    "silu": lambda z: z * np.where(z < 0, np.exp(np.minimum(z, 0)), 1) / (1 + np.exp(-np.abs(z))),
    "gelu": lambda z: z * gauss_below(z),
}
EXACT_SLOPE = {
    "elu": lambda z: np.where(z > 0, WIDE(1), np.exp(np.minimum(z, 0))),
    "softplus": lambda z: np.where(z < 0, np.exp(np.minimum(z, 0)), 1) / (1 + np.exp(-np.abs(z))),
    "silu": lambda z: EXACT_SLOPE["softplus"](z) * (1 + z * EXACT_SLOPE["softplus"](-z)),
    "gelu": lambda z: gauss_below(z) + z * np.exp(-z * z / 2) / np.sqrt(2 * WIDE(math.pi)),
}


@pytest.mark.parametrize("name", EXACT)
def test_relative_error(name):
    """Φ far to the left feels a rounding of z/√2 z² times over."""
    expected = EXACT[name](GRID.astype(WIDE))
    found = through(name, GRID)
    units = np.abs(found - expected) / np.spacing(np.abs(expected.astype(float)))
    allowed = 4.0 + (2.0 * GRID**2 if name == "gelu" else 0.0)
    worst = int(np.argmax(units - allowed))
    assert np.all(units <= allowed), f"{units[worst]:.1f} ulp at z = {GRID[worst]}"


@pytest.mark.parametrize("name", EXACT)
def test_far_out(name):
    found = through(name, FAR)
    left = {"elu": -1.0}.get(name, 0.0)
    assert np.allclose(found[:4], left, rtol=0.0, atol=1e-300)
    assert np.array_equal(found[4:], FAR[4:])


@pytest.mark.parametrize("name", EXACT)
def test_slopes(name):
    """φ′ to a few units in the last place of the larger of φ′ and what it is a sum of."""
    z = np.array([-700.0, -36.0, -8.0, -3.0, -1.2784645, -0.75, -1e-3, -1e-9, 1e-9, 0.3, 1.5, 6.0, 30.0, 700.0])
    expected = EXACT_SLOPE[name](z.astype(WIDE)).astype(float)
    assert slopes_through(name, z) == pytest.approx(expected, rel=1e-14, abs=2e-15)
