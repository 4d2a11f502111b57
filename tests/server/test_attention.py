"""Whether somebody looks, and how quickly a page reads: judgements on times of our own."""

from __future__ import annotations

from server.session.audience import Attention
from server.session.viewer import LONGEST, OPENING, QUICK, SLOW, Reading


def test_what_nobody_looks_at_rests_after_a_while_and_goes_on_when_somebody_does() -> None:
    attention = Attention(10.0, 100.0)
    assert not attention.rests(110.0) and attention.rests(110.1)
    assert attention.turn(True, 120.0) is True and not attention.rests(1000.0)
    assert attention.turn(False, 1000.0) is False
    attention.turn(False, 1005.0)  # the hidden page is closed, too: it was not looked at before either
    assert not attention.rests(1009.0) and attention.rests(1010.1)
    assert attention.turn(True, 1009.0) is False, "there was no rest to end"
    assert attention.turn(True, 2000.0) is False


def test_a_page_that_opens_is_not_judged() -> None:
    reading = Reading()
    assert not any(reading.took(LONGEST) for _ in range(OPENING)) and not reading.slow
    assert not reading.took(LONGEST) and reading.took(LONGEST) and reading.slow


def test_one_slow_frame_is_no_judgement_and_between_the_bounds_it_stays() -> None:
    reading = Reading()
    for _ in range(20):
        assert not reading.took(0.02)
    assert not reading.took(LONGEST * 50) and not reading.slow
    turned = [reading.took(2 * SLOW) for _ in range(20)]
    assert turned.count(True) == 1 and reading.slow
    between = (SLOW + QUICK) / 2
    assert not any(reading.took(between) for _ in range(50)) and reading.slow
    turned = [reading.took(QUICK / 5) for _ in range(20)]
    assert turned.count(True) == 1 and not reading.slow
    assert not any(reading.took(between) for _ in range(50)) and not reading.slow


def test_a_laptop_that_slept_is_soon_quick_again() -> None:
    reading = Reading()
    while not reading.slow:
        reading.took(3600.0)
    assert sum(1 for _ in range(20) if reading.slow and not reading.took(0.02)) < 10
