"""What is done to very many numbers in pieces gives the bits of doing it at once, and gives way in between."""

import numpy as np
import pytest

from engine.array import PIECE, copied, fill, pieces, sum_in_order, zeros
from engine.parts import giving_way
from engine.recording.recorder import _norm
from engine.rows.initializers import INITIALIZERS

MANY = 3 * PIECE + 5


@pytest.fixture
def ways():
    """How often way was given."""
    found = []
    with giving_way(lambda: found.append(1)):
        yield found


@pytest.mark.parametrize("count", [0, 1, PIECE, PIECE + 1, MANY])
def test_pieces_are_all_of_it(count):
    places = np.zeros(count, dtype=int)
    for piece in pieces(count):
        assert places[piece].size <= PIECE
        places[piece] += 1
    assert (places == 1).all()


def test_a_copy(ways):
    values = np.random.default_rng(0).normal(size=MANY)
    assert copied(values).tobytes() == values.tobytes() and not np.shares_memory(copied(values), values)
    into = zeros(MANY)
    assert not into.any()
    fill(into, values)
    assert into.tobytes() == values.tobytes()
    assert len(ways) >= 4 * 4


def test_sums_are_those_of_a_loop(ways):
    values = np.random.default_rng(1).normal(size=MANY)
    assert sum_in_order(values, np.square) == np.add.accumulate(values * values)[-1]
    scaled = values / np.abs(values).max()
    assert _norm(values) == np.abs(values).max() * np.sqrt(np.add.accumulate(scaled * scaled)[-1])
    assert len(ways) >= 3 * 4


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_the_norm_of_what_is_not_finite(value):
    values = np.ones(MANY)
    values[PIECE + 1] = value
    assert not np.isfinite(_norm(values))


@pytest.mark.parametrize("name", ["xavier_uniform", "he_normal", "normal"])
def test_draws_do_not_depend_on_the_pieces(name, ways):
    """As NumPy draws a matrix at once."""
    shape, own = (1000, 700), {"scale": 0.5}
    row = INITIALIZERS[name]
    found, random = row.sample(np.random.default_rng(2), shape, own), np.random.default_rng(2)
    spread = row.deviation(shape[1], shape[0], own)
    at_once = random.uniform(-1, 1, shape) * np.sqrt(3) * spread if "uniform" in name else random.normal(0, spread, shape)
    np.testing.assert_allclose(found, at_once, rtol=1e-12, atol=1e-14)
    assert len(ways) >= 3
