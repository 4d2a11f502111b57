"""Minima of a formula: found where there are some, none claimed where f falls on."""

import numpy as np
import pytest

from engine.race import Race
from engine.surfaces.function import SurfaceFunction, SurfaceSpec
from engine.surfaces.rows import SURFACES


def minima(formula, domain=((-3.0, 3.0), (-3.0, 3.0))):
    spec = SurfaceSpec.model_validate({"name": "formula", "formula": formula, "domain": domain})
    return SurfaceFunction(spec).minima


@pytest.mark.parametrize(
    ("formula", "row"),
    [
        ("(1 - x)**2 + 100*(y - x**2)**2", "rosenbrock"),
        ("(x**2 + y - 11)**2 + (x + y**2 - 7)**2", "himmelblau"),
        ("(x + 2*y - 7)**2 + (2*x + y - 5)**2", "booth"),
        ("2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2", "three_hump_camel"),
        ("0.5*(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)", "styblinski_tang"),
        ("1 - exp(-(x**2 + y**2)/2)", "plateau"),
    ],
)
def test_those_of_a_row_told_as_a_formula_are_found(formula, row):
    known = SURFACES[row].minima(SURFACES[row].defaults())
    found = minima(formula, SURFACES[row].domain)
    assert len(found) == len(known)
    for minimum in known:
        near = min(found, key=lambda other: np.hypot(other.x - minimum.x, other.y - minimum.y))
        assert (near.x, near.y) == pytest.approx((minimum.x, minimum.y), abs=1e-7)
        assert near.value == pytest.approx(minimum.value, abs=1e-9) and near.kind == minimum.kind


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("x**4 + y**2 + 3", 3.0),
        ("(x - y)**2 - 1", -1.0),
        ("x**2", 0.0),
        ("2 + 0*x", 2.0),
        ("abs(x) + abs(y)", 0.0),
        ("x**4 + y**4", 0.0),
    ],
)
def test_flat_ones_and_lines_of_them_are_told_once(formula, value):
    found = minima(formula)
    assert len(found) == 1 and found[0].value == pytest.approx(value, abs=1e-6) and found[0].kind == "global"


@pytest.mark.parametrize(
    "formula", ["x", "x**3 - 3*x*y**2", "x**2 - y**2", "x**3 + y**2", "-x**2 - y**2", "log(x)", "1/(x**2)"]
)
def test_what_falls_on_has_no_minimum_that_is_known(formula):
    assert minima(formula) == []


def test_a_local_one_is_none_where_the_edge_lies_lower():
    assert minima("x**4 - 4*x**2 - 6*x + y**2", ((-1.8, 0.0), (-1.0, 1.0))) == []
    assert len(minima("x**4 - 4*x**2 - x + y**2")) == 2


def test_a_race_on_a_formula_arrives_at_what_was_found():
    spec = {
        "surface": {"name": "formula", "formula": "(x - 1)**2 + 4*(y + 1)**2 - 7"},
        "lanes": [{"optimizer": {"name": "sgd", "lr": 0.1}}],
    }
    race = Race(spec)
    race.advance(200)
    assert race.finish(0.01) == pytest.approx(-6.99, abs=1e-9)
    standing = race.standings(0.01)[0]
    assert standing.arrived is not None and race.losses(1)[standing.arrived] <= -6.99 < race.losses(1)[standing.arrived - 1]
