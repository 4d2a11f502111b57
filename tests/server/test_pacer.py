"""The clock of a paced run, on times of our own."""

from __future__ import annotations

import pytest

from server.session.pacer import Clock, Meter, Slice


@pytest.mark.parametrize("rate", [0.5, 1, 25, 60, 333.3, 50_000])
def test_a_clock_does_not_drift(rate: float) -> None:
    now, step, clock = 1000.0, 0, Clock(rate, 1000.0, 0)
    while now < 1060:
        step += clock.take(now, step, 10**9)
        now += max(clock.wait(now), 1e-9) + 0.0007  # timers are late, always
    assert step == pytest.approx((now - 1000) * rate, abs=max(2, rate * 0.02))


def test_the_first_update_is_due_at_once_and_never_two_at_a_slow_rate() -> None:
    clock = Clock(1, 5.0, 0)
    assert clock.wait(5.0) == 0 and clock.take(5.0, 0, 100) == 1
    assert clock.take(5.5, 1, 100) == 0
    assert clock.wait(5.5) == pytest.approx(0.5)
    assert clock.take(6.0, 1, 100) == 1


def test_a_stall_is_not_followed_by_a_burst() -> None:
    clock = Clock(100, 0.0, 0)
    step = clock.take(0.0, 0, 10**9)
    burst = clock.take(30.0, step, 10**9)
    assert burst == 10  # a tenth of a second's worth
    assert clock.take(30.0, step + burst, 10**9) == 0
    assert clock.take(31.0, step + burst, 10**9) <= 100


def test_what_a_slice_cannot_take_is_due_at_once() -> None:
    clock = Clock(10_000, 0.0, 0)
    assert clock.take(0.05, 0, 20) == 20
    assert clock.wait(0.05) == 0


def test_waking_early_does_not_put_off_what_is_due() -> None:
    clock, step, now = Clock(1000, 0.0, 0), 0, 0.0
    for _ in range(1000):
        if clock.wait(now) <= 0:
            step += clock.take(now, step, 10**9)
        now += 0.003
    assert step == pytest.approx(3000, abs=15)


def test_slices_find_their_size_and_are_not_misled_by_short_ones() -> None:
    slice, cost = Slice(0.008), 2e-6
    for _ in range(12):
        slice.observe(slice.updates, slice.updates * cost + 20e-6)
    assert 2500 < slice.updates < 4100
    settled = slice.updates
    slice.observe(1, 30e-6)
    assert slice.updates == settled
    slice.observe(100, 0.080)  # it has become slow
    assert slice.updates == 10


def test_the_meter_measures_the_last_second() -> None:
    meter = Meter()
    assert meter.rate is None
    for tick in range(50):
        meter.mark(tick * 0.1, tick * 10)
    assert meter.rate == pytest.approx(100)
    meter.mark(100.0, 5000)
    meter.mark(101.0, 5007)
    assert meter.rate == pytest.approx(7)
