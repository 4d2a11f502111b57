"""Curvature: Hessians of networks from their gradients, Lanczos' extremes against eigvalsh, and kinds of points."""

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.landscape.curvature import classify, hessian_in_parts, lanczos, of_hessian, of_matrix
from engine.landscape.slices import Landscape
from engine.parts import at_once
from engine.surfaces.function import SurfaceFunction, SurfaceSpec


def symmetric(size, seed, low=-3.0, high=50.0):
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))
    return rotation @ np.diag(np.random.default_rng(seed + 1).uniform(low, high, size)) @ rotation.T


@pytest.mark.parametrize("size", [1, 2, 5, 60, 400])
def test_lanczos_extremes(size):
    H = symmetric(size, size)
    expected = np.linalg.eigvalsh(H)[[0, -1]]
    assert np.allclose(lanczos(lambda v: H @ v, size), expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())


def test_lanczos_of_few_distinct_eigenvalues_and_of_nothing():
    assert np.allclose(lanczos(lambda v: 3.0 * v, 50), (3.0, 3.0), rtol=1e-12)
    assert lanczos(lambda v: 0.0 * v, 10) == (0.0, 0.0)


def trainer(**fields):
    described = {"data": {"name": "circle", "samples": 60}, "network": {"layers": [{"units": 6}, {"units": 5}]}}
    made = Trainer(RunSpec.model_validate(described | fields))
    made.step(40)
    return made


def gradient_of(made):
    return Landscape(made.machine).gradient


