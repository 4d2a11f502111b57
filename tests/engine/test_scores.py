"""What an accuracy is to be compared with, and what a regression has in its place: against scikit-learn's own scores."""

import csv
import io

import numpy as np
import pytest
from sklearn import metrics

from engine import RunSpec, Trainer
from engine.evaluation.evaluator import r_squared
from engine.export import files


def of_inline(task, x, y, **parts):
    data = {"name": "inline", "task": task, "train_x": x, "train_y": y} | parts
    return Trainer(RunSpec.model_validate({"data": data, "network": {"layers": [{"units": 4}]}, "optimizer": {"lr": 0.05}}))


def uneven(rows):
    """Of three classes 70, 20 and 10 %."""
    x = np.random.default_rng(rows).normal(size=(rows, 2))
    return x, np.repeat([1, 0, 2], [round(0.7 * rows), round(0.2 * rows), rows - round(0.7 * rows) - round(0.2 * rows)])


def test_accuracy_stands_beside_that_of_the_largest_class_and_the_balanced_one():
    (x, y), (test_x, test_y) = uneven(100), uneven(30)
    test_y = np.roll(test_y, 11) % 2  # where another class is the largest: what counts is what could be known beforehand
    trainer = of_inline("classification", x, y, test_x=test_x, test_y=test_y)
    trainer.step(50)
    for split, labels in (("train", y), ("test", test_y)):
        found = trainer.evaluate(split)
        assert found.baseline == np.mean(labels == 1) == trainer.dataset.largest_class_share(split)
        recall = metrics.recall_score(labels, found.predicted, labels=np.unique(labels), average="macro")
        assert found.balanced_accuracy == pytest.approx(recall, abs=1e-15)
        assert found.balanced_accuracy != found.accuracy and found.r_squared is None
    assert trainer.dataset.largest_class_share("validation") is None
    rows = list(csv.DictReader(io.StringIO(files.curves(trainer))))
    names = list(rows[0])
    assert names[names.index("test_accuracy") + 1] == "test_largest_class" and "validation_largest_class" not in names
    assert {float(row["test_largest_class"]) for row in rows} == {float(np.mean(test_y == 1))}


def test_a_regression_is_compared_with_the_mean():
    x = np.linspace(-1.0, 1.0, 60)[:, None]
    y = np.column_stack([np.sin(3 * x[:, 0]), 100 + x[:, 0]])
    trainer = of_inline("regression", x, y)
    for _ in range(2):
        found = trainer.evaluate("train")
        assert found.r_squared == pytest.approx(metrics.r2_score(y, found.outputs), rel=1e-12)
        assert found.baseline is None is found.balanced_accuracy
        trainer.step(400)
    assert "largest_class" not in files.curves(trainer)
    assert r_squared(np.full((60, 2), y.mean(axis=0)), y) == pytest.approx(0.0, abs=1e-12), "the mean's own"
    assert r_squared(y, y) == 1.0
    assert r_squared(np.zeros((3, 1)), np.ones((3, 1))) is None, "nothing varies that could be explained"
