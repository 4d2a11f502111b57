"""What a page asks of a run that leaves it alone: what the network answers to a sample of one's own, and which data a formula
would give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.protocol.run import Predict, Sketch
from server.run.controller import RunController
from server.session.viewer import Viewer
from server.wire.errors import CommandError
from server.wire.frames import finite

if TYPE_CHECKING:
    from engine import Trainer

SKETCHED = 500
"""Points of a formula's data that are told, at most: more would cover the plane."""


async def predict(run: RunController, viewer: Viewer, command: Predict) -> dict[str, Any]:
    return await run.host.call(_answer, run.present(), command.x)


async def sketch(run: RunController, viewer: Viewer, command: Sketch) -> dict[str, Any]:
    return await run.host.call(_sketched, command.data)


# In a worker --------------------------------------------------------------------------------------------------------


def _answer(trainer: Trainer, sample: list[float]) -> dict[str, Any]:
    from engine.evaluation.evaluator import classes_of

    columns = len(trainer.dataset.columns)
    if len(sample) != columns:
        words = f"x: {len(sample)} numbers are no sample of this run's data"
        raise CommandError("invalid", words, "x", f"{columns} numbers, a sample's columns")
    outputs = trainer.predict([sample])
    told: dict[str, Any] = {"step": trainer.steps_done, "outputs": finite(outputs[0].tolist())}
    if trainer.dataset.task == "regression":
        return told | {"predicted": None, "by_class": None}
    by_class = outputs[0] if outputs.shape[1] > 1 else np.array([1.0 - outputs[0, 0], outputs[0, 0]])
    sure = bool(np.isfinite(outputs).all())
    return told | {"predicted": int(classes_of(outputs)[0]) if sure else None, "by_class": finite(by_class.tolist())}


def _sketched(data: dict[str, Any]) -> dict[str, Any]:
    from engine.rows.datasets import formula as formulas
    from engine.spec import FormulaData

    spec = FormulaData.model_validate(data)
    x, y, _ = spec.row.raw(spec.samples, spec.noise, spec.seed)
    return {
        "formula": spec.formula,
        "task": spec.row.task,
        "classes": list(spec.row.classes),
        "counts": list(spec.survey.counts),
        "note": spec.note,
        "x": x[:SKETCHED].round(4).tolist(),
        "y": finite(y[:SKETCHED].tolist()),
        "border": formulas.read(spec.formula).border().round(4).tolist(),
    }
