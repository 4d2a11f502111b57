"""What a run answers over the plane, in small: of two-column tables, too, which the Train view does not draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.evaluator import range_of
from engine.trainer import Trainer

MARGIN = 0.5
"""Of the samples' reach, on every side."""


def answer_map(trainer: Trainer, grid: int) -> NDArray[np.uint8] | None:
    """(grid, grid), row 0 lowest y: the output from 0 to 255 over its range, or the class predicted where there are several.
    None where a sample has not two columns."""
    found = trainer.unit_maps(grid, slice(-1, None))
    if found is not None:
        return found.maps[0] if found.classes is None else found.classes
    dataset = trainer.dataset
    if dataset.kind != "table" or len(dataset.columns) != 2:
        return None
    raw = dataset.splits["train"].raw
    low, high = raw.min(axis=0), raw.max(axis=0)
    reach = np.where(high > low, high - low, 1.0)
    middles = (np.arange(grid) + 0.5) / grid * (1.0 + 2.0 * MARGIN) - MARGIN
    x, y = low[0] + middles * reach[0], low[1] + middles * reach[1]
    outputs = trainer.predict(np.column_stack([np.tile(x, grid), np.repeat(y, grid)]))
    if outputs.shape[1] > 1:
        told: NDArray[np.uint8] = outputs.argmax(axis=1).astype(np.uint8).reshape(grid, grid)
        return told
    bottom, top = range_of(outputs[:, 0], trainer.tape.bound(len(trainer.tape.sizes) - 1))
    share = np.nan_to_num((outputs[:, 0] - bottom) / (top - bottom), nan=0.5)
    levels: NDArray[np.uint8] = np.rint(255.0 * np.clip(share, 0.0, 1.0)).astype(np.uint8).reshape(grid, grid)
    return levels
