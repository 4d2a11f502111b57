"""Situations built: where they stand, what is made from them, and that nothing moves them."""

import numpy as np
import pytest
from race_measures import DESCENT, NETWORK
from run_measures import XOR
from stated import situation

from engine import RunSpec, Trainer
from engine.lessons.building import Budget, Built, build
from engine.lessons.card import Card, Solution
from engine.lessons.measuring import MeasureError, Measurement
from engine.lessons.scripts import UnmeasurableError, changed, seeded, situation_of
from engine.lessons.situation import Situation
from engine.race.on_network import NetworkRace
from engine.race.on_surface import Race


def of(given):
    return Situation.model_validate(given)


def theta(built):
    return built.trainer.machine.theta.copy()


def test_measuring_elsewhere_does_not_move_it():
    built = build(of({"run": XOR, "step": 20}))
    before = theta(built)
    for text in (
        "at(3, loss(train))",
        "at(300, loss(train))",
        "rises(20)",
        "count_below(3, loss(train), 1, 5)",
        "gradient(W1, 0, 0)",
    ):
        Measurement.read(text).value(built)
    assert np.array_equal(theta(built), before) and built.trainer.steps_done == 20


def test_another_step_is_the_run_s_own_to_the_last_bit():
    built = build(of({"run": XOR, "step": 20}))
    straight = Trainer(RunSpec.model_validate(XOR))
    for step in (50, 7, 33, 20):
        straight.seek(step)
        assert np.array_equal(theta(built.at(step)), straight.machine.theta)


def test_a_live_run_is_measured_where_it_is_and_left_alone():
    trainer = Trainer(RunSpec.model_validate(XOR))
    trainer.step(15)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.05})
    trainer.step(5)
    before, branches = trainer.machine.theta.copy(), len(trainer.branches)
    built = Built.of(trainer)
    for text in (
        "loss(train)",
        "at(3, loss(train))",
        "at(40, loss(train))",
        "count_below(3, loss(train), 1)",
        "signal(1, 0, 0)",
    ):
        Measurement.read(text).value(built)
    assert np.array_equal(trainer.machine.theta, before)
    assert trainer.steps_done == 20 and len(trainer.branches) == branches and built.kind == "run"
    again = build(situation_of(trainer, 20))
    assert np.array_equal(theta(again), before)


@pytest.mark.parametrize(("given", "kind"), [(DESCENT, Race), (NETWORK, NetworkRace)])
def test_a_live_race_is_left_where_it_stands(given, kind):
    spec = given.get("race") or given["network"]
    race = kind(spec)
    race.seek(5)
    built = Built.of(race, finish=given["finish"])
    assert Measurement.read("first()").value(built) == Measurement.read("first()").value(build(of(given)))
    assert race.step == 5 and built.at(9).step == 9


def test_seeds_are_higher_by_the_shift_and_the_data_s_stay():
    shifted = build(of({"run": XOR}), seed_shift=3)
    assert shifted.trainer.spec.seed == 3 and shifted.trainer.spec.data.seed == 0
    assert np.array_equal(shifted.trainer.dataset.splits["train"].x, build(of({"run": XOR})).trainer.dataset.splits["train"].x)
    lanes = {"race": DESCENT["race"] | {"noise": 0.1, "seed": 4, "lanes": [{"seed": 2}, {}]}}
    found = seeded(of(lanes), 3).race
    assert (found.seed, found.lanes[0].seed, found.lanes[1].seed) == (7, 5, None)


def test_blocks_of_seeds_do_not_overlap():
    values = [
        Measurement.read("highest_of(4, loss(train), 9)").value(build(of({"run": XOR}), seed_shift=block))
        for block in (0, 1, 2)
    ]
    runs = []
    for seed in range(12):
        trainer = Trainer(RunSpec.model_validate(XOR | {"seed": seed}))
        trainer.step(9)
        runs.append(trainer.loss("train"))
    assert values == [max(runs[first : first + 4]) for first in (0, 4, 8)]


@pytest.mark.parametrize(
    ("given", "chance"),
    [
        ({"run": XOR}, True),
        (situation(), False),
        (situation(batch_size=2), False),  # in their order
        (situation(batch_size=2, shuffle=True), True),
        (situation(batch_size="full", regularization={"jitter": 0.1}), True),
        (DESCENT, False),
        ({"race": DESCENT["race"] | {"noise": 0.1}}, True),
        (NETWORK, True),
        ({"graph": {"text": "x", "inputs": {"x": 1}}}, False),
    ],
)
def test_whether_chance_plays(given, chance):
    assert build(of(given)).chance is chance


def test_paths_change_the_spec_from_the_start():
    deep = of({"run": XOR | {"network": {"layers": [{"units": 3}] * 3}}})
    found = changed(
        deep, {"network.layers.*.activation": "relu", "network.layers.1.norm": "batch", "optimizer": {"name": "adam"}}
    )
    assert [layer.activation for layer in found.run.network.layers] == ["relu"] * 3
    assert [layer.norm for layer in found.run.network.layers] == [None, "batch", None]
    assert found.run.optimizer.name == "adam" and deep.run.optimizer.name == "sgd"
    assert changed(of(situation()), {"edits.0.value": 9.0}).edits[0].value == 9.0
    assert changed(of(DESCENT), {"lanes.*.optimizer.lr": 0.5, "surface.kappa": 4}).race.lanes[2].optimizer.lr == 0.5
    for path in ("network.layers.7.units", "optimiser.lr", "network.layers.x.units"):
        with pytest.raises(UnmeasurableError, match="there is no"):
            changed(deep, {path: 1})


def test_a_solution_changes_edits_and_goes_on():
    built = build(of({"run": XOR, "step": 10}))
    edit = {"kind": "set", "path": "optimizer.lr", "value": 0.01}
    solved = built.solved(Solution.model_validate({"change": {"network.layers.0.units": 5}, "edits": [edit], "steps": 30}))
    trainer = Trainer(RunSpec.model_validate(XOR | {"network": {"layers": [{"units": 5}]}}))
    trainer.step(10)
    trainer.edit(edit)
    trainer.step(30)
    assert solved.step == 40 and np.array_equal(theta(solved), trainer.machine.theta)
    assert built.trainer.steps_done == 10
    other = built.solved(Solution.model_validate({"situation": {"run": XOR, "step": 3}, "steps": 4}))
    assert other.step == 7 and other.trainer.steps_done == 7


def test_variants_are_told_in_short_or_as_solutions():
    card = {"title": "t", "minutes": {"alone": 1, "class": 2}, "situation": {"run": XOR}}
    variants = {"fast": {"optimizer.lr": 1.0}, "later": {"steps": 5}, "both": {"change": {"optimizer.lr": 1.0}, "steps": 5}}
    made = Card.model_validate(card | {"variants": variants})
    built = build(made.situation, made.variants)
    assert Measurement.read("on(fast, rate())").value(built) == 1.0
    assert Measurement.read("on(later, step())").value(built) == 5.0
    assert Measurement.read("on(both, step() * rate())").value(built) == 5.0


def test_work_is_bounded():
    built = build(of({"run": XOR}))
    built.budget = Budget(2e7)
    for text in ("count_below(100, step(), 1, 100000)", "highest(400, sharpness())", "rises(50000)", "at(99999, loss(train))"):
        with pytest.raises(MeasureError, match="takes too long"):
            Measurement.read(text).value(built)
    assert Measurement.read("parameters()").value(built) == 13.0, "each has a budget of its own"
