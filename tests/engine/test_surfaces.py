"""Surfaces as they are asked for: turned, on a grid, refused. What each one is is in test_surface_rows."""

import numpy as np
import pytest
from pydantic import ValidationError

from engine.surfaces.function import SurfaceFunction, SurfaceSpec


def function(name, **own):
    return SurfaceFunction(SurfaceSpec.model_validate({"name": name, **own}))


def test_condition_number_is_what_it_says_however_the_ravine_is_turned():
    for kappa, angle in ((100.0, 0.0), (100.0, 30.0), (7.5, -80.0)):
        low, high = np.linalg.eigvalsh(function("ravine", kappa=kappa, angle=angle).at([[0.3, 0.2]]).hessian[0])
        assert high / low == pytest.approx(kappa, rel=1e-10) and low == pytest.approx(1.0, rel=1e-10)
    turned = function("ravine", angle=30.0)
    along = [[np.cos(np.radians(30.0)), np.sin(np.radians(30.0))]]
    assert turned.at(along).value[0] == pytest.approx(0.5, rel=1e-12)


def test_gradient_of_the_tiny_bowl_is_its_scale():
    assert np.allclose(function("tiny_gradients").at([[1.0, 1.0]]).gradient, 1e-6, rtol=1e-15)


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


@pytest.mark.parametrize(
    ("domain", "start"),
    [
        (((-3.0, 3.0), (-3.0, 3.0)), (-1.8, 1.5)),
        (((-5.12, 5.12), (-5.12, 5.12)), (-3.1, 2.6)),
        (((0.0, 1e-3), (0.0, 7e5)), (0.0002, 525000.0)),
        (((0.0, 1.0), (0.001, 0.003)), (0.2, 0.0025)),
    ],
)
def test_a_formulas_start_can_be_read(domain, start):
    spec = SurfaceSpec.model_validate({"name": "formula", "formula": "x**2 + log(y + 6)", "domain": domain})
    assert SurfaceFunction(spec).tidy_start == start
    narrow = {"name": "formula", "formula": "log(x + 0.61239)", "domain": [[-3.062, 0.0], [-1.0, 1.0]]}
    beside = SurfaceFunction(SurfaceSpec.model_validate(narrow))
    assert beside.inside(*beside.tidy_start)
