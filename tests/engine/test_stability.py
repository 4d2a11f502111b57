"""Speed limits: each rule's own bound, held by runs 1 % below and above it; the map of rates and momenta."""

import numpy as np
import pytest

from engine.landscape.curvature import lanczos, scaled
from engine.landscape.stability import bound, factor, growth, phase_diagram, preconditioner, unbounded
from engine.optimizers import DIALECTS, OPTIMIZERS
from engine.race.on_surface import Race
from engine.spec import OptimizerSpec

H = np.diag([1.0, 100.0])


def rule(name, **own):
    return OptimizerSpec.model_validate({"name": name, **own})


@pytest.mark.parametrize(
    ("name", "own", "limit"),
    [
        ("sgd", {}, 0.02),
        ("momentum", {"beta": 0.9}, 0.038),
        ("momentum", {"beta": 0.5}, 0.03),
        ("nesterov", {"beta": 0.9}, 3.8 / 2.8 / 100),
        ("nesterov", {"beta": 0.9, "dialect": "pytorch"}, 3.8 / 2.8 / 100),
    ],
)
def test_runs_one_percent_below_and_above(name, own, limit):
    found = bound(rule(name, **own), lambda v: H @ v, 2)
    assert found.rate == pytest.approx(limit, rel=1e-12) and found.curvature == pytest.approx(100.0) and not found.frozen
    lanes = [{"optimizer": {"name": name, "lr": found.rate * share, **own}} for share in (0.99, 1.01)]
    race = Race({"surface": "ravine", "lanes": lanes, "max_steps": 4000})
    race.advance(4000)
    assert race.losses(1)[-1] < 1e-9 * race.losses(1)[0]
    assert race.diverged(2) is not None


def frozen(P, eta, beta1, share_of_matrix, steps=6000):
    """Adam's mean over a preconditioner that stays as it is, in plain NumPy: |θ| at the end."""
    theta, m = np.ones(len(P)), np.zeros(len(P))
    for _ in range(steps):
        m = beta1 * m + (1 - beta1) * (share_of_matrix @ theta)
        theta = theta - eta * m / P
        if np.abs(theta).max() > 1e6:
            break
    return np.abs(theta).max()


@pytest.mark.parametrize("beta1", [0.9, 0.5])
def test_adam_with_its_preconditioner_frozen(beta1):
    race = Race(
        {"surface": {"name": "ravine", "angle": 30}, "lanes": [{"optimizer": {"name": "adam", "lr": 0.01, "beta1": beta1}}]}
    )
    race.advance(50)
    adam = race.lane(1).spec.optimizer
    matrix = race.surface.at([[0.0, 0.0]]).hessian[0]
    state = race.state(1)
    found = bound(adam, lambda v: matrix @ v, 2, state, 50)
    P = np.sqrt(state["v"] / (1 - 0.999**50)) + 1e-8
    assert np.allclose(preconditioner(adam, state, 50), P, rtol=1e-12) and found.frozen
    top = np.linalg.eigvals(np.diag(1 / P) @ matrix).real.max()
    assert found.curvature == pytest.approx(top, rel=1e-10)
    assert found.rate * top == pytest.approx(2 * (1 + beta1) / (1 - beta1)) and (
        beta1 != 0.9 or found.rate * top == pytest.approx(38)
    )
    assert frozen(P, 0.99 * found.rate, beta1, matrix) < 1e-3
    assert frozen(P, 1.01 * found.rate, beta1, matrix) > 1e6


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_optimizer_has_a_bound_or_says_why_not(name, dialect):
    """After an update; before it what divides by running squares says that it depends on them."""
    for form in OPTIMIZERS[name].forms[dialect]:
        given = rule(name, dialect=dialect, **{option: True if option == "centered" else 0.5 for option in form.options})
        state = {key: np.full(2, 0.25) for key in given.state}
        found, why = bound(given, lambda v: H @ v, 2, state, 30), unbounded(given, state, 30)
        if name in ("rprop", "lion", "muon"):
            assert found is None and factor(given) is None
            assert why.startswith(f"{given.row.title} has no bound") and "steps" in why and why.endswith(".")
        else:
            assert why is None and 0.0 < found.rate < np.inf and found.frozen == (form.stability.divisor is not None)
            before = unbounded(given, None, 0)
            assert ("first update" in before) if found.frozen else before is None


