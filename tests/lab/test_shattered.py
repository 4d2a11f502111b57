"""Shattered gradients: slopes against forward mode in NumPy and autograd in PyTorch, correlations against NumPy, and the order
of the architectures."""

import numpy as np
import pytest

from engine.lab import EXPERIMENTS, ChoiceError, carried_out
from engine.lab import shattered as lab
from engine.parts import giving_way

SHATTERED = EXPERIMENTS["shattered"]
KINDS = [pytest.param(kind, id=kind.name) for kind in lab.ARCHITECTURES]


def network(kind: lab.Architecture, depth: int = 5, width: int = 12, biases: str = "random"):
    return lab.network_of(lab.spec_of(kind, depth, width, 3), biases)


def tensors(machine) -> dict[str, np.ndarray]:
    return {slot.name: slot.view(machine.theta) for slot in machine.tape.slots}


def forward_mode(machine, kind: lab.Architecture, depth: int):
    """y and dy/dx of the network as written down, derivatives carried along: (n,) each."""
    own = tensors(machine)
    h, dh = np.linspace(-2.0, 2.0, 256)[None], np.ones((1, 256))
    for layer in range(1, depth + 1):
        z, dz = own[f"W{layer}"] @ h + own[f"b{layer}"][:, None], own[f"W{layer}"] @ dh
        if kind.norm:
            spread = np.sqrt(z.var(axis=1, keepdims=True) + 1e-5)
            z, dz = (z - z.mean(axis=1, keepdims=True)) / spread, dz / spread
        above, dabove = np.maximum(z, 0.0), dz * (z > 0.0)
        h, dh = (h + above, dh + dabove) if kind.skips and layer > 1 else (above, dabove)
    return (own[f"W{depth + 1}"] @ h)[0] + own[f"b{depth + 1}"], (own[f"W{depth + 1}"] @ dh)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_slopes_are_those_of_forward_mode(kind):
    machine = network(kind)
    outputs, slopes = forward_mode(machine, kind, 5)
    found = lab.measured(machine)
    np.testing.assert_allclose(found.outputs, outputs, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(found.slopes, slopes, rtol=1e-10, atol=1e-12)
    assert np.ptp(slopes) > 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_slopes_are_those_of_autograd(kind):
    torch = pytest.importorskip("torch")
    machine = network(kind)
    own = {name: torch.from_numpy(values.copy()) for name, values in tensors(machine).items()}
    x = torch.linspace(-2.0, 2.0, 256, dtype=torch.float64).requires_grad_()
    h = x[:, None]
    for layer in range(1, 6):
        z = torch.nn.functional.linear(h, own[f"W{layer}"], own[f"b{layer}"])
        if kind.norm:  # its statistics as constants
            fixed = z.detach()
            z = torch.nn.functional.batch_norm(z, fixed.mean(0), fixed.var(0, unbiased=False), eps=1e-5)
        above = torch.relu(z)
        h = h + above if kind.skips and layer > 1 else above
    torch.nn.functional.linear(h, own["W6"], own["b6"]).sum().backward()
    np.testing.assert_allclose(lab.measured(machine).slopes, x.grad.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_units_that_switch_are_counted(kind):
    machine = network(kind, depth=3)
    own = tensors(machine)
    h, shares = np.linspace(-2.0, 2.0, 256)[None], []
    for layer in range(1, 4):
        z = own[f"W{layer}"] @ h + own[f"b{layer}"][:, None]
        if kind.norm:
            z = (z - z.mean(axis=1, keepdims=True)) / np.sqrt(z.var(axis=1, keepdims=True) + 1e-5)
        shares += [len(set(row)) == 2 for row in (z > 0.0).tolist()]
        h = np.maximum(z, 0.0) + (h if kind.skips and layer > 1 else 0.0)
    assert lab.measured(machine).switching == pytest.approx(np.mean(shares))


def test_correlations_are_numpys():
    values = np.random.default_rng(0).normal(size=(2, 40)).cumsum(axis=1)
    found = lab.correlations(values, 5)
    for row, own in zip(values, found, strict=True):
        expected = [np.corrcoef(row[: 40 - k], row[k:])[0, 1] for k in range(6)]
        np.testing.assert_allclose(own, expected, rtol=1e-12)
    assert np.isnan(lab.correlations(np.ones(40), 5)).all()


def test_noise_is_white_and_its_running_sum_brown():
    found = lab.noises(0)
    white = [np.corrcoef(one[:-1], one[1:])[0, 1] for one in found["white"]]
    brown = [np.corrcoef(one[:-1], one[1:])[0, 1] for one in found["brown"]]
    assert abs(np.mean(white)) < 0.02 and np.mean(brown) > 0.96
    np.testing.assert_allclose(np.diff(found["brown"][0]), found["white"][0][1:], atol=1e-12)


def last_rows(found) -> dict[str, tuple]:
    return {row[0]: row for row in found.table.rows[-3:]}


def test_batch_norm_shatters_and_skips_hold_together():
    found = carried_out(SHATTERED, depth=24, width=100, seeds=2)
    rows = last_rows(found)
    assert abs(rows["batch norm"][2]) < 0.15 < 0.75 < rows["plain"][3]
    assert rows["batch norm + skips"][3] > 0.75
    assert rows["plain"][7] < 0.6 < rows["batch norm"][7]  # plain units switch seldom
    by_depth = next(figure for figure in found.figures if figure.name == "by_depth")
    assert [series.y[-1] for series in by_depth.series] == [row[2] for row in rows.values()]
    by_lag = next(figure for figure in found.figures if figure.name == "by_lag")
    assert [series.y[1] for series in by_lag.series[:3]] == [row[2] for row in rows.values()]
    assert all((series.low <= series.y).all() and (series.y <= series.high).all() for series in by_lag.series[:3])


@pytest.mark.slow(seconds=20)
def test_the_numbers_of_five_seeds_are_the_briefs():
    found = carried_out(SHATTERED, depth=50, width=100, seeds=5)
    at = {(row[0], row[1]): row for row in found.table.rows}
    for depth, plain, batch in ((24, 0.93, -0.01), (50, 0.84, 0.06)):
        rows = [at[kind.title, depth] for kind in lab.ARCHITECTURES]
        assert [rows[0][2], rows[1][2], rows[2][2]] == pytest.approx([plain, batch, 0.94], abs=0.07)
        assert rows[1][4] < 0.15 < 0.6 < min(rows[0][3], rows[2][3])  # the order holds for every seed


def test_without_biases_a_plain_network_has_two_slopes():
    found = carried_out(SHATTERED, depth=12, width=25, biases="zero", seeds=2)
    slopes = found.arrays["slopes"][0, -1]
    assert np.ptp(slopes[:128]) < 1e-12 < 1e-3 < abs(slopes[0] - slopes[-1]) and np.ptp(slopes[128:]) < 1e-12
    step = np.repeat([0.0, 1.0], 128)
    assert last_rows(found)["plain"][2] == pytest.approx(np.corrcoef(step[:-1], step[1:])[0, 1], abs=1e-9)
    assert "two values" in found.said


def test_batch_norm_makes_nothing_of_biases():
    random, zero = (lab.measured(network(lab.ARCHITECTURES[1], biases=biases)).slopes for biases in ("random", "zero"))
    np.testing.assert_allclose(random, zero, rtol=1e-9)


def test_the_same_choices_give_the_same_bits_and_more_seeds_leave_the_first_alone():
    one = carried_out(SHATTERED, depth=4, width=25, seeds=1, seed=7)
    two = carried_out(SHATTERED, depth=4, width=25, seeds=2, seed=7)
    np.testing.assert_array_equal(one.arrays["slopes"], two.arrays["slopes"])
    assert one.said == carried_out(SHATTERED, depth=4, width=25, seeds=1, seed=7).said


def test_it_shows_what_there_is_and_gives_way():
    ways = []
    with giving_way(lambda: ways.append(1)):
        making = SHATTERED.make(None, {"depth": 6, "width": 25, "biases": "random", "seeds": 1, "seed": 0})
        seen = list(making)
    assert [progress.share for progress in seen] == sorted(progress.share for progress in seen)
    assert seen[-1].share == pytest.approx(1.0)
    shown = [progress.so_far for progress in seen if progress.so_far]
    assert [len(result.table.rows) for result in shown] == [3, 6] and "With 2 hidden layers" in shown[0].said
    assert len(ways) > 100


@pytest.mark.parametrize(
    ("choices", "field"),
    [({"depth": 1}, "depth"), ({"depth": 51}, "depth"), ({"width": 30}, "width"), ({"biases": "ones"}, "biases")],
)
def test_what_is_not_allowed_is_told(choices, field):
    with pytest.raises(ChoiceError) as told:
        carried_out(SHATTERED, **choices)
    assert told.value.field == field and told.value.allowed