def test_gradient_of_the_landscape_is_the_trainers():
    for fields in ({"regularization": {"l1": 0.01, "l2": 0.02}}, {"network": {"layers": [{"units": 4, "norm": "batch"}]}}):
        made = trainer(data={"name": "circle", "samples": 900, "test_fraction": 0.0}, **fields)
        found = gradient_of(made)(made.machine.theta)
        expected = made.evaluator.gradient("train")
        assert np.allclose(found, expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_hessian_of_a_network_is_that_of_its_losses(l2):
    """The witness uses losses alone: second differences along random directions."""
    made = trainer(regularization={"l2": l2})
    theta, landscape = made.machine.theta.copy(), Landscape(made.machine)
    H, error = at_once(hessian_in_parts(landscape.hessian(theta), theta.size, at_once=7))
    assert error < 1e-12 * np.linalg.norm(H)
    random = np.random.default_rng(0)
    for _ in range(6):
        u = random.normal(size=theta.size)
        u /= np.linalg.norm(u)
        h = 2e-3
        f = landscape.at([theta + k * h * u for k in (-2, -1, 0, 1, 2)])
        second = (-f[0] + 16 * f[1] - 30 * f[2] + 16 * f[3] - f[4]) / (12 * h * h)
        assert u @ H @ u == pytest.approx(second, abs=1e-7)
    assert np.array_equal(made.machine.theta, theta)


def test_lanczos_on_a_network_agrees_with_the_whole_spectrum():
    made = trainer()
    theta, landscape = made.machine.theta.copy(), Landscape(made.machine)
    gradient = landscape.gradient(theta)
    whole = of_hessian(gradient, landscape.hessian(theta))
    few = of_hessian(gradient, landscape.hessian(theta), exact_up_to=0)
    assert whole.exact and not few.exact and whole.spectrum.size == theta.size and few.spectrum is None
    reach = max(abs(whole.smallest), abs(whole.largest))
    assert abs(few.smallest - whole.smallest) < 1e-6 * reach and abs(few.largest - whole.largest) < 1e-6 * reach
    assert whole.gradient_norm == pytest.approx(np.linalg.norm(gradient))
    assert few.newton_step == pytest.approx(whole.newton_step, rel=0.05) and few.kind == whole.kind


def at(name, x, y, **own):
    found = SurfaceFunction(SurfaceSpec.model_validate({"name": name, **own})).at([[x, y]])
    return of_matrix(found.gradient[0], found.hessian[0])


def test_kinds_of_points_are_told_only_where_the_gradient_is_small():
    assert at("rosenbrock", 1.0, 1.0).kind == "minimum"
    assert at("rosenbrock", 0.9, 0.8).kind == "not critical"
    assert at("saddle", 0.0, 0.0).kind == "saddle" and at("saddle", 0.0, 2.0).kind == "minimum"
    assert at("monkey_saddle", 0.0, 0.0).kind == "degenerate"
    assert at("ackley", 0.0, 0.0).kind == "not smooth"
    assert at("himmelblau", -0.270844590667, -0.923038522311).kind == "maximum"
    assert classify(np.nan, 1.0, 2.0) == "not smooth" and classify(1e-9, -2.0, -1.0) == "maximum"
    assert at("tiny_gradients", 1.0, 1.0).kind == "not critical" and at("tiny_gradients", 0.0, 0.0).kind == "minimum"


def test_condition_number():
    assert at("ravine", 0.4, 0.3, kappa=250.0, angle=20.0).condition == pytest.approx(250.0, rel=1e-9)
    assert at("saddle", 0.0, 0.0).condition is None
    H = SurfaceFunction(SurfaceSpec.model_validate("rosenbrock")).at([[1.0, 1.0]]).hessian[0]
    assert at("rosenbrock", 1.0, 1.0).condition == pytest.approx(np.linalg.cond(H), rel=1e-9)


def test_the_floor_of_a_narrow_valley_is_no_minimum():
    """Where only the stiff direction is at rest, ‖∇f‖ is small beside λ_max and the minimum far all the same."""
    for x in (-1.0, 0.0, 0.5, 0.9, 0.99):
        found = at("rosenbrock", x, x * x)
        assert found.kind == "not critical" and found.newton_step > 1e-3, x
        assert x < 0.99 or found.gradient_norm < 1e-3 * found.largest  # what a threshold by λ_max alone would call a minimum
    assert at("rosenbrock", 1.0 + 4e-4, (1.0 + 4e-4) ** 2).kind == "minimum"
    for away, kind in ((1e-2, "not critical"), (1.01e-3, "not critical"), (0.99e-3, "minimum")):
        along = at("ravine", away, 0.0, kappa=1000.0)
        assert along.newton_step == pytest.approx(away, rel=1e-9) and along.kind == kind
        turned = at("ravine", away * np.cos(0.5), away * np.sin(0.5), kappa=1000.0, angle=np.degrees(0.5))
        assert turned.newton_step == pytest.approx(away, rel=1e-6)
    # Across the valley the gradient is κ times as large at the same distance: the step says the distance, not the slope.
    assert at("ravine", 0.0, 0.5e-3, kappa=1000.0).kind == "minimum"


def test_saddles_plateaus_and_flat_directions():
    assert at("saddle", 5e-4, 0.0).kind == "saddle" and at("saddle", 2e-3, 0.0).kind == "not critical"
    assert at("monkey_saddle", 0.0, 0.0).kind == "degenerate"
    assert at("monkey_saddle", 0.01, 0.0).kind == "not critical"  # ∇f = 3·10⁻⁴ there, and H = 6·10⁻² no larger
    flat = at("plateau", *SurfaceFunction(SurfaceSpec.model_validate("plateau")).start)
    assert flat.gradient_norm < 0.05 and flat.kind == "not critical"
    H = np.diag([0.0, 1.0])
    assert of_matrix(np.array([0.0, 1e-4]), H).kind == "degenerate"
    assert of_matrix(np.array([1e-4, 0.0]), H).kind == "not critical"  # it leads along the flat direction, nobody knows how far
    assert of_matrix(np.zeros(2), np.zeros((2, 2))).kind == "degenerate"
    assert of_matrix(np.array([1e-12, 0.0]), np.zeros((2, 2))).kind == "not critical"
    assert of_matrix(np.array([np.inf, 0.0]), np.eye(2)).kind == "not smooth"


def test_the_newton_step_of_a_quadratic_leads_to_its_minimum():
    H, away = symmetric(500, 9, 0.5, 400.0), np.random.default_rng(2).normal(size=500)
    found = of_hessian(H @ away, Quadratic(H))
    assert not found.exact and found.newton_step == pytest.approx(np.linalg.norm(away), rel=0.02)
    assert of_hessian(1e-6 * H @ away, Quadratic(H)).kind == "minimum"


class Quadratic:
    """v ↦ H v of a known matrix."""

    at_once, corners = 1, 0

    def __init__(self, H):
        self.H = H

    def __call__(self, v):
        return v @ self.H
