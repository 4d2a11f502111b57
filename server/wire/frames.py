"""Binary frames: a JSON header that names typed arrays, then the arrays, aligned so that the page maps them without a copy.

Layout: u32 little-endian length of the header, the header in UTF-8, zero padding to a multiple of 8, the payload. Offsets are
relative to the payload and multiples of 8. Numbers are little-endian.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
import pydantic_core
from numpy.typing import NDArray

DTYPES: dict[str, np.dtype[Any]] = {
    "f64": np.dtype("<f8"),
    "f32": np.dtype("<f4"),
    "i32": np.dtype("<i4"),
    "u8": np.dtype("u1"),
}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_LENGTH = struct.Struct("<I")
LONG = 2**21
"""Bytes of a frame that are put together in one go."""


class FrameError(ValueError):
    """A frame that cannot be encoded or decoded."""


def encode(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """One frame: `header` plus the list ``arrays`` made from the arrays given, and their bytes (copied)."""
    entries: list[dict[str, Any]] = []
    placed: list[NDArray[Any]] = []
    size = 0
    for name, array in arrays.items():
        kind = _NAMES.get(array.dtype.newbyteorder("<"))
        if kind is None:
            raise FrameError(f"array {name!r} has dtype {array.dtype}; frames carry {', '.join(DTYPES)}")
        entries.append({"name": name, "dtype": kind, "shape": list(array.shape), "offset": size})
        placed.append(np.ascontiguousarray(array, dtype=DTYPES[kind]))
        size = _aligned(size + array.nbytes)
    text = _json({**header, "arrays": entries})
    parts: list[bytes | memoryview] = [_LENGTH.pack(len(text)), text, _padding(_LENGTH.size + len(text))]
    for array in placed:
        parts += (array.reshape(-1).view(np.uint8).data, _padding(array.nbytes))
    return b"".join(parts) if size < LONG else _joined(parts)


def _joined(parts: list[bytes | memoryview]) -> bytes:
    """Of what is long a stretch at a time: megabytes in one go would hold up whoever waits for the thread."""
    from engine.parts import give_way  # here, so that the server answers before the engine is imported

    whole = BytesIO(bytes(sum(len(part) for part in parts)))  # written over in place, and handed out without a copy
    for part in parts:
        for first in range(0, len(part), LONG):
            whole.write(part[first : first + LONG])
            give_way()
    return whole.getvalue()


def _json(header: dict[str, Any]) -> bytes:
    """Most headers are of Python's own numbers; those with others are walked through."""
    try:
        return pydantic_core.to_json(header, inf_nan_mode="strings")
    except pydantic_core.PydanticSerializationError:
        return pydantic_core.to_json(finite(header))


def decode(frame: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header (without its list of arrays) and read-only views of the arrays."""
    if len(frame) < _LENGTH.size:
        raise FrameError("a frame begins with the length of its header")
    (length,) = _LENGTH.unpack_from(frame)
    if _LENGTH.size + length > len(frame):
        raise FrameError("the header is longer than the frame")
    try:
        header = json.loads(frame[_LENGTH.size : _LENGTH.size + length])
    except ValueError as error:
        raise FrameError(f"the header is not JSON: {error}") from None
    if not isinstance(header, dict) or not isinstance(header.get("arrays"), list):
        raise FrameError("the header lists no arrays")
    payload = memoryview(frame)[_aligned(_LENGTH.size + length) :]
    return header, {entry["name"]: _view(payload, entry) for entry in header.pop("arrays")}


def _view(payload: memoryview, entry: dict[str, Any]) -> NDArray[Any]:
    dtype = DTYPES.get(entry["dtype"])
    shape, offset = entry["shape"], entry["offset"]
    if dtype is None:
        raise FrameError(f"unknown dtype {entry['dtype']!r}")
    if offset < 0 or offset % 8:
        raise FrameError(f"the offset {offset} of {entry['name']!r} is no multiple of 8")
    count = math.prod(shape)
    if any(side < 0 for side in shape) or offset + count * dtype.itemsize > len(payload):
        raise FrameError(f"{entry['name']!r} reaches beyond the payload")
    return np.frombuffer(payload, dtype, count, offset).reshape(shape)


def finite(value: Any) -> Any:
    """The same value with non-finite numbers as the strings "NaN", "Infinity", "-Infinity", and NumPy scalars as Python's."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _aligned(size: int) -> int:
    return (size + 7) & ~7


def _padding(size: int) -> bytes:
    return bytes(_aligned(size) - size)
