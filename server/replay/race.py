"""What a replay of a race has beside its numbers: the ground with its contours, how lanes look, the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from engine.array import Array
    from engine.export.replay.recording import Recording

NOTHING = 255
"""The shade of what is no height."""


def lay_ground(recording: Recording, heights: Array, positions: Array, end: int, contours: Sequence[float]) -> None:
    """Heights (rows, columns) over the plane, lowest row first, in float32 for the contours that are drawn of them, and their
    places on the colour scale, 0 to `end`, as bytes. Both are pictures: numbers that are told are others."""
    shades = np.full(heights.shape, NOTHING, dtype=np.uint8)
    known = np.isfinite(positions)
    shades[known] = np.round(positions[known] * ((NOTHING - 1) / max(1, end))).astype(np.uint8)
    recording.arrays |= {"heights": heights.astype(np.float32), "shades": shades}
    recording.meta["contours"] = list(contours)


def lane(
    number: int, name: str, light: str, dark: str, dash: str, reached: int | None, arrived: int | None, diverged: int | None
) -> dict[str, Any]:
    """As the player has a lane: its colour in both themes, when it reached the finish, arrived and stayed, left."""
    colours = {"light": light, "dark": dark}
    told = {"id": number, "name": name, "colours": colours, "dash": dash}
    return told | {"reached": reached, "arrived": arrived, "diverged": diverged}
