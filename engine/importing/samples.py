"""Samples and targets that are given, as the data of a spec."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.importing.imported import UnsupportedError
from engine.spec.inline import MAX_CLASSES, MAX_COLUMNS, MAX_ROWS


def plain_array(given: Any, where: str) -> NDArray[Any]:
    """A tensor of PyTorch's, an array, a frame or lists as an array."""
    if hasattr(given, "detach"):
        given = given.detach().cpu()
        given = given.double() if given.is_floating_point() else given
        given = given.numpy()
    array = np.asarray(given)
    if array.dtype.kind not in "fiubUSO" or array.size == 0:
        raise UnsupportedError(where, f"an array of {array.dtype}, shape {array.shape}", "numbers, one sample at least")
    return array


def inputs_of(given: Any, columns: int, *, flat: bool = False) -> Array:
    """x as (n, columns) float64; `flat`: the network lays out what has more axes."""
    array = plain_array(given, "x")
    if flat and array.ndim > 2:
        array = array.reshape(len(array), -1)
    if array.ndim != 2 or array.shape[1] != columns:
        allowed = f"(n, {columns}), a row a sample"
        if array.ndim > 2 and array.size == len(array) * columns:
            allowed += "; x.reshape(len(x), -1) is"
        raise UnsupportedError("x", f"shape {array.shape}", allowed)
    if len(array) > MAX_ROWS or columns > MAX_COLUMNS:
        raise UnsupportedError("x", f"shape {array.shape}", f"at most {MAX_ROWS} rows of {MAX_COLUMNS} columns: give a batch")
    try:
        found = array.astype(np.float64)
    except (TypeError, ValueError):
        raise UnsupportedError("x", "it holds what is no number", "numbers alone: encode categories first") from None
    if not np.isfinite(found).all():
        raise UnsupportedError("x", "it holds a value that is not finite", "finite numbers: fill in what is missing first")
    return found


def values_of(given: Any, rows: int, outputs: int, where: str = "y") -> Array:
    """y as (n, outputs) float64."""
    array = plain_array(given, where)
    if array.shape != (rows, outputs) and not (outputs == 1 and array.shape == (rows,)):
        allowed = f"({rows}, {outputs})" + (f" or ({rows},)" if outputs == 1 else "")
        raise UnsupportedError(where, f"shape {array.shape} for {rows} samples and {outputs} outputs", allowed)
    try:
        found = array.astype(np.float64).reshape(rows, outputs)
    except (TypeError, ValueError):
        raise UnsupportedError(where, "it holds what is no number", "numbers") from None
    if not np.isfinite(found).all():
        raise UnsupportedError(where, "it holds a value that is not finite", "finite numbers")
    return found


def classes_of(given: Any, rows: int, count: int) -> NDArray[np.int64]:
    """y as indices of `count` classes, (n,); rows of ones and zeros are read as the place of their one."""
    array = plain_array(given, "y")
    if array.shape == (rows, count) and count > 1:
        if not (((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all()):
            raise UnsupportedError("y", "targets are probabilities of classes", "class indices, or one 1 in each row")
        return np.asarray(array.argmax(axis=1), dtype=np.int64)
    found = array.reshape(-1) if array.shape == (rows, 1) else array
    if found.shape != (rows,) or found.dtype.kind not in "iubf":
        raise UnsupportedError("y", f"shape {array.shape} of {array.dtype} for {rows} samples", f"({rows},), class indices")
    whole: NDArray[np.int64] = found.astype(np.int64)
    most = 2 if count == 1 else count
    if most > MAX_CLASSES:
        raise UnsupportedError("y", f"{most} classes", f"at most {MAX_CLASSES}")
    if (whole != found).any() or whole.min() < 0 or whole.max() >= most:
        raise UnsupportedError("y", f"targets from {found.min()} to {found.max()}", f"class indices 0 to {most - 1}")
    return whole


def looks_like_classes(given: Any) -> bool:
    """Whether targets are whole numbers by their type, one a sample."""
    array = plain_array(given, "y")
    return array.dtype.kind in "iub" and (array.ndim == 1 or array.shape[1:] == (1,))


def regression(x: Array, y: Array) -> dict[str, Any]:
    """The data of a spec; of one output each target is a number."""
    return {"name": "inline", "task": "regression", "train_x": x, "train_y": y[:, 0] if y.shape[1] == 1 else y}


def classification(x: Array, y: NDArray[np.int64], names: list[str]) -> dict[str, Any]:
    return {"name": "inline", "task": "classification", "train_x": x, "train_y": y, "classes": names}
