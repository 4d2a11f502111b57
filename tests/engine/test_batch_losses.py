"""The loss of each update's mini-batch: what the updates had, thinned, by branch; nothing of the run is changed by it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.export.files import batch_losses
from engine.machine.machine import LOSSES
from engine.recording.batch_losses import MOST_POINTS, LossLine


def trainer(**changes) -> Trainer:
    spec = {"data": {"name": "spiral", "samples": 60}, "network": {"layers": [{"units": 3}]}, "batch_size": 10, **changes}
    return Trainer(RunSpec.model_validate(spec))


def test_each_update_has_the_loss_before_it() -> None:
    run, told = trainer(), []
    for _ in range(30):
        told.append(run.step())
    columns = run.batch_losses.columns()
    assert columns["batch_loss"].tolist() == told and columns["step"].tolist() == list(range(30))
    assert columns["epoch"] == pytest.approx(np.arange(30) / run.steps_per_epoch)


def test_the_losses_are_those_that_plain_numpy_finds() -> None:
    """Its own forward pass and cross-entropy over the rows of the batch, from the parameters before the update."""
    run, stated = trainer(shuffle=False), []
    x, y = run.dataset.splits["train"].x, run.dataset.splits["train"].y
    for step in range(2 * run.steps_per_epoch + 1):
        first = step % run.steps_per_epoch * 10
        (w1, b1), (w2, b2) = run.parameters
        z = np.tanh(x[first : first + 10] @ w1.T + b1) @ w2.T + b2
        t = y[first : first + 10].reshape(z.shape)
        stated.append(float(np.mean(np.log1p(np.exp(z)) - t * z)))
        run.step()
    assert run.batch_losses.columns()["batch_loss"] == pytest.approx(stated, rel=1e-12)


def test_they_can_be_taken_along() -> None:
    run = trainer()
    run.step(7)
    columns = run.batch_losses.columns()
    lines = batch_losses(run).splitlines()
    assert lines[0] == "step,epoch,batch_loss" and len(lines) == 8
    assert [float(line.split(",")[2]) for line in lines[1:]] == columns["batch_loss"].tolist()
    assert lines[4].split(",")[:2] == ["3", repr(float(columns["epoch"][3]))]


def test_a_full_batch_has_the_recorded_loss() -> None:
    run = trainer(batch_size="full")
    run.step(12)
    recorded = run.series.columns()
    assert run.batch_losses.columns()["batch_loss"] == pytest.approx(recorded["train_loss"][:12], rel=1e-12)
    assert run.batch_losses.columns()["epoch"].tolist() == recorded["epoch"][:12].tolist()


def test_there_is_a_curve_before_any_epoch_has_ended() -> None:
    run = trainer(batch_size=1)
    run.step(3)
    assert len(run.series) == 1 and len(run.batch_losses) == 3


def test_a_run_that_explodes_in_its_first_epoch_has_a_curve() -> None:
    run = trainer(data={"name": "sine", "samples": 400}, batch_size=1, optimizer={"name": "sgd", "lr": 1e6})
    run.step(1000)
    assert run.epoch == 0
    assert run.stopped is not None and run.stopped.kind == "non_finite"
    losses = run.batch_losses.columns()["batch_loss"]
    assert len(losses) == run.steps_done and np.isfinite(losses).all() and (len(losses) < 2 or losses[-1] > losses[0])


def test_many_updates_are_thinned_evenly_and_none_is_wrong() -> None:
    run, whole = trainer(), trainer()
    for _ in range(5):
        run.step(LOSSES // 2 + 77)
    line = run.batch_losses
    steps = line.columns()["step"]
    assert MOST_POINTS / 2 < len(line) <= MOST_POINTS and line.every == 2 ** round(math.log2(line.every))
    assert steps.tolist() == list(range(0, run.steps_done, line.every)), "no gap"
    for step in (0, 5 * line.every, 400 * line.every):
        whole.seek(step)
        assert whole.step() == line.columns()["batch_loss"][step // line.every]


def test_a_branch_has_its_parents_losses_up_to_the_fork() -> None:
    run = trainer()
    run.step(20)
    before = run.batch_losses.columns()["batch_loss"].tolist()
    run.seek(8)
    assert run.batch_losses.columns()["batch_loss"].tolist() == before, "going back takes nothing away"
    run.edit({"kind": "set", "path": "optimizer.lr", "value": 0.5})
    assert run.batch_losses.columns()["batch_loss"].tolist() == before[:8]
    run.step(12)
    after = run.batch_losses.columns()["batch_loss"].tolist()
    assert after[:9] == before[:9] and after[9:] != before[9:], "the loss before the first other update is the same"
    run.undo()
    assert run.batch_losses.columns()["batch_loss"].tolist() == before
    run.redo()
    assert run.batch_losses.columns()["batch_loss"].tolist() == after


def test_other_batches_have_their_place_in_epochs() -> None:
    run = trainer(shuffle=False)
    run.step(6)
    run.edit({"kind": "set", "path": "batch_size", "value": 30})
    run.step(4)
    assert run.dataset.rows[0] == 30
    assert run.batch_losses.columns()["epoch"] == pytest.approx([0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2, 3, 4, 5])


def test_an_update_in_pieces_has_its_loss_too() -> None:
    run, op = trainer(), trainer()
    run.step(4)
    while op.steps_done < 4:
        op.advance_op()
    assert op.batch_losses.columns()["batch_loss"].tolist() == run.batch_losses.columns()["batch_loss"].tolist()


def test_points_that_were_missing_come_between() -> None:
    line = LossLine()
    line.add(np.array([[4.0, 0.4, 1.0], [5.0, 0.5, 1.5]]))
    line.add(np.array([[3.0, 0.3, 2.0], [4.0, 0.4, 1.0], [6.0, 0.6, 0.5]]))
    assert line.points[:, 0].tolist() == [3, 4, 5, 6] and line.revision == 1
