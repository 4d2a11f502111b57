"""The error along the directions of curvature: closed forms on quadratics, and what it is elsewhere."""

import numpy as np
import pytest

from engine.race import Race
from engine.race.path.components import components

CURVATURES = np.array([1.0, 100.0])


def run(optimizer, surface=None, steps=200, **more):
    surface = surface or {"name": "ravine", "kappa": 100, "angle": 30}
    race = Race({"surface": surface, "lanes": [{"optimizer": optimizer}], "max_steps": steps + 1, **more})
    race.advance(steps)
    return race


def close(found, expected):
    """To the first error's last digits: what has decayed below them is rounding."""
    return np.allclose(found, expected, rtol=1e-9, atol=1e-13 * np.abs(expected[0]).max())


def test_plain_descent_multiplies_each_part_by_its_own_factor():
    race = run({"name": "sgd", "lr": 0.015})
    found = components(race, 1)
    assert np.allclose(found.eigenvalues, CURVATURES) and found.steps.tolist() == list(range(201))
    t = np.arange(201)[:, None]
    assert close(found.error, (1.0 - 0.015 * CURVATURES) ** t * found.error[0])
    assert close(found.gradient, found.error * found.eigenvalues) and np.allclose(found.factors, [0.985, -0.5])
    assert close(found.step, -0.015 * found.gradient) and np.linalg.norm(found.error[0]) > 1.0


def matrix_of(name, dialect, eta, beta, curvature):
    """The update of (error, velocity), straight from the rule: v ← βv + g, θ ← θ − ηv; textbook Nesterov's g is taken at
    θ − ηβv, PyTorch's steps along g + βv."""
    k = curvature
    velocity = [k, beta - eta * beta * k] if (name, dialect) == ("nesterov", "textbook") else [k, beta]
    if (name, dialect) == ("nesterov", "pytorch"):
        return np.array([[1.0 - eta * (k + beta * k), -eta * beta * beta], velocity])
    return np.array([[1.0 - eta * velocity[0], -eta * velocity[1]], velocity])


@pytest.mark.parametrize("beta", [0.9, 0.5])
@pytest.mark.parametrize(("name", "dialect"), [("momentum", "textbook"), ("nesterov", "textbook"), ("nesterov", "pytorch")])
def test_momentum_goes_by_its_matrix(name, dialect, beta):
    race = run({"name": name, "lr": 0.008, "beta": beta, "dialect": dialect})
    found = components(race, 1)
    for part, curvature in enumerate(CURVATURES):
        M = matrix_of(name, dialect, 0.008, beta, curvature)
        state = np.array([found.error[0, part], 0.0])
        for t in range(201):
            assert found.error[t, part] == pytest.approx(state[0], rel=1e-8, abs=1e-12), t
            state = M @ state
        assert found.factors[part] == pytest.approx(np.abs(np.linalg.eigvals(M)).max(), rel=1e-6)


def test_why_momentum_works():
    """At one rate the flat part is the slow one; momentum hastens it and leaves the steep one to swing."""
    plain = components(run({"name": "sgd", "lr": 0.01}), 1)
    heavy = components(run({"name": "momentum", "lr": 0.01, "beta": 0.9}), 1)
    assert np.abs(plain.error[100, 0]) > 100 * np.abs(heavy.error[100, 0])
    assert np.abs(plain.error[20, 1]) < 1e-3 * np.abs(heavy.error[20, 1])
    assert plain.factors[0] > heavy.factors.max() > np.abs(plain.factors[1])


def test_at_each_point_of_a_quadratic_it_is_the_same_but_for_signs():
    race = run({"name": "adam", "lr": 0.05})
    fixed, local = components(race, 1), components(race, 1, at="point")
    assert np.allclose(fixed.eigenvalues, local.eigenvalues) and fixed.factors is None and local.factors is None
    for name in ("error", "gradient", "step"):
        assert np.allclose(np.abs(getattr(fixed, name)), np.abs(getattr(local, name)), atol=1e-10)


def test_in_a_bent_valley_the_directions_turn_with_the_lane():
    race = run({"name": "sgd", "lr": 0.001}, "rosenbrock", 1000)
    found = components(race, 1, at="point", points=101)
    assert found.steps.tolist() == list(range(0, 1001, 10)) and (found.minimum.x, found.minimum.y) == (1.0, 1.0)
    trail = race.trail(1)[::10]
    back = np.einsum("ni,nij->nj", found.error, found.vectors)
    assert np.allclose(back, trail - [1.0, 1.0]) and np.allclose(
        np.einsum("ni,nij->nj", found.gradient, found.vectors), race.surface.at(trail).gradient
    )
    H = race.surface.at(trail).hessian
    assert np.allclose(np.einsum("nij,njk->nik", found.vectors, H), found.eigenvalues[:, :, None] * found.vectors)
    turned = np.einsum("nki,nki->nk", found.vectors[1:], found.vectors[:-1])
    assert (turned >= 0.0).all() and (found.eigenvalues[:, 0] <= found.eigenvalues[:, 1]).all()
    assert np.allclose(found.step[-1], found.vectors[-1] @ race.next_step(1), rtol=1e-9)


def test_the_nearest_minimum_is_its_own():
    race = run({"name": "sgd", "lr": 0.01}, "himmelblau", 300, start=[-2.0, -2.0])
    found = components(race, 1)
    assert np.allclose(race.trail(1)[-1], [found.minimum.x, found.minimum.y], atol=1e-6)
    assert np.allclose(found.error[-1], 0.0, atol=1e-6) and found.minimum.x < 0 and found.minimum.y < 0


def test_where_there_is_no_minimum_and_where_it_is_a_tip():
    flat = run({"name": "sgd", "lr": 0.01}, {"name": "formula", "formula": "x + 2*y"}, 20)
    with pytest.raises(ValueError, match="no minimum is known here; allowed: point"):
        components(flat, 1)
    local = components(flat, 1, at="point")
    assert local.minimum is None and np.isnan(local.error).all() and np.isfinite(local.gradient).all()
    with pytest.raises(ValueError, match="not smooth at its minimum"):
        components(run({"name": "sgd", "lr": 0.01}, "ackley", 5), 1)
    with pytest.raises(ValueError, match="allowed: minimum, point"):
        components(flat, 1, at="start")
    with pytest.raises(ValueError, match="there is no lane 7"):
        components(flat, 7)


def test_a_lane_that_left_ends_where_it_left():
    race = run({"name": "sgd", "lr": 0.1}, "rosenbrock", 100)
    found = components(race, 1, at="point")
    assert len(found.steps) == race.diverged(1) + 1 < 100 and np.isfinite(found.error[0]).all()
    race = run({"name": "newton"}, None, 10)
    solved = components(race, 1)
    assert solved.factors is None and np.allclose(solved.error[1:], 0.0, atol=1e-12)
