"""Every surface against its witness: value, gradient, Hessian, and its minima, all of them."""

import numpy as np
import pytest
from witnesses.surfaces import WITNESSES, gradient, hessian

from engine.surfaces.function import SurfaceFunction, SurfaceSpec
from engine.surfaces.rows import SURFACES

ROWS = [pytest.param(name, id=name) for name in SURFACES]


def witness(name):
    """A row's witness. A row without one fails by its name."""
    assert name in WITNESSES, f"the surface {name} has no witness in witnesses/surfaces.py"
    return WITNESSES[name]


def functions(name):
    """The surface and its witness's f(x, y), at the row's defaults and at the witness's values."""
    defaults = SURFACES[name].defaults()
    for own in (defaults, defaults | witness(name).own):
        yield own, SurfaceFunction(SurfaceSpec.model_validate({"name": name, **own})), stated(name, own)


def stated(name, own):
    return lambda x, y: witness(name).f(x, y, own)


def scattered(function, count=40):
    (x0, x1), (y0, y1) = function.domain
    return np.random.default_rng(1).uniform((x0, y0), (x1, y1), size=(count, 2))


@pytest.mark.parametrize("name", ROWS)
def test_it_has_a_witness(name):
    defaults, own = SURFACES[name].defaults(), witness(name).own
    assert set(own) == set(defaults) and all(value != defaults[key] for key, value in own.items())


def test_no_witness_is_left_over():
    assert set(WITNESSES) == set(SURFACES)


@pytest.mark.parametrize("name", ROWS)
def test_value(name):
    for own, function, f in functions(name):
        points = np.vstack([scattered(function), [(0.0, 0.0)], *([(m.x, m.y)] for m in function.minima)])
        assert function.at(points).value == pytest.approx([f(x, y) for x, y in points], rel=1e-12, abs=1e-13), own


@pytest.mark.parametrize("name", ROWS)
def test_gradient(name):
    for own, function, f in functions(name):
        points = scattered(function)
        for (x, y), found in zip(points, function.at(points).gradient, strict=True):
            expected = gradient(f, x, y)
            assert np.linalg.norm(found - expected) <= 1e-11 * np.linalg.norm(expected) + 1e-20, own


@pytest.mark.parametrize("name", ROWS)
def test_hessian(name):
    for own, function, f in functions(name):
        points = scattered(function)
        for (x, y), found in zip(points, function.at(points).hessian, strict=True):
            expected = hessian(f, x, y)
            assert np.linalg.norm(found - expected) <= 1e-7 * np.linalg.norm(expected) + 1e-20, own


@pytest.mark.parametrize("name", ROWS)
def test_minima(name):
    """Each is one of the witness's function: its value, its gradient, what lies around it; and none is missing."""
    for own, function, f in functions(name):
        minima, (x_range, y_range) = function.minima, function.domain
        assert len({(round(m.x, 6), round(m.y, 6)) for m in minima}) == len(minima) == witness(name).minima(own), own
        for minimum in minima:
            assert minimum.value == pytest.approx(f(minimum.x, minimum.y), abs=1e-8)
            assert x_range[0] < minimum.x < x_range[1] and y_range[0] < minimum.y < y_range[1]
            angle = np.linspace(0, 2 * np.pi, 16)
            around = f(minimum.x + 1e-3 * np.cos(angle), minimum.y + 1e-3 * np.sin(angle))
            assert np.all(around > f(minimum.x, minimum.y))
            if witness(name).smooth:
                curvature = hessian(f, minimum.x, minimum.y)
                assert np.linalg.eigvalsh(curvature)[0] > 0
                away = np.linalg.solve(curvature, gradient(f, minimum.x, minimum.y))  # Newton's step to the true one
                assert np.linalg.norm(away) < 1e-8
        if minima:
            least = min(minimum.value for minimum in minima)
            across, up = np.meshgrid(np.linspace(*x_range, 301), np.linspace(*y_range, 301))
            assert f(across, up).min() >= least - 1e-12 * (1 + abs(least)), "no place in the picture is lower"
            for minimum in minima:
                assert (minimum.kind == "global") == bool(np.isclose(minimum.value, least, rtol=1e-12, atol=1e-12))


@pytest.mark.parametrize("name", ROWS)
def test_the_start_is_in_the_picture_and_no_minimum(name):
    function = SurfaceFunction(SurfaceSpec.model_validate(name))
    (x0, x1), (y0, y1) = function.domain
    assert x0 <= function.start[0] <= x1 and y0 <= function.start[1] <= y1
    assert np.linalg.norm(function.at([function.start]).gradient) > 1e-7
    assert SURFACES[name].as_json()["minima"] == [vars(minimum) for minimum in function.minima]
