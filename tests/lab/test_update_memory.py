"""Memory: what NumPy really holds, gradients with checkpoints against the run's own and PyTorch's, and what is run again."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from engine.dataset import prepare
from engine.lab import ChoiceError, Subject, carried_out
from engine.lab.memory.held_bytes import Bench
from engine.lab.memory.holding import Holding, measured
from engine.lab.memory.networks import DEEP_NORM, deep
from engine.lab.memory.row import CHECKPOINTS, EXPERIMENT, LAYERS
from engine.lab.memory.schedule import schedule
from engine.lab.subject import PRESENT
from engine.machine.machine import Machine
from engine.machine.trace import batch_rows
from engine.spec import RunSpec

EVERYTHING = [
    {"units": 8, "norm": "batch", "dropout": 0.2, "activation": "prelu"},
    {"units": 8, "norm": "layer", "skip": 1},
    {"units": 6, "activation": "relu", "skip": 2, "dropout": 0.1},
    {"units": 8, "norm": "batch", "skip": 3},
    {"units": 8, "skip": 2, "dropout": 0.3},
]
RUNS = {
    "plain": {"network": {"layers": [{"units": 16}] * 6}},
    "wide, by BLAS": {"network": {"layers": [{"units": 40, "activation": "relu"}] * 4}, "batch_size": 64},
    "everything": {
        "network": {"layers": EVERYTHING},
        "optimizer": {"name": "nesterov"},
        "regularization": {"l2": 0.01, "l1": 0.001, "jitter": 0.1},
        "clip": {"norm": 0.1},
    },
    "digits": {
        "data": {"name": "digits", "samples": 300},
        "network": {"layers": [{"units": 10, "norm": "batch"}, {"units": 10, "dropout": 0.5}]},
        "regularization": {"shift": 1},
        "optimizer": {"name": "muon"},
    },
}


def subject_of(given: dict, updates: int = 3) -> Subject:
    spec = RunSpec.model_validate({"batch_size": 32, **given})
    machine = Machine(spec, prepare(spec))
    machine.record_nothing()
    machine.updates(updates)
    return Subject.of(machine)


def all_of(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("name", RUNS)
def test_gradients_and_running_statistics_are_the_runs_own_bit_for_bit(name: str) -> None:
    bench = Bench(subject_of(RUNS[name]))
    plain = all_of(bench.attempt(None))
    assert plain.equal and plain.ops_again == 0
    for every in range(1, bench.layers + 1):
        saved = all_of(bench.attempt(every))
        assert saved.equal, f"every {every}"
        assert saved.ops_again == sum(entry.again for entry in saved.entries)
        assert (saved.ops_again == 0) == (every == bench.layers), "the last segment alone is never made again"


def test_frozen_entries_of_a_look_ahead_stay_where_they_are() -> None:
    spec = RunSpec.model_validate({**RUNS["everything"], "batch_size": 32})
    machine = Machine(spec, prepare(spec))
    machine.record_nothing()
    machine.updates(2)
    machine.freeze(np.array([1, 5, 40]))
    bench = Bench(Subject.of(machine))
    assert all(all_of(bench.attempt(every)).equal for every in (1, 2, 3))


def test_running_statistics_are_those_of_one_update() -> None:
    subject = subject_of(RUNS["everything"])
    bench, run = Bench(subject), subject.machine()
    before = run.state[: run.tape.running_size].copy()
    run.updates(1)
    after = run.state[: run.tape.running_size]
    all_of(bench.attempt(2))
    found = bench.machine.state[: run.tape.running_size]
    assert np.array_equal(found, after) and not np.array_equal(found, before)


def test_gradients_are_pytorchs_with_its_own_checkpoints() -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.checkpoint import checkpoint_sequential

    subject = subject_of({"network": {"layers": [{"units": 12}] * 8}})
    bench = Bench(subject)
    saved = all_of(bench.attempt(3))
    assert saved.ops_again > 0
    machine = subject.machine()
    machine.one_op()
    rows = batch_rows(machine)
    own = {slot.name: slot.view(machine.theta).copy() for slot in machine.tape.slots}
    parts = []
    for layer in range(1, 10):
        linear = torch.nn.Linear(own[f"W{layer}"].shape[1], own[f"W{layer}"].shape[0], dtype=torch.float64)
        linear.weight.data, linear.bias.data = torch.tensor(own[f"W{layer}"]), torch.tensor(own[f"b{layer}"])
        parts.append(torch.nn.Sequential(linear, torch.nn.Tanh()) if layer < 9 else linear)
    network = torch.nn.Sequential(*parts)
    x, y = torch.tensor(machine.x[rows]), torch.tensor(machine.y[rows])
    logits = checkpoint_sequential(network, 3, x, use_reentrant=False)
    torch.nn.functional.binary_cross_entropy_with_logits(logits, y).backward()
    for layer, part in enumerate(parts, 1):
        linear = part[0] if layer < 9 else part
        for name, parameter in ((f"W{layer}", linear.weight), (f"b{layer}", linear.bias)):
            slot = next(slot for slot in machine.tape.slots if slot.name == name)
            assert np.allclose(slot.view(bench.machine.grad), parameter.grad.numpy(), rtol=1e-12, atol=1e-15), name


def test_what_is_held_is_what_numpy_holds() -> None:
    """Python's own allocation tracer, which NumPy tells of each array, sees at every op what is told."""
    spec = RunSpec.model_validate({"network": {"layers": [{"units": 64}] * 8}, "batch_size": 250})
    machine = Machine(spec, prepare(spec))
    for every in (None, 1, 3):
        entries = schedule(machine.tape, every)
        told = [int(each.total[place]) for place, each in enumerate(measured(machine, entries))]
        holding = Holding(machine)
        seen = []
        tracemalloc.start()
        domain = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
        for _ in holding.carry_out(entries):
            snapshot = tracemalloc.take_snapshot().filter_traces((domain,))
            seen.append(sum(trace.size for trace in snapshot.traces))
        tracemalloc.stop()
        assert len(seen) == len(told)
        assert all(0 <= a - b < 2000 for a, b in zip(seen, told, strict=True)), "but for numbers that are no arrays of values"


