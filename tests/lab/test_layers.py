"""What each layer does: positions against NumPy, components against its SVD, probes against scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge

from engine.lab import ChoiceError, Subject, carried_out
from engine.lab.experiment import Progress, Result, begun
from engine.lab.layers import EXPERIMENT
from engine.lab.layers.positions import Stop, placed, principal_components
from engine.lab.layers.probe import classifier, regressor
from engine.spec import RunSpec
from engine.trainer import Trainer


def trainer(data: dict[str, Any], units: list[int], updates: int, **more: Any) -> Trainer:
    layers = [{"units": each} for each in units]
    made = Trainer(RunSpec.model_validate({"data": data, "network": {"layers": layers}} | more))
    made.step(updates)
    return made


@pytest.fixture(scope="module")
def spiral() -> Trainer:
    return trainer({"name": "spiral"}, [8, 2, 3], 3000)


@pytest.fixture(scope="module")
def found(spiral: Trainer) -> Result:
    return carried_out(EXPERIMENT, Subject.of(spiral.machine))


def forward(run: Trainer, x: np.ndarray) -> list[np.ndarray]:
    """h_0, z_1, h_1, …, by NumPy alone: tanh layers, a sigmoid at the end."""
    stops, last = [x], len(run.parameters)
    for layer, (W, b) in enumerate(run.parameters, 1):
        z = stops[-1] @ W.T + b
        stops += [z, np.tanh(z) if layer < last else 1.0 / (1.0 + np.exp(-z))]
    return stops


def theirs_of(C: float = 1.0) -> LogisticRegression:
    """By Newton's method, to its end: not by the method that is tested."""
    return LogisticRegression(C=C, solver="newton-cg", tol=1e-9, max_iter=1000)


def sklearn_score(fit: np.ndarray, run: Trainer, held_out: np.ndarray, C: float = 1.0) -> float:
    train, test = run.dataset.splits["train"].labels, run.dataset.splits["test"].labels
    return float(theirs_of(C).fit(fit, train).score(held_out, test))


# The probe ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("C", [0.01, 1.0, 30.0])
def test_the_probe_is_scikit_learns(classes: int, C: float) -> None:
    random = np.random.default_rng(classes)
    labels = random.integers(0, classes, 240)
    h = random.standard_normal((240, 6)) * [1, 5, 0.1, 2, 1, 0] + 0.5 * labels[:, None] + [5, 0, 0, -3, 0, 7]
    own, theirs = classifier(h, labels, C), theirs_of(C).fit(h, labels)
    scale = h.std(axis=0) + 1.0
    assert np.abs((own.weights - theirs.coef_) * scale).max() < 2e-4 * (1.0 + np.abs(theirs.coef_ * scale).max())
    assert own.score(h, labels, h) == pytest.approx(theirs.score(h, labels), abs=1e-12)
    middle = own.bias - own.bias.mean() if classes > 2 else own.bias
    assert np.allclose(middle, theirs.intercept_ - (theirs.intercept_.mean() if classes > 2 else 0.0), atol=2e-3)


def test_the_probe_of_labels_that_skip_a_class_tells_those_that_are_there() -> None:
    random = np.random.default_rng(1)
    labels = random.choice([1, 4, 7], 90)
    h = random.standard_normal((90, 3)) + labels[:, None]
    own = classifier(h, labels, 1.0)
    assert list(own.classes) == [1, 4, 7] and own.weights.shape == (3, 3)
    assert own.score(h, labels, h) == theirs_of().fit(h, labels).score(h, labels)


def test_the_probe_of_a_regression_is_scikit_learns_ridge() -> None:
    random = np.random.default_rng(2)
    h = random.standard_normal((50, 4)) * [1, 5, 0.1, 1]
    y = h @ random.standard_normal((4, 2)) + [3, -1] + random.standard_normal((50, 2))
    own, theirs = regressor(h, y, 0.2), Ridge(alpha=5.0).fit(h, y)
    assert np.allclose(own.weights, theirs.coef_, atol=1e-10) and np.allclose(own.bias, theirs.intercept_, atol=1e-10)
    one = Ridge(alpha=5.0).fit(h, y[:, :1])
    assert regressor(h, y[:, :1], 0.2).score(h, labels=y[:, 0].astype(int), targets=y[:, :1]) == pytest.approx(
        one.score(h, y[:, :1]), abs=1e-12
    )


