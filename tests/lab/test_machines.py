"""Many machines: shards against a network stated anew in NumPy and PyTorch, the ring message by message, the pipeline slot by
slot."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from engine.dataset import prepare
from engine.lab import ChoiceError, Subject, carried_out
from engine.lab.experiment import Result
from engine.lab.machines.pipeline import BACKWARD, FORWARD, bubble, cut, equal_stages, layer_work, scheduled, slots
from engine.lab.machines.ring import all_reduced, chunks_of, messages, most_sent
from engine.lab.machines.row import EXPERIMENT, MEANS, PIPELINE, RING
from engine.lab.machines.shards import sharded, sizes_of, with_norm
from engine.lab.subject import PRESENT
from engine.machine.machine import Machine
from engine.randomness import generator
from engine.spec import RunSpec

DEEP = {"network": {"layers": [{"units": 6}] * 3}}


def machine_of(given: dict, updates: int = 4) -> Machine:
    spec = RunSpec.model_validate(given)
    machine = Machine(spec, prepare(spec))
    machine.record_nothing()
    machine.updates(updates)
    return machine


def all_of(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def of_run(machine: Machine, **choices: object) -> Result:
    return carried_out(EXPERIMENT, Subject.of(machine), network=PRESENT, **choices)


# Shards ---------------------------------------------------------------------------------------------------------------


def gradient_by_hand(own: dict[str, np.ndarray], layers: int, x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Of the mean cross-entropy of a tanh network with a sigmoid on top, rows of x being samples."""
    h = [x]
    for layer in range(1, layers):
        h.append(np.tanh(h[-1] @ own[f"W{layer}"].T + own[f"b{layer}"]))
    delta = (1 / (1 + np.exp(-(h[-1] @ own[f"W{layers}"].T + own[f"b{layers}"]))) - y) / len(x)
    found = {}
    for layer in range(layers, 0, -1):
        found[f"W{layer}"], found[f"b{layer}"] = delta.T @ h[layer - 1], delta.sum(axis=0)
        delta = (delta @ own[f"W{layer}"]) * (1 - h[layer - 1] ** 2)
    return found


def flat(machine: Machine, named: dict[str, np.ndarray]) -> np.ndarray:
    return np.concatenate([named[slot.name].ravel() for slot in machine.tape.slots])


@pytest.mark.parametrize("equal", [True, False])
def test_each_shard_and_both_means_are_numpys(equal: bool) -> None:
    machine = machine_of(DEEP)
    own = {slot.name: slot.view(machine.theta).copy() for slot in machine.tape.slots}
    x, y = machine.dataset.splits["train"].x, machine.dataset.splits["train"].y
    sizes = sizes_of(len(x), 4, equal)
    found = all_of(sharded(machine, sizes))
    total, edges = sum(sizes), np.cumsum([0, *sizes])
    by_hand = [flat(machine, gradient_by_hand(own, 4, x[a:b], y[a:b])) for a, b in itertools.pairwise(edges)]
    whole = flat(machine, gradient_by_hand(own, 4, x[:total], y[:total]))
    assert np.allclose(found.own, by_hand, rtol=1e-12, atol=1e-15)
    assert np.allclose(found.whole, whole, rtol=1e-12, atol=1e-15)
    assert found.error(found.weighted) < 1e-12
    plain = np.linalg.norm(np.mean(by_hand, axis=0) - whole) / np.linalg.norm(whole)
    if equal:
        assert found.error(found.plain) < 1e-12
    else:
        assert found.error(found.plain) == pytest.approx(plain, rel=1e-9) and plain > 0.01


