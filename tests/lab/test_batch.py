"""Batch and speed: the counted updates are those of normal runs, the tuned rate is that of a whole search, the products are
NumPy's, and what is said of rates comes from medians."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.dataset import prepare
from engine.evaluation.clones import only_rows
from engine.kernels.ops.linear import BLAS_FROM, use_blas
from engine.lab import EXPERIMENTS, ChoiceError, Subject, carried_out
from engine.lab.batch import products, reaching, throughput
from engine.lab.batch.row import EXAMPLE, planned
from engine.lab.batch.telling import COLUMNS
from engine.lab.experiment import begun, chosen

ROW = EXPERIMENTS["batch"]
SMALL = RunSpec.model_validate(
    {
        "data": {"name": "moons", "samples": 60},
        "network": {"layers": [{"units": 4}]},
        "optimizer": {"name": "sgd", "lr": 0.5},
        "batch_size": 8,
    }
)
FIELDS = [column.name for column in COLUMNS]


def training_samples(spec: RunSpec):
    dataset = prepare(spec)
    return only_rows(dataset, np.arange(dataset.rows[0]))


def last(counts) -> float:
    *_, found = counts
    return found


# Updates to the loss -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 8, 30])
def test_updates_to_the_loss_are_those_of_a_lone_run(size: int) -> None:
    """At the counted update the run of that spec is there, and at none before at which it is looked; the test split changes
    nothing of it."""
    spec = reaching.at(SMALL, size, 0.05, seed=3)
    loss = 0.2 * reaching.first_loss(spec, training_samples(spec))
    count = last(reaching.updates_to(spec, training_samples(spec), loss, 4000))
    assert 130 < count < 4000
    lone = Trainer(spec)
    before = [lone.loss("train")]
    for step in itertools.count(1):
        lone.step()
        every = next(2**power for power in range(12) if step <= 128 * 2**power)  # 1 up to 128, 2 up to 256 …
        if step % every:
            continue
        if step == count:
            break
        before.append(lone.loss("train"))
    assert lone.loss("train") <= loss < min(before)
    assert [reaching.every_at(step) for step in (0, 127, 128, 255, 256, 1024)] == [1, 1, 2, 2, 4, 16]


def test_a_timed_run_is_a_normal_run_bit_for_bit() -> None:
    for size in (1, 7, 30):
        spec = SMALL.model_copy(update={"batch_size": size})
        watch = throughput.Stopwatch(spec, training_samples(spec))
        watch.warm()
        lone = Trainer(spec)
        lone.step(watch.machine.step)
        assert watch.machine.step > 5 and np.array_equal(lone.machine.theta, watch.machine.theta)


def test_a_loss_out_of_reach_and_a_run_that_diverges_count_as_infinite() -> None:
    data = training_samples(SMALL)
    assert last(reaching.updates_to(SMALL, data, 1e-9, 50)) == np.inf
    line = {"data": {"name": "sine"}, "network": {"layers": [{"activation": "identity"}]}, "optimizer": {"name": "sgd"}}
    gone = reaching.at(RunSpec.model_validate(line), 8, 1e9, 0)
    looks = list(reaching.updates_to(gone, training_samples(gone), 1e-9, 100_000))
    assert looks[-1] == np.inf and len(looks) < 10, "it does not go on to the end of its budget"


def test_the_tuned_rate_is_that_of_the_whole_search() -> None:
    """Runs are cut where they can no longer win; without any cut the same rate and the same updates come out."""
    data = training_samples(SMALL)
    loss, most, seeds, sizes = 0.35, 400, 3, [1, 8, 30]
    search = reaching.Reaching(SMALL, data, loss, most, seeds)
    shares = list(search.going(sizes, 0.05))
    assert shares == sorted(shares) or max(shares) == shares[-1] == 1.0
    for place, size in enumerate(sizes):
        whole = {}
        for rate in search.rates:
            counts = [last(reaching.updates_to(reaching.at(SMALL, size, rate, s), data, loss, most)) for s in range(seeds)]
            whole[rate] = sorted(counts)[1], min(counts), max(counts)
        best = min(whole, key=lambda rate: (whole[rate][0], rate))
        assert search.found.rates[place] == best
        assert search.found.tuned[place] == whole[best]
        assert search.found.fixed[place] == whole[0.05]


def test_where_no_rate_leads_there_none_is_named() -> None:
    search = reaching.Reaching(SMALL, training_samples(SMALL), 1e-9, 20, 1)
    for _ in search.going([8], 0.5):
        pass
    assert search.found.rates == [None] and np.isnan(search.found.columns("tuned")).all()


def test_a_fixed_small_rate_takes_as_many_updates_at_every_size_and_a_tuned_one_fewer() -> None:
    """LAB.md: 1,437 and 1,421 updates at a fixed rate, 129 and 36 at a tuned one, from 16 samples to 250. The example's."""
    data = training_samples(EXAMPLE)
    loss = 0.25 * reaching.first_loss(EXAMPLE, data)
    count = {
        (size, rate): last(reaching.updates_to(reaching.at(EXAMPLE, size, rate, 0), data, loss, 2000))
        for size, rate in ((16, 0.1), (250, 0.1), (16, 1.0), (250, 5.0))
    }
    assert abs(count[16, 0.1] / count[250, 0.1] - 1.0) < 0.2
    assert count[16, 1.0] > 2.0 * count[250, 5.0] and count[250, 0.1] > 4.0 * count[250, 5.0]