def test_counts_by_hand() -> None:
    """Nine equal layers: cached are z and h of each, h_0 and the targets; with checkpoints h of every third."""
    units, columns, layers = 16, 32, 9
    bench = Bench(subject_of({"network": {"layers": [{"units": units}] * (layers - 1)}}))
    value, edge = 8 * units * columns, 8 * columns
    plain, saved = all_of(bench.attempt(None)), all_of(bench.attempt(3))
    assert plain.held.cached.tolist() == [2 * edge] + [2 * value] * (layers - 1) + [3 * edge]
    assert plain.held.names[4] == ["z4", "h4"]
    assert saved.held.cached.tolist() == [2 * edge, 0, 0, value, 0, 0, value, 2 * value, 2 * value, 3 * edge]
    weights = 2 * units + (layers - 2) * units * units + units
    again = 2 * units + 5 * units * units  # h_3 and h_6 are there, z_3 and z_6 are not
    assert saved.ops_again == 10 and saved.forward_again == pytest.approx(again / weights, rel=1e-15)
    assert plain.held.peak == 17 * value + 3 * edge  # all z and h but the last layer's, h_0, δ_9 and δ_8
    assert saved.held.peak == 8 * value + 2 * edge  # h_0, h_3, h_6, δ_6, and of the middle segment z_4, h_4, z_5, h_5, z_6


def test_the_rest_is_the_machines_own_arrays() -> None:
    subject = subject_of(RUNS["everything"])
    bench, machine = Bench(subject), subject.machine()
    assert bench.fixed.parameters.sum() == machine.theta.nbytes
    assert bench.fixed.gradients.sum() == machine.grad.nbytes
    assert bench.fixed.optimizer.sum() + bench.fixed.clock == machine.state.nbytes
    assert bench.workspace == machine.work.nbytes


def test_a_value_that_is_not_held_is_not_used() -> None:
    """Without one of the ops that make a segment again, what it made is missing; an operand that an op does not name is NaN."""
    subject = subject_of(RUNS["plain"])
    machine = subject.machine()
    entries = schedule(machine.tape, 2)
    first = next(place for place, entry in enumerate(entries) if entry.again)
    with pytest.raises(KeyError, match="z"):
        for _ in Holding(machine).carry_out(entries[:first] + entries[first + 1 :]):
            pass
    machine = subject.machine()
    holding = Holding(machine)
    words = machine.tape.words
    place = next(i for i, entry in enumerate(entries) if entry.again)
    for done in holding.carry_out(entries):
        if done == place + 1:  # the value just made again is made unknown
            name = words[entries[place].op].writes[0]
            holding.values[name][...] = np.nan
    assert np.isnan(machine.grad).any()


def test_cached_values_grow_with_the_batch_and_nothing_else_does() -> None:
    bench = Bench(subject_of(RUNS["plain"]))
    assert bench.batches() == [1, 2, 4, 8, 16, 32, 64, 128]
    for batch in (1, 8, 128):
        assert all_of(bench.cached(batch)).sum() == batch * all_of(bench.cached(1)).sum()


