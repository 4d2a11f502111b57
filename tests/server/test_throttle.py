"""What changes all the time is told every so often, and what was held back is told in the end."""

import math

from server.session.pacer import Throttle


def test_what_is_held_back_is_due_when_the_interval_is_over() -> None:
    throttle = Throttle()
    assert throttle.allows(10.0, 0.5)
    throttle.told(10.0)
    assert throttle.wait(10.1, 0.5) == math.inf, "nothing is held back"
    assert not throttle.allows(10.2, 0.5)
    assert math.isclose(throttle.wait(10.2, 0.5), 0.3)
    assert throttle.wait(10.7, 0.5) == 0.0
    assert throttle.allows(10.7, 0.5) and throttle.wait(10.7, 0.5) == math.inf


def test_a_word_ahead_of_its_time_makes_up_for_what_was_held_back() -> None:
    throttle = Throttle()
    throttle.told(1.0)
    assert not throttle.allows(1.1, 1.0)
    assert throttle.allows(1.2, 1.0, hurry=True)
    assert throttle.wait(1.2, 1.0) == math.inf, "also where it was no news"
    throttle.told(1.2)
    assert not throttle.allows(2.1, 1.0) and math.isclose(throttle.wait(2.1, 1.0), 0.1)
    assert throttle.wait(2.1, 0.5) == 0.0, "a shorter interval is over sooner"
