"""A race on the network: shared bits of start and batches, each lane a lone trainer's bits, scrubbing, changes on the way."""

import numpy as np
import pytest
from pydantic import ValidationError

from engine import RunSpec, Trainer
from engine.optimizers import OPTIMIZERS
from engine.race.answers import answer_map
from engine.race.on_network import NetworkRace, spec_of
from engine.race.spec import LaneSpec

RUN = {
    "data": {"name": "spiral", "samples": 80, "test_fraction": 0.25},
    "network": {"layers": [{"units": 6}, {"units": 4, "dropout": 0.2}]},
    "batch_size": 9,
    "seed": 5,
    "stop": {"max_steps": 3000},
}


def lane(name="adam", lr=0.01, **own):
    return {"optimizer": {"name": name, "lr": lr}, **own}


def race(*lanes, **fields):
    return NetworkRace({"run": RUN | fields, "lanes": lanes})


def alone(lane_given, steps):
    trainer = Trainer(RunSpec.model_validate(RUN | lane_given))
    trainer.step(steps)
    return trainer


def test_every_rule_is_a_lone_trainer_bit_for_bit():
    lanes = [lane(name, 1e-3) for name in OPTIMIZERS]
    running = race(*lanes)
    for count in (1, 40, 82):
        running.advance(count)
    for given, made in zip(lanes, running.lanes, strict=True):
        expected = alone(given, 123)
        assert np.array_equal(made.trainer.machine.theta, expected.machine.theta), given
        assert np.array_equal(made.trainer.machine.state, expected.machine.state)


def test_all_lanes_share_the_bits_of_start_and_batches():
    running = race(*(lane(name, 1e-3) for name in OPTIMIZERS))
    assert len({made.trainer.machine.theta.tobytes() for made in running.lanes}) == 1
    for _ in range(12):
        running.advance(1)
        machines = [made.trainer.machine for made in running.lanes]
        samples = {m.tape.layout.view(m.work, "h0", int(m.int_state[3])).tobytes() for m in machines}
        masks = {m.tape.layout.view(m.work, "mask2", int(m.int_state[3])).tobytes() for m in machines}
        assert len(samples) == len(masks) == 1
    assert all(running.badges(made.id) == () for made in running.lanes)


def test_overrides_carry_their_badge_and_do_what_they_say():
    running = race(lane(), lane(seed=6), lane(batch_size=4), lane(initializer={"name": "he_normal"}))
    assert [running.badges(n) for n in (1, 2, 3, 4)] == [(), ("own start", "own batches"), ("own batches",), ("own start",)]
    starts = [made.trainer.machine.theta.tobytes() for made in running.lanes]
    assert starts[0] == starts[2] and len({starts[0], starts[1], starts[3]}) == 3
    running.advance(20)
    assert [made.trainer.epoch for made in running.lanes] == [2, 2, 1, 2]


def test_scrubbing_a_lane_added_late_and_the_script():
    running = race(lane(), lane("momentum", 0.05))
    running.advance(400)
    running.add(lane("rmsprop", 0.003))
    running.seek(400)
    running.seek(150)
    for given, made in zip((lane(), lane("momentum", 0.05), lane("rmsprop", 0.003)), running.lanes, strict=True):
        assert np.array_equal(made.trainer.machine.theta, alone(given, 150).machine.theta)
    assert running.lane(3).joined == 400
    again = NetworkRace.from_script(running.as_script())
    assert again.step == 150
    assert [a.trainer.machine.theta.tobytes() for a in again.lanes] == [
        a.trainer.machine.theta.tobytes() for a in running.lanes
    ]


def test_a_retuned_lane_is_an_edited_trainer_and_replays():
    running = race(lane(), lane())
    running.advance(60)
    running.retune(1, {"name": "adam", "lr": 0.002})
    running.advance(30)
    running.retune(1, {"name": "sgd", "lr": 0.1}, {"name": "exponential", "decay": 0.01})
    running.advance(30)
    expected = alone(lane(), 60)
    expected.edit({"kind": "set", "path": "optimizer.lr", "value": 0.002})
    expected.step(30)
    expected.edit({"kind": "set", "path": "optimizer", "value": {"name": "sgd", "lr": 0.1}})
    expected.edit({"kind": "set", "path": "schedule", "value": {"name": "exponential", "decay": 0.01}})
    expected.step(30)
    assert np.array_equal(running.lane(1).trainer.machine.theta, expected.machine.theta)
    assert np.array_equal(running.lane(2).trainer.machine.theta, alone(lane(), 120).machine.theta)
    again = NetworkRace.from_script(running.as_script())
    assert np.array_equal(again.lane(1).trainer.machine.theta, expected.machine.theta)
    copy = running.duplicate(1)
    running.seek(120)
    assert np.array_equal(running.lane(copy).trainer.machine.theta, expected.machine.theta)
    running.seek(0)
    running.retune(1, {"name": "sgd", "lr": 0.3})
    running.seek(50)
    assert np.array_equal(running.lane(1).trainer.machine.theta, alone(lane("sgd", 0.3), 50).machine.theta)


