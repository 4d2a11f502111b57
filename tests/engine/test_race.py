"""Races on surfaces: fair, deterministic, each lane the very rule that trains networks, and what a lane's divergence leaves."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

from engine.optimizers import OPTIMIZERS
from engine.optimizers.standalone import StandaloneOptimizer
from engine.parts import LeftOff, giving_way
from engine.race.on_surface import Race
from engine.spec import OptimizerSpec
from engine.surfaces.function import SurfaceFunction, SurfaceSpec

EVERY = [(name, dialect) for name in OPTIMIZERS for dialect in ("textbook", "pytorch")]


def lane(name, lr=1e-3, **own):
    return {"optimizer": {"name": name, "lr": lr, **own}}


def plain(surface, rule, start, steps, noise=None):
    """The same race by one update at a time: `StandaloneOptimizer`, and gradients asked for one by one."""
    f = SurfaceFunction(SurfaceSpec.model_validate(surface))
    point = StandaloneOptimizer(OptimizerSpec.model_validate(rule), start)
    found = [point.point]
    for t in range(steps):
        g = f.at([point.ahead()]).gradient[0]
        point.step(g if noise is None else g + noise(t))
        found.append(point.point)
    return np.array(found)


@pytest.mark.parametrize(("name", "dialect"), EVERY)
def test_a_lane_is_its_rule_alone_bit_for_bit(name, dialect):
    rule = {"name": name, "dialect": dialect, "lr": 1e-3}
    race = Race({"surface": "rosenbrock", "lanes": [lane("sgd"), {"optimizer": rule}, lane("adam")], "max_steps": 300})
    race.advance(7)
    race.advance(293)
    alone = plain("rosenbrock", rule, race.start, 300)
    assert np.array_equal(race.trail(2), alone)
    assert np.array_equal(race.losses(2), SurfaceFunction(SurfaceSpec.model_validate("rosenbrock")).at(alone).value)


def mix(x):
    mask = 2**64 - 1
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
    return x ^ (x >> 31)


def stated_noise(seed, sigma):
    """The noise of update t in Python's whole numbers, as the race's contract states it."""
    mask, golden = 2**64 - 1, 0x9E3779B97F4A7C15

    def draw(t):
        key = mix((mix((seed + 0x589965CC75374CC3) & mask) + t * golden) & mask)
        values = []
        for i in range(2):
            first, second = (mix((key + (2 * i + k) * golden) & mask) >> 11 for k in (1, 2))
            u1, u2 = (first + 1) * 2.0**-53, second * 2.0**-53
            values.append(sigma * np.sqrt(-2 * np.log(u1)) * np.cos(2 * np.pi * u2))
        return np.array(values)

    return draw


def test_noise_is_the_same_for_all_lanes_and_as_stated():
    race = Race({"surface": "himmelblau", "noise": 0.5, "seed": 11, "lanes": [lane("sgd"), lane("sgd"), lane("adam", 0.01)]})
    race.advance(200)
    assert np.array_equal(race.trail(1), race.trail(2))
    for number, rule in ((1, {"name": "sgd", "lr": 1e-3}), (3, {"name": "adam", "lr": 0.01})):
        expected = plain("himmelblau", rule, race.start, 200, stated_noise(11, 0.5))
        assert np.allclose(race.trail(number), expected, rtol=0, atol=1e-12)
    race.change(seed=12)
    assert not np.array_equal(race.trail(1)[1], expected[1])
    draws = np.array([stated_noise(3, 1.0)(t) for t in range(4000)])
    assert np.abs(draws.mean(0)).max() < 0.05 and np.abs(draws.std(0) - 1).max() < 0.05


def test_every_lane_starts_at_the_same_bits():
    race = Race({"surface": "beale", "start": [0.1, 0.7], "lanes": [lane(name) for name in OPTIMIZERS]})
    race.advance(5)
    assert {race.trail(each.id)[0].tobytes() for each in race.lanes} == {np.array([0.1, 0.7]).tobytes()}


def test_scrubbing_and_replay_give_the_same_bits():
    spec = {
        "surface": "rosenbrock",
        "noise": 0.1,
        "lanes": [lane("adam", 0.02), lane("nesterov"), lane("rprop")],
        "max_steps": 5000,
    }
    race = Race(spec)
    for step in (10, 4000, 3, 2500, 2500, 5000):
        race.seek(step)
    other = Race(spec)
    other.seek(5000)
    for number in (1, 2, 3):
        assert np.array_equal(race.trail(number), other.trail(number))
        assert len(race.trail(number)) == 5001 and not np.isnan(race.trail(number)).any()
    race.seek(17)
    assert len(race.trail(1)) == len(race.losses(1)) == 18
    again = Race.from_script(race.as_script())
    assert again.step == 17 and np.array_equal(again.trail(2), race.trail(2))


def test_a_lane_added_late_is_as_if_it_had_been_there():
    late, early = Race({"lanes": [lane("sgd")]}), Race({"lanes": [lane("sgd"), lane("adam")]})
    late.advance(120)
    early.advance(120)
    assert late.add(lane("adam")) == 2
    assert np.array_equal(late.trail(2), early.trail(2)) and late.lane(2).joined == 120


def test_a_retuned_lane_keeps_its_state_and_a_new_rule_begins_anew():
    race = Race({"lanes": [lane("adam", 0.01), lane("momentum", 1e-4)], "max_steps": 400})
    race.advance(300)
    whole = race.trail(2).copy()
    race.seek(100)
    race.retune(1, {"name": "adam", "lr": 0.05})
    race.seek(250)
    race.retune(1, {"name": "sgd", "lr": 1e-4})
    race.seek(300)
    assert np.array_equal(race.trail(2), whole)
    f = SurfaceFunction(SurfaceSpec.model_validate("rosenbrock"))
    point = StandaloneOptimizer(OptimizerSpec(name="adam", lr=0.01), race.start)
    for _ in range(100):
        point.step(f.at([point.ahead()]).gradient[0])
    other = StandaloneOptimizer(OptimizerSpec(name="adam", lr=0.05), point.point)
    other.state[...] = point.state
    for _ in range(150):
        other.step(f.at([other.ahead()]).gradient[0])
    last = StandaloneOptimizer(OptimizerSpec(name="sgd", lr=1e-4), other.point)
    for _ in range(50):
        last.step(f.at([last.ahead()]).gradient[0])
    assert np.array_equal(race.trail(1)[[100, 250, 300]], [point.point, other.point, last.point])


def test_a_script_travels_as_json():
    own = {"name": "formula", "formula": "x**2 + cos(3*y) + 0.1*y**2"}
    race = Race({"surface": own, "noise": 0.1, "seed": 2**52 + 1, "lanes": [lane("rprop"), lane("sgd", dialect="pytorch")]})
    race.advance(40)
    race.retune(2, {"name": "rprop", "etas": [0.4, 1.1]}, {"name": "exponential", "decay": 0.01, "warmup": 3})
    race.advance(40)
    again = Race.from_script(json.loads(json.dumps(race.as_script())))
    assert all(
        np.array_equal(race.trail(n), again.trail(n)) and np.array_equal(race.losses(n), again.losses(n)) for n in (1, 2)
    )


def test_another_surface_start_or_length_runs_all_lanes_again():
    race = Race({"surface": "booth", "start": [1.0, 1.0], "lanes": [lane("sgd", 0.01)], "max_steps": 100})
    race.advance(60)
    race.change(surface="himmelblau", max_steps=50)
    assert race.step == 50 and race.start == race.surface.start
    race.change(start=[0.5, 0.5])
    assert np.array_equal(race.trail(1), plain("himmelblau", {"name": "sgd", "lr": 0.01}, [0.5, 0.5], 50))
    with pytest.raises(ValidationError, match="start"):
        race.change(start=[np.nan, 0.0])
    race.restart((2.0, 1.0))
    assert race.step == 0 and race.trail(1).tolist() == [[2.0, 1.0]]
    race.seek(50)
    assert np.array_equal(race.trail(1), plain("himmelblau", {"name": "sgd", "lr": 0.01}, [2.0, 1.0], 50))


def test_a_change_is_not_left_halfway():
    """It is another race by then: its lanes are to be where one looks."""

    def left():
        raise LeftOff

    spec = {"surface": "rosenbrock", "max_steps": 3000, "lanes": [{"optimizer": {"name": "adam", "lr": 0.01}}]}
    race, direct = Race(spec), Race(spec | {"seed": 5, "noise": 0.1})
    race.seek(2500)
    with giving_way(left):
        race.change(seed=5, noise=0.1)
    direct.seek(2500)
    assert (race.step, race.computed) == (2500, 2500) and np.array_equal(race.trail(1), direct.trail(1))


def test_a_change_in_the_past_gives_up_the_lanes_later_changes_only():
    race = Race({"lanes": [lane("sgd", 1e-3), lane("sgd", 1e-3)]})
    race.seek(200)
    race.retune(1, {"name": "sgd", "lr": 1e-4})
    race.retune(2, {"name": "sgd", "lr": 1e-4})
    race.seek(50)
    race.retune(1, {"name": "sgd", "lr": 2e-4})
    assert [retune.step for retune in race.lane(1).spec.retunes] == [50]
    assert [retune.step for retune in race.lane(2).spec.retunes] == [200]
    race.seek(0)
    race.retune(1, {"name": "adam"})
    assert race.lane(1).spec.optimizer.name == "adam" and race.lane(1).spec.retunes == ()


def test_a_duplicate_shares_the_past_and_goes_its_own_way():
    race = Race({"lanes": [lane("adam", 0.02)]})
    race.advance(50)
    assert race.duplicate(1) == 2
    race.retune(2, {"name": "adam", "lr": 0.1})
    race.advance(20)
    assert np.array_equal(race.trail(1)[:51], race.trail(2)[:51]) and not np.array_equal(race.trail(1)[51], race.trail(2)[51])


def test_a_lane_that_diverges_is_marked_and_leaves_the_others_running():
    race = Race({"surface": "rosenbrock", "lanes": [lane("sgd", 0.02), lane("adam", 0.01)], "max_steps": 400})
    race.advance(400)
    step = race.diverged(1)
    assert step is not None and 1 <= step < 20 and race.diverged(2) is None
    assert len(race.trail(1)) == step + 1 and len(race.trail(2)) == 401
    *inside, last = race.trail(1)
    assert (np.abs(inside) <= 1e6).all() and not (np.isfinite(last).all() and (np.abs(last) <= 1e6).all())
    assert [standing.id for standing in race.standings()] == [2, 1]
    with pytest.raises(ValueError, match=f"at step {step}"):
        race.retune(1, {"name": "sgd"})
    race.seek(0)
    assert all(standing.diverged is None for standing in race.standings())
    race.remove(1)
    assert [standing.id for standing in race.standings()] == [2]


def test_a_formula_left_behind_is_a_divergence():
    race = Race({"surface": {"name": "formula", "formula": "x + log(y)"}, "start": [0.5, 0.1], "lanes": [lane("sgd", 0.05)]})
    race.advance(10)
    assert race.diverged(1) == 1 and np.isnan(race.losses(1)[-1])


def test_standings_say_who_came_within_the_threshold_first():
    race = Race({"surface": "goldstein_price", "start": [0.3, -0.8], "lanes": [lane("adam", 0.05), lane("adam", 0.001)]})
    race.advance(1000)
    first = race.standings(0.01)[0]
    losses = race.losses(1)
    assert first.id == 1 and first.reached is not None
    assert losses[first.reached] - 3.0 <= 0.01 < losses[first.reached - 1] - 3.0
    assert first.gradient_norm == pytest.approx(np.linalg.norm(race.surface.at([[first.x, first.y]]).gradient))


def test_the_next_step_is_the_one_that_follows():
    race = Race({"lanes": [lane("nadam", 0.01)], "max_steps": 3})
    step = race.next_step(1)
    race.advance(1)
    assert np.array_equal(race.trail(1)[1] - race.trail(1)[0], step)
    race.seek(3)
    assert race.next_step(1) is None


def test_state_at_a_step_that_was_scrubbed_to():
    race = Race({"surface": "bowl", "lanes": [lane("momentum", 0.01)], "max_steps": 60})
    race.advance(60)
    race.seek(20)
    trail = race.trail(1)
    assert np.allclose(0.01 * race.state(1)["v"], trail[19] - trail[20], rtol=1e-9)


def test_sixteen_lanes_and_no_more():
    race = Race({"lanes": [lane("sgd")] * 16})
    with pytest.raises(ValueError, match="up to 16"):
        race.add(lane("sgd"))
    race.remove(5)
    assert race.add(lane("sgd")) == 17
    with pytest.raises(ValidationError, match="0 to 16"):
        Race({"lanes": [lane("sgd")] * 17})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"noise": -1.0}, "noise"),
        ({"max_steps": 200_000}, "100000"),
        ({"start": [1e9, 0.0]}, "start"),
        ({"surface": {"name": "formula", "formula": "log(x)"}, "start": [-1.0, 0.0]}, "start"),
        ({"lanes": [lane("sgd") | {"batch_size": 3}]}, "lanes.0.batch_size"),
        ({"lanes": [lane("sgd") | {"schedule": {"name": "plateau"}}]}, "lanes.0.schedule.name"),
        ({"lanes": [lane("sgd") | {"schedule": {"name": "cosine", "unit": "epoch"}}]}, "lanes.0.schedule.unit"),
        ({"lanes": [lane("sgdx")]}, "lanes.0.optimizer"),
        ({"lanes": [lane("adam") | {"retunes": [{"step": 4, "optimizer": {}}, {"step": 4, "optimizer": {}}]}]}, "rising steps"),
    ],
)
def test_bad_races_are_refused(given, words):
    with pytest.raises(ValidationError) as refused:
        Race(given)
    places = [".".join(map(str, error["loc"])) for error in refused.value.errors()]
    assert words in str(refused.value) or words in places


def test_lanes_that_are_not_there_and_steps_outside():
    race = Race({"lanes": [lane("sgd")]})
    with pytest.raises(ValueError, match="allowed: 1"):
        race.trail(4)
    with pytest.raises(ValueError, match="0 to 1000"):
        race.seek(1001)


@pytest.mark.parametrize(
    ("schedule", "rate"),
    [
        ({"name": "exponential", "decay": 0.05}, lambda t: 0.01 * np.exp(-0.05 * t)),
        ({"name": "step", "gamma": 0.5, "size": 7}, lambda t: 0.01 * 0.5 ** (t // 7)),
        ({"name": "constant", "warmup": 10}, lambda t: 0.01 * min(1.0, (t + 1) / 10)),
    ],
)
def test_schedules_move_the_rate_of_each_step(schedule, rate):
    race = Race({"surface": "booth", "lanes": [lane("sgd", 0.01) | {"schedule": schedule}], "max_steps": 30})
    race.advance(30)
    point = np.array(race.start)
    for t in range(30):
        race.seek(t)
        assert race.rate(1) == pytest.approx(rate(t), rel=1e-12)
        point = point - rate(t) * race.surface.at([point]).gradient[0]
    assert np.allclose(race._buffers.trail[0, 30], point, rtol=1e-10)


def test_speed_limit_of_the_ravine():
    """TEACHING.md moment 6: κ = 100, the limit 2/λ = 0.02."""
    race = Race({"surface": "ravine", "lanes": [lane("sgd", 0.0199), lane("sgd", 0.0201)], "max_steps": 5000})
    race.advance(5000)
    losses = race.losses(1)
    assert int(np.flatnonzero(losses <= 1e-6 * losses[0])[0]) == 687
    assert (np.diff(race.losses(2)[100:]) > 0).all() and race.diverged(2) is not None


def test_memory_in_the_ravine():
    """η = .01: 458 steps of plain descent, 103 with momentum .9."""
    race = Race({"surface": "ravine", "lanes": [lane("sgd", 0.01), lane("momentum", 0.01, beta=0.9)], "max_steps": 600})
    race.advance(600)
    needed = [int(np.flatnonzero(race.losses(n) <= 1e-6 * race.losses(n)[0])[0]) for n in (1, 2)]
    assert needed == [458, 103]


def test_place_of_epsilon():
    """g = 1e-6, ε = 1e-8: RMSProp without memory steps .99 η outside the root and .01 η inside."""
    rules = [lane("adagrad", 0.01, eps=1e-8, dialect=dialect) for dialect in ("pytorch", "textbook")]
    race = Race({"surface": "tiny_gradients", "lanes": rules})
    race.advance(1)
    first = [float(-np.diff(race.trail(number), axis=0)[0, 0]) / 0.01 for number in (1, 2)]
    assert first == [pytest.approx(0.990099, rel=1e-5), pytest.approx(0.0099995, rel=1e-3)]


def test_a_formula_begins_where_it_has_a_value_or_is_refused():
    assert Race({"surface": {"name": "formula", "formula": "x**2 + y**2"}}).start == pytest.approx((-1.8, 1.5))
    x, y = Race({"surface": {"name": "formula", "formula": "log(x) + y**2"}}).start
    assert 0.0 < x <= 3.0 and abs(y) <= 3.0
    with pytest.raises(ValidationError, match="has no value in its domain"):
        Race({"surface": {"name": "formula", "formula": "log(-1 - x**2)"}})