def test_square_root_of_a_deep_network() -> None:
    found = carried_out(EXPERIMENT, network="24 layers", show=CHECKPOINTS)
    rows = {row[0]: row for row in found.table.rows}
    peaks = {name: row[1] for name, row in rows.items() if name.startswith("checkpoint")}
    assert found.values["equal"] and found.values["every"] == 5 and len(peaks) == 25
    assert min(peaks.values()) == peaks["checkpoint every 5"]
    assert found.values["peak_saved"] < 0.3 * found.values["peak"]
    assert 0.8 < found.values["forward_again"] < 1.0
    assert [figure.name for figure in found.figures] == ["every", "again"]
    assert found.figures[0].series[0].y.tolist() == [peak / 1e6 for peak in peaks.values()]
    assert found.figures[0].marks[0].at == 5.0 and "bit for bit" in found.said


def test_one_update_is_drawn_as_it_was_held() -> None:
    found = carried_out(EXPERIMENT, network="24 layers")
    assert [figure.name for figure in found.figures] == ["timeline", "held kept", "held checkpoints"]
    assert math.isclose(found.figures[0].series[1].y.max() * 1e6, found.values["peak_saved"])
    assert np.allclose(np.nansum(found.figures[2].values, axis=0).max() * 1e3, found.values["peak_saved"])
    assert found.table.rows[1][4] == found.values["ops_again"] and "71% less" in found.said


def test_layers_and_batches_are_drawn_as_they_lie() -> None:
    subject = subject_of(RUNS["plain"])
    found = carried_out(EXPERIMENT, subject, network=PRESENT, show=LAYERS)
    machine = subject.machine()
    whole = next(row for row in found.table.rows if row[0] == "all layers, 32 samples")
    assert whole[1:4] == (machine.theta.nbytes, machine.grad.nbytes, machine.state.nbytes)
    stacked = sum(series.y for series in found.figures[0].series) * 1e3
    assert stacked.sum() == pytest.approx(sum(whole[1:5]) - machine.clock.nbytes)
    batch = sum(series.y for series in found.figures[1].series) * 1e3
    assert batch[found.figures[1].x.labels.index("32")] == pytest.approx(sum(whole[1:5]))
    assert f"from {math.ceil(sum(whole[1:4]) / (whole[4] / 32))} samples on" in found.said


def test_a_layer_that_caches_more_than_a_checkpoint_wants_more_checkpoints() -> None:
    subject = subject_of({"network": {"layers": [{"units": 8, "norm": "batch", "dropout": 0.1}] * 12}})
    found = carried_out(EXPERIMENT, subject, network=PRESENT, show=CHECKPOINTS)
    assert found.values["equal"] and found.values["best"] < found.values["square_root"]
    assert "That is not" in found.said


def test_refusals() -> None:
    subject = subject_of(RUNS["plain"])
    with pytest.raises(ChoiceError, match="7 layers") as refused:
        carried_out(EXPERIMENT, subject, network=PRESENT, every=8)
    assert (refused.value.field, refused.value.allowed) == ("every", "0 to 7; 0 is √L")
    with pytest.raises(ChoiceError, match="there is no run"):
        carried_out(EXPERIMENT, None, network=PRESENT)
    with pytest.raises(ChoiceError, match="every"):
        carried_out(EXPERIMENT, subject, network=PRESENT, every=-1)


def test_a_run_that_has_diverged_is_refused() -> None:
    subject = subject_of(RUNS["wide, by BLAS"])
    subject.snapshot.theta[...] = 1e300
    with pytest.raises(ChoiceError, match="not finite"):
        carried_out(EXPERIMENT, subject, network=PRESENT)


def test_the_run_is_left_alone_and_one_hidden_layer_is_told() -> None:
    subject = subject_of({"network": {"layers": [{"units": 4}]}})
    kept = subject.snapshot.theta.copy()
    found = carried_out(EXPERIMENT, subject, network=PRESENT, every=2)
    assert np.array_equal(kept, subject.snapshot.theta) and "nothing is saved" in found.said
    assert found.values["ops_again"] == 0 and found.values["batch"] == 32


def test_room_is_asked_for_before() -> None:
    subject = subject_of(RUNS["digits"])
    bench = Bench(subject)
    choices = {"network": PRESENT, "every": 0}
    held = all_of(bench.attempt(None)).held.peak + bench.workspace + bench.fixed.total
    assert EXPERIMENT.size(subject, choices) > held
    assert EXPERIMENT.size(None, choices | {"network": DEEP_NORM}) > 16_000_000  # its largest mini-batch's values
    assert deep(True).batch_size == 256