# Speed ---------------------------------------------------------------------------------------------------------------


def test_the_knee_is_the_first_size_with_80_percent_of_the_most_samples_a_second() -> None:
    """For t(B) = a + cB that is at B = 4 a/c, were there no largest size; measured at most up to 1/c · 512/516."""
    sizes = 2.0 ** np.arange(12)
    assert sizes[throughput.knee_of(sizes / (8.0 + sizes))] == 32.0
    assert throughput.knee_of(np.array([5.0, 9.0, 7.0, 10.0])) == 1
    assert throughput.knee_of(np.array([5.0])) == 0


def test_rates_are_medians_of_the_rounds_and_count_the_samples_of_smaller_batches() -> None:
    rounds = np.array([[1000.0, 100.0], [990.0, 99.0], [1010.0, 1.0], [5.0, 101.0], [1000.0, 98.0]])
    found = throughput.Throughput(np.array([1.0, 16.0]), rounds, np.array([1.0, 250.0 / 16.0]))
    assert found.updates_per_second.tolist() == [1000.0, 99.0]
    assert found.samples_per_second.tolist() == [1000.0, 99.0 * 250.0 / 16.0]
    measured = list(itertools.islice(throughput.measured([SMALL], training_samples(SMALL)), throughput.ROUNDS))[-1]
    assert measured.updates.shape == (throughput.ROUNDS, 1) and np.isfinite(measured.updates).all()
    assert measured.samples.tolist() == [30.0 / 4.0], "30 samples are three batches of 8 and one of 6"


def test_sizes_that_the_network_cannot_be_trained_with_are_left_out() -> None:
    assert throughput.sizes_of(SMALL, 30) == [1, 2, 4, 8, 16, 30]
    normed = SMALL.model_copy(update={"network": RunSpec.model_validate({"network": {"layers": [{"norm": "batch"}]}}).network})
    assert throughput.sizes_of(normed, 30) == [2, 4, 8, 16, 30], "one sample has no variance"


# Loops against BLAS --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "columns"), [(2, 1), (12, 32), (16, 32), (48, 60), (128, 60), (128, 3)])
def test_products_are_numpys(width: int, columns: int) -> None:
    layer = products.Layer(width, columns)
    expected = np.einsum("jk,kn->jn", layer.weights, layer.h) + layer.bias[:, None]
    for found in (layer.loops(3), layer.chosen(2), layer.numpy(2)):
        assert np.max(np.abs(found - expected)) <= 1e-12 * np.max(np.abs(expected))


def test_what_is_timed_as_loops_never_goes_to_blas_and_covers_every_row() -> None:
    for columns in (1, 4, 32, 60):
        for width in products.widths_for(columns):
            layer = products.Layer(width, columns)
            ops, theta = layer.blocks
            rows = ops[:, 2]
            assert not any(use_blas.py_func(int(own), width, columns) for own in rows)
            assert rows.sum() == width and theta.size == width * width + width
            if width * width * columns < BLAS_FROM or columns < 4:
                assert np.array_equal(layer.loops(), layer.chosen()), "the same loops, bit for bit"


