"""Casts to float16 and bfloat16, bit for bit against NumPy's and ml_dtypes'."""

import ml_dtypes
import numpy as np
import pytest

from engine.lab.half.figures import small_updates
from engine.lab.half.formats import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, Format
from engine.lab.half.loss_scale import MOST, LossScale

WITNESSES = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float32": np.float32}
FORMATS = [pytest.param(each, id=each.name) for each in (FLOAT16, BFLOAT16, FLOAT32)]


def cast(values: np.ndarray, name: str) -> np.ndarray:
    with np.errstate(all="ignore"):
        return values.astype(np.float32).astype(WITNESSES[name]).astype(np.float64)


def same_bits(found: np.ndarray, expected: np.ndarray) -> bool:
    nan = np.isnan(expected)
    same = found.view(np.int64)[~nan] == expected.view(np.int64)[~nan]  # signed zeros too
    return bool(np.isnan(found[nan]).all() and same.all())


@pytest.mark.parametrize("each", FORMATS)
def test_random_bits_are_cast_as_by_numpy_and_ml_dtypes(each: Format):
    bits = np.random.default_rng(0).integers(0, 2**32, 500_000, dtype=np.uint32)
    with np.errstate(invalid="ignore"):
        values = bits.view(np.float32).astype(np.float64)
    assert same_bits(each.round(values), cast(values, each.name))


@pytest.mark.parametrize("each", FORMATS[:2])
def test_every_number_stays_and_ties_go_to_even(each: Format):
    with np.errstate(invalid="ignore"):
        every = np.arange(2**16, dtype=np.uint16).view(WITNESSES[each.name]).astype(np.float64)
    assert same_bits(each.round(every), every)
    finite = np.sort(every[np.isfinite(every)])
    middles = ((finite[1:] + finite[:-1]) / 2).astype(np.float32)
    for values in (middles, np.nextafter(middles, np.float32(np.inf)), np.nextafter(middles, np.float32(-np.inf))):
        assert same_bits(each.round(values.astype(np.float64)), cast(values, each.name))


@pytest.mark.parametrize("each", FORMATS)
def test_the_edges_are_cast_alike(each: Format):
    edges = [0.0, -0.0, np.inf, -np.inf, np.nan, 65504.0, 65519.99, 65520.0, -65520.0, 1e39, -1e300, 1e-40, 2.0**-24]
    edges += [2.0**-25, -(2.0**-25), 1.0001 * 2.0**-25, 2.0**-14 - 2.0**-26, 3.39e38, 3.4e38, 2.0**-133, 2.0**-134, 5e-324]
    assert same_bits(each.round(np.array(edges)), cast(np.array(edges), each.name))


@pytest.mark.parametrize("each", FORMATS)
def test_what_is_told_of_a_format_is_what_its_witness_says(each: Format):
    info = ml_dtypes.finfo(WITNESSES[each.name])
    assert (each.bits, each.fraction) == (info.bits, info.nmant)
    assert 2.0**each.lowest_normal == float(info.smallest_normal)
    assert 2.0**each.lowest == float(info.smallest_subnormal)
    assert each.largest == float(info.max)


def test_a_thousand_small_updates_leave_a_half_weight_alone():
    for each in (FLOAT16, BFLOAT16, FLOAT32):
        kind, found = WITNESSES[each.name], small_updates(each)
        weight, change = kind(1.0), np.float64(1e-4)
        for _ in range(1000):
            weight = kind(np.float32(np.float64(weight) - change))
        assert found[-1] == np.float64(weight)
    assert small_updates(FLOAT16)[-1] == small_updates(BFLOAT16)[-1] == 1.0
    assert small_updates(FLOAT32)[-1] == pytest.approx(0.9, abs=1e-4)
    assert small_updates(FLOAT64)[-1] == pytest.approx(0.9, abs=1e-12)


def test_a_dynamic_scale_doubles_in_calm_and_halves_at_an_overflow_as_pytorchs():
    torch = pytest.importorskip("torch")
    own, torchs = LossScale(2.0**10, interval=3), torch.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=3)
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    for finite in (True, True, True, True, False, True, True, False, False, True, True, True, True):
        torchs.scale(torch.zeros(()))  # it begins lazily
        weight.grad = torch.tensor([1.0 if finite else float("inf")])
        torchs.step(optimizer)
        torchs.update()
        own.made() if finite else own.overflowed()
        assert own.value == torchs.get_scale()
    assert own.skipped == 3


def test_a_scale_that_is_fixed_stays_and_none_grows_without_end():
    fixed, growing = LossScale(8.0), LossScale(MOST, interval=1)
    fixed.overflowed()
    growing.made()
    assert (fixed.value, fixed.skipped, growing.value) == (8.0, 1, MOST)