def test_under_batch_norm_shards_differ_and_synchronized_statistics_would_not() -> None:
    """PyTorch, stated anew: with each shard's own statistics it finds the same shards' gradients; with the whole's it finds
    that the weighted mean is the whole's gradient again."""
    torch = pytest.importorskip("torch")
    machine = with_norm(machine_of(DEEP), True)
    sizes = sizes_of(machine.dataset.rows[0], 4, False)
    found = all_of(sharded(machine, sizes))
    theta = torch.tensor(machine.theta, requires_grad=True)
    own = {slot.name: theta[slot.offset : slot.offset + slot.size].reshape(slot.shape) for slot in machine.tape.slots}
    x, y = (torch.tensor(each) for each in (machine.dataset.splits["train"].x, machine.dataset.splits["train"].y))

    def loss(parts: list[tuple[int, int]], synchronized: bool):
        h = [x[a:b] for a, b in parts]
        for layer in range(1, 4):
            z = [each @ own[f"W{layer}"].T + own[f"b{layer}"] for each in h]
            everything = torch.cat(z)
            h = []
            for each in z:
                of = everything if synchronized else each
                xhat = (each - of.mean(0)) / torch.sqrt(of.var(0, unbiased=False) + 1e-5)
                h.append(torch.tanh(own[f"gamma{layer}"] * xhat + own[f"beta{layer}"]))
        logits = [each @ own["W4"].T + own["b4"] for each in h]
        lost = torch.nn.functional.binary_cross_entropy_with_logits
        return [lost(each, y[a:b]) for each, (a, b) in zip(logits, parts, strict=True)]

    edges = list(itertools.pairwise(np.cumsum([0, *sizes]).tolist()))
    apart = [torch.autograd.grad(each, theta, retain_graph=True)[0].numpy() for each in loss(edges, False)]
    assert np.allclose(found.own, apart, rtol=1e-9, atol=1e-13)
    assert found.error(found.weighted) > 0.01
    together = sum(weight * each for weight, each in zip(found.weights, loss(edges, True), strict=True))
    assert np.allclose(torch.autograd.grad(together, theta)[0].numpy(), found.whole, rtol=1e-9, atol=1e-13)


def test_sizes_of_shards() -> None:
    assert sizes_of(250, 4, True) == (62, 62, 62, 62)
    assert sizes_of(250, 4, False) == (26, 50, 74, 100)
    for rows, count in itertools.product(range(4, 60), range(2, 9)):
        if rows >= 2 * count:
            sizes = sizes_of(rows, count, False)
            assert sum(sizes) == rows and min(sizes) >= 2 and sorted(sizes) == list(sizes)
        else:
            with pytest.raises(ChoiceError, match="too few"):
                sizes_of(rows, count, False)


def test_norms_come_and_go_with_the_weights_as_they_are() -> None:
    machine = machine_of({"network": {"layers": [{"units": 6, "norm": "batch"}, {"units": 6, "norm": "layer"}]}})
    bare, full = with_norm(machine, False), with_norm(machine, True)
    assert bare.tape.norms == (None, "layer", None) and full.tape.norms == ("batch", "batch", None)
    for made in (bare, full):
        for slot in made.tape.slots:
            known = next(each for each in machine.tape.slots if each.name == slot.name)
            assert np.array_equal(slot.view(made.theta), known.view(machine.theta)), slot.name
    assert with_norm(bare, False) is bare


def test_means_as_an_experiment() -> None:
    found = of_run(machine_of(DEEP), show=MEANS, machines=3)
    assert found.values["weighted"] < 1e-12 < 0.01 < found.values["plain"] and found.values["weighted_norm"] > 0.01
    rows = {row[:2]: row for row in found.table.rows}
    assert rows["size-weighted mean", "no"][-1] == found.values["weighted"]
    assert sum(rows[f"machine {k}", "no"][2] for k in (1, 2, 3)) == 250
    assert [figure.name for figure in found.figures] == ["means", "means with batch norm", "errors"]
    weighted = next(series for series in found.figures[0].series if series.name == "size-weighted mean")
    assert np.allclose(weighted.x, weighted.y, rtol=1e-9, atol=1e-15)


