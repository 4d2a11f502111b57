"""A lane's update on a surface taken apart: the race's own bits, and each quantity against all gradients since the start."""

import json

import numpy as np
import pytest
import witness_equations
from optimizer_settings import own_parameters, with_options_slow
from reference_quantities import Past
from test_race import stated_noise
from witnesses.optimizers import OPTIMIZERS

from engine.race import Race, dissect_lane
from engine.race.lane_equations import COORDINATES

NOISE, SEED = 0.3, 11
BOWL = {"name": "formula", "formula": "x**2 + x*y + 2*y**2 + x"}


def slope(point):
    """∇f of the bowl, by hand."""
    x, y = point
    return np.array([2.0 * x + y + 1.0, x + 4.0 * y])


def race_of(*lanes, **fields):
    return Race({"surface": BOWL, "start": [1.5, -0.7], "seed": SEED, "lanes": lanes, "max_steps": 200} | fields)


def values(found):
    return {part.name: part.value for part in (*found.inputs, *found.parts)}


@pytest.mark.sampled(2, seconds=1)
@pytest.mark.parametrize(("rule", "dialect", "options"), with_options_slow(2), ids=str)
def test_the_last_quantity_is_the_next_point_and_all_are_the_rules(rule, dialect, options):
    """Bit for bit at the start, on the way, over a retune of the rate and of the rule, and looking back from further on."""
    first = {"name": rule, "dialect": dialect, "lr": 0.02} | options
    race = race_of({"optimizer": {"name": "sgd", "lr": 0.01}}, {"optimizer": first}, noise=NOISE)
    race.seek(60)
    race.retune(2, first | {"lr": 0.01})
    race.seek(75)
    race.retune(2, {"name": "adam", "lr": 0.05})
    race.seek(90)
    race.retune(2, first)
    race.seek(100)
    trail, draw = race.trail(2).copy(), stated_noise(SEED, NOISE)
    for step in (0, 1, 59, 60, 74, 75, 90, 99):
        race.seek(step)
        for i, coordinate in enumerate(COORDINATES):
            found = dissect_lane(race, 2, coordinate)
            assert (found.name, found.step, found.parts[-1].becomes) == (coordinate, step, "theta")
            assert found.parts[-1].value == trail[step + 1, i]
            assert values(found)["theta"] == trail[step, i]
            assert found.updates == tuple(range(max(0, step - 50) + 1, step + 2))
            assert found.parts[-1].history == tuple(trail[found.updates[0] : step + 2, i])
            assert found.rule == ("adam" if 75 <= step < 90 else rule)
    assert race.computed == 100 and np.array_equal(race.trail(2, 0, 100), trail), "the race is left alone"
    # Before any retune, every quantity of every update from all gradients since the start.
    hyper = own_parameters(**first)
    gradients, rates, expected = [], [], []
    for t in range(32):
        rates.append(OPTIMIZERS[rule].rate(0.02, t + 1, hyper))
        past = Past(rule, dialect, hyper, 0.02, trail[t], [*gradients, np.zeros(2)], rates)
        gradients.append(slope(past.ahead()) + draw(t))
        expected.append(witness_equations.rule_inputs(Past(rule, dialect, hyper, 0.02, trail[t], gradients, list(rates))))
    race.seek(31)
    for i, coordinate in enumerate(COORDINATES):
        found = dissect_lane(race, 2, coordinate)
        for part in (*found.inputs, *found.parts):
            each = (np.asarray(expected[update - 1][part.name], dtype=float) for update in found.updates)
            wanted = np.array([float(one[i] if one.ndim else one) for one in each])
            tolerance = 1e-9 * max(1.0, float(np.max(np.abs(wanted))))
            assert np.allclose(part.history, wanted, rtol=1e-9, atol=tolerance), part.name


@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_a_velocity_by_the_textbook_whose_gradient_is_taken_where_the_rule_says(rule):
    race = race_of({"optimizer": {"name": rule, "lr": 0.02, "beta": 0.9}})
    theta, state = [np.array([1.5, -0.7])], {}
    for t in range(8):
        race.seek(t)
        x, y = (values(dissect_lane(race, 1, coordinate)) for coordinate in COORDINATES)
        v = state["v"][0] if state else np.zeros(2)
        taken = theta[0] - 0.02 * 0.9 * v if rule == "nesterov" else theta[0]
        assert np.allclose([x["g"], y["g"]], slope(taken), rtol=1e-12)
        if rule == "nesterov":
            assert np.allclose([x["ahead"], y["ahead"]], taken, rtol=1e-12)
        theta = OPTIMIZERS[rule].rule(theta, state, lambda point: [slope(point[0])], 0.02, 0.9)
        assert np.allclose([x["v_new"], y["v_new"]], state["v"][0], rtol=1e-12)
        assert np.allclose([x["theta_new"], y["theta_new"]], theta[0], rtol=1e-12)


def test_words_say_where_the_slope_is_taken_and_what_is_in_it():
    race = race_of({"optimizer": {"name": "nesterov"}}, {"optimizer": {"name": "sgd"}}, noise=0.1)
    ahead, here = (next(part.words for part in dissect_lane(race, lane, "y").inputs if part.name == "g") for lane in (1, 2))
    assert ahead == "the slope ∂f/∂y at the look-ahead point, with this update's noise"
    assert here == "the slope ∂f/∂y where the lane stands, with this update's noise"
    race.change(noise=0.0)
    assert "noise" not in next(part.words for part in dissect_lane(race, 1, "x").inputs if part.name == "g")


def test_the_update_that_leaves_the_surface_is_the_last_there_is():
    lanes = ({"optimizer": {"name": "sgd", "lr": 5.0}}, {"optimizer": {"name": "sgd", "lr": 1e9}})
    race = Race({"surface": "rosenbrock", "lanes": lanes, "bound": 1e150})  # so far that f and the point are no numbers
    race.seek(200)
    for lane in (1, 2):
        gone = race.diverged(lane)
        trail = race.trail(lane).copy()
        race.seek(gone - 1)
        for i, coordinate in enumerate(COORDINATES):
            found = dissect_lane(race, lane, coordinate)
            assert np.array_equal(found.parts[-1].value, trail[gone, i], equal_nan=True)
            assert json.loads(json.dumps(found.as_json(), allow_nan=False))
        race.seek(gone)
        with pytest.raises(ValueError, match=f"lane: lane {lane} left the surface at step {gone}; allowed: a step before that"):
            dissect_lane(race, lane, "x")
        race.seek(200)


def test_refusals():
    race = race_of({"optimizer": {"name": "sgd", "lr": 0.01}})
    with pytest.raises(ValueError, match="lane: there is no lane 9; allowed: 1"):
        dissect_lane(race, 9, "x")
    with pytest.raises(ValueError, match="coordinate: there is no 'z'; allowed: x, y"):
        dissect_lane(race, 1, "z")
    race.seek(200)
    with pytest.raises(ValueError, match="step: the race is at its end, step 200; allowed: 0 to 199"):
        dissect_lane(race, 1, "x")
