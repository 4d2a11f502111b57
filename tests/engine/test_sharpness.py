"""λ_max along a path against eigvalsh and against where the optimizer's own bound is; the edge of stability itself."""

import numpy as np
import pytest

from engine import Trainer
from engine.landscape.slices import Landscape
from engine.landscape.stability import bound
from engine.parts import at_once
from engine.race import NetworkRace, Race
from engine.race.path.sharpness import network_sharpness, network_sharpness_in_parts, surface_sharpness

SINE = {
    "data": {"name": "sine", "samples": 20, "noise": 0.0, "test_fraction": 0.0},
    "network": {"layers": [{"units": 8, "activation": "tanh"}, {"units": 8, "activation": "tanh"}]},
    "loss": "mse",
    "batch_size": "full",
}


def lane(name, lr, **own):
    return {"optimizer": {"name": name, "lr": lr, **own}}


def whole_hessian(trainer, h=1e-4):
    """By fourth-order differences of gradients, column by column: no product is asked for."""
    landscape, theta = Landscape(trainer.machine), trainer.machine.theta.copy()
    columns = []
    for unit in np.eye(theta.size):
        far, near = (landscape.gradient(theta + k * h * unit) - landscape.gradient(theta - k * h * unit) for k in (2, 1))
        columns.append((8 * near - far) / (12 * h))
    return (np.array(columns) + np.array(columns).T) / 2


@pytest.mark.parametrize("size", [400, 0], ids=["whole", "lanczos"])
def test_largest_eigenvalue_of_a_network_is_that_of_its_whole_hessian(size, monkeypatch):
    monkeypatch.setattr("engine.race.path.sharpness.EXACT_UP_TO", size)
    race = NetworkRace({"run": SINE, "lanes": [lane("sgd", 0.1)]})
    race.seek(60)
    found = network_sharpness(race, 1, points=4)
    assert found.steps.tolist() == [0, 20, 40, 60]
    for index, step in enumerate(found.steps):
        trainer = race.lane(1).trainer.clone_at(int(step))
        expected = np.linalg.eigvalsh(whole_hessian(trainer))[-1]
        assert found.largest[index] == pytest.approx(expected, rel=1e-6)
        assert found.losses[index] == pytest.approx(trainer.objective("train"), rel=1e-12)
    assert np.array_equal(found.felt, found.largest) or np.allclose(found.felt, found.largest, rtol=1e-6)
    assert np.allclose(found.limit, 20.0) and race.step == 60 and race.lane(1).trainer.steps_done == 60


def test_the_edge_of_stability():
    """Full-batch descent at η = 0.2 sharpens to 2/η = 10 and stays about it, where half of all updates raise the loss."""
    data = SINE["data"] | {"samples": 40, "test_fraction": 0.5}
    race = NetworkRace({"run": SINE | {"data": data, "seed": 1}, "lanes": [lane("sgd", 0.2)]})
    race.seek(400)
    found = network_sharpness(race, 1, points=401)
    late = found.largest[200:]
    assert np.allclose(found.limit, 10.0) and not found.beyond[0]
    assert 9.5 < np.median(late) < 11.0 and late.min() < 10.0 < late.max() and found.beyond[200:].mean() > 0.3
    assert 90 <= (np.diff(found.losses[200:]) > 0.0).sum() <= 110 and found.losses[-1] < 0.8 * found.losses[200]


def test_sharpness_settles_at_the_limit():
    race = NetworkRace({"run": SINE | {"data": SINE["data"] | {"standardize": True}}, "lanes": [lane("sgd", 0.2)]})
    race.seek(1000)
    found = network_sharpness(race, 1, points=41)
    assert found.largest[0] < 5.0 and np.allclose(found.largest[-8:], 10.0, atol=0.2)