def test_each_layers_score_is_that_of_scikit_learn_on_activations_by_numpy(spiral: Trainer, found: Result) -> None:
    splits = spiral.dataset.splits
    trained = [forward(spiral, splits[name].x)[::2] for name in ("train", "test")]
    rows = {row[0]: row for row in found.table.rows}
    assert list(rows) == ["Input", "Layer 1", "Layer 2", "Layer 3", "Output"]
    for row, fit, held_out in zip(found.table.rows, *trained, strict=True):
        assert row[3] == pytest.approx(sklearn_score(fit, spiral, held_out), abs=1e-12), row[0]
    start = Trainer(spiral.spec)
    for row, fit, held_out in zip(
        found.table.rows, *(forward(start, splits[n].x)[::2] for n in ("train", "test")), strict=True
    ):
        assert row[4] == pytest.approx(sklearn_score(fit, start, held_out), abs=1e-12), row[0]


def test_a_spiral_is_read_only_behind_the_layers(spiral: Trainer) -> None:
    run = trainer({"name": "spiral"}, [8, 8], 4000)
    found = carried_out(EXPERIMENT, Subject.of(run.machine))
    scores = [row[3] for row in found.table.rows]
    control = [row[4] for row in found.table.rows]
    assert scores[0] == control[0] == pytest.approx(0.53, abs=0.01) and max(scores[1:]) > 0.97
    assert max(control[1:]) < 0.75, "no merit of being trained"
    assert f"raw inputs has accuracy {scores[0]:.3f}, one of layer 2 has {scores[2]:.3f}" in found.said
    assert np.array_equal(found.figures[0].series[0].y, scores) and np.array_equal(found.figures[0].series[1].y, control)


def test_where_raw_pixels_are_read_better_than_the_layers_it_is_said() -> None:
    run = trainer({"name": "digits"}, [6], 300)
    found = carried_out(EXPERIMENT, Subject.of(run.machine))
    scores = [row[3] for row in found.table.rows]
    assert scores[0] > 0.95 > max(scores[1:])
    assert f"no layer of the trained network does better: layer 1, the best of them, has {scores[1]:.3f}" in found.said
    splits = run.dataset.splits
    assert scores[0] == pytest.approx(sklearn_score(splits["train"].x, run, splits["test"].x), abs=1e-12)
    assert not found.values["grid"], "64 pixels are no plane"


# Where the points are -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("units", [3, 8])
def test_components_are_those_of_the_svd(units: int) -> None:
    h = np.random.default_rng(units).standard_normal((200, units)) @ np.diag(1.0 + np.arange(units)) + 3.0
    axes, shares = principal_components(h)
    _, s, rows = np.linalg.svd(h - h.mean(axis=0), full_matrices=False)
    assert np.allclose(np.abs(np.sum(axes * rows[:2], axis=1)), 1.0, atol=1e-12)
    assert np.allclose(shares, s[:2] ** 2 / np.sum(s**2), atol=1e-12)
    theirs = PCA(2).fit(h)
    assert np.allclose(shares, theirs.explained_variance_ratio_, atol=1e-12)
    largest = np.abs(axes).argmax(axis=1)
    assert (axes[[0, 1], largest] > 0.0).all(), "the sign's rule"
    picture = placed(Stop(1, "h"), h, h[:50], h[:0], None)
    assert np.allclose(picture.points * np.sign(np.sum(theirs.components_ * axes, axis=1)), theirs.transform(h)[:50])
    mirrored = placed(Stop(2, "h"), -h, -h[:50], h[:0], picture)
    assert np.allclose(mirrored.points, picture.points), "turned the way in which the points go on"


def test_two_units_are_drawn_as_they_are(spiral: Trainer, found: Result) -> None:
    stops = forward(spiral, spiral.dataset.splits["train"].x[:400])[::2]
    labels = spiral.dataset.splits["train"].labels[:400]
    assert [stop["units"] for stop in found.values["stops"]] == [2, 8, 2, 3, 1]
    for place in (0, 2):
        _, zero, one = found.figures[1 + place].series[:3]
        for group, series in ((0, zero), (1, one)):
            assert np.allclose(np.column_stack([series.x, series.y]), stops[place][labels == group], atol=1e-12)
    assert found.values["stops"][2]["shares"] is None and sum(found.values["stops"][1]["shares"]) < 1.0
    assert np.array_equal(found.figures[5].series[1].y, np.zeros_like(found.figures[5].series[1].y)), "one unit: a line"


def test_the_grid_goes_through_the_layers(spiral: Trainer, found: Result) -> None:
    grid = np.column_stack([found.figures[1].series[0].x, found.figures[1].series[0].y])
    inside = np.isfinite(grid).all(axis=1)
    assert (~inside).sum() == 25 and np.abs(grid[inside]).max() == 6.0, "26 lines"
    bent = found.figures[3].series[0]
    assert np.allclose(np.column_stack([bent.x, bent.y])[inside], forward(spiral, grid[inside])[4], atol=1e-12)
    assert np.isnan(bent.x[~inside]).all()


