"""Every data set against its witness: where classes lie, values, noise, balance, the published numbers, and the split."""

import numpy as np
import pytest
from scipy import stats
from witnesses import datasets as witnesses
from witnesses.datasets import WITNESSES, Drawn, Real

from engine import RunSpec, Trainer
from engine.rows.datasets import DATASETS

ROWS = [pytest.param(name, id=name) for name in DATASETS]
DRAWN = [pytest.param(name, id=name) for name, row in DATASETS.items() if row.make is not None]
REAL = [pytest.param(name, id=name) for name, row in DATASETS.items() if row.load is not None]
CLASSES = [pytest.param(name, id=name) for name, row in DATASETS.items() if row.make is not None and row.classes]
VALUES = [pytest.param(name, id=name) for name, row in DATASETS.items() if row.make is not None and not row.classes]
MANY = 20_000


def drawn(name, samples=MANY, noise=0.0, seed=1):
    """Samples (n, columns) and targets (n,) of a row, not split."""
    x, y, _ = DATASETS[name].raw(samples, noise, seed)
    return x, y


def witness(name, kind):
    """A row's witness. A row without one fails by its name."""
    assert name in WITNESSES, f"the data set {name} has no witness in witnesses/datasets.py"
    assert isinstance(WITNESSES[name], kind), f"{name}: drawn, or real"
    return WITNESSES[name]


@pytest.mark.parametrize("name", ROWS)
def test_it_has_a_witness(name):
    row = DATASETS[name]
    stated = witness(name, Real if row.load is not None else Drawn)
    assert (row.task == "classification") == bool(row.classes)
    if isinstance(stated, Drawn):
        assert stated.classes == len(row.classes)
        assert bool(stated.classes) == (stated.value is None), f"{name}: classes, or a value"


def test_no_witness_is_left_over():
    assert set(WITNESSES) == set(DATASETS)


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("samples", [10, 11, 301])
def test_shape_and_domain(name, samples):
    x, y = drawn(name, samples, 0.1)
    assert x.shape == (samples, 1 if DATASETS[name].kind == "line" else 2) and y.shape == (samples,)
    assert x.dtype == y.dtype == np.float64 and np.all(np.isfinite(x)) and np.all(np.isfinite(y))
    assert np.abs(x).max() < 7.0, "the drawn domain is [-6, 6], jitter aside"


@pytest.mark.parametrize("name", CLASSES)
def test_labels(name):
    """Each class lies where it is stated, by the place of each sample and as a distribution."""
    stated = witness(name, Drawn)
    x, y = drawn(name)
    if stated.label is not None:
        assert np.array_equal(stated.label(x), y.astype(int))
        own, labels = stated.sample(np.random.default_rng(2), 1000)
        assert np.array_equal(stated.label(own), labels), "the witness agrees with itself"
    own, labels = stated.sample(np.random.default_rng(3), MANY)
    assert set(np.unique(y)) == set(np.unique(labels)) == set(range(len(DATASETS[name].classes)))
    for kind in range(len(DATASETS[name].classes)):
        same_place(x[y == kind], own[labels == kind])


def same_place(points, expected):
    """Whether two clouds are draws of one distribution: along both axes, a diagonal, and away from the middle."""
    for direction in ([1.0, 0.0], [0.0, 1.0], [0.6, 0.8]):
        axis = np.array(direction[: points.shape[1]])
        assert stats.ks_2samp(points @ axis, expected @ axis, method="asymp").pvalue > 1e-4
    away = (np.linalg.norm(each, axis=1) for each in (points, expected))
    assert stats.ks_2samp(*away, method="asymp").pvalue > 1e-4


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("samples", [10, 11, 600])
def test_balance(name, samples):
    row, stated = DATASETS[name], witness(name, Drawn)
    counts = np.bincount(drawn(name, samples)[1].astype(int), minlength=len(row.classes))
    assert len(counts) == len(row.classes) and counts.sum() == samples
    apart = 1 if stated.even else 5 * np.sqrt(samples)
    assert counts.max() - counts.min() <= apart


@pytest.mark.parametrize("name", CLASSES)
def test_without_noise_the_classes_part(name):
    """Leave-one-out nearest neighbour: it knows nothing of how the points were made."""
    x, labels = drawn(name, 500)
    distance = ((x[:, None] - x[None]) ** 2).sum(axis=2) + np.diag(np.full(len(x), np.inf))
    assert np.mean(labels[distance.argmin(axis=1)] == labels) >= 0.95


@pytest.mark.parametrize("name", VALUES)
def test_values(name):
    stated = witness(name, Drawn)
    x, y = drawn(name, 2000)
    assert y == pytest.approx(stated.value(x), abs=1e-12)
    same_place(x, stated.sample(np.random.default_rng(3), MANY)[0])


@pytest.mark.parametrize("name", DRAWN)
def test_noise(name):
    """A standard deviation: of the coordinates for classes, of the target for values; what it is added to stays."""
    (x, y), (moved, target) = (drawn(name, 5000, noise) for noise in (0.0, 0.5))
    if DATASETS[name].classes:
        assert np.array_equal(y, target)
        jitter = (moved - x).ravel()
    else:
        assert np.array_equal(x, moved)
        jitter = target - y
    assert stats.kstest(jitter / 0.5, stats.norm.cdf).pvalue > 1e-4
    assert np.std(jitter) == pytest.approx(0.5, rel=0.04)


@pytest.mark.parametrize("name", DRAWN)
def test_a_seed_says_it_all(name):
    first, again, other = (drawn(name, 50, 0.1, seed) for seed in (3, 3, 4))
    assert np.array_equal(first[0], again[0]) and np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("name", REAL)
def test_the_published_numbers(name):
    from sklearn import datasets

    row, stated = DATASETS[name], witness(name, Real)
    x, y, columns = row.load()
    published = getattr(datasets, f"load_{name}")()
    assert x.shape == (sum(stated.counts), stated.columns) and len(columns) == stated.columns
    assert tuple(np.bincount(y.astype(int))) == stated.counts and len(row.classes) == len(stated.counts)
    assert np.array_equal(x, published.data / stated.scale) and np.array_equal(y, published.target)
    assert stated.names is None or row.classes == stated.names == tuple(str(each) for each in published.target_names)
    assert row.image_shape is None or row.image_shape[0] * row.image_shape[1] == stated.columns
    assert row.kind != "image" or (x.min(), x.max()) == (0.0, 1.0)


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize(("validation", "test"), [(0.0, 0.5), (0.2, 0.3), (0.1, 0.0), (0.0, 0.0)])
def test_split(name, validation, test):
    """Shuffled by the data's seed and cut, train first, test last: every sample once, with its own target."""
    fields = {"name": name, "validation_fraction": validation, "test_fraction": test, "seed": 5}
    data = RunSpec.model_validate({"data": fields}).data
    made = Trainer(RunSpec.model_validate({"data": fields})).dataset
    x, y, _ = DATASETS[name].raw(data.samples, data.noise, data.seed)
    expected = np.split(witnesses.order(5, len(x)), np.cumsum(witnesses.counts(len(x), validation, test))[:2])
    assert sorted(np.concatenate(expected)) == list(range(len(x))), "every sample once"
    for split, rows in zip(("train", "validation", "test"), expected, strict=True):
        found = made.splits[split]
        assert len(found.raw) == len(found.x) == len(found.y) == len(rows)
        assert np.array_equal(found.raw, x[rows])
        assert np.array_equal(found.labels if made.task == "classification" else found.y[:, 0], y[rows])
