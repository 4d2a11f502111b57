"""Tables as people have them, brought along as files: what comes of them learns as well as scikit-learn does on the same rows.

Real tables: iris, wine, breast cancer, diabetes and digits, as scikit-learn ships them, and tips and gapminder, as Plotly does.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import plotly
import pytest
from sklearn import datasets
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from engine import RunSpec, Trainer
from server.tables.training_data import Choices, describe, inline_data

SEEDS = range(5)
UNITS = 32


def shipped(load: Callable) -> Callable[[], str]:
    """The file that a learner would have: names, numbers, classes by their names."""

    def text() -> str:
        loaded = load()
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow([*loaded.feature_names, "target"])
        for row, target in zip(loaded.data, loaded.target, strict=True):
            writer.writerow([*map(float, row), loaded.target_names[target] if "target_names" in loaded else target])
        return file.getvalue()

    return text


def of_plotly(name: str) -> Callable[[], str]:
    return lambda: gzip.decompress(
        (Path(plotly.__file__).parent / f"package_data/datasets/{name}.csv.gz").read_bytes()
    ).decode()


@dataclass(frozen=True)
class Case:
    """A file, the column that is predicted from the others, columns that are left out by hand, how many rows are drawn."""

    text: Callable[[], str]
    target: str
    without: tuple[str, ...] = ()
    rows: int | None = None


CASES = {
    "iris": Case(shipped(datasets.load_iris), "target"),
    "wine": Case(shipped(datasets.load_wine), "target"),
    "breast cancer": Case(shipped(datasets.load_breast_cancer), "target"),
    "diabetes": Case(shipped(datasets.load_diabetes), "target"),
    "digits": Case(shipped(datasets.load_digits), "target", rows=800),
    "tips": Case(of_plotly("tips"), "tip"),
    "gapminder": Case(of_plotly("gapminder"), "lifeExp", ("iso_num", "centroid_lat", "centroid_lon")),
}


def ours(data: dict, seed: int) -> float:
    """The test score where early stopping went back to."""
    regression = data["task"] == "regression"
    spec = {
        "data": data,
        "network": {"layers": [{"units": UNITS}]},
        "optimizer": {"name": "adam", "lr": 0.003},
        "regularization": {"l2": 1e-3},
        "batch_size": 32,
        "stop": {"patience": 20, "max_steps": 20_000},
        "seed": seed,
    }
    trainer = Trainer(RunSpec.model_validate(spec))
    trainer.step(20_000)
    assert trainer.stopped is not None
    if trainer.stopped.best is not None:
        trainer.seek(trainer.stopped.best)
    found = trainer.evaluate("test")
    score = found.r_squared if regression else found.accuracy
    assert score is not None
    return score


def theirs(data: dict, seed: int) -> float:
    """scikit-learn's own network of the same size on the same training rows; it does not look at those we stop by."""
    kind = MLPRegressor if data["task"] == "regression" else MLPClassifier
    network = kind(hidden_layer_sizes=(UNITS,), max_iter=1000, random_state=seed)
    fitted = make_pipeline(StandardScaler(), network).fit(data["train_x"], data["train_y"])
    return float(fitted.score(data["test_x"], data["test_y"]))


@pytest.mark.slow(seconds=30)
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("name", CASES)
def test_a_real_table_is_learned_as_well_as_scikit_learn_learns_it(name: str) -> None:
    case = CASES[name]
    body = case.text().encode()
    found = describe(body)["columns"]
    target = next(column["index"] for column in found if column["name"] == case.target)
    leaks = {c["index"] for c in found if any(not leak["targets"] or target in leak["targets"] for leak in c["leaks"])}
    inputs = [c["index"] for c in found if not c["no_input"] and c["name"] not in case.without]
    inputs = tuple(index for index in inputs if index != target and index not in leaks)
    task = "classification" if found[target]["few"] else "regression"
    scores = []
    for seed in SEEDS:
        choices = Choices(target, task, inputs, validation_fraction=0.15, test_fraction=0.3, seed=seed, rows=case.rows)
        data = inline_data(body, choices)["data"]
        scores.append((ours(data, seed), theirs(data, seed)))
    mine, reference = np.median(scores, axis=0)
    assert mine >= reference - 0.02, f"{mine:.3f} where scikit-learn has {reference:.3f}: {scores}"