NADAM = {"beta1": 0.8, "beta2": 0.9, "eps": 1e-3}


@pytest.mark.parametrize(
    ("name", "own", "state", "P", "momentum"),
    [
        ("nadam", NADAM, {"v": [4.0, 9.0]}, [2.0, 3.0], 0.8),
        ("nadam", NADAM | {"dialect": "pytorch", "psi": 0.3}, {"v": [4.0, 9.0]}, [2.0, 3.0], "rising"),
        ("radam", {"beta1": 0.8, "beta2": 0.9}, {"v": [4.0, 9.0]}, [2.0, 3.0], None),
        ("radam", {"beta1": 0.8, "beta2": 0.5}, {"v": [4.0, 9.0]}, [1.0, 1.0], None),  # never rectified: plain steps
        ("radam", {"beta1": 0.8, "beta2": 0.9, "eps": 0.1, "dialect": "pytorch"}, {"v": [4.0, 9.0]}, [2.1, 3.1], None),
        ("adamax", {"beta1": 0.8}, {"u": [2.0, 3.0]}, [2.0, 3.0], None),
        ("adadelta", {"eps": 1e-2}, {"E": [0.99, 3.99], "X": [0.0, 0.15]}, [10.0, 5.0], "none"),
        ("rmsprop", {"centered": True, "eps": 1.0}, {"s": [4.0, 9.0], "ḡ": [1.0, -1.0]}, [2.0, 3.0], "none"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bound_is_where_the_frozen_rule_turns(name, own, state, P, momentum):
    """The rule as printed, in plain NumPy, over what it divides by as it stands after 20 updates and stays: 1 % below its bound
    it converges, 1 % above it grows. `momentum`: NAdam's μ; none: no mean."""
    updates, t = 20, 21
    given = rule(name, **own)
    kept = {key: np.array(value) * (1.0 - 0.9**updates if name == "nadam" else 1.0) for key, value in state.items()}
    P = np.array(P) + (own["eps"] if name == "nadam" else 0.0)
    if name == "radam" and own["beta2"] == 0.9:
        rho = 19.0 - 2.0 * updates * 0.9**updates / (1.0 - 0.9**updates)
        P = P / np.sqrt((rho - 4) * (rho - 2) * 19 / (15 * 17 * rho) * (1.0 - 0.9**updates))
    found = bound(given, lambda v: H @ v, 2, kept, updates)
    assert np.allclose(preconditioner(given, kept, updates), P, rtol=1e-12)
    mu = 0.8 * (1.0 - 0.5 * 0.96 ** (0.3 * t)) if momentum == "rising" else momentum
    beta1 = 0.0 if momentum == "none" else 0.8
    for share, grows in ((0.99, False), (1.01, True)):
        theta, m = np.ones(2), np.zeros(2)
        for _ in range(6000):
            g = H @ theta
            m = beta1 * m + (1.0 - beta1) * g
            step = mu * m + (1.0 - mu) * g if isinstance(mu, float) else m
            theta = theta - share * found.rate * step / P
            if np.abs(theta).max() > 1e6:
                break
        assert (np.abs(theta).max() > 1e6) == grows and (grows or np.abs(theta).max() < 1e-3)


def test_what_has_had_no_gradient_is_said_where_nothing_else_keeps_it_from_a_division_by_zero():
    for name, state in (("adamax", {"u": [0.0, 1.0]}), ("radam", {"v": [0.0, 1.0]}), ("adadelta", {"E": [1, 1], "X": [0, 1]})):
        given = rule(name, **({"eps": 0.0} if name == "adadelta" else {}))
        state = {key: np.array(value, dtype=float) for key, value in state.items()}
        assert bound(given, lambda v: H @ v, 2, state, 5_000) is None and "no gradient" in unbounded(given, state, 5_000)


def test_rules_without_a_bound_and_before_their_first_update_have_none():
    assert factor(rule("rprop")) is None and bound(rule("lion"), lambda v: H @ v, 2) is None
    assert bound(rule("adam"), lambda v: H @ v, 2, {"m": np.zeros(2), "v": np.zeros(2)}, 0) is None
    assert bound(rule("sgd"), lambda v: -H @ v, 2).rate == np.inf


@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
@pytest.mark.parametrize("name", ["adagrad", "rmsprop"])
def test_preconditioners_have_epsilon_where_their_dialect_has_it(name, dialect):
    squares = np.array([0.0, 4.0])
    given = rule(name, dialect=dialect, eps=0.01)
    found = preconditioner(given, {"G": squares, "s": squares}, 3)
    expected = np.sqrt(squares) + 0.01 if dialect == "pytorch" else np.sqrt(squares + 0.01)
    assert np.allclose(found, expected)


def test_scaled_product_has_the_eigenvalues_of_the_preconditioned_matrix():
    random = np.random.default_rng(0)
    A = random.normal(size=(30, 30))
    A, P = A @ A.T, random.uniform(0.1, 5.0, 30)
    expected = np.sort(np.linalg.eigvals(A / P[:, None]).real)[[0, -1]]
    assert np.allclose(lanczos(scaled(lambda v: A @ v, P), 30), expected, rtol=1e-6)


def companion(name, eta, beta, curvature):
    """The update as a matrix on (θ, v), straight from the rule: v ← βv + g, θ ← θ − ηv."""
    if name == "momentum":
        return np.array([[1 - eta * curvature, -eta * beta], [curvature, beta]])
    return np.array(
        [[1 - eta * curvature, -eta * beta + eta**2 * beta * curvature], [curvature, beta - eta * beta * curvature]]
    )


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_growth_is_the_spectral_radius_of_the_update(name):
    for eta, beta in ((0.01, 0.0), (0.019, 0.9), (0.03, 0.5), (0.05, 0.95)):
        radius = max(np.abs(np.linalg.eigvals(companion(name, eta, beta, c))).max() for c in (1.0, 100.0))
        assert growth(name, eta, beta, [1.0, 100.0]) == pytest.approx(radius, rel=1e-9)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_border_of_the_phase_diagram_is_the_bound(name):
    diagram = phase_diagram(name, [1.0, 100.0], 61)
    limits = np.array([bound(rule(name, beta=beta), lambda v: H @ v, 2).rate for beta in diagram.momenta])
    inside = diagram.rates[None, :] < limits[:, None] * (1 - 1e-9)
    moving = diagram.rates > 0
    assert ((diagram.growth < 1.0) == inside)[:, moving].all() and (~inside).any()
    assert diagram.growth.shape == (61, 61) and diagram.growth[0, 0] == 1.0


def test_growth_is_what_a_run_shows():
    race = Race(
        {"surface": "ravine", "lanes": [{"optimizer": {"name": "momentum", "lr": 0.004, "beta": 0.5}}], "max_steps": 400}
    )
    race.advance(400)
    trail = np.linalg.norm(race.trail(1), axis=1)
    assert (trail[400] / trail[200]) ** (1 / 200) == pytest.approx(
        float(growth("momentum", 0.004, 0.5, [1.0, 100.0])), rel=1e-3
    )


def test_the_valley_that_curves_nowhere_up_has_no_diagram():
    with pytest.raises(ValueError, match="above 0"):
        phase_diagram("momentum", [-1.0, 0.0])
    with pytest.raises(ValueError, match="nesterov"):
        growth("adam", 0.1, 0.9, [1.0])
