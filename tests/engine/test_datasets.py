"""Data sets in a run: split, scaled, their features and targets. What each holds is in test_dataset_rows."""

import numpy as np
import pytest
from witnesses.features import WITNESSES as FEATURES

from engine import RunSpec, Trainer, catalog
from engine.dataset import prepare
from engine.rows import features
from engine.rows.datasets import DATASETS


def dataset(name, **fields):
    return Trainer(RunSpec.model_validate({"data": {"name": name} | fields})).dataset


def test_the_catalog_has_them_all():
    told = catalog()["datasets"]
    assert [row["name"] for row in told] == list(DATASETS)
    for row in told:
        drawn = DATASETS[row["name"]].make is not None
        assert drawn == (row["samples"] is not None) == (row["noise"] is not None) == (row["preview"] is not None)


def test_the_data_do_not_depend_on_the_runs_seed():
    one, other = (
        Trainer(RunSpec.model_validate({"data": {"name": "moons"}, "seed": seed})).dataset.splits["train"].x for seed in (0, 1)
    )
    assert np.array_equal(one, other)


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


@pytest.mark.parametrize("name", [name for name, row in DATASETS.items() if row.load is not None])
def test_real_data_name_their_inputs_and_outputs(name):
    made, row = dataset(name, test_fraction=0.4), DATASETS[name]
    assert made.inputs == tuple(row.load()[2]) and made.kind == row.kind and made.image_shape == row.image_shape
    assert len(made.outputs) == (1 if len(row.classes) == 2 else len(row.classes))


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


def test_every_feature_has_a_witness():
    assert set(FEATURES) == set(features.FEATURES)


@pytest.mark.parametrize("name", features.FEATURES)
def test_a_feature(name):
    made = dataset("circle", features=[name])
    assert len(made.inputs) == 1 and made.domain
    for split in made.splits.values():
        assert split.x[:, 0] == pytest.approx(FEATURES[name](*split.raw.T), abs=1e-14)


@pytest.mark.parametrize("names", [["sin_y", "x2"], list(features.FEATURES)])
def test_features_stand_in_the_order_asked_for(names):
    made = dataset("circle", features=names)
    assert len(made.inputs) == len(names)
    for split in made.splits.values():
        assert split.x == pytest.approx(np.column_stack([FEATURES[name](*split.raw.T) for name in names]), abs=1e-14)


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


def standardized(column, test):
    """The inputs that a network sees of one raw column, training and test part, next to a column that varies."""
    varying = np.linspace(-1.0, 1.0, len(column))
    data = {
        "name": "inline",
        "task": "regression",
        "train_x": np.column_stack([column, varying]).tolist(),
        "train_y": varying.tolist(),
        "test_x": [[value, 0.0] for value in test],
        "test_y": [0.0] * len(test),
        "standardize": True,
    }
    dataset = prepare(RunSpec.model_validate({"data": data}))
    return dataset.splits["train"].x[:, 0], dataset.splits["test"].x[:, 0]


@pytest.mark.parametrize("value", [0.0, 0.1, -0.1, 1 / 3, 1e-9, 123456.7, 1e15, -1e300, 1e-300])
@pytest.mark.parametrize("rows", [2, 3, 7, 100, 999])
@pytest.mark.parametrize("ulps", [0, 2])
def test_a_constant_column_keeps_its_scale(value, rows, ulps):
    """Constant is what does not vary beside its own size, also where its values are rounded sums: it is only shifted to 0."""
    column = np.full(rows, value)
    for _ in range(ulps):
        column[::2] = np.nextafter(column[::2], np.inf)
    train, test = standardized(column, [value, value + 0.1, value - 0.1])
    assert np.all(np.abs(train) <= 1e-15 * abs(value) + (1e-300 if ulps else 0.0))
    assert test == pytest.approx(np.array([value, value + 0.1, value - 0.1]) - value, abs=1e-15 * abs(value) + 1e-300)


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e-9, 1.0, 1e9, 1e160, 1e300])
def test_a_column_that_varies_is_scaled_whatever_its_size(size):
    """To mean 0 and deviation 1, where squares of its values would leave the doubles, and where it varies by a billionth."""
    varying = np.random.default_rng(1).normal(size=50)
    expected = (varying - varying.mean()) / varying.std()
    assert standardized(size * varying, [])[0] == pytest.approx(expected, rel=1e-12)
    if size > 1e-290:  # else a billionth of it has no digits
        assert standardized(size * (1.0 + 1e-9 * varying), [])[0] == pytest.approx(expected, abs=1e-5)


def test_shares_that_make_95_percent_as_written_are_allowed():
    for hundredths in range(1, 95):
        data = {"name": "circle", "validation_fraction": hundredths / 100, "test_fraction": (95 - hundredths) / 100}
        assert prepare(RunSpec.model_validate({"data": data})).rows[0] >= 25
        with pytest.raises(ValueError, match="a sum up to"):
            RunSpec.model_validate({"data": data | {"test_fraction": (95 - hundredths) / 100 + 1e-6}})
