"""Own data inside a spec: {"name": "inline", "task": …, "train_x": [[…]], "train_y": […], …}."""

from __future__ import annotations

import math
from typing import Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from engine.array import Array
from engine.rows.datasets import HALF_WIDTH
from engine.rows.features import ALIASES, features_for
from engine.spec.fields import Many
from engine.spec.rows import Rows, Targets, array_of, plain

MAX_ROWS = 20_000
MAX_COLUMNS = 1024
MAX_CLASSES = 64
MAX_NAME = 80
PLANE = ("x", "y")
SAMPLES = frozenset(f"{split}_{axis}" for split in ("train", "validation", "test") for axis in "xy")
"""The fields that hold numbers."""


def refuse(field: str, problem: str, allowed: str) -> PydanticCustomError:
    context = {"problem": f"{field}: {problem}", "allowed": allowed, "field": field}
    return PydanticCustomError("inline_data", "{problem}; allowed: {allowed}", context)


class InlineData(BaseModel):
    """Own samples, (n, columns) each split; targets are class indices 0, 1, … or values, one or a list for each sample.

    `kind` "plane": two columns within [-6, 6], drawn and given by `features` as built-in plane data are; "image": square
    pictures, row by row. The names (of the columns, the classes, the target, the whole) are only shown.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )

    name: Literal["inline"] = "inline"
    task: Literal["regression", "classification"]
    train_x: Rows
    train_y: Targets
    validation_x: Rows | None = None
    validation_y: Targets | None = None
    test_x: Rows | None = None
    test_y: Targets | None = None
    standardize: bool = False
    kind: Literal["table", "plane", "image"] = "table"
    features: Many[str] | None = None
    columns: Many[str] | None = None
    classes: Many[str] | None = None
    target: str | None = None
    title: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        """NumPy arrays are welcome too."""
        if isinstance(raw, dict):
            return {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in raw.items()}
        return raw

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
            if any(self._outputs((target,)) != outputs for target in y) or not 1 <= outputs <= MAX_COLUMNS:
                allowed = f"every target {outputs} long, 1 to {MAX_COLUMNS}"
                raise refuse(f"{split}_y", "targets of different or impossible length", allowed)
            values = array_of(y)
            if not (np.isfinite(array_of(x)).all() and np.isfinite(values).all()):
                raise refuse(f"{split}_x", "samples and targets must be finite", "finite numbers")
            if self.task == "classification" and (
                outputs != 1 or ((values % 1 != 0) | (values < 0) | (values >= MAX_CLASSES)).any()
            ):
                raise refuse(f"{split}_y", "classes are whole numbers", f"0 to {MAX_CLASSES - 1}")
        self._as_plane(columns)
        self._named(columns)
        return self

    def _as_plane(self, columns: int) -> None:
        """What a plane or a picture asks of its samples, and a plane's features; others have none."""
        if self.kind != "plane":
            if self.kind == "image" and math.isqrt(columns) ** 2 != columns:
                raise refuse("kind", f"{columns} columns are no square picture", "1, 4, 9, 16, … columns")
            if self.features:
                raise refuse("features", "only data of the kind 'plane' have features", "none")
            object.__setattr__(self, "features", ())
            return
        if columns != 2:
            raise refuse("kind", f"a plane has two columns, not {columns}", "table, or two columns")
        for split in ("train", "validation", "test"):
            if (np.abs(self.split(split)[0]) > HALF_WIDTH).any():
                raise refuse(f"{split}_x", "samples outside of the plane", f"numbers in [-{HALF_WIDTH:g}, {HALF_WIDTH:g}]")
        names = PLANE if self.features is None else tuple(ALIASES.get(name, name) for name in self.features)
        allowed = features_for(PLANE)
        unknown = [name for name in names if name not in allowed]
        if unknown:
            raise refuse("features", f"'{unknown[0]}' is no feature of a plane", ", ".join(allowed))
        if not names or len(set(names)) < len(names):
            raise refuse("features", "at least one, each once", ", ".join(allowed))
        object.__setattr__(self, "features", names)

    def _named(self, columns: int) -> None:
        """Names are short, and none stands for two things."""
        for field, names in (("columns", self.columns), ("classes", self.classes)):
            if names is not None and not (len(set(names)) == len(names) and all(0 < len(name) <= MAX_NAME for name in names)):
                raise refuse(field, "each name once, none empty or very long", f"different names of 1 to {MAX_NAME} characters")
        for field, name in (("target", self.target), ("title", self.title)):
            if name is not None and not 0 < len(name) <= MAX_NAME:
                raise refuse(field, "empty or very long", f"1 to {MAX_NAME} characters")
        if self.columns is not None and len(self.columns) != columns:
            raise refuse("columns", f"{len(self.columns)} names for {columns} columns", f"{columns} names")
        if self.classes is not None:
            if self.task == "regression":
                raise refuse("classes", "a regression has none", "none")
            most = self._most_classes
            if not most <= len(self.classes) <= MAX_CLASSES:
                raise refuse("classes", f"{len(self.classes)} names for {most} classes", f"{most} to {MAX_CLASSES} names")

    @staticmethod
    def _outputs(targets: Any) -> int:
        return len(targets[0]) if targets and isinstance(targets[0], tuple) else 1

    def as_plain(self) -> dict[str, Any]:
        """As `model_dump(mode="json")` has it."""
        told = self.model_dump(mode="json", exclude=set(SAMPLES))
        return {name: plain(getattr(self, name)) if name in SAMPLES else told[name] for name in type(self).model_fields}

    @property
    def train_rows(self) -> int:
        return len(self.train_x)

    def split(self, name: str) -> tuple[Array, Array]:
        """Samples (n, columns) and targets (n,) or (n, outputs) of a split; n = 0 where it is absent."""
        x, y = getattr(self, f"{name}_x"), getattr(self, f"{name}_y")
        if not x:
            return np.zeros((0, len(self.train_x[0]))), np.zeros((0, self._outputs(self.train_y)))
        return array_of(x), array_of(y).reshape(len(y), -1)

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """Rows and columns of a sample that is a picture."""
        side = math.isqrt(len(self.train_x[0]))
        return (side, side) if self.kind == "image" else None

    @property
    def note(self) -> str:
        """What is to be known of the samples: nothing."""
        return ""

    @property
    def column_names(self) -> tuple[str, ...]:
        if self.columns is not None:
            return self.columns
        return PLANE if self.kind == "plane" else tuple(f"x{i + 1}" for i in range(len(self.train_x[0])))

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.classes if self.classes is not None else tuple(str(i) for i in range(self.class_count))

    @property
    def class_count(self) -> int:
        if self.task == "regression":
            return 0
        return self._most_classes if self.classes is None else len(self.classes)

    @property
    def _targets(self) -> list[Array]:
        raw = (self.train_y, self.validation_y, self.test_y)
        return [array_of(targets) for targets in raw if targets]

    @property
    def _most_classes(self) -> int:
        return max(2, 1 + int(max(targets.max() for targets in self._targets)))

    def targets_within(self, low: float, high: float) -> bool:
        return all(bool(((y >= low) & (y <= high)).all()) for y in self._targets)
