"""A recording: numbers frame by frame as the engine has them, and the words that stand beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 2_100_000
"""Of a recording's arrays: written out in base64 and with its player a file of less than 3 MB, however badly it packs."""
RATE = 10
"""Frames a second, at most."""
SECONDS = (5, 60)
"""That a replay may play for, least and most."""


class RecordingError(ValueError):
    """What cannot be recorded: the field it is about, why, and what is allowed."""

    def __init__(self, field: str, message: str, allowed: str) -> None:
        super().__init__(f"{field}: {message}; allowed: {allowed}")
        self.field, self.message, self.allowed = field, message, allowed


@dataclass
class Recording:
    """`kind` says what it is of; `steps` (n,) are the updates that had been made at each frame (or the micro-steps), `seconds`
    how long they play. Arrays of numbers are float64, the engine's own bits; only what is drawn is rounded,
    to bytes or float32."""

    kind: str
    title: str
    steps: NDArray[np.int32]
    seconds: float
    meta: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of its arrays."""
        return sum(array.nbytes for array in self.arrays.values()) + self.steps.nbytes


def span(first: int, last: int) -> str:
    """What is allowed, in words."""
    return str(first) if first == last else f"{first} to {last}"


def frames_of(first: int, last: int, seconds: int, bytes_each: int, bytes_once: int = 0) -> NDArray[np.int32]:
    """The steps that are recorded of those from `first` to `last`: all, or evenly so many as play for `seconds` and fit.
    Raises RecordingError where there would be fewer than one a second."""
    if not first < last:
        raise RecordingError("last", f"{last} given, which is not after the first", f"{first + 1} or more")
    fitting = (MOST_BYTES - bytes_once) // bytes_each
    wanted = min(last - first + 1, RATE * seconds + 1)
    if fitting < min(wanted, seconds + 1):
        least = SECONDS[0] + 1
        if fitting < least:
            most = f"{MOST_BYTES // least} bytes a frame, it has {bytes_each}"
            raise RecordingError("seconds", "each frame has so many numbers that a file of 3 MB holds too few of them", most)
        allowed = span(SECONDS[0], min(fitting - 1, SECONDS[1]))
        raise RecordingError("seconds", f"{seconds} s of a run with so many numbers are more than a file of 3 MB", allowed)
    return np.unique(np.linspace(first, last, min(wanted, fitting)).round()).astype(np.int32)
