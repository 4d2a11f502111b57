"""Solvers as lanes: Newton against NumPy, step lengths against SciPy, L-BFGS against recorded PyTorch; what each evaluates."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import line_search
from witnesses.surfaces import WITNESSES, gradient

from engine.race import Race
from engine.race.outcome.reasons import reason
from engine.solvers import SOLVERS
from engine.surfaces.function import SurfaceFunction, SurfaceSpec

STEPS = 20
TORCH = json.loads((Path(__file__).parents[1] / "golden" / "solvers.json").read_text())["cases"]
STARTS = {
    "rosenbrock": (-1.5, 2.0),
    "beale": (0.5, 1.2),
    "himmelblau": (0.3, -0.4),
    "booth": (-3.1, 2.3),
    "styblinski_tang": (0.4, 1.1),
    "three_hump_camel": (1.8, -0.6),
}
OWN = {"rosenbrock": {"a": 1.0, "b": 100.0}}


def solver(name, **own):
    return {"optimizer": {"name": name, **own}}


def run(surface, start, *lanes, steps=STEPS):
    race = Race({"surface": surface, "start": start, "lanes": lanes, "max_steps": steps})
    race.advance(steps)
    return race


def close(found, expected, part=1e-9):
    return bool(np.max(np.abs(found - expected) / (1.0 + np.abs(expected))) <= part)


@pytest.mark.parametrize("absolute", [False, True])
@pytest.mark.parametrize("surface", STARTS)
def test_newtons_step_is_numpys_solution(surface, absolute):
    race = run(surface, STARTS[surface], solver("newton", absolute=absolute))
    f = SurfaceFunction(SurfaceSpec.model_validate(surface))
    point, points = np.array(STARTS[surface]), [np.array(STARTS[surface])]
    for _ in range(STEPS):
        at = f.at([point])
        values, vectors = np.linalg.eigh(at.hessian[0])
        H = vectors @ np.diag(np.abs(values)) @ vectors.T if absolute else at.hessian[0]
        point = point - np.linalg.solve(H, at.gradient[0])
        points.append(point)
    assert close(race.trail(1), np.array(points))
    moved = np.any(np.diff(race.trail(1), axis=0) != 0.0, axis=1)
    expected = np.minimum(np.arange(STEPS + 1), moved.sum() + 1)  # the step that leads nowhere is evaluated, too
    assert race.evaluations(1).tolist() == [[0, count, count] for count in expected]
    assert not np.array_equal(points[0], points[-1])


@pytest.mark.parametrize("c2", [0.9, 0.1])
@pytest.mark.parametrize("surface", STARTS)
def test_step_lengths_and_evaluations_are_scipys(surface, c2):
    """The surface's function alone, with its gradient by complex steps; the first trial as SciPy's own methods choose it."""
    race = run(surface, STARTS[surface], solver("line_search", c2=c2))

    def f(x):
        return WITNESSES[surface].f(x[0], x[1], OWN.get(surface, {}))

    def slope(x):
        return gradient(lambda u, v: f((u, v)), *x)

    x, counts = np.array(STARTS[surface]), np.array([1, 1])
    value, g = f(x), slope(x)
    before = value + np.linalg.norm(g) / 2
    for step in range(1, STEPS + 1):
        if np.linalg.norm(race.trail(1)[step] - race.trail(1)[step - 1]) <= 1e-6:
            break  # so near the minimum the last digits decide
        t, functions, gradients, after, _, _ = line_search(f, slope, x, -g, g, value, before, c2=c2)
        assert t is not None
        x, counts = x - t * g, counts + np.array([functions, gradients])
        value, before, g = after, value, slope(x)
        assert close(race.trail(1)[step], x), f"after step {step}"
        assert race.evaluations(1)[step].tolist() == [*counts, 0], f"after step {step}"
    assert step >= 3 and race.losses(1)[-1] < race.losses(1)[0]


@pytest.mark.parametrize("case", TORCH, ids=lambda case: f"{case['surface']['name']}-{case['history']}")
def test_lbfgs_is_torchs(case):
    race = run(case["surface"], case["start"], solver("lbfgs", history=case["history"]))
    assert close(race.trail(1)[1:], np.array(case["points"]))
    assert race.evaluations(1)[1:].tolist() == [[count, count, 0] for count in case["evaluations"]]
    assert np.linalg.norm(np.array(case["points"][-1]) - case["start"]) > 0.1


def test_losses_are_f_at_the_points_whichever_call_made_them():
    race = run("rosenbrock", (-1.5, 2.0), *(solver(name) for name in SOLVERS), steps=60)
    pieces = Race({"surface": "rosenbrock", "start": (-1.5, 2.0), "lanes": [solver(name) for name in SOLVERS]})
    for step in (1, 2, 17, 60):
        pieces.seek(step)
    for number in (1, 2, 3):
        assert np.array_equal(race.losses(number), race.surface.at(race.trail(number)).value)
        assert np.array_equal(race.trail(number), pieces.trail(number))
        assert np.array_equal(race.evaluations(number), pieces.evaluations(number))
    again = Race.from_script(json.loads(json.dumps(pieces.as_script())))
    assert all(np.array_equal(again.trail(number), pieces.trail(number)) for number in (1, 2, 3))


def test_other_lanes_are_the_same_bits_beside_them():
    sgd = {"optimizer": {"name": "momentum", "lr": 1e-3}}
    alone, beside = run("beale", (0.5, 1.2), sgd, steps=1500), run("beale", (0.5, 1.2), solver("lbfgs"), sgd, steps=1500)
    assert np.array_equal(alone.trail(1), beside.trail(2)) and np.array_equal(alone.losses(1), beside.losses(2))
    assert beside.evaluations(2).tolist() == [[0, step, 0] for step in range(1501)]


def test_a_lane_changes_from_an_optimizer_to_a_solver_and_back():
    race = Race({"surface": "rosenbrock", "lanes": [{"optimizer": {"name": "adam", "lr": 0.02}}], "max_steps": 50})
    race.seek(20)
    race.retune(1, {"name": "lbfgs"})
    race.seek(26)
    race.retune(1, {"name": "adam", "lr": 0.02})
    race.seek(50)
    solved = run("rosenbrock", tuple(race.trail(1)[20]), solver("lbfgs"), steps=6)
    adam = run("rosenbrock", tuple(race.trail(1)[26]), {"optimizer": {"name": "adam", "lr": 0.02}}, steps=24)
    assert np.array_equal(race.trail(1)[20:27], solved.trail(1)) and np.array_equal(race.trail(1)[26:], adam.trail(1))
    counts = race.evaluations(1)
    assert counts[20].tolist() == [0, 20, 0]
    assert np.array_equal(counts[20:27] - counts[20], solved.evaluations(1))
    assert np.array_equal(counts[26:] - counts[26], adam.evaluations(1))
    assert np.array_equal(race.evaluations(1, 22, 30), counts[22:31])
    assert set(race.state(1)) == {"m", "v"} and race.rate(1) == 0.02
    race.seek(22)
    assert race.state(1) == {} and race.rate(1) is None


def test_at_rest_nothing_is_evaluated():
    race = run("booth", (-4.0, 2.0), *(solver(name) for name in SOLVERS), steps=200)
    for number in (1, 2, 3):
        still = np.flatnonzero((np.diff(race.trail(number), axis=0) == 0.0).all(axis=1))[0]
        counts = race.evaluations(number)
        assert still < 100 and np.array_equal(
            counts[still + 1 :], np.broadcast_to(counts[still + 1], counts[still + 1 :].shape)
        )


def test_newton_goes_to_a_saddle_and_by_the_sizes_of_eigenvalues_away():
    race = run("himmelblau", (0.0, 0.5), solver("newton"), solver("newton", absolute=True), steps=60)
    ends = [np.linalg.eigvalsh(race.surface.at([race.trail(number)[-1]]).hessian[0]) for number in (1, 2)]
    assert np.linalg.norm(race.surface.at([race.trail(1)[-1]]).gradient) < 1e-9 and ends[0][0] < 0.0
    assert race.losses(2)[-1] < 1e-20 and ends[1][0] > 0.0


def test_along_what_does_not_curve_newton_does_not_go():
    race = run({"name": "formula", "formula": "x**2 + 0*y"}, (1.5, 0.7), solver("newton"), steps=3)
    assert race.trail(1).tolist() == [[1.5, 0.7], [0.0, 0.7], [0.0, 0.7], [0.0, 0.7]]


@pytest.mark.parametrize("name", ["line_search", "lbfgs"])
def test_a_search_comes_back_from_where_f_has_no_value(name):
    """x − log x has its minimum at 1 and is not defined up to 0, where the first trial from far out leads."""
    race = run({"name": "formula", "formula": "8*x - 8*log(x) + y**2"}, (0.9, 2.5), solver(name), steps=60)
    assert race.diverged(1) is None and np.allclose(race.trail(1)[-1], [1.0, 0.0], atol=1e-4)
    far = run({"name": "formula", "formula": "20*x - log(x)"}, (2.0, 0.0), solver(name), steps=60)
    assert far.diverged(1) is None and far.trail(1)[-1][0] == pytest.approx(0.05, rel=1e-3)


def test_every_solver_falls_where_a_line_search_looks():
    for surface in ("rosenbrock", "beale", "three_hump_camel", "gaussian_hills", "rastrigin", "ackley"):
        race = Race({"surface": surface, "lanes": [solver("line_search"), solver("lbfgs")], "max_steps": 300})
        race.advance(300)
        for number in (1, 2):
            assert (np.diff(race.losses(number)) <= 0.0).all(), (surface, number)


def test_where_it_is_downhill_without_end_a_search_goes_on_and_never_up():
    race = run({"name": "formula", "formula": "x^4 - y^3"}, (-0.98, 2.65), solver("line_search"), solver("lbfgs"), steps=20)
    for number in (1, 2):
        losses = race.losses(number)
        assert (np.diff(losses) <= 0.0).all() and losses[-1] < -1e3 and race.diverged(number) is not None


def test_a_solver_that_leaves_the_surface_is_marked():
    race = run("plateau", (2.5, 2.0), solver("newton"), steps=400)
    assert race.diverged(1) is None or len(race.trail(1)) == race.diverged(1) + 1
    gone = run({"name": "formula", "formula": "log(1 + x**2) + y**2"}, (2.0, 1.0), solver("newton"), steps=60)
    step = gone.diverged(1)
    assert step is not None and len(gone.trail(1)) == len(gone.evaluations(1)) == step + 1


def test_time_of_a_step_counts_the_steps_that_were_made():
    race = Race({"surface": "rosenbrock", "lanes": [solver("newton"), {"optimizer": {"name": "sgd", "lr": 1e-6}}]})
    assert race.time_per_step(1) > 2000 / 15 * race.time_per_step(2) / 2000


def test_standings_tell_the_gradients_and_the_reason_has_no_rate_of_theirs():
    lanes = {"optimizer": {"name": "sgd", "lr": 1e-3}}, solver("newton"), solver("lbfgs")
    race = run("rosenbrock", (-1.5, 2.0), *lanes, steps=90)
    told = {standing.id: standing for standing in race.standings()}
    assert [told[number].evaluations for number in (1, 2, 3)] == [90, *(race.evaluations(n)[-1, 1] for n in (2, 3))]
    why = reason(race)
    assert why.first == 2 and why.paths[2].rate is None and why.paths[2].bound is None and why.paths[2].updates < 20
