"""Half precision: passes and updates against NumPy and PyTorch with the same roundings; what stalls, follows and overflows."""

import ml_dtypes
import numpy as np
import pytest

from engine import RunSpec
from engine.dataset import prepare
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.lab import EXPERIMENTS, ChoiceError, Subject, carried_out
from engine.lab.half.formats import BFLOAT16, FLOAT16, FLOAT64, Format, as_float32
from engine.lab.half.loss_scale import LossScale
from engine.lab.half.rounded_run import RoundedRun
from engine.lab.half.row import deep
from engine.lab.half.spread import LOWEST, POWERS, by_power, spread_of
from engine.machine.machine import Machine
from engine.machine.trace import trace

HALF = EXPERIMENTS["half"]
CASTS = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
NEARLY = Format("nearly exact", 8, 23, as_float32)
EVERYTHING = {
    "data": {"name": "spiral", "samples": 90},
    "network": {
        "layers": [
            {"units": 6, "activation": "prelu", "norm": "layer"},
            {"units": 5, "activation": "tanh", "norm": "batch", "dropout": 0.2},
            {"units": 5, "activation": "silu", "skip": 1},
            {"units": 4, "activation": "sigmoid", "skip": 2, "dropout": 0.1},
        ]
    },
    "regularization": {"l1": 1e-3, "l2": 1e-2, "jitter": 0.1},
    "clip": {"norm": 0.5},
    "batch_size": 20,
}


def machine_of(spec: dict) -> Machine:
    made = RunSpec.model_validate(spec)
    return Machine(made, prepare(made))


def small(units: int = 7, activation: str = "sigmoid", batch: int = 12) -> dict:
    layers = [{"units": units, "activation": activation}] * 2
    data = {"name": "spiral", "samples": 60}
    optimizer = {"name": "sgd", "lr": 0.5}
    return {"data": data, "network": {"layers": layers}, "optimizer": optimizer, "batch_size": batch, "shuffle": False}


def tensors(machine: Machine, flat: np.ndarray) -> dict[str, np.ndarray]:
    return {slot.name: slot.view(flat).copy() for slot in machine.tape.slots}


# Against the same roundings, written down ------------------------------------------------------------------------------


def reference(theta: dict, x: np.ndarray, y: np.ndarray, name: str, scale: float) -> dict[str, np.ndarray]:
    """Gradients, as they come with the scale, of a sigmoid network under cross-entropy."""

    def half(values):
        with np.errstate(over="ignore"):
            return np.asarray(values).astype(np.float32).astype(CASTS[name]).astype(np.float64)

    own = {key: half(values) for key, values in theta.items()}
    h = [half(x.T)]
    for layer in (1, 2):
        z = half(own[f"W{layer}"] @ h[-1] + own[f"b{layer}"][:, None])
        h.append(half(1.0 / (1.0 + np.exp(-z))))
    z = half(own["W3"] @ h[-1] + own["b3"][:, None])
    output = (1.0 / (1.0 + np.exp(-z))).astype(np.float32).astype(np.float64)
    delta, found = half((output - y.T) * (scale / len(x))), {}
    for layer in (3, 2, 1):
        found |= {f"W{layer}": half(delta @ h[layer - 1].T), f"b{layer}": half(delta.sum(axis=1))}
        if layer > 1:
            delta = half(half(own[f"W{layer}"].T @ delta) * (h[layer - 1] * (1.0 - h[layer - 1])))
    return found


@pytest.mark.parametrize("each", [FLOAT16, BFLOAT16], ids=lambda each: each.name)
def test_updates_are_those_of_numpy_with_the_same_roundings(each: Format):
    machine, scale = machine_of(small()), 2.0**9
    run = RoundedRun(machine, each, LossScale(scale))
    theta = {name: values.astype(np.float32).astype(np.float64) for name, values in tensors(machine, machine.theta).items()}
    for number in range(2):
        rows = slice(12 * number, 12 * number + 12)
        expected = reference(theta, machine.x[rows], machine.y[rows], each.name, scale)
        seen: dict[str, np.ndarray] = {}
        assert run.update(lambda seen=seen: seen.update(tensors(machine, machine.grad)))
        for name, values in expected.items():
            np.testing.assert_array_equal(seen[name], values.reshape(seen[name].shape), err_msg=f"{name}, update {number}")
        single = {name: (values / scale).astype(np.float32).astype(np.float64) for name, values in expected.items()}
        theta = {name: (theta[name] - 0.5 * single[name].reshape(theta[name].shape)) for name in theta}
        theta = {name: values.astype(np.float32).astype(np.float64) for name, values in theta.items()}
        for name, values in tensors(machine, machine.theta).items():
            np.testing.assert_array_equal(values, theta[name], err_msg=f"{name} after update {number}")


