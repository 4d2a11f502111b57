"""A piece of the wall: what a learner's own session says of its run, and what the teacher's reads. It travels and is kept as a
frame does, in a few hundred bytes."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any

from numpy.typing import NDArray

from server.wire.frames import decode, encode


@dataclass(frozen=True)
class Piece:
    """`value` is the run's one number and `number` says what it is; `met`: whether the task was met, None where there is none;
    `over`: the run is at its end; `board` is the best value so far of the measurement `board_of`. `arrays`: `map` or `classes`
    u8 (16, 16), row 0 the lowest y, or `curve` f32 (32,), the logarithms of its loss."""

    member: int
    number: dict[str, Any]
    value: float | None = None
    met: bool | None = None
    seed: int | None = None
    step: int = 0
    over: bool = False
    board: float | None = None
    board_of: str = ""
    classes: int = 0
    when: float = field(default_factory=time.time)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict, compare=False)

    def written(self) -> bytes:
        plain = {name: value for name, value in asdict(self).items() if name != "arrays"}
        return encode({"type": "piece", **plain}, self.arrays)


def read_piece(content: bytes) -> Piece:
    header, arrays = decode(content)
    plain = {name: value for name, value in header.items() if name not in ("type", "arrays")}
    return Piece(**plain, arrays={name: array.copy() for name, array in arrays.items()})
