"""What a channel is asked and what it gives."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from numpy.typing import NDArray

from server.protocol import SampleChoice

Plane = tuple[tuple[float, float], tuple[float, float]]
Arrays = dict[str, NDArray[Any]]


class Cursor(NamedTuple):
    """How much of a recorded series a viewer has."""

    run: int
    branch: int
    revision: int
    length: int


class Want(NamedTuple):
    """What a viewer asks of a channel. `run`: the number that the frame carries. `cursor` is what the channel's last picture
    gave: how much of it the viewer has."""

    run: int
    grid: int
    cursor: Hashable = None
    sample: SampleChoice | None = None
    lane: int | None = None
    plane: Plane | None = None
    viewer: Hashable = None
    """Whose it is, for what an activity remembers of each."""


class Cadence(NamedTuple):
    """How often a channel is drawn at most, while what it shows moves: `least` seconds are between two pictures. `apart`: a
    picture takes no more than one part of the time in so many, and the other channels do not wait for it."""

    least: float
    apart: int | None = None


FRAME = Cadence(1 / 60)
"""No more often than a screen shows it …"""
READING = Cadence(1 / 10)
"""… what holds numbers to read no more often than they can be read …"""
STUDY = Cadence(1 / 3)
"""… what takes several passes over the training set is to be studied, not watched …"""
DIAGNOSIS = Cadence(1 / 2, apart=20)
"""… and a diagnosis comes no more often than its words can be read; the others do not wait for it."""


class Picture(NamedTuple):
    meta: dict[str, Any]
    arrays: Arrays
    cursor: Hashable = None
