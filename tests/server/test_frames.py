"""Binary frames: alignment, round trips, refusals."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from server.wire.frames import DTYPES, FrameError, decode, encode, finite


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=8),
        st.sampled_from(list(DTYPES.values())).flatmap(
            lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5))
        ),
        max_size=5,
    ),
    st.text(max_size=20),
)
def test_round_trip_and_alignment(arrays: dict[str, np.ndarray], label: str) -> None:
    frame = encode({"type": "frame", "step": 7, "label": label}, arrays)
    header, found = decode(frame)
    assert header == {"type": "frame", "step": 7, "label": label}
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype and found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()
    (length,) = struct.unpack_from("<I", frame)
    entries = json.loads(frame[4 : 4 + length])["arrays"]
    assert all(entry["offset"] % 8 == 0 for entry in entries)
    assert len(frame) % 8 == 0


def test_strided_and_big_endian_arrays_arrive_as_they_read() -> None:
    array = np.arange(12, dtype=">f8").reshape(3, 4)[:, ::2]
    _, found = decode(encode({}, {"a": array}))
    assert np.array_equal(found["a"], array) and found["a"].dtype == np.dtype("<f8")


@pytest.mark.parametrize("dtype", ["i8", "u4", "f2", "c16", "?", "U3"])
def test_other_dtypes_are_refused(dtype: str) -> None:
    with pytest.raises(FrameError, match="dtype"):
        encode({}, {"a": np.zeros(3, dtype)})


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x01",
        struct.pack("<I", 99) + b"{}",
        struct.pack("<I", 2) + b"{}",
        struct.pack("<I", 3) + b"nul",
        encode({}, {"a": np.zeros(4)})[:-8],
    ],
)
def test_broken_frames_are_refused(frame: bytes) -> None:
    with pytest.raises(FrameError):
        decode(frame)


def test_non_finite_numbers_in_a_header_are_strings() -> None:
    meta = {"loss": float("nan"), "norms": [np.float64("inf"), -np.inf], "count": np.int32(3)}
    header, _ = decode(encode({"meta": meta}, {}))
    assert header["meta"] == {"loss": "NaN", "norms": ["Infinity", "-Infinity"], "count": 3}
    assert finite((1, 2.5, None, True)) == [1, 2.5, None, True]