@pytest.mark.parametrize("each", [FLOAT16, BFLOAT16], ids=lambda each: each.name)
def test_gradients_are_those_of_pytorchs_half_tensors_to_the_last_place(each: Format):
    torch = pytest.importorskip("torch")
    kind, scale = getattr(torch, each.name), 2.0**9
    machine = machine_of(small())
    x, y = torch.from_numpy(machine.x[:12]).to(kind), torch.from_numpy(machine.y[:12]).float()
    own = {name: torch.from_numpy(values).float().to(kind) for name, values in tensors(machine, machine.theta).items()}
    for values in own.values():
        values.requires_grad_()
    h = x
    for layer in (1, 2):
        h = torch.sigmoid(torch.nn.functional.linear(h, own[f"W{layer}"], own[f"b{layer}"]))
    logits = torch.nn.functional.linear(h, own["W3"], own["b3"]).float()
    (scale * torch.nn.functional.binary_cross_entropy_with_logits(logits, y)).backward()
    seen: dict[str, np.ndarray] = {}
    RoundedRun(machine, each, LossScale(scale)).update(lambda: seen.update(tensors(machine, machine.grad)))
    for name, values in own.items():
        found = values.grad.double().numpy()
        place = 2.0**-each.fraction * np.abs(found).max()  # of the largest entry: sums cancel
        np.testing.assert_allclose(seen[name], found, rtol=2.0**-each.fraction, atol=place, err_msg=name)


# The course of an update ------------------------------------------------------------------------------------------------


def test_float64_is_the_run_itself_bit_for_bit():
    run, plain = RoundedRun(machine_of(EVERYTHING), FLOAT64), machine_of(EVERYTHING)
    for _ in range(5):
        assert run.update()
    plain.updates(5)
    np.testing.assert_array_equal(run.machine.theta, plain.theta)


@pytest.mark.parametrize("optimizer", ["adam", "nesterov", "rmsprop"])
@pytest.mark.parametrize("scale", [1.0, 2.0**12])
def test_a_format_nearly_exact_gives_nearly_the_run_with_whatever_ops_there_are(optimizer, scale):
    spec = EVERYTHING | {"optimizer": {"name": optimizer, "lr": 0.01}}
    run, plain = RoundedRun(machine_of(spec), NEARLY, LossScale(scale)), machine_of(spec)
    assert {codes.NORM, codes.DROPOUT, codes.SKIP_GRADIENT, codes.SLOPE_GRADIENT, codes.PENALTY, codes.CLIP} <= set(
        plain.tape.ops[:, codes.CODE]
    )
    assert all(run.update() for _ in range(5))  # the third mini-batch is narrower, the fourth another epoch's
    plain.updates(5)
    expected, same = tensors(plain, plain.theta), {"rtol": 1e-4, "atol": 3e-5}
    for name, values in tensors(run.machine, run.machine.theta).items():
        if name != "b2":  # batch norm takes it away: its gradient is 0 but for rounding, which Adam makes much of
            np.testing.assert_allclose(values, expected[name], **same, err_msg=name)
    assert run.machine.step == 5 and not np.array_equal(run.machine.theta, plain.theta)


@pytest.mark.parametrize("optimizer", ["adam", "nesterov"])
def test_an_update_that_overflows_is_skipped_and_its_mini_batch_used(optimizer):
    spec = EVERYTHING | {"optimizer": {"name": optimizer, "lr": 0.01}}
    machine = machine_of(spec)
    run = RoundedRun(machine, FLOAT16, LossScale(2.0**24, interval=50))
    assert not run.update()
    theta, state = machine.theta.copy(), machine.state.copy()
    assert not run.update()
    np.testing.assert_array_equal(machine.theta, theta)
    np.testing.assert_array_equal(machine.state, state)
    assert (run.scale.skipped, run.scale.value, machine.step, int(machine.int_state[codes.CURSOR])) == (2, 2.0**22, 2, 40)
    while not run.update():
        pass
    assert run.scale.value < 2.0**22 and not np.array_equal(machine.theta, theta) and machine.next_op == 0


def test_weights_are_kept_in_float32_or_in_the_format():
    for master, cast in ((None, np.float32), (FLOAT16, np.float16)):
        machine = machine_of(small())
        run = RoundedRun(machine, FLOAT16) if master is None else RoundedRun(machine, FLOAT16, master=master)
        run.update()
        np.testing.assert_array_equal(machine.theta, machine.theta.astype(cast).astype(np.float64))
    assert (machine.theta != machine.theta.astype(ml_dtypes.bfloat16).astype(np.float64)).any()


# Sizes ------------------------------------------------------------------------------------------------------------------


def test_sizes_are_counted_by_power_of_two():
    values = np.array([[0.0, 1.0, 1.99], [-2.0, 2.0**-24, 1e-300]])
    shares, zero = by_power(values)
    counted = {int(power): round(6 * share) for power, share in zip(POWERS, shares, strict=True) if share}
    assert counted == {LOWEST: 1, -24: 1, 0: 2, 1: 1} and zero == pytest.approx(1 / 6)
    many = np.random.default_rng(1).normal(size=1000) * 1e-5
    expected = np.histogram(np.floor(np.log2(np.abs(many))), bins=np.append(POWERS, POWERS[-1] + 1))[0] / 1000
    np.testing.assert_allclose(by_power(many)[0], expected)


