"""Samples from a file: a table of numbers (CSV), or arrays x and y (NumPy's .npz)."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.importing.imported import UnsupportedError, listed
from engine.spec.inline import MAX_ROWS

MOST_BYTES = 64_000_000
"""Of a file, and of what it unfolds to."""


def checked(path: Path) -> Path:
    """A file that is there and not too large."""
    if not path.is_file():
        raise UnsupportedError(str(path), "there is no such file", "the path of a file")
    if path.stat().st_size > MOST_BYTES:
        raise UnsupportedError(str(path), f"{path.stat().st_size:,} bytes", f"at most {MOST_BYTES:,}")
    return path


def check_unfolded(path: Path) -> None:
    """An archive may say in a few bytes that it is of many."""
    with zipfile.ZipFile(path) as archive:
        unfolded = sum(each.file_size for each in archive.infolist())
    if unfolded > MOST_BYTES:
        raise UnsupportedError(str(path), f"it unfolds to {unfolded:,} bytes", f"at most {MOST_BYTES:,}")


def read(path: Path, target: str | None) -> tuple[NDArray[Any], NDArray[Any]]:
    """x (n, columns) and y (n,) or (n, outputs); of a table `target` is the column that is y, the last one by default."""
    return _arrays(checked(path)) if path.suffix == ".npz" else _table(checked(path), target)


def _arrays(path: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        check_unfolded(path)
        with np.load(path, allow_pickle=False) as found:
            if not {"x", "y"} <= set(found.files):
                raise UnsupportedError(str(path), f"it holds {listed(found.files)}", "arrays named x and y")
            return found["x"], found["y"]
    except UnsupportedError:
        raise
    except (ValueError, OSError, zipfile.BadZipFile, KeyError) as error:
        raise UnsupportedError(str(path), f"it cannot be read ({error})", "what numpy.savez(file, x=…, y=…) writes") from error


def _table(path: Path, target: str | None) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = [row for row in csv.reader(lines) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnsupportedError(str(path), f"it cannot be read ({error})", "a table of numbers, CSV in UTF-8") from error
    names = [] if not rows or any(_number(cell) is not None for cell in rows[0]) else [cell.strip() for cell in rows.pop(0)]
    if not rows or len(rows[0]) < 2 or len(rows) > MAX_ROWS or any(len(row) != len(rows[0]) for row in rows):
        raise UnsupportedError(
            str(path), "rows of different lengths, too many or none", f"1 to {MAX_ROWS} rows of two cells or more"
        )
    if target is not None and target not in names:
        raise UnsupportedError("--target", f"no column '{target}'", listed(names) if names else "none: the table has no names")
    at = len(rows[0]) - 1 if target is None else names.index(target)
    y = [row[at].strip() for row in rows]
    x = [[_number(cell) for place, cell in enumerate(row) if place != at] for row in rows]
    for number, row in enumerate(x, 1):
        if None in row:
            raise UnsupportedError(f"{path}, row {number}", "a cell that is no number", "numbers, but for the target")
    numbers = [_number(cell) for cell in y]
    if None not in numbers:
        return np.array(x, dtype=np.float64), np.array(numbers, dtype=np.float64)
    return np.array(x, dtype=np.float64), np.array(y)


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
