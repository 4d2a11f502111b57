"""Records numbers that are made outside the kernels, by numbers version: `python tests/engine/record_numbers.py`.

A version that is recorded already is not recorded again with other numbers: they need a new one (`NUMBERS_VERSION`). Whole
numbers are recorded by a digest. Of others some are written out, with their sum, to be compared with a tolerance: sines, roots
of matrices and sums differ between processors in the last digits.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import RunSpec, Trainer
from engine.kernels import codes
from engine.numbers_version import NUMBERS_VERSION
from engine.rows.datasets import DATASETS
from engine.rows.features import FEATURES
from engine.rows.initializers import INITIALIZERS

RECORDED = Path(__file__).parent / "numbers.json"
SHOWN = 8
"""Numbers written out of an array, evenly spaced."""
CLOSE, CLOSE_AFTER = 1e-10, 1e-7
"""Parts by which numbers may differ: where they are drawn, and after twenty updates."""
LAYERS = {"units": 5, "norm": "batch", "skip": 1}, {"units": 4, "dropout": 0.25, "activation": "prelu", "skip": 1}
RUNS: dict[str, dict[str, Any]] = {
    "plain": {},
    "regression": {"data": {"name": "sine", "validation_fraction": 0.2}, "batch_size": 7},
    "every kind of layer": {
        "network": {"layers": LAYERS},
        "optimizer": {"name": "adam"},
        "regularization": {"l1": 1e-4, "l2": 1e-3},
    },
    "scheduled": {"schedule": {"name": "cosine", "warmup": 3}, "clip": {"norm": 1.0}, "data": {"name": "blobs"}},
}


def _trainer(**fields: Any) -> Trainer:
    return Trainer(RunSpec.model_validate({"seed": 11} | fields))


def _flat(arrays: Iterable[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([values.ravel() for values in arrays])


def numbers() -> Iterator[tuple[str, NDArray[Any], float]]:
    """Name, numbers, and by what part they may differ: 0 of whole ones."""
    for name in INITIALIZERS:
        network = {"layers": [{"units": 5}, {"units": 3, "skip": 1}], "initializer": {"name": name}}
        yield f"initializer {name}", _flat(_trainer(network=network).named_parameters.values()), CLOSE
    for name, row in DATASETS.items():
        data = {"name": name, "validation_fraction": 0.2, "seed": 5}
        splits = _trainer(data=data | ({"samples": 60, "noise": 0.3} if row.make else {})).dataset.splits
        yield f"data {name}, inputs", _flat(split.x for split in splits.values()), CLOSE
        targets = _flat(split.y for split in splits.values())
        yield f"data {name}, targets", targets, CLOSE if row.task == "regression" else 0.0
    data = {"name": "spiral", "features": list(FEATURES), "standardize": True}
    yield "features", _trainer(data=data).dataset.stacked()[0].ravel(), CLOSE
    for name, fields in RUNS.items():
        trainer = _trainer(**fields)
        trainer.step(20)
        yield f"run {name}", _flat(trainer.named_parameters.values()), CLOSE_AFTER
        yield f"run {name}, curves", np.array([trainer.loss("train"), trainer.objective("train")]), CLOSE_AFTER
        yield f"run {name}, order", trainer.machine.order, 0.0
        if "dropout" in json.dumps(fields):
            layout, work = trainer.tape.layout, trainer.machine.work
            yield f"run {name}, mask", layout.view(work, "mask2", int(trainer.machine.int_state[codes.BATCH])) > 0, 0.0


def taken(values: NDArray[Any], close: float) -> dict[str, Any]:
    if not close:
        return {"digest": hashlib.sha256(values.astype("<i8").tobytes()).hexdigest()}
    places = np.linspace(0, values.size - 1, min(SHOWN, values.size)).astype(int)
    return {"count": values.size, "sum": float(np.sum(values)), "shown": values[places].tolist()}


def same(recorded: dict[str, Any], found: dict[str, Any], close: float) -> bool:
    if "digest" in recorded or "digest" in found:
        return recorded == found
    if recorded["count"] != found["count"]:
        return False
    shown, now = np.array(recorded["shown"]), np.array(found["shown"])
    size = max(1e-300, float(np.max(np.abs(shown))))
    near = float(np.max(np.abs(now - shown))) <= close * size
    return near and abs(found["sum"] - recorded["sum"]) <= close * size * found["count"]


def changed(recorded: dict[str, Any]) -> list[str]:
    """The names of numbers that are not as they were recorded; rows that are new are none of them."""
    found = {name: (taken(values, close), close) for name, values, close in numbers()}
    return [name for name, entry in recorded.items() if name not in found or not same(entry, *found[name])]


def main() -> int:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    version = str(NUMBERS_VERSION)
    if version in recorded and (names := changed(recorded[version])):
        print(f"Version {version} is recorded with other numbers: raise NUMBERS_VERSION.", *names, sep="\n", file=sys.stderr)
        return 1
    now = {name: taken(values, close) for name, values, close in numbers()}
    RECORDED.write_text(json.dumps(recorded | {version: now}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
