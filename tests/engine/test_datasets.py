"""Data sets: what they hold, how they are split and scaled, that a seed says it all."""

import numpy as np
import pytest

from engine import RunSpec, Trainer, catalog

CLASSES = {"circle": 2, "xor": 2, "gaussians": 2, "spiral": 2, "moons": 2, "blobs": 3}
VALUES = ("plane", "multi_gaussian", "sine")
DRAWN = (*CLASSES, *VALUES)
REAL = {"iris": (150, 4, 3), "wine": (178, 13, 3), "breast_cancer": (569, 30, 2), "digits": (1797, 64, 10)}


def dataset(name, **fields):
    return Trainer(RunSpec.model_validate({"data": {"name": name} | fields})).dataset


def everything(name, **fields):
    """All samples and targets, not split."""
    split = dataset(name, test_fraction=0.0, **fields).splits["train"]
    return split.raw, (split.labels if split.labels is not None else split.y[:, 0])


def rows(array):
    return sorted(map(tuple, np.asarray(array).tolist()))


def test_the_catalog_has_them_all():
    assert {row["name"] for row in catalog()["datasets"]} >= {*DRAWN, *REAL}
    for row in catalog()["datasets"]:
        assert (row["samples"] is None) == (row["name"] not in DRAWN)
        assert (row["preview"] is None) == (row["name"] not in DRAWN)


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("samples", [10, 301])
def test_shapes_and_counts(name, samples):
    raw, target = everything(name, samples=samples)
    assert raw.shape == (samples, 1 if name == "sine" else 2) and len(target) == samples
    assert raw.dtype == np.float64 and np.all(np.isfinite(raw)) and np.all(np.isfinite(target))
    assert np.abs(raw).max() < 7.0, "the drawn domain is [-6, 6], jitter aside"


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_balanced(name):
    _, labels = everything(name, samples=600)
    counts = np.bincount(labels, minlength=CLASSES[name])
    assert len(counts) == CLASSES[name]
    assert np.all(np.abs(counts - 600 / CLASSES[name]) <= 45)


@pytest.mark.parametrize("name", CLASSES)
def test_without_noise_the_classes_part(name):
    """Leave-one-out nearest neighbour: it knows nothing of how the points were made."""
    x, labels = everything(name, samples=500, noise=0.0)
    distance = ((x[:, None] - x[None]) ** 2).sum(axis=2) + np.diag(np.full(len(x), np.inf))
    assert np.mean(labels[distance.argmin(axis=1)] == labels) >= 0.95


@pytest.mark.parametrize("name", DRAWN)
def test_noise_is_a_standard_deviation(name):
    """Jitter of the coordinates for classes, of the target for values: the same draw with and without it."""
    (x, y), (moved, target) = (everything(name, samples=5000, noise=noise) for noise in (0.0, 0.5))
    order, other = np.lexsort(x.T), np.lexsort(moved.T)
    if name in VALUES:
        assert np.array_equal(x[order], moved[other])
        assert np.std(target[other] - y[order]) == pytest.approx(0.5, rel=0.05)
    else:
        spread = [np.mean(np.var(points[labels == 0], axis=0)) for points, labels in ((x, y), (moved, target))]
        assert spread[1] - spread[0] == pytest.approx(0.25, abs=0.35)


def test_known_formulas():
    x, y = everything("sine", noise=0.0)
    assert y == pytest.approx(np.sin(x[:, 0]), abs=1e-12)
    x, y = everything("plane", noise=0.0)
    design = np.column_stack([x, np.ones(len(x))])
    fit, *_ = np.linalg.lstsq(design, y, rcond=None)
    assert design @ fit == pytest.approx(y, abs=1e-12) and fit[2] == pytest.approx(0.0, abs=1e-12)
    x, labels = everything("xor", noise=0.0)
    assert len(set(zip(np.sign(x[:, 0] * x[:, 1]), labels, strict=True))) == 2
    x, labels = everything("circle", noise=0.0)
    radius = np.hypot(*x.T)
    inner = labels[radius.argmin()]
    assert radius[labels == inner].max() < radius[labels != inner].min()


@pytest.mark.parametrize("name", DRAWN)
def test_a_seed_says_it_all(name):
    first, again, other = (dataset(name, seed=seed) for seed in (3, 3, 4))
    for split in ("train", "test"):
        assert np.array_equal(first.splits[split].x, again.splits[split].x)
        assert np.array_equal(first.splits[split].y, again.splits[split].y)
    assert not np.array_equal(first.splits["train"].x, other.splits["train"].x)


def test_the_data_do_not_depend_on_the_runs_seed():
    one, other = (
        Trainer(RunSpec.model_validate({"data": {"name": "moons"}, "seed": seed})).dataset.splits["train"].x for seed in (0, 1)
    )
    assert np.array_equal(one, other)


