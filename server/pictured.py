"""What a channel is asked and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

from server.protocol import SampleChoice

if TYPE_CHECKING:
    from server.microscope import Sight

Arrays = dict[str, NDArray[Any]]


class Cursor(NamedTuple):
    """How much of a recorded series a viewer has."""

    run: int
    branch: int
    revision: int
    length: int


class Want(NamedTuple):
    """What a viewer asks of a channel."""

    run: int
    grid: int
    cursor: Cursor | None
    sample: SampleChoice | None = None
    sight: Sight | None = None


class Picture(NamedTuple):
    meta: dict[str, Any]
    arrays: Arrays
    cursor: Cursor | None = None