def test_what_comes_out_is_whole_though_it_is_made_in_parts():
    race = NetworkRace({"run": SINE, "lanes": [lane("adam", 0.01), lane("lion", 1e-3)]})
    race.seek(30)
    parts = network_sharpness_in_parts(race, 1, points=5)
    shares = []
    while True:
        try:
            shares.append(next(parts))
        except StopIteration as end:
            found = end.value
            break
    assert len(shares) > 10 and shares[-1] == 1.0 and max(shares) <= 1.0
    again = network_sharpness(race, 1, points=5)
    assert np.array_equal(found.largest, again.largest)
    assert np.isnan(found.felt[0]) and (found.limit[1:] == pytest.approx(38.0 / 0.01))
    trainer = race.lane(1).trainer
    product = Landscape(trainer.machine).hessian(trainer.machine.theta)
    own = bound(trainer.spec.optimizer, product, trainer.machine.theta.size, trainer.machine.state_tensors, 30)
    assert found.felt[-1] == pytest.approx(own.curvature, rel=1e-8) and own.rate == pytest.approx(38.0 / own.curvature)
    without = network_sharpness(race, 2, points=3)
    assert np.isfinite(without.largest).all() and np.isnan(without.felt).all() and np.isnan(without.limit).all()
    with pytest.raises(ValueError, match="points"):
        at_once(network_sharpness_in_parts(race, 1, points=1))


def test_the_state_is_that_of_the_very_run_through_its_changes():
    race = NetworkRace({"run": SINE, "lanes": [lane("rmsprop", 0.01)]})
    race.seek(20)
    race.retune(1, {"name": "rmsprop", "lr": 0.002})
    race.seek(40)
    found = network_sharpness(race, 1, points=41)
    assert found.rates[19] == 0.01 and found.rates[20] == 0.002
    alone = Trainer(race.lane(1).trainer.spec)
    alone.step(20)
    state = alone.machine.state_tensors
    H = whole_hessian(alone)
    root = np.sqrt(np.sqrt(state["s"] + alone.spec.optimizer.parameters["eps"]))
    expected = np.linalg.eigvalsh(H / np.outer(root, root))[-1]
    assert found.felt[20] == pytest.approx(expected, rel=1e-6) and found.limit[20] == pytest.approx(2.0 / 0.002)


@pytest.mark.parametrize(
    ("optimizer", "limit"),
    [
        (lane("sgd", 0.001), 2000.0),
        (lane("momentum", 0.001, beta=0.5), 3000.0),
        (lane("nesterov", 0.001, beta=0.5), 1500.0),
    ],
    ids=["sgd", "momentum", "nesterov"],
)
def test_on_a_surface_by_its_hessian(optimizer, limit):
    race = Race({"surface": "rosenbrock", "lanes": [lane("adam", 0.01), optimizer], "max_steps": 500})
    race.seek(500)
    race.seek(300)
    found = surface_sharpness(race, 2, points=61)
    assert found.steps.tolist() == list(range(0, 301, 5)) and np.array_equal(found.losses, race.losses(2)[::5])
    x, y = race.trail(2)[::5].T
    H = np.array([[2 + 100 * (12 * x**2 - 4 * y), -400 * x], [-400 * x, np.full_like(x, 200.0)]]).transpose(2, 0, 1)
    assert np.allclose(found.largest, np.linalg.eigvalsh(H)[:, -1], rtol=1e-10)
    assert np.array_equal(found.felt, found.largest) and np.allclose(found.limit, limit) and not found.beyond[30:].any()
    assert race.step == 300 and race.computed == 500


def test_on_a_surface_what_divides_meets_another_curvature_and_a_solver_has_no_limit():
    race = Race({"surface": "rosenbrock", "lanes": [lane("rmsprop", 0.01), {"optimizer": {"name": "newton"}}]})
    race.seek(100)
    found = surface_sharpness(race, 1, points=11)
    state = race.state(1)
    root = np.sqrt(np.sqrt(state["s"] + 1e-8))
    H = race.surface.at(race.trail(1)[-1:]).hessian[0]
    assert found.felt[-1] == pytest.approx(np.linalg.eigvalsh(H / np.outer(root, root))[-1], rel=1e-10)
    assert np.isnan(found.felt[0]) and found.limit[-1] == pytest.approx(200.0)
    solved = surface_sharpness(race, 2, points=5)
    assert np.isfinite(solved.largest).all() and np.isnan(solved.limit).all() and np.isnan(solved.rates).all()


def test_a_schedule_moves_the_limit():
    race = Race({"surface": "bowl", "lanes": [lane("sgd", 0.5) | {"schedule": {"name": "exponential", "decay": 0.05}}]})
    race.seek(40)
    found = surface_sharpness(race, 1, points=41)
    assert np.allclose(found.limit, 2.0 / (0.5 * np.exp(-0.05 * found.steps))) and np.allclose(found.largest, 2.0)
