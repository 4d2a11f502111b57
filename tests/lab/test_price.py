"""What a gradient costs: counted, measured, and worked out in three ways that agree."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engine import RunSpec
from engine.dataset import prepare
from engine.lab import EXPERIMENTS, ChoiceError, Subject, carried_out
from engine.lab.experiment import begun
from engine.lab.passes.counts import multiplications, weights_of
from engine.lab.passes.network import SMOOTH_OR_STRAIGHT, in_words, network_machine
from engine.lab.passes.runner import Runner, backward_ops, forward_ops
from engine.lab.price import experiment, measure
from engine.lab.price.dual import has_dual
from engine.lab.price.measure import BACKWARD, DIFFERENCES, FORWARD, FORWARD_MODE, Price, priced
from engine.lab.price.pictures import crossings, duration
from engine.machine.machine import Machine
from engine.parts import at_once

PRICE = EXPERIMENTS["price"]
SIZES = ((64, 16, 10), (3, 5, 4, 2), (1, 1, 1), (7, 2, 9, 2, 9, 3))


@pytest.fixture
def quick(monkeypatch):
    """Small networks, and few calls for a median."""
    monkeypatch.setattr(experiment, "WIDTHS", (1, 2, 4))
    monkeypatch.setattr(experiment, "DEPTHS", (1, 2))
    monkeypatch.setattr(measure, "CALLS", 3)


def counted(machine):
    runner = Runner(machine, 1)
    return multiplications(forward_ops(runner)), multiplications(backward_ops(runner))


@pytest.mark.parametrize("sizes", SIZES, ids=in_words)
def test_backward_over_forward_is_two_less_the_share_of_the_first_layer(sizes):
    weights = [below * above for below, above in pairwise(sizes)]
    forward, backward = counted(network_machine(sizes, "relu", 2, 0))
    assert forward == sum(weights)
    assert backward * sum(weights) == forward * (2 * sum(weights) - weights[0])  # in whole numbers, exactly


def test_the_ratio_of_the_digits_network_is_1_14():
    forward, backward = counted(network_machine((64, 16, 10), "tanh", 2, 0))
    assert round(backward / forward, 2) == 1.14


def test_projections_of_skips_count_as_weights():
    layers = [{"units": 4}, {"units": 5, "skip": 2}, {"units": 3, "skip": 1}, {"units": 3, "skip": 1, "norm": "layer"}]
    spec = RunSpec.model_validate({"data": {"name": "moons"}, "network": {"layers": layers}})
    machine = Machine(spec, prepare(spec))
    # W: 2·4, 4·5, 5·3, 3·3, 3·1; P: 2·5 from the inputs, 5·3
    assert weights_of(machine.tape) == (8 + 20 + 15 + 9 + 3 + 10 + 15, 8 + 10)
    forward, backward = counted(machine)
    assert (forward, backward) == (80, 160 - 18)
    assert not has_dual(machine.tape)


@pytest.mark.parametrize("activation", SMOOTH_OR_STRAIGHT)
def test_all_three_gradients_agree(activation, monkeypatch):
    monkeypatch.setattr(measure, "CALLS", 1)
    machine = network_machine((4, 3, 3, 2), activation, 5, 2)
    before = machine.theta.copy()
    price = at_once(priced(machine, 5))
    assert price.really == {DIFFERENCES: True, FORWARD_MODE: True}
    assert price.off[FORWARD_MODE] < 1e-14 and price.off[DIFFERENCES] < 1e-8
    np.testing.assert_array_equal(machine.theta, before)


def test_a_wrong_gradient_would_be_seen(monkeypatch):
    real = measure.Runner.__call__

    def wrong(self, ops, times=1):
        real(self, ops, times)
        self.grad[0] *= 1.001

    monkeypatch.setattr(measure, "CALLS", 1)
    monkeypatch.setattr(measure.Runner, "__call__", wrong)
    price = at_once(priced(network_machine((4, 3, 3, 2), "tanh", 5, 2), 5))
    assert min(price.off.values()) > 1e-5


def test_differences_make_two_forward_passes_for_each_parameter(monkeypatch):
    machine = network_machine((4, 3, 2), "tanh", 5, 0)
    runner, calls = Runner(machine, 5), []
    runner(runner.tape.forward_ops)
    forward = forward_ops(runner)
    real = runner.seconds
    monkeypatch.setattr(runner, "seconds", lambda ops, times: calls.append(multiplications(ops)) or real(ops, times))
    _, seconds = at_once(measure._differences(runner, forward, 1))
    n = 4 * 3 + 3 + 3 * 2 + 2
    assert calls == [4 * 3 + 3 * 2] * (2 * n) and seconds > 0
    price = at_once(priced(machine, 5))
    assert price.passes == {FORWARD: 1, BACKWARD: 1, DIFFERENCES: 2 * n, FORWARD_MODE: n}
    assert price.operations[DIFFERENCES] == sum(calls)
    assert price.operations[FORWARD_MODE] == n * (3 * 18 - 12)


@pytest.mark.parametrize("grows", ["width", "depth"])
def test_the_result_tells_every_network(quick, grows):
    found = carried_out(PRICE, grows=grows, inputs=5, batch=8)
    titles = [column.name for column in found.table.columns]
    rows = [dict(zip(titles, row, strict=True)) for row in found.table.rows]
    assert [row["network"] for row in rows] == (
        ["5-1-1-10", "5-2-2-10", "5-4-4-10"] if grows == "width" else ["5-16-10", "5-16-16-10"]
    )
    time, operations, ratio = found.figures
    for row, at in zip(rows, range(len(rows)), strict=True):
        assert row["made"] == "made"
        assert [series.y[at] for series in time.series] == pytest.approx(
            [
                row["forward_time"] / 1e6,
                row["backward_time"] / 1e6,
                row["differences_time"] / 1e3,
                row["forward_mode_time"] / 1e3,
            ]
        )
        assert [series.y[at] for series in operations.series] == [
            row[name] for name in (FORWARD, BACKWARD, DIFFERENCES, FORWARD_MODE)
        ]
        assert [series.y[at] for series in ratio.series] == [row["ratio"], row["ratio_time"]]
        assert all(series.x[at] == row["parameters"] for series in time.series)
    assert all(axis.scale == "log" for chart in (time, operations) for axis in (chart.x, chart.y))
    assert str(rows[-1]["parameters"]) in found.said and "agree with backpropagation" in found.said


def test_what_is_not_really_made_is_said_and_marked(quick, monkeypatch):
    monkeypatch.setattr(measure, "MOST", 30)
    found = carried_out(PRICE, inputs=1, batch=1)  # 24, 40 and 78 parameters
    assert [row[-3] for row in found.table.rows] == ["made", *["median of one × passes"] * 2]
    assert [row[-1] is None for row in found.table.rows] == [False, True, True]
    assert ("all passes made up to here", 24) in [(mark.words, mark.at) for mark in found.figures[0].marks]
    milliseconds = np.array([row[11] for row in found.table.rows])
    microseconds = np.array([row[8] for row in found.table.rows])
    np.testing.assert_allclose(milliseconds[1:], 2 * np.array([40, 78]) * microseconds[1:] / 1e3, rtol=1e-12)


def test_where_curves_cross():
    def price(n, forward, backward):
        seconds = {FORWARD: forward, BACKWARD: backward, DIFFERENCES: 2 * n * forward, FORWARD_MODE: 2.5 * n * forward}
        return Price("", n, 0, n, 1, {}, {}, seconds)

    # backward / forward is (n/1000)^½: equal at n = 1000
    prices = [price(n, 1.0, (n / 1000) ** 0.5) for n in (10, 200, 4000, 50_000)]
    (a, b, at), *others = crossings(prices)
    assert (a, b, others) == (FORWARD, BACKWARD, []) and at == pytest.approx(1000)
    assert crossings(prices[:2]) == [] == crossings(prices[:1])


def test_the_present_network_is_a_point(quick):
    spec = RunSpec.model_validate({"data": {"name": "digits"}, "network": {"layers": [{"units": 16}]}})
    machine = Machine(spec, prepare(spec))
    found = carried_out(PRICE, Subject.of(machine), inputs=2, batch=1)
    assert found.table.rows[-1][0] == "this run: 64-16-10"
    assert found.table.rows[-1][5] == 2 - 1024 / 1184
    assert all(chart.series[-1].name == "this run, 64-16-10" for chart in found.figures)
    assert machine.step == 0


def test_a_present_network_without_dual_numbers_goes_without(quick):
    layers = [{"units": 4, "norm": "batch", "dropout": 0.2}]
    spec = RunSpec.model_validate({"data": {"name": "moons"}, "network": {"layers": layers}})
    found = carried_out(PRICE, Subject.of(Machine(spec, prepare(spec))), inputs=2, batch=1)
    assert found.table.rows[-1][7] is None and found.table.rows[-1][12] is None
    assert found.table.rows[-1][-2] < 1e-6 and "no plain chain" in found.said


@pytest.mark.parametrize(
    ("choices", "allowed"),
    [
        ({"grows": "up"}, "width, depth"),
        ({"inputs": 0}, "[1, 784]"),
        ({"batch": 3}, "1, 8, 32, 128"),
        ({"size": 1}, "grows, inputs"),
    ],
)
def test_choices_out_of_range_are_refused(choices, allowed):
    with pytest.raises(ChoiceError) as refused:
        begun(PRICE, None, choices)
    assert refused.value.field == next(iter(choices)) and allowed in refused.value.allowed


def test_the_first_network_is_shown_at_once(quick):
    making = begun(PRICE, None, {})
    shares = []
    for progress in making:
        shares.append(progress.share)
        if progress.so_far:
            assert len(progress.so_far.table.rows) == 1
            break
    assert shares == sorted(shares)


@pytest.mark.parametrize(
    ("seconds", "words"), [(2e-6, "2 µs"), (0.00456, "4.56 ms"), (90, "1.5 min"), (7200, "2 h"), (864_000, "10 days")]
)
def test_durations(seconds, words):
    assert duration(seconds) == words
