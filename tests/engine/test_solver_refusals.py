"""Where a solver does not fit it is refused by name, with what is allowed."""

import pytest
from pydantic import ValidationError

from engine import RunSpec
from engine.catalog import catalog
from engine.optimizers import OPTIMIZERS
from engine.race import NetworkRace, Race, dissect_lane
from engine.race.sweep import basins, rate_sweep
from engine.solvers import SOLVERS

NEWTON = {"optimizer": {"name": "newton"}}
SGD = {"optimizer": {"name": "sgd", "lr": 0.01}}


def refusal(call, *arguments, **more):
    with pytest.raises(ValidationError) as refused:
        call(*arguments, **more)
    (error,) = refused.value.errors()
    return ".".join(map(str, [*error["loc"], error["ctx"]["field"]])), error["msg"], error["ctx"]["allowed"]


@pytest.mark.parametrize("name", SOLVERS)
def test_a_run_has_none(name):
    place, words, allowed = refusal(RunSpec.model_validate, {"optimizer": {"name": name}})
    assert place == "optimizer.name" and "only a race on a surface has it" in words and allowed == ", ".join(OPTIMIZERS)


def test_a_network_race_has_none_now_or_later():
    race = NetworkRace({"run": {"data": {"name": "blobs"}}, "lanes": [SGD]})
    for lane in (NEWTON, SGD | {"retunes": [{"step": 5, **NEWTON}]}):
        for call, arguments in ((race.add, (lane,)), (race.replace, (1, lane)), (NetworkRace, ({"lanes": [lane]},))):
            assert "only a race on a surface" in refusal(call, *arguments)[1]
    assert "only a race on a surface" in refusal(race.retune, 1, {"name": "lbfgs"})[1]
    assert len(race.lanes) == 1 and race.lane(1).spec.optimizer.name == "sgd"


def test_under_noise_there_is_none():
    noisy = Race({"noise": 0.1, "lanes": [SGD]})
    for call, arguments in ((noisy.add, (NEWTON,)), (noisy.retune, (1, {"name": "lbfgs"}))):
        place, words, allowed = refusal(call, *arguments)
        assert place == "lanes.0.optimizer.name" and "noise" in words and allowed == "any optimizer, or noise 0"
    quiet = Race({"lanes": [SGD, NEWTON]})
    with pytest.raises(ValueError, match=r"noise: .*; allowed: 0"):
        quiet.change(noise=0.5)
    assert quiet.spec.noise == 0.0
    quiet.change(noise=0.0)


@pytest.mark.parametrize("schedule", [{"name": "cosine"}, {"name": "constant", "warmup": 3}])
def test_it_has_no_rate_to_schedule(schedule):
    place, words, _ = refusal(Race, {"lanes": [NEWTON | {"schedule": schedule}]})
    assert place == "lanes.0.schedule.name" and "no rate" in words
    race = Race({"lanes": [SGD | {"schedule": schedule}]})
    race.advance(3)
    race.retune(1, {"name": "newton"})
    assert race.lane(1).spec.in_force(3)[1].name == "constant" and race.lane(1).spec.in_force(2)[1].name == schedule["name"]
    assert refusal(race.retune, 1, {"name": "newton"}, schedule)[0] == "lanes.0.schedule.name"


@pytest.mark.parametrize(
    ("optimizer", "field"),
    [
        ({"name": "newton", "lr": 0.1}, "lr"),
        ({"name": "lbfgs", "history": 0}, "history"),
        ({"name": "lbfgs", "history": 2.5}, "history"),
        ({"name": "line_search", "c1": 0.0}, "c1"),
        ({"name": "line_search", "c2": 1.0}, "c2"),
        ({"name": "line_search", "c1": 0.5, "c2": 0.4}, "c1"),
        ({"name": "line_searching"}, "name"),
    ],
)
def test_parameters_out_of_range(optimizer, field):
    assert refusal(Race, {"lanes": [{"optimizer": optimizer}]})[0] == f"lanes.0.optimizer.{field}"


def test_what_needs_a_rate_says_so():
    race = Race({"lanes": [NEWTON]})
    with pytest.raises(ValueError, match="no update equations"):
        dissect_lane(race, 1, "x")
    with pytest.raises(ValueError, match="has no rate"):
        rate_sweep(race.spec, NEWTON)
    assert basins(race.spec, NEWTON, side=2, steps=20).minimum.shape == (2, 2)


def test_an_update_after_it_opens_with_the_past_that_is_its_own():
    race = Race({"lanes": [NEWTON], "surface": "beale"})
    race.seek(3)
    race.retune(1, {"name": "momentum", "lr": 1e-3})
    race.seek(7)
    found = dissect_lane(race, 1, "x")
    assert found.rule == "momentum" and found.updates == (4, 5, 6, 7, 8)


def test_the_catalog_has_them_apart():
    told = catalog()
    assert [row["name"] for row in told["solvers"]] == list(SOLVERS) and not set(SOLVERS) & set(OPTIMIZERS)
    assert all(row["step_length"] and "unbounded" not in row for row in told["solvers"])