def test_with_pre_activations_the_linear_map_is_a_stop(spiral: Trainer) -> None:
    found = carried_out(EXPERIMENT, Subject.of(spiral.machine), stops="layers and pre-activations", points=50)
    assert [stop["kind"] for stop in found.values["stops"]] == list("hzhzhzhzh")
    z = forward(spiral, spiral.dataset.splits["train"].x[:50])[3]
    labels = spiral.dataset.splits["train"].labels[:50]
    series = found.figures[4].series[1]
    assert np.allclose(np.column_stack([series.x, series.y]), z[labels == 0], atol=1e-12)
    lengths = [[len(series.x) for series in figure.series[:3]] for figure in found.figures[1:]]
    assert lengths == [lengths[0]] * 9, "what moves is the same everywhere"


def test_the_border_is_where_both_classes_are_equally_likely(spiral: Trainer, found: Result) -> None:
    stops = [stop[:, :] for stop in forward(spiral, spiral.dataset.splits["train"].x)[::2]]
    border = found.figures[3].series[3]
    theirs = theirs_of().fit(stops[2], spiral.dataset.splits["train"].labels)
    chance = theirs.predict_proba(np.column_stack([border.x, border.y]))
    assert border.name == "the probe's border" and np.allclose(chance, 0.5, atol=1e-3)
    single = theirs_of().fit(stops[4], spiral.dataset.splits["train"].labels)
    assert theirs is not single and single.predict_proba([[found.figures[5].marks[0].at]])[0, 1] == pytest.approx(0.5, abs=1e-5)


# Any run --------------------------------------------------------------------------------------------------------------


def test_the_run_itself_is_left_alone(spiral: Trainer) -> None:
    before = spiral.machine.theta.copy()
    carried_out(EXPERIMENT, Subject.of(spiral.machine))
    assert np.array_equal(spiral.machine.theta, before) and spiral.steps_done == 3000


def test_what_is_found_so_far_is_there_soon(spiral: Trainer) -> None:
    seen = list(begun(EXPERIMENT, Subject.of(spiral.machine), {}))
    assert all(isinstance(each, Progress) for each in seen)
    shares = [each.share for each in seen if each.so_far is not None]
    assert shares == sorted(shares) and shares[0] <= 0.2 and shares[-1] == 1.0
    first = next(each.so_far for each in seen if each.so_far is not None)
    assert first is not None and len(first.figures) == 6 and first.said == "" and first.table.rows[0][3] is None


@pytest.mark.parametrize(
    ("data", "layers", "more"),
    [
        ({"name": "wine", "standardize": True}, [{"units": 5, "norm": "batch", "dropout": 0.2}], {}),
        ({"name": "sine"}, [{"units": 4}, {"units": 4, "skip": 1}], {}),
        ({"name": "blobs", "test_fraction": 0.0}, [], {}),
        ({"name": "multi_gaussian", "features": ("x", "y", "xy")}, [{"units": 3, "activation": "relu"}], {}),
        ({"name": "moons"}, [{"units": 3}], {"network": {"layers": [{"units": 3}], "output_activation": "softmax"}}),
    ],
    ids=["table", "line", "no layers, no test split", "regression", "softmax"],
)
def test_any_run_can_be_looked_at(data: dict[str, Any], layers: list[dict[str, Any]], more: dict[str, Any]) -> None:
    run = Trainer(RunSpec.model_validate({"data": data, "network": {"layers": layers}} | more))
    run.step(60)
    found = carried_out(EXPERIMENT, Subject.of(run.machine))
    assert len(found.table.rows) == len(run.spec.network.layers) + 2 and found.said
    assert all(isinstance(row[3], float) and np.isfinite(row[3]) for row in found.table.rows)
    split = "test" if run.dataset.rows[2] else "train"
    assert found.values["split"] == split and split in found.figures[0].y.title
    assert len(found.values["groups"]) == (len(run.dataset.classes) or 4)
    drawn = sum(len(series.x) for series in found.figures[1].series if series.name in found.values["groups"])
    assert drawn == min(400, run.dataset.rows[0])


def test_what_is_not_allowed_is_refused_by_name() -> None:
    run = trainer({"name": "inline", "task": "classification", "train_x": [[0.0], [1.0]], "train_y": [1, 1]}, [2], 1)
    with pytest.raises(ChoiceError, match="run: its training samples are all of one class; allowed: a run with"):
        carried_out(EXPERIMENT, Subject.of(run.machine))
    with pytest.raises(ChoiceError, match="about a run"):
        carried_out(EXPERIMENT)
    with pytest.raises(ChoiceError, match=r"strength: must be a number in \[0.0001, 10000\]"):
        carried_out(EXPERIMENT, Subject.of(run.machine), strength=0.0)