@pytest.mark.parametrize("each", [FLOAT64, FLOAT16], ids=lambda each: each.name)
def test_the_sizes_are_those_of_the_update_without_the_scale(each: Format):
    machine = machine_of(small(activation="tanh"))
    steps = {step.op: step.results for step in trace(machine)}
    run, found = RoundedRun(machine, each, LossScale(2.0**6)), []
    run.update(lambda: found.append(spread_of(run)))
    for layer in (1, 2, 3):
        powers = np.floor(np.log2(np.abs(steps[f"delta {layer}"][f"delta{layer}"]) / 12))
        middle = float(np.median(powers))
        own = found[0].deltas[layer - 1]
        assert abs(POWERS[np.searchsorted(own.cumsum(), 0.5)] - middle) <= 1
        if each is FLOAT64:
            np.testing.assert_allclose(own, by_power(np.exp2(powers))[0])


# The experiment ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def short():
    return carried_out(HALF, updates=60, seed=1)


def losses_of(found) -> list[float]:
    return [row[1] for row in found.table.rows]


def test_plain_float16_stalls_and_the_scaled_run_follows(short):
    double, plain, scaled, brain = losses_of(short)
    assert double < 0.1 < 0.69 < plain
    assert scaled == pytest.approx(double, rel=0.02) and brain == pytest.approx(double, rel=0.2)
    zeros = [row[2] for row in short.table.rows]
    assert zeros[0] == 0.0 and zeros[1] > 30.0 and zeros[2] < 2.0 and zeros[3] == 0.0
    assert "(it stalls)" in short.said and short.said.count("(it follows)") == 2


@pytest.mark.slow(seconds=40)
@pytest.mark.parametrize("seed", range(5))
def test_it_does_for_five_seeds(seed):
    found = carried_out(HALF, seed=seed)
    double, plain, scaled, brain = losses_of(found)
    assert double < 0.05 and plain > 0.69
    assert scaled == pytest.approx(double, rel=0.01) and brain == pytest.approx(double, rel=0.01)


def test_figures_show_what_the_table_says(short):
    figures = {figure.name: figure for figure in short.figures}
    assert [series.y[-1] for series in figures["losses"].series] == losses_of(short)
    for name in ("deltas", "gradients"):
        plain, moved = figures[name].series
        assert plain.y.sum() == pytest.approx(100.0)
        np.testing.assert_allclose(moved.y[14:], plain.y[:-14])
        np.testing.assert_array_equal(short.arrays[name][0], plain.y)
        assert [mark.at for mark in figures[name].marks] == [-24, -14, 16]
    delta = figures["deltas"].series[0]
    below = float(delta.y[delta.x < -25].sum())
    assert short.table.rows[1][2] == pytest.approx(below, abs=15.0)  # what is below float16's floor did become 0
    np.testing.assert_allclose(figures["by_layer"].values.sum(axis=1), 100.0)
    assert [series.y[-1] for series in figures["weight"].series][2:] == [1.0, 1.0]


def test_float64_is_the_normal_run(short):
    plain = Machine(deep(1), prepare(deep(1)))
    plain.updates(60)
    evaluator = Evaluator(plain)
    assert short.table.rows[0][1] == evaluator.loss_and_outputs(*evaluator.rows("train"))[0]


def test_a_scale_too_large_overflows_and_a_dynamic_one_comes_down():
    fixed = carried_out(HALF, updates=8, scale=24)
    assert fixed.table.rows[2][5:] == (8, 2.0**24) and "skipped 8 updates" in fixed.said
    dynamic = carried_out(HALF, updates=16, scale=24, dynamic=True)
    skipped, scale = dynamic.table.rows[2][5:]
    assert 0 < skipped < 16 and scale == 2.0 ** (24 - skipped)
    scales = next(figure for figure in dynamic.figures if figure.name == "scales")
    assert scales.series[0].y[0] == 2.0**24 and scales.series[0].y[-1] == scale


def test_the_present_run_goes_on_from_where_it_stands_and_is_left_alone():
    machine = machine_of(EVERYTHING)
    machine.updates(7)
    subject, theta = Subject.of(machine), machine.theta.copy()
    found = carried_out(HALF, subject, network="present run", updates=5)
    np.testing.assert_array_equal(machine.theta, theta)
    losses = next(figure for figure in found.figures if figure.name == "losses")
    assert losses.series[0].x.tolist() == [7.0, 8.0, 9.0, 10.0, 11.0, 12.0]
    machine.updates(5)
    double, *others = losses_of(found)
    assert double == pytest.approx(others[1], rel=0.05) and all(np.isfinite(others))


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"network": "present run"}, "network"),
        ({"network": "mine"}, "network"),
        ({"scale": 25}, "scale"),
        ({"scale": 2.5}, "scale"),
        ({"weights": "bfloat16"}, "weights"),
        ({"updates": 0}, "updates"),
        ({"dynamic": 1}, "dynamic"),
    ],
)
def test_what_is_not_allowed_is_told(choices, field):
    with pytest.raises(ChoiceError) as told:
        carried_out(HALF, **choices)
    assert told.value.field == field and told.value.allowed