def test_where_numpy_is_ahead_is_from_where_on_it_stays_ahead() -> None:
    widths = np.array([4.0, 8.0, 16.0, 32.0])
    seconds = np.array([[[1.0, 2.0, 3.0, 9.0]], [[1.0, 2.0, 2.0, 2.0]], [[2.0, 1.0, 4.0, 5.0]]]).transpose(1, 0, 2)
    found = products.Products(widths, 32, seconds)
    assert found.numpy_from == 32.0 and found.blas_from == 16.0
    assert products.Products(widths, 32, seconds[:, [2, 1, 0]]).numpy_from is None
    assert products.Products(widths, 3, seconds).blas_from is None, "a batch below 4 stays with loops"


# The experiment ------------------------------------------------------------------------------------------------------


def test_carried_out_it_tells_of_every_size_and_each_opens_as_a_run() -> None:
    subject = Subject.of(Trainer(SMALL).machine)
    making = begun(ROW, subject, {"network": "present run", "budget": 150, "seeds": 1, "finish": 0.5, "rate": 0.5})
    shares, so_far = [], []
    while True:
        try:
            progress = next(making)
        except StopIteration as end:
            found = end.value
            break
        shares.append(progress.share)
        so_far += [] if progress.so_far is None else [progress.so_far]
    assert min(shares) >= 0.0 and max(shares) <= 1.0 and len(so_far) > 3
    assert [figure.name for figure in found.figures] == ["speed", "updates", "time", "products"]
    assert [row[0] for row in found.table.rows] == [1, 2, 4, 8, 16, 30] == found.values["sizes"]
    assert found.values["knee"] in found.values["sizes"] and f"batch size {found.values['knee']} is" in found.said
    row = dict(zip(FIELDS, found.table.rows[3], strict=True))
    each = 1e3 / row["updates_per_second"]
    assert row["tuned_time"] == pytest.approx(row["tuned_updates"] * each)
    opened = {"batch_size": row["batch_size"], "optimizer": {"name": "sgd", "lr": row["tuned_rate"]}}
    lone = Trainer(RunSpec.model_validate(found.values["spec"] | opened))
    lone.step(int(row["tuned_updates"]) - 1)
    before = lone.loss("train")
    lone.step()
    assert lone.loss("train") <= found.values["finish"] < before


def test_choices_that_do_not_fit_are_refused_by_name() -> None:
    for choices, field, allowed in (
        ({"network": "present run"}, "network", "example"),
        ({"network": "other"}, "network", "example, present run"),
        ({"rate": 0.0}, "rate", "a number in [1e-06, 100]"),
        ({"finish": 1.0}, "finish", "a number in (0, 1)"),
        ({"columns": 61}, "columns", "a whole number in [1, 60]"),
        ({"seeds": 2.5}, "seeds", "a whole number in [1, 9]"),
        ({"speed": 1}, "speed", ", ".join(parameter.name for parameter in ROW.parameters)),
    ):
        with pytest.raises(ChoiceError) as refused:
            carried_out(ROW, None, **choices)
        assert (refused.value.field, refused.value.allowed) == (field, allowed)


def test_schedules_and_stops_of_the_present_run_are_left_out_and_its_bounds_are_told_before() -> None:
    given = SMALL.model_dump() | {"schedule": {"name": "step"}, "stop": {"max_steps": 5}}
    subject = Subject.of(Trainer(RunSpec.model_validate(given)).machine)
    choices = chosen(ROW, {"network": "present run", "optimizer": "adam"})
    plan = planned(subject, choices)
    assert plan.spec.schedule.name == "constant" and plan.spec.stop.max_steps > 1000
    assert plan.spec.optimizer.name == "adam" and plan.dataset.rows == (30, 0, 0)
    assert ROW.updates(subject, choices) >= len(plan.sizes) * 3 * 10 * 2000
    assert ROW.size(subject, choices) > 8 * subject.snapshot.theta.size