# The ring -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("machines", range(2, 9))
@pytest.mark.parametrize("count", [8, 37, 240])
def test_every_machine_ends_with_the_sum(machines: int, count: int) -> None:
    own = generator(1, "ring", machines).normal(size=(machines, count))
    found = all_reduced(own)
    assert np.allclose(found.held, own.sum(axis=0), rtol=1e-12, atol=1e-12)
    assert all(np.array_equal(found.held[0], each) for each in found.held), "the same bits on every machine"
    steps = list(messages(machines))
    assert len(steps) == 2 * (machines - 1) == len(found.counts) - 1
    for number, step in enumerate(steps):
        assert sorted(message.sender for message in step) == list(range(machines)), "every machine sends at every step"
        assert all(message.receiver == (message.sender + 1) % machines for message in step)
        assert len({message.chunk for message in step}) == machines, "no chunk is under way twice"
        assert found.sends[number].tolist() == [message.chunk for message in step]
    assert (found.counts[-1] == machines).all() and (found.counts[0] == 1).all()
    assert (found.counts[machines - 1] == machines).sum() == machines, "after the first half each has one whole chunk"
    if count % machines == 0:
        assert found.bytes.tolist() == [2 * (machines - 1) / machines * count * 8] * machines
    assert found.bytes.max() == most_sent(count, machines)
    assert found.bytes.sum() == 2 * (machines - 1) * count * 8


def test_no_number_is_counted_twice_on_the_way() -> None:
    """Each machine's numbers are a power of ten: a sum says which are in it."""
    machines = 5
    found = all_reduced(np.tile(10.0 ** np.arange(machines)[:, None], (1, 10)))
    for counts, values in zip(found.counts, found.values, strict=True):
        for count, value in zip(counts.ravel(), values.ravel(), strict=True):
            digits = str(int(value))
            assert set(digits) <= {"0", "1"} and digits.count("1") == count


def test_chunks_lie_one_behind_the_other() -> None:
    places = chunks_of(10, 4)
    assert [(place.start, place.stop) for place in places] == [(0, 3), (3, 6), (6, 8), (8, 10)]


def test_the_ring_as_an_experiment() -> None:
    machine = machine_of(DEEP)
    found = of_run(machine, show=RING, machines=3, sizes="unequal")
    values = found.values
    whole = all_of(sharded(machine, sizes_of(250, 3, False)))
    assert values["alike"] and values["off"] < 1e-15 and values["steps"] == 4
    assert found.arrays["ring_counts"].shape == (5, 3, 3) and found.arrays["ring_sends"].shape == (4, 3)
    assert np.allclose(found.arrays["ring_values"][-1, 0], whole.whole[values["shown"]], rtol=1e-12)
    assert all(name in ("W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4") for name in (n.split("[")[0] for n in values["names"]))
    assert found.table.rows[-1][3] == max(values["sent"]) and found.table.rows[-1][4] == 9
    assert "2(K-1)" in found.said
    traffic = found.figures[0]
    assert traffic.series[0].y[1] * 1e3 == max(values["sent"]), "K = 3 is the second"


# The pipeline ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("devices", "micro"), [(2, 1), (4, 8), (3, 5), (8, 32), (5, 1)])
def test_a_schedule_keeps_its_order_and_has_the_bubble_of_the_formula(devices: int, micro: int) -> None:
    tasks = equal_stages(devices, micro)
    at = {(task.device, task.micro, task.kind): task for task in tasks}
    assert len(at) == 2 * devices * micro
    for task in tasks:
        before = at.get((task.device - 1, task.micro, FORWARD)) if task.kind == FORWARD else None
        after = at.get((task.device + 1, task.micro, BACKWARD)) if task.kind == BACKWARD else None
        needed = [each for each in (before, after) if each] + ([at[task.device, task.micro, FORWARD]] if task.kind else [])
        assert all(each.end <= task.start for each in needed)
    table = slots(tasks)
    assert np.isfinite(table).sum() == 3 * devices * micro, "no two tasks at a time"
    idle = np.isnan(table).mean()
    assert idle == pytest.approx((devices - 1) / (micro + devices - 1), rel=1e-12)
    assert bubble(tasks) == pytest.approx(idle, rel=1e-12)


