"""The run that a first visitor is shown: what no line separates, and it is separated within seconds."""

from __future__ import annotations

import numpy as np

from engine import RunSpec, Trainer
from engine.first_look import UNTOUCHED, WATCHED, first_look

SECONDS, EPOCHS_A_SECOND = 8, 10
"""Within them, at the speed at which the page plays it."""


def test_it_begins_with_the_default_run_and_the_same_data() -> None:
    assert RunSpec() == UNTOUCHED and WATCHED.data == UNTOUCHED.data
    assert {name: RunSpec.model_validate(told) for name, told in first_look().items()} == {
        "untouched": UNTOUCHED,
        "watched": WATCHED,
    }


def test_no_line_separates_its_data() -> None:
    """The best line through the samples, by least squares, errs on a quarter of them at least."""
    samples = Trainer(WATCHED).dataset.splits["test"]
    x = np.column_stack([np.asarray(samples.x), np.ones(len(samples.x))])
    side = np.where(np.asarray(samples.labels) == 1, 1.0, -1.0)
    w, *_ = np.linalg.lstsq(x, side, rcond=None)
    assert np.mean(np.sign(x @ w) == side) < 0.75


def test_classes_part_within_seconds() -> None:
    trainer = Trainer(WATCHED)
    accuracy = [trainer.evaluate("test").accuracy]
    for _ in range(SECONDS):
        trainer.step(EPOCHS_A_SECOND * trainer.steps_per_epoch)
        accuracy.append(trainer.evaluate("test").accuracy)
    assert accuracy[0] <= 0.65 and min(accuracy[4:]) >= 0.95, accuracy
