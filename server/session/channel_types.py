"""What a channel is asked and what it gives."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

from server.protocol import SampleChoice

if TYPE_CHECKING:
    from server.microscope.scope import Sight

Plane = tuple[tuple[float, float], tuple[float, float]]
Arrays = dict[str, NDArray[Any]]


class Cursor(NamedTuple):
    """How much of a recorded series a viewer has."""

    run: int
    branch: int
    revision: int
    length: int


class Want(NamedTuple):
    """What a viewer asks of a channel. `cursor` is what the channel's last picture gave: how much of it the viewer has."""

    run: int
    grid: int
    cursor: Hashable
    sample: SampleChoice | None = None
    sight: Sight | None = None
    lane: int | None = None
    plane: Plane | None = None


class Picture(NamedTuple):
    meta: dict[str, Any]
    arrays: Arrays
    cursor: Hashable = None
