"""The catalog: every row, gathered from the modules that define them, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.first_look import first_look
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
from engine.solvers import SOLVERS
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
    "solvers": SOLVERS,
    "surfaces": SURFACES,
    "races": PRESETS,
}


def catalog() -> dict[str, Any]:
    """Every row of every kind, the limits of a spec, and what a first visitor is offered, ready for JSON."""
    rows: dict[str, Any] = {kind: [row.as_json() for row in table.values()] for kind, table in ROWS.items()}
    limits = {"layers": MAX_LAYERS, "units": MAX_UNITS, "steps": MAX_STEPS}
    return rows | {"limits": limits, "first_look": first_look()}
