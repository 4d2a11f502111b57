"""The catalog: every row, gathered from the modules that define them, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.optimizers import OPTIMIZERS
from engine.race.presets import PRESETS
from engine.rows.activations import ACTIVATIONS
from engine.rows.datasets import DATASETS
from engine.rows.features import FEATURES
from engine.rows.initializers import INITIALIZERS
from engine.rows.losses import LOSSES
from engine.rows.norms import NORMS
from engine.rows.row import Row
from engine.rows.schedules import SCHEDULES
from engine.spec import MAX_LAYERS, MAX_STEPS, MAX_UNITS
from engine.surfaces.rows import SURFACES

ROWS: dict[str, Mapping[str, Row]] = {
    "datasets": DATASETS,
    "features": FEATURES,
    "activations": ACTIVATIONS,
    "norms": NORMS,
    "losses": LOSSES,
    "initializers": INITIALIZERS,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "surfaces": SURFACES,
    "races": PRESETS,
}


def catalog() -> dict[str, Any]:
    """Every row of every kind, and the limits of a spec, ready for JSON."""
    rows: dict[str, Any] = {kind: [row.as_json() for row in table.values()] for kind, table in ROWS.items()}
    return rows | {"limits": {"layers": MAX_LAYERS, "units": MAX_UNITS, "steps": MAX_STEPS}}
