"""A learner's formula: what it means, its exact derivatives, and what is refused, with the place named."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from latex2mathml.converter import convert
from witnesses.surfaces import gradient as slopes
from witnesses.surfaces import hessian as bends

from engine.arithmetic import FormulaError
from engine.surfaces.formula import FUNCTIONS, compile_formula
from engine.surfaces.function import SurfaceFunction, SurfaceSpec
from engine.surfaces.rows import SURFACES

NAMES = {name: getattr(np, {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}.get(name, name)) for name in FUNCTIONS}
NAMES |= {"pi": math.pi, "e": math.e}
TEXTS = [
    "x",
    "3.5",
    "x**2 + 100*(y - x**2)**2",
    "-x**2 - -y",
    "2**x * y**3",
    "(x**2 + 1)**(y/3)",
    "x/(y + 4) - y/(x**2 + 1)",
    "sin(x)*cos(y) + tan(x/3)",
    "exp(-(x**2 + y**2)/2)*log(x**2 + 2)",
    "sqrt(x**2 + y**2 + 1) + tanh(x*y)",
    "asin(x/4) + acos(y/4) + atan(x*y)",
    "sinh(x)/cosh(y) + pi*x + e**y",
    "+x - (y - (x - y))",
    "x**-2 + y**0 + x**1 + x**0.5**2",
    "1e-3*x + .5*y + 2.",
]


def function(text):
    return SurfaceFunction(SurfaceSpec.model_validate({"name": "formula", "formula": text}))


def meaning(text):
    """Python's own reading, of texts that stand in this file or were built here."""
    return lambda x, y: eval(text, {"__builtins__": {}}, NAMES | {"x": x, "y": y}) + 0j


@pytest.mark.parametrize("text", TEXTS)
def test_value_and_derivatives(text):
    f, stated = function(text), meaning(text)
    points = np.random.default_rng(2).uniform(0.2, 1.7, size=(10, 2))
    found = f.at(points)
    for (x, y), value, gradient, hessian in zip(points, found.value, found.gradient, found.hessian, strict=True):
        assert value == pytest.approx(stated(x, y).real, rel=1e-12)
        assert np.allclose(gradient, slopes(stated, x, y), rtol=1e-10, atol=1e-12)
        assert np.allclose(hessian, bends(stated, x, y), rtol=1e-6, atol=1e-7)


def test_powers_of_negative_numbers_and_at_zero():
    found = function("x**3 + y**2").at([[-2.0, 0.0]])
    assert (found.value[0], *found.gradient[0], *found.hessian[0].ravel()) == (-8.0, 12.0, 0.0, -12.0, 0.0, 0.0, 2.0)
    assert function("x + y").at([[0.0, 0.0]]).hessian.tolist() == [[[0.0, 0.0], [0.0, 0.0]]]


@pytest.mark.parametrize(
    "two", ["1+1", "(1+1)", "4/2", "2*1", "3-1", "2**1", "-(-2)", "+2", "sqrt(4)", "2*cos(0)", "pi/pi + e/e"]
)
def test_an_exponent_that_is_worked_out_is_a_number_too(two):
    """Beside a base that is 0 or negative, as beside any other."""
    for whole, plain in ((f"x**({two})", "x**2"), (f"y + (x*y)**(-({two}))", "y + (x*y)**(-2)"), (f"x**({two})**y", None)):
        points = [[-2.0, 3.0], [0.5, -1.0], [0.0, 1.0]]
        found = function(whole).at(points)
        if plain is None:  # the exponent varies: for x > 0 alone
            assert np.isfinite(found.value[1]) and np.isnan(found.value[0])
            continue
        expected = function(plain).at(points)
        for name in ("value", "gradient", "hessian"):
            assert np.array_equal(getattr(found, name), getattr(expected, name), equal_nan=True), (whole, name)


def test_outside_of_its_domain_it_is_not_finite_and_nothing_breaks():
    assert np.isnan(function("log(x)").at([[-1.0, 0.0]]).value[0])
    assert not function("log(x)").inside(-1.0, 0.0) and function("log(x)").inside(1.0, 0.0)
    assert np.isinf(function("1/x").at([[0.0, 0.0]]).value[0])
    assert np.isinf(function("exp(x)").at([[1e4, 0.0]]).value[0])
    assert function("abs(x)").at([[-2.0, 0.0], [0.0, 0.0]]).gradient[:, 0].tolist() == [-1.0, 0.0]


