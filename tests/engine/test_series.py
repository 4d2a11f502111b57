"""The recorded series: right values at the right steps, whatever was sought, watched or undone in between."""

import numpy as np
import problems
import pytest

from engine import RunSpec, Trainer
from engine.script.script import FEWEST_POINTS, SERIES_BYTES

SPEC = {
    "data": {"name": "moons", "samples": 60, "test_fraction": 0.3, "validation_fraction": 0.2},
    "network": {"layers": [{"units": 4}]},
    "optimizer": {"name": "adam", "lr": 0.03},
    "regularization": {"l2": 0.01},
    "batch_size": 7,
}  # 30 samples to train on: 5 updates an epoch


def trainer_of(**fields):
    return Trainer(RunSpec.model_validate(SPEC | fields))


def columns(trainer):
    return trainer.series.columns(0)


@pytest.mark.parametrize(("every", "steps"), [("epoch", range(0, 61, 5)), (4, range(0, 61, 4)), (1, range(61))])
def test_points_are_exact_and_where_the_spec_says(every, steps):
    trainer, watched = trainer_of(eval_every=every), trainer_of(eval_every=every)
    trainer.step(60)
    found = columns(trainer)
    assert found["step"].tolist() == list(steps)
    for row, step in enumerate(steps):
        watched.seek(step)
        for split in ("train", "validation", "test"):
            assert found[f"{split}_loss"][row] == pytest.approx(watched.loss(split), rel=1e-12)
            assert found[f"{split}_accuracy"][row] == watched.accuracy(split)
        norm = np.sqrt(sum(np.sum(value**2) for value in watched.named_parameters.values()))
        weights = np.sqrt(sum(np.sum(w**2) for w, _ in watched.parameters))
        assert found["weight_norm"][row] == pytest.approx(norm, rel=1e-12) or found["weight_norm"][row] == pytest.approx(
            weights
        )
        if step:
            gradient = np.sqrt(sum(np.sum(value**2) for value in watched.last_gradient.values()))
            assert found["gradient_norm"][row] == pytest.approx(gradient, rel=1e-12)


def same(one, other):
    assert one.keys() == other.keys()
    for name, values in one.items():
        assert values.tobytes() == other[name].tobytes(), name


def test_watched_or_not_in_any_slices():
    plain, restless = trainer_of(), trainer_of()
    plain.step(3000)
    random = np.random.default_rng(0)
    while restless.steps_done < 3000:
        restless.step(min(int(random.integers(1, 300)), 3000 - restless.steps_done))
        here = restless.steps_done
        restless.seek(int(random.integers(0, here + 1)))
        restless.step(int(random.integers(0, 5)))
        restless.evaluate("test")
        restless.seek(here)
    same(columns(plain), columns(restless))


def test_op_by_op():
    plain, by_op = trainer_of(), trainer_of()
    plain.step(31)
    while by_op.steps_done < 31:
        by_op.advance_op()
    same(columns(plain), columns(by_op))


def test_the_interval_doubles_at_4000_points():
    plain, sliced = trainer_of(eval_every=1), trainer_of(eval_every=1)
    revision = plain.series.revision
    plain.step(20_000)
    assert plain.series.revision > revision
    found = columns(plain)
    assert 2000 <= len(plain.series) <= 4000
    gaps = np.unique(np.diff(found["step"]))
    assert len(gaps) == 1
    assert gaps[0] == 8
    assert found["step"][0] == 0
    while sliced.steps_done < 20_000:
        sliced.step(777 if sliced.steps_done + 777 < 20_000 else 20_000 - sliced.steps_done)
        if sliced.steps_done % 2:
            sliced.seek(sliced.steps_done - 5)
    same(columns(sliced), found)


def test_columns_from_a_point_on():
    trainer = trainer_of()
    trainer.step(50)
    whole, tail = trainer.series.columns(0), trainer.series.columns(7)
    assert tuple(whole) == trainer.series.names
    for name in whole:
        assert np.array_equal(whole[name][7:], tail[name], equal_nan=True)
    assert all(len(values) == 0 for values in trainer.series.columns(len(trainer.series)).values())


def test_a_fork_has_its_parents_points_up_to_it():
    trainer = trainer_of()
    trainer.step(200)
    parent = columns(trainer)
    trainer.seek(103)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.2})
    forked = columns(trainer)
    assert forked["step"].tolist() == list(range(0, 101, 5))
    trainer.step(97)
    grown = columns(trainer)
    assert grown["step"].tolist() == list(range(0, 201, 5))
    assert np.array_equal(grown["train_loss"][:21], parent["train_loss"][:21])
    assert not np.any(grown["train_loss"][21:] == parent["train_loss"][21:])
    trainer.undo()
    same(columns(trainer), parent)
    trainer.redo()
    same(columns(trainer), grown)


def test_absent_splits_and_regression():
    made = problems.problem((3, 4, 1), "tanh", "mse", "identity", task="regression", seed=71)
    trainer = made.trainer(batch_size=5)
    trainer.step(9)
    found = columns(trainer)
    assert np.all(np.isfinite(found["train_loss"]))
    for name in ("train_accuracy", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy"):
        assert name not in found or np.all(np.isnan(found[name]))


def test_the_branches_left_behind_take_bounded_room() -> None:
    """Many edits of a long run: its own series is whole, those of the futures it left are thinned."""
    spec = RunSpec.model_validate({"data": {"samples": 20}, "eval_every": 1, "network": {"layers": [{"units": 2}]}})
    trainer = Trainer(spec)
    trainer.step(900)
    for number in range(60):
        trainer.step(1)
        trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.01 + number * 1e-6})
    assert len(trainer.branches) == 61 and trainer.series.doublings == 0
    assert trainer.series.columns()["step"].tolist() == list(range(961))
    held = sum(branch.series.points.nbytes for branch in trainer.branches)
    assert held <= SERIES_BYTES + FEWEST_POINTS * 61 * trainer.series.points[0].nbytes
    assert 960 * 61 * trainer.series.points[0].nbytes > 2 * SERIES_BYTES  # what it would have been
    for branch in trainer.branches:
        steps = branch.series.columns()["step"]
        assert len(steps) > FEWEST_POINTS / 2 and steps[0] == 0
        assert set(np.diff(steps)) <= {2**branch.series.doublings} and branch.end - steps[-1] < 2**branch.series.doublings
    trainer.undo()
    assert trainer.series.doublings > 0
    trainer.step(300)  # a thinned line goes on at its own interval
    steps = trainer.series.columns()["step"]
    assert set(np.diff(steps)) == {2**trainer.series.doublings}
