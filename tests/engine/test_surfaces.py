"""Surfaces: their minima, gradients and Hessians, against complex arithmetic on formulas stated here once more."""

import numpy as np
import pytest
from pydantic import ValidationError

from engine.surfaces.function import SurfaceFunction, SurfaceSpec
from engine.surfaces.rows import HILLS, SURFACES

STATED = {
    "ravine": lambda x, y: 0.5 * (x**2 + 100 * y**2),
    "bowl": lambda x, y: 0.5 * x**2 + y**2,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "beale": lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "booth": lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
    "styblinski_tang": lambda x, y: 0.5 * sum(t**4 - 16 * t**2 + 5 * t for t in (x, y)),
    "three_hump_camel": lambda x, y: 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2,
    "rastrigin": lambda x, y: 20 + sum(t**2 - 10 * np.cos(2 * np.pi * t) for t in (x, y)),
    "ackley": lambda x, y: (
        -20 * np.exp(-0.2 * np.sqrt((x**2 + y**2) / 2))
        - np.exp((np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2)
        + 20
        + np.exp(1)
    ),
    "goldstein_price": lambda x, y: (
        (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2))
        * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2))
    ),
    "saddle": lambda x, y: 0.5 * (x**2 - y**2) + 0.0625 * y**4,
    "monkey_saddle": lambda x, y: x**3 - 3 * x * y**2,
    "gaussian_hills": lambda x, y: (
        0.05 * (x**2 + y**2) + sum(a * np.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * s**2)) for a, u, v, s in HILLS)
    ),
    "plateau": lambda x, y: 1 - np.exp(-(x**2 + y**2) / 2),
    "tiny_gradients": lambda x, y: 0.5e-6 * (x**2 + y**2),
}


def slopes(f, x, y):
    """f_x and f_y by complex steps: no difference is taken, so nothing cancels."""
    h = 1e-30
    return np.array([(f(x + 1j * h, y)).imag / h, (f(x, y + 1j * h)).imag / h])


def bends(f, x, y, h=1e-4):
    """The Hessian by fourth-order differences of complex-step gradients."""
    columns = []
    for dx, dy in ((h, 0.0), (0.0, h)):
        near = slopes(f, x + dx, y + dy) - slopes(f, x - dx, y - dy)
        far = slopes(f, x + 2 * dx, y + 2 * dy) - slopes(f, x - 2 * dx, y - 2 * dy)
        columns.append((8 * near - far) / (12 * h))
    return np.array(columns)


def function(name, **own):
    return SurfaceFunction(SurfaceSpec.model_validate({"name": name, **own}))


def test_every_surface_is_stated_here():
    assert set(STATED) == set(SURFACES)


@pytest.mark.parametrize("name", STATED)
def test_value_gradient_and_hessian(name):
    f, stated = function(name), STATED[name]
    (x0, x1), (y0, y1) = f.domain
    points = np.random.default_rng(1).uniform((x0, y0), (x1, y1), size=(40, 2))
    found = f.at(points)
    for (x, y), value, gradient, hessian in zip(points, found.value, found.gradient, found.hessian, strict=True):
        assert value == pytest.approx(stated(x, y), rel=1e-12, abs=1e-13)
        expected = slopes(stated, x, y)
        assert np.linalg.norm(gradient - expected) <= 1e-11 * np.linalg.norm(expected) + 1e-20
        expected = bends(stated, x, y)
        assert np.linalg.norm(hessian - expected) <= 1e-7 * np.linalg.norm(expected) + 1e-20


SMOOTH = [(name, minimum) for name, row in SURFACES.items() for minimum in row.minima(row.defaults())]


@pytest.mark.parametrize(("name", "minimum"), SMOOTH, ids=[f"{name}-{m.x:.2f},{m.y:.2f}" for name, m in SMOOTH])
def test_minima(name, minimum):
    f = function(name)
    found = f.at([[minimum.x, minimum.y]])
    assert found.value[0] == pytest.approx(minimum.value, abs=1e-8)
    (x0, x1), (y0, y1) = f.domain
    assert x0 < minimum.x < x1 and y0 < minimum.y < y1
    around = [(minimum.x + 1e-3 * np.cos(a), minimum.y + 1e-3 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 16)]
    assert (f.at(around).value > found.value[0]).all()
    if name == "ackley":  # a cone's tip
        return
    eigenvalues = np.linalg.eigvalsh(found.hessian[0])
    assert eigenvalues[0] > 0
    off = np.linalg.solve(found.hessian[0], found.gradient[0])  # Newton's step: how far the true minimum is
    assert np.linalg.norm(off) < 1e-8


@pytest.mark.parametrize("name", [name for name, row in SURFACES.items() if row.minima(row.defaults())])
def test_no_place_in_the_picture_is_lower_than_the_global_minimum(name):
    f = function(name)
    least = min(minimum.value for minimum in f.minima)
    _, _, values = f.grid(301, 301)
    assert values.min() >= least - 1e-12 * (1 + abs(least))
    assert any(minimum.kind == "global" and minimum.value == least for minimum in f.minima)


def test_condition_number_is_what_it_says_however_the_ravine_is_turned():
    for kappa, angle in ((100.0, 0.0), (100.0, 30.0), (7.5, -80.0)):
        low, high = np.linalg.eigvalsh(function("ravine", kappa=kappa, angle=angle).at([[0.3, 0.2]]).hessian[0])
        assert high / low == pytest.approx(kappa, rel=1e-10) and low == pytest.approx(1.0, rel=1e-10)
    turned = function("ravine", angle=30.0)
    along = [[np.cos(np.radians(30.0)), np.sin(np.radians(30.0))]]
    assert turned.at(along).value[0] == pytest.approx(0.5, rel=1e-12)


def test_gradient_of_the_tiny_bowl_is_its_scale():
    assert np.allclose(function("tiny_gradients").at([[1.0, 1.0]]).gradient, 1e-6, rtol=1e-15)


def test_starts_are_in_the_picture_and_no_minimum():
    for name, row in SURFACES.items():
        f = function(name)
        (x0, x1), (y0, y1) = f.domain
        assert x0 <= f.start[0] <= x1 and y0 <= f.start[1] <= y1
        assert np.linalg.norm(f.at([f.start]).gradient) > 1e-7, name
        assert row.as_json()["minima"] == [vars(minimum) for minimum in f.minima]


def test_grid_rows_are_y():
    across, up, values = function("booth").grid(5, 3)
    assert values.shape == (3, 5) and values[2, 1] == function("booth").at([[across[1], up[2]]]).value[0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "mountain"}, ("name", "rosenbrock")),
        ({"name": "ravine", "kappa": 0.5}, ("kappa", "[1, 10000]")),
        ({"name": "beale", "kappa": 2.0}, ("kappa", "none")),
        ({"name": "formula", "formula": "x +"}, ("formula", "character")),
        ({"name": "formula", "formula": "x", "domain": [[1, 0], [0, 1]]}, ("domain", "x0 < x1")),
        ({"name": "formula", "formula": 3}, ("formula", "x and y")),
    ],
)
def test_bad_surfaces_are_refused_by_field_and_range(given, words):
    with pytest.raises(ValidationError) as refused:
        SurfaceSpec.model_validate(given)
    assert all(word in str(refused.value) for word in words)