def test_a_row_told_as_a_formula_is_the_same():
    points = np.random.default_rng(3).uniform(-2, 2, size=(30, 2))
    own = SurfaceFunction(SurfaceSpec.model_validate("rosenbrock")).at(points)
    told = function("(1-x)**2 + 100*(y-x**2)**2").at(points)
    for name in ("value", "gradient", "hessian"):
        expected = getattr(own, name)
        assert np.abs(getattr(told, name) - expected).max() <= 1e-12 * np.abs(expected).max()
    assert "formula" not in SURFACES


leaves = st.sampled_from(["x", "y", "pi", "e"]) | st.integers(0, 9).map(str) | st.floats(0.1, 9).map(lambda v: f"{v:.3g}")
trees = st.recursive(
    leaves,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | inner.map(lambda t: f"-{t}")
        | st.tuples(st.sampled_from(["sin", "cos", "tanh", "atan"]), inner).map(lambda t: f"{t[0]}({t[1]})")
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(trees, st.floats(-2, 2), st.floats(-2, 2))
def test_any_formula_means_what_python_means(text, x, y):
    if len(text) > 200:
        return
    found = function(text).at([[x, y]])
    expected = meaning(text)(x, y).real
    assert found.value[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert np.allclose(found.gradient[0], slopes(meaning(text), x, y), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("x + z", 5, "'z' is not known"),
        ("xy", 1, "write * between"),
        ("x ^ z", 5, "'z' is not known"),
        ("  x + foo(y)", 7, "unknown function foo"),
        ("2(x)", 1, "write * between"),
        ("sin(x, y)", 1, "one argument"),
        ("sin(*x)", 1, "one argument"),
        ("x.real", 1, "no arithmetic"),
        ("__import__('os')", 1, "unknown function __import__"),
        ("[x]", 1, "no arithmetic"),
        ("x if y else 1", 1, "no arithmetic"),
        ("lambda: x", 1, "no arithmetic"),
        ("x and y", 1, "no arithmetic"),
        ("x < y", 1, "no arithmetic"),
        ("'a'", 1, "no arithmetic"),
        ("True", 1, "no arithmetic"),
        ("1j", 1, "no arithmetic"),
        ("x // y", 5, "operator"),
        ("x +", 3, "cannot be read"),
        ("", 1, "empty"),
        ("   ", 1, "empty"),
        ("x²", 2, "not known"),
        ("x\n+1", 2, "not known"),
        ("1e999", 1, "too large"),
        ("9" * 150 + "**2", None, None),
        ("x" + "+x" * 150, 201, "too long"),
        ("-" * 60 + "x", None, "nested too deeply"),
        ("x=1", None, "cannot be read"),
        ("2x", 2, "write * between"),
        ("2 x", 3, "write * between"),
        ("x y", 3, "write * between"),
        ("3*(x + 1) y", 11, "write * between"),
        ("1 + sin x", 9, "write sin(…) with brackets"),
        ("|x| + y", 1, "write abs(…)"),
        ("x + 2 3", 7, "write * between"),
    ],
)
def test_what_is_refused(text, position, words):
    if words is None:
        assert compile_formula(text).program.size
        return
    with pytest.raises(FormulaError) as refused:
        compile_formula(text)
    assert words in refused.value.problem
    assert position is None or refused.value.position == position
    assert "allowed:" in str(refused.value)


@pytest.mark.parametrize("text", TEXTS)
def test_latex_becomes_mathml(text):
    assert "<math" in convert(compile_formula(text).latex)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("x - (y - 1)", r"f = x - \left(y - 1\right)"),
        ("(x + y)*2", r"f = \left(x + y\right) \cdot 2"),
        ("-x**2", r"f = -x^{2}"),
        ("(-x)**2", r"f = \left(-x\right)^{2}"),
        ("x/(y+1)", r"f = \frac{x}{y + 1}"),
        ("(x/y)**2", r"f = \left(\frac{x}{y}\right)^{2}"),
        ("1e-8*x", r"f = 1 \cdot 10^{-8}\, x"),
        ("x*-y*(x*y)", r"f = x\, \left(-y\right)\, \left(x\, y\right)"),
        ("x - -y", r"f = x - \left(-y\right)"),
        ("sin(x)**2", r"f = \left(\sin\left(x\right)\right)^{2}"),
    ],
)
def test_latex_keeps_the_meaning(text, latex):
    assert compile_formula(text).latex == latex
