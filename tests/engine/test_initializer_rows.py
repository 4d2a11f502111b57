"""Every initializer against its witness: spread, shape, limits, independence of entries, layers and seeds."""

import numpy as np
import pytest
from scipy import stats
from witnesses.initializers import WITNESSES

from engine import RunSpec, Trainer
from engine.rows.initializers import INITIALIZERS, draw

ROWS = [pytest.param(name, id=name) for name in INITIALIZERS]
INPUTS, UNITS, NEXT = 300, 200, 150
SIZES = ((INPUTS, UNITS), (UNITS, NEXT), (UNITS, 2 * UNITS))


def witness(name):
    """A row's witness. A row without one fails by its name."""
    assert name in WITNESSES, f"the initializer {name} has no witness in witnesses/initializers.py"
    return WITNESSES[name]


def cases(name):
    """A row at its defaults and at the witness's values."""
    defaults = {parameter.name: parameter.default for parameter in INITIALIZERS[name].parameters}
    return (defaults, defaults | witness(name).own)


def drawn(name, own, fan_in=INPUTS, fan_out=UNITS, seed=0, layer=1):
    return draw(name, own, fan_out, fan_in, seed, layer)


@pytest.mark.parametrize("name", ROWS)
def test_it_has_a_witness(name):
    defaults = {parameter.name: parameter.default for parameter in INITIALIZERS[name].parameters}
    own = witness(name).own
    assert set(own) == set(defaults) and all(value != defaults[key] for key, value in own.items())


def test_no_witness_is_left_over():
    assert set(WITNESSES) == set(INITIALIZERS)


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize(("fan_in", "fan_out"), SIZES)
def test_spread(name, fan_in, fan_out):
    stated = witness(name)
    for own in cases(name):
        W, deviation = drawn(name, own, fan_in, fan_out), stated.deviation(fan_in, fan_out, own)
        assert W.shape == (fan_out, fan_in) and W.dtype == np.float64 and W.flags.c_contiguous
        assert INITIALIZERS[name].deviation(fan_in, fan_out, own) == pytest.approx(deviation, rel=1e-12), "what the row says"
        assert W.std() == pytest.approx(deviation, rel=0.02, abs=1e-15), "what is drawn"
        assert stated.holds(W, own)


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize(("fan_in", "fan_out"), SIZES)
def test_shape_and_limits(name, fan_in, fan_out):
    stated = witness(name)
    for own in cases(name):
        entries, deviation = drawn(name, own, fan_in, fan_out).ravel(), stated.deviation(fan_in, fan_out, own)
        if stated.shape == "fixed":
            assert len(np.unique(entries)) == 1
            continue
        assert abs(entries.mean()) < 4.5 * deviation / np.sqrt(entries.size)
        if stated.shape == "uniform":
            limit = np.sqrt(3) * deviation
            assert 0.999 * limit < np.abs(entries).max() <= limit * (1 + 1e-15)
            assert stats.kstest(entries, stats.uniform(-limit, 2 * limit).cdf).pvalue > 1e-3
        if stated.shape == "normal":
            assert stats.kstest(entries / deviation, stats.norm.cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", ROWS)
def test_independence(name):
    """Of entries, of layers and of seeds; the same seed says it all."""
    own = cases(name)[1]
    W = drawn(name, own)
    assert np.array_equal(W, drawn(name, own))
    if witness(name).shape == "fixed":
        return
    assert len(np.unique(W)) == W.size
    for rows in (W, W.T):
        assert np.abs(np.corrcoef(rows) - np.eye(len(rows))).max() < 0.5
    for other in (drawn(name, own, layer=2), drawn(name, own, seed=1)):
        assert abs(np.corrcoef(W.ravel(), other.ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("name", ROWS)
def test_a_run_starts_with_it(name):
    """Every layer's weights, and a projection's, are drawn by the row for its own fans; biases are not."""
    own = cases(name)[1]
    spec = {
        "data": {"name": "circle", "samples": 20},
        "network": {
            "layers": [{"units": 6}, {"units": 5}, {"units": 4, "skip": 2}],
            "initializer": {"name": name} | own,
            "bias": 0.25,
        },
        "seed": 3,
    }
    start = Trainer(RunSpec.model_validate(spec)).named_parameters
    for layer, (fan_in, fan_out) in enumerate(((2, 6), (6, 5), (5, 4), (4, 1)), start=1):
        assert np.array_equal(start[f"W{layer}"], draw(name, own, fan_out, fan_in, 3, layer))
        assert np.all(start[f"b{layer}"] == 0.25)
    assert np.array_equal(start["P3"], draw(name, own, 4, 6, 3, 3, "projections"))