def test_a_diverged_lane_is_marked_and_leaves_the_others_running():
    running = race(
        lane("sgd", 1e8),
        lane(),
        loss="mse",
        network={"layers": [{"units": 3, "activation": "relu"}], "output_activation": "identity"},
    )
    running.advance(300)
    first, last = running.standings()
    assert first.id == 2 and first.step == 300 and first.diverged is None
    assert last.id == 1 and last.diverged is not None and last.diverged < 300
    with pytest.raises(ValueError, match="it stopped at step"):
        running.retune(1, {"name": "sgd"})
    running.seek(0)
    assert all(standing.diverged is None for standing in running.standings())


def test_ways_and_their_plane():
    running = race(lane(), lane("momentum", 0.05), lane("sgd", 0.1))
    running.advance(333)
    for made in running.lanes:
        steps, points = running.trajectory(made.id)
        assert steps[0] == 0 and steps[-1] == 333 and len(steps) <= 161 and (np.diff(steps) > 0).all()
        other = Trainer(spec_of(running.spec.run, made.spec))
        for step, point in zip(steps[:: len(steps) // 3], points[:: len(steps) // 3], strict=True):
            other.seek(int(step))
            assert np.array_equal(other.machine.theta, point)
    plane, landscape = running.principal_plane(), running.landscape()
    assert 0.5 < sum(plane.explained) < 1.0
    found = running.path(2, plane, landscape)
    assert found.residual[0] == 0.0 and found.true_loss[-1] == running.lane(2).trainer.objective("train")
    assert np.abs(found.true_loss - found.slice_loss).max() > 1e-4  # off the plane the slice is not the truth


def test_standings_and_the_threshold():
    running = race(
        lane("adam", 0.05), lane("sgd", 1e-4), eval_every=10, network={"layers": [{"units": 8}]}, data={"name": "circle"}
    )
    running.advance(500)
    first = running.standings(0.3)[0]
    assert first.id == 1 and first.train_loss == running.lane(1).trainer.loss("train")
    series = running.lane(1).trainer.series.columns()
    index = list(series["step"]).index(first.reached)
    assert series["train_loss"][index] <= 0.3 < series["train_loss"][index - 1]
    assert running.standings(0.3)[1].reached is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"run": RUN, "lanes": [lane()] * 17}, "0 to 16"),
        ({"run": {"batch_size": -1}, "lanes": []}, "batch_size"),
    ],
)
def test_bad_races_are_refused(given, words):
    with pytest.raises(ValidationError, match=words):
        NetworkRace(given)
    with pytest.raises(ValidationError, match="batch_size"):
        race(lane(batch_size=0))
    with pytest.raises(ValueError, match="allowed: none"):
        race().lane(1)


def test_a_lane_spec_is_the_runs_with_its_own_rule():
    made = spec_of(RunSpec.model_validate(RUN), LaneSpec.model_validate(lane("sgd", 0.5)))
    assert made == RunSpec.model_validate(RUN | lane("sgd", 0.5))


def test_answers_over_two_columns_whatever_they_are_called():
    plane = alone(lane(), 30)
    assert np.array_equal(answer_map(plane, 16), plane.unit_maps(16).maps[-1])
    corners = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]
    data = {"name": "inline", "task": "classification", "train_x": corners, "train_y": [0, 1, 1, 0]}
    table = Trainer(RunSpec.model_validate({"data": data, "network": {"layers": [{"units": 4}]}, "batch_size": "full"}))
    table.step(300)
    found = answer_map(table, 8)  # over -2 to 2: the middles of cells lie at ±0.25, ±0.75, ±1.25, ±1.75
    at = table.predict([[1.25, -1.25], [-0.75, 1.75]])[:, 0]
    assert np.abs(found[[1, 7], [6, 2]] / 255 - at).max() <= 0.5 / 255 + 1e-12
    three = data | {"train_y": [0, 1, 2, 0]}
    several = Trainer(RunSpec.model_validate({"data": three, "network": {"layers": [{"units": 4}]}, "batch_size": "full"}))
    assert set(np.unique(answer_map(several, 8))) <= {0, 1, 2}
    wide = data | {"train_x": [[0.0, 1.0, 2.0]] * 4}
    assert answer_map(Trainer(RunSpec.model_validate({"data": wide, "batch_size": "full"})), 8) is None