def test_unequal_stages_wait_longer() -> None:
    assert bubble(scheduled(4, [1.0, 3.0, 1.0], [2.0, 6.0, 2.0])) > bubble(equal_stages(3, 4))


def test_layers_are_cut_as_evenly_as_they_go() -> None:
    """Every other cut has a stage that is at least as long."""
    work = [(3, 5), (10, 20), (2, 4), (7, 14), (7, 14), (1, 2)]
    stages = cut(work, 3)
    assert stages[0].first == 1 and stages[-1].last == 6
    assert all(a.last + 1 == b.first for a, b in itertools.pairwise(stages))

    def most(edges: tuple[int, ...]) -> int:
        return max(sum(f + b for f, b in work[i:j]) for i, j in itertools.pairwise((0, *edges, 6)))

    best = min(most(edges) for edges in itertools.combinations(range(1, 6), 2))
    assert max(stage.forward + stage.backward for stage in stages) == best


def test_work_of_layers_is_counted_on_the_tape() -> None:
    machine = machine_of({"network": {"layers": [{"units": 6}, {"units": 4, "skip": 2}]}})
    assert layer_work(machine.tape) == [(12, 12), (24 + 8, 48 + 16 - 8), (4, 8)], "h_0 needs no δ: neither along W nor P"


def test_the_pipeline_as_an_experiment() -> None:
    found = of_run(machine_of(DEEP), show=PIPELINE, machines=4, micro=8)
    values = found.values
    assert values["bubble"] == pytest.approx(3 / 11, rel=1e-12) and values["formula"] == 3 / 11
    assert values["accumulated"] < 1e-12 and values["bubble_real"] > values["bubble"]
    assert values["stages"] == [[1, 1], [2, 2], [3, 3], [4, 4]]
    assert found.arrays["tasks"].shape == (64, 5) and found.figures[0].values.shape == (4, int(values["time"]))
    few = of_run(machine_of(DEEP), show=PIPELINE, machines=5)
    assert few.values["bubble_real"] is None and "fewer than devices" in few.said and "tasks_real" not in few.arrays


def test_micro_batches_under_batch_norm_are_not_the_whole() -> None:
    machine = machine_of({"network": {"layers": [{"units": 6, "norm": "batch"}]}})
    found = of_run(machine, show=PIPELINE)
    assert found.values["accumulated"] > 1e-3 and "each one's own statistics" in found.said


# Refusals -------------------------------------------------------------------------------------------------------------


def test_refusals() -> None:
    tiny = machine_of({"data": {"samples": 10}, "network": {"layers": [{"units": 3}]}})
    with pytest.raises(ChoiceError, match="too few") as refused:
        of_run(tiny, machines=4)
    assert (refused.value.field, refused.value.allowed) == ("machines", "2 to 2")
    with pytest.raises(ChoiceError, match="micro"):
        of_run(tiny, show=PIPELINE, micro=8)
    with pytest.raises(ChoiceError, match="there is no run"):
        carried_out(EXPERIMENT, None, network=PRESENT)
    with pytest.raises(ChoiceError, match="machines"):
        of_run(tiny, machines=9)
    broken = machine_of({"network": {"layers": [{"units": 6, "activation": "relu"}] * 3}})
    broken.theta[...] = 1e300
    for show in (MEANS, RING):
        with pytest.raises(ChoiceError, match="not finite"):
            of_run(broken, show=show)


def test_a_network_without_hidden_layers_has_no_batch_norm_to_show() -> None:
    found = of_run(machine_of({"network": {"layers": []}}))
    assert found.values["weighted_norm"] is None and "batch norm" not in found.said
    assert all(math.isfinite(cell) for row in found.table.rows for cell in row if isinstance(cell, float))
