"""What the vocabulary of lessons says of channels is so: each that is named as telling a number is one of an activity's."""

from __future__ import annotations

from typing import get_args

from engine.lessons.vocabulary import MEASURES
from engine.lessons.vocabulary.row import Tells
from server.activities import registered


def test_channels_that_tell_a_measurement_are_there() -> None:
    channels = {channel.name for kind in registered() for channel in kind.channels}
    assert set(get_args(Tells)) <= channels
    named = {name for row in MEASURES.values() for name in row.tells}
    assert named <= set(get_args(Tells))


def test_what_is_live_and_of_the_present_is_told_by_some_channel() -> None:
    """But for what follows from the settings alone, which every page shows, and an expression, which is no channel's."""
    settings = {"step", "epoch", "steps_per_epoch", "parameters", "multiplications", "price"}
    silent = settings | {"node", "slope", "paths", "path"}
    without = {name for name, row in MEASURES.items() if row.live and not row.tells}
    assert without <= silent
