"""Own data inside a spec: {"name": "inline", "task": …, "train_x": [[…]], "train_y": […], …}."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

Array = NDArray[np.float64]
Rows = tuple[tuple[float, ...], ...]
Targets = tuple[float, ...] | Rows
MAX_ROWS = 20_000
MAX_COLUMNS = 1024
MAX_CLASSES = 64


def refuse(field: str, problem: str, allowed: str) -> PydanticCustomError:
    context = {"problem": f"{field}: {problem}", "allowed": allowed, "field": field}
    return PydanticCustomError("inline_data", "{problem}; allowed: {allowed}", context)


class InlineData(BaseModel):
    """Own samples, (n, columns) each split; targets are class indices 0, 1, … or values, one or a list for each sample."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    name: Literal["inline"] = "inline"
    task: Literal["regression", "classification"]
    train_x: Rows
    train_y: Targets
    validation_x: Rows | None = None
    validation_y: Targets | None = None
    test_x: Rows | None = None
    test_y: Targets | None = None
    standardize: bool = False

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        """NumPy arrays are welcome too."""
        if isinstance(given, dict):
            return {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in given.items()}
        return given

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.train_x:
            raise refuse("train_x", "there must be a sample to train on", f"1 to {MAX_ROWS} rows")
        columns = len(self.train_x[0])
        outputs = self._outputs(self.train_y)
        for split in ("train", "validation", "test"):
            x, y = getattr(self, f"{split}_x"), getattr(self, f"{split}_y")
            if (x is None) != (y is None):
                raise refuse(f"{split}_y", f"it goes together with {split}_x", "both or neither")
            if x is None or y is None:
                continue
            if len(x) != len(y) or len(x) > MAX_ROWS:
                raise refuse(
                    f"{split}_y", f"{len(y)} targets for {len(x)} samples", f"as many targets as samples, at most {MAX_ROWS}"
                )
            if any(len(row) != columns for row in x) or not 1 <= columns <= MAX_COLUMNS:
                raise refuse(
                    f"{split}_x", "rows of different or impossible length", f"every row {columns} long, 1 to {MAX_COLUMNS}"
                )
            if any(self._outputs((target,)) != outputs for target in y):
                raise refuse(f"{split}_y", "targets of different length", f"every target {outputs} long")
            values = np.asarray(y, dtype=np.float64)
            if not (np.isfinite(np.asarray(x, dtype=np.float64)).all() and np.isfinite(values).all()):
                raise refuse(f"{split}_x", "samples and targets must be finite", "finite numbers")
            if self.task == "classification" and (
                outputs != 1 or ((values % 1 != 0) | (values < 0) | (values >= MAX_CLASSES)).any()
            ):
                raise refuse(f"{split}_y", "classes are whole numbers", f"0 to {MAX_CLASSES - 1}")
        return self

    @staticmethod
    def _outputs(targets: Any) -> int:
        return len(targets[0]) if targets and isinstance(targets[0], tuple) else 1

    def split(self, name: str) -> tuple[Array, Array]:
        """Samples (n, columns) and targets (n,) or (n, outputs) of a split; n = 0 where it is absent."""
        x, y = getattr(self, f"{name}_x"), getattr(self, f"{name}_y")
        if not x:
            return np.zeros((0, len(self.train_x[0]))), np.zeros((0, self._outputs(self.train_y)))
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64).reshape(len(y), -1)

    @property
    def class_count(self) -> int:
        if self.task == "regression":
            return 0
        return max(
            2, 1 + int(max(targets.max() for _, targets in map(self.split, ("train", "validation", "test")) if targets.size))
        )

    def targets_within(self, low: float, high: float) -> bool:
        return all(bool(((y >= low) & (y <= high)).all()) for _, y in map(self.split, ("train", "validation", "test")))