@pytest.mark.parametrize("name", ["spiral", "sine", "iris"])
@pytest.mark.parametrize(("validation", "test"), [(0.0, 0.5), (0.2, 0.3), (0.1, 0.0), (0.0, 0.0)])
def test_split_sizes_and_no_sample_twice(name, validation, test):
    made = dataset(name, validation_fraction=validation, test_fraction=test)
    total = sum(len(split.raw) for split in made.splits.values())
    assert total == (150 if name == "iris" else 500)
    for split, fraction in (("validation", validation), ("test", test)):
        found = len(made.splits[split].raw) if split in made.splits else 0
        assert abs(found - fraction * total) <= 0.5
    whole, _ = everything(name)
    assert rows(np.concatenate([split.raw for split in made.splits.values()])) == rows(whole)
    for split in made.splits.values():
        assert len(split.raw) == len(split.x) == len(split.y)


@pytest.mark.parametrize("fractions", [(0.0, 0.95), (0.45, 0.5), (0.95, 0.0), (0.5, 0.45)])
@pytest.mark.parametrize("samples", range(10, 15))
def test_there_is_always_something_to_train_on(samples, fractions):
    data = {"name": "circle", "samples": samples, "validation_fraction": fractions[0], "test_fraction": fractions[1]}
    trainer = Trainer(RunSpec.model_validate({"data": data}))
    assert len(trainer.dataset.splits["train"].x) >= 1
    trainer.step(5)
    assert trainer.steps_done == 5


def test_splits_are_drawn_at_random():
    """Not the first half and the second: iris comes sorted by species."""
    labels = dataset("iris", test_fraction=0.5).splits["train"].labels
    assert np.all(np.bincount(labels, minlength=3) >= 10)


@pytest.mark.parametrize("name", REAL)
def test_real_data_are_the_published_ones(name):
    from sklearn import datasets

    samples, columns, classes = REAL[name]
    made = dataset(name, test_fraction=0.4)
    published = getattr(datasets, f"load_{name}")()
    scale = 16.0 if name == "digits" else 1.0
    raw = np.concatenate([split.raw for split in made.splits.values()])
    labels = np.concatenate([split.labels for split in made.splits.values()])
    assert raw.shape == (samples, columns) == published.data.shape
    assert len(made.classes) == classes == len(np.unique(labels))
    together = rows(np.column_stack([raw, labels]))
    assert together == rows(np.column_stack([published.data / scale, published.target]))
    assert len(made.inputs) == columns and len(made.outputs) == (1 if classes == 2 else classes)
    if name == "digits":
        assert made.kind == "image" and tuple(made.image_shape) == (8, 8)
        assert (raw.min(), raw.max()) == (0.0, 1.0)


@pytest.mark.parametrize("name", ["blobs", "wine", "digits"])
def test_standardize_is_fitted_on_the_training_part_only(name):
    plain, scaled = (dataset(name, validation_fraction=0.2, test_fraction=0.3, standardize=on) for on in (False, True))
    train = plain.splits["train"].x
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    alive = deviation > 0
    for split in ("train", "validation", "test"):
        expected = (plain.splits[split].x - mean)[:, alive] / deviation[alive]
        assert scaled.splits[split].x[:, alive] == pytest.approx(expected, abs=1e-9)
        assert np.all(np.isfinite(scaled.splits[split].x)), "a constant column must not divide by zero"
        assert np.array_equal(scaled.splits[split].raw, plain.splits[split].raw)
    assert abs(scaled.splits["test"].x.mean()) > 1e-6


FORMULAS = {
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "x2": lambda x, y: x**2,
    "y2": lambda x, y: y**2,
    "xy": lambda x, y: x * y,
    "sin_x": lambda x, y: np.sin(x),
    "sin_y": lambda x, y: np.sin(y),
}


@pytest.mark.parametrize("features", [["x"], ["sin_y", "x2"], list(FORMULAS)])
def test_features(features):
    made = dataset("circle", features=features)
    assert len(made.inputs) == len(features)
    for split in made.splits.values():
        expected = np.column_stack([FORMULAS[name](*split.raw.T) for name in features])
        assert split.x == pytest.approx(expected, abs=1e-14)


def test_targets():
    """One 0/1 output for two classes, one for each class else; own values for a regression."""
    two, three, values = dataset("spiral"), dataset("blobs"), dataset("sine")
    assert np.array_equal(two.splits["train"].y[:, 0], two.splits["train"].labels)
    assert np.array_equal(three.splits["train"].y, np.eye(3)[three.splits["train"].labels])
    assert values.splits["train"].labels is None and values.splits["train"].y.shape[1] == 1 == len(values.outputs)
    assert (two.task, three.task, values.task) == ("classification", "classification", "regression")
    assert (two.kind, values.kind, dataset("iris").kind) == ("plane", "line", "table")


def test_own_data_are_taken_as_they_are():
    x, y = [[1.0, 2.0], [3.0, -4.0], [0.5, 0.0]], [2, 0, 1]
    made = dataset("inline", task="classification", train_x=x, train_y=y, test_x=[[9.0, 9.0]], test_y=[1])
    assert np.array_equal(made.splits["train"].raw, x) and np.array_equal(made.splits["train"].labels, y)
    assert np.array_equal(made.splits["train"].y, np.eye(3)[y])
    assert np.array_equal(made.splits["test"].x, [[9.0, 9.0]])
    assert "validation" not in made.splits or len(made.splits["validation"].x) == 0
