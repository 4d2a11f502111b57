"""Bytes for the database, and back: plain data, the numbers of a run, stretches of its series."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from server.keeping.records import Piece
from server.protocol.long_json import pieces, read
from server.wire.frames import decode, encode

if TYPE_CHECKING:
    from engine.array import Array

MOST = 256_000_000
"""Bytes that packed data may unfold to."""


def pack(data: Any) -> bytes:
    packer = zlib.compressobj(1)
    return b"".join([*(packer.compress(piece.encode()) for piece in pieces(data)), packer.flush()])


def unpack(packed: bytes) -> Any:
    return read(zlib.decompressobj().decompress(packed, MOST).decode())


def pack_numbers(numbers: Mapping[str, NDArray[Any]]) -> bytes:
    """Whole numbers are far below 2⁵³, so they travel as f64 like all else."""
    return encode({}, {name: array.astype(np.float64, copy=False) for name, array in numbers.items()})


def unpack_numbers(packed: bytes) -> dict[str, NDArray[Any]]:
    from engine.script.keeping import WHOLE

    _, numbers = decode(packed)
    return {key: array.astype(np.int64) if key in WHOLE else array for key, array in numbers.items()}


def pack_points(points: Array) -> bytes:
    return zlib.compress(np.ascontiguousarray(points).tobytes(), 1)


def lines(pieces: Iterable[Piece], columns: Sequence[str]) -> dict[int, Array]:
    """Of each branch its points (n, columns) as they were kept. Of pieces with other columns than is said there are none."""
    found: dict[int, Array] = {}
    for piece in pieces:
        flat = np.frombuffer(zlib.decompressobj().decompress(piece.points, MOST))
        if flat.size % len(columns):
            return {}
        points = flat.reshape(-1, len(columns))
        found[piece.branch] = np.vstack([found[piece.branch][: piece.start], points]) if piece.start else points.copy()
    return found
