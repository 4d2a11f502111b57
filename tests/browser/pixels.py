"""The pixels of a PNG as screenshots are: eight bits a channel, not interlaced."""

from __future__ import annotations

import struct
import zlib

import numpy as np


def pixels(png: bytes) -> np.ndarray:
    """Rows × columns × three channels, bytes."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", png[16:29])
    channels = {2: 3, 6: 4}[colour]
    assert depth == 8 and not interlaced
    packed, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * channels)
    above = np.zeros((width, channels), np.int64)
    found = np.empty((height, width, channels), np.uint8)
    for row, (line, kind) in enumerate(zip(lines[:, 1:].reshape(height, width, channels), lines[:, 0], strict=True)):
        above = _unfiltered(line.astype(np.int64), int(kind), above)
        found[row] = above
    return np.ascontiguousarray(found[:, :, :3])


def _unfiltered(line: np.ndarray, kind: int, above: np.ndarray) -> np.ndarray:
    """A line as it was before its filter (PNG, 9.2)."""
    if kind == 0:
        return line
    if kind == 1:
        return np.cumsum(line, axis=0) % 256
    if kind == 2:
        return (line + above) % 256
    left, corner = np.zeros_like(line[0]), np.zeros_like(line[0])
    for i in range(len(line)):
        if kind == 3:
            line[i] = (line[i] + (left + above[i]) // 2) % 256
        else:
            near = left + above[i] - corner
            to_left, to_above, to_corner = abs(near - left), abs(near - above[i]), abs(near - corner)
            nearest = np.where(
                (to_left <= to_above) & (to_left <= to_corner), left, np.where(to_above <= to_corner, above[i], corner)
            )
            line[i] = (line[i] + nearest) % 256
        left, corner = line[i], above[i]
    return line
