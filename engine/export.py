"""What can be taken along: the curves as CSV, the model as JSON, and as a PyTorch script that goes on with the same numbers."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.kernels import codes
from engine.stops import ending
from engine.torch_script import script

if TYPE_CHECKING:
    from engine.trainer import Trainer

UPDATES = 20
"""Updates that the PyTorch script goes on for."""
MOST_NUMBERS = 1_000_000
"""Numbers written out in one text, some 20 MB."""


class ExportError(ValueError):
    """What cannot be written out, and why."""


def recorded(trainer: Trainer, column: str) -> bool:
    """Whether the run has such a thing: an empty split has no loss, a regression no accuracy."""
    split, _, measure = column.partition("_")
    if split not in trainer.dataset.splits:
        return True
    return len(trainer.dataset.splits[split].x) > 0 and (measure != "accuracy" or trainer.dataset.task == "classification")


def curves(trainer: Trainer) -> str:
    """The recorded series of the present branch, every digit; what a point lacks is left empty."""
    columns = {name: values for name, values in trainer.series.columns().items() if recorded(trainer, name)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(
            [
                int(value) if name == "step" else "" if math.isnan(value) else repr(float(value))
                for name, value in zip(columns, row, strict=True)
            ]
        )
    return text.getvalue()


def model(trainer: Trainer) -> str:
    """The network as it stands, and how raw samples become its inputs, as JSON."""
    dataset, tape, view = trainer.dataset, trainer.tape, trainer.dataset.inputs_of
    _bounded(tape.parameter_count)
    scaled = view.mean is not None and view.scale is not None
    layers = [
        {"units": tape.sizes[layer], "activation": name, "weights": weights.tolist(), "bias": bias.tolist()}
        for layer, (name, (weights, bias)) in enumerate(zip(tape.activations, trainer.parameters, strict=True), start=1)
    ]
    described = {
        "model": "chainrule",
        "version": 1,
        "step": trainer.steps_done,
        "task": dataset.task,
        "sizes": list(tape.sizes),
        "columns": list(dataset.columns),
        "features": list(view.features),
        "scaling": {"mean": view.mean.tolist(), "scale": view.scale.tolist()} if scaled else None,  # type: ignore[union-attr]
        "inputs": list(dataset.inputs),
        "layers": layers,
        "outputs": list(dataset.outputs),
        "classes": list(dataset.classes),
        "loss": tape.loss,
    }
    return json.dumps(described, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def torch(trainer: Trainer, updates: int = UPDATES) -> str:
    """A Python file that makes the next updates in PyTorch, float64, and prints the mini-batches' losses beside the engine's.

    It stops before the next edit: what follows is another rule. Changes nothing in the trainer.
    """
    if trainer.machine.next_op:
        raise ExportError("An update is under way: finish it first")
    edit = trainer.script.branch.next_edit(trainer.steps_done) or trainer.steps_done + updates
    count = min(updates, edit - trainer.steps_done, trainer.max_steps - trainer.steps_done)
    batches, rates, losses = _ahead(trainer, count)
    if not batches:
        raise ExportError("The run ends here: there are no updates to go on with")
    rows, places = np.unique(np.concatenate(batches), return_inverse=True)
    x, y = trainer.machine.x[rows], trainer.machine.y[rows]
    state = trainer.optimizer_state
    _bounded(x.size + y.size + (1 + len(state)) * trainer.tape.parameter_count)
    cuts = np.cumsum([len(batch) for batch in batches])[:-1]
    try:
        return script(trainer, x, y, [part.tolist() for part in np.split(places, cuts)], rates, losses)
    except KeyError as error:
        raise ExportError(f"There is no PyTorch form of {error} yet") from error


def _bounded(numbers: int) -> None:
    if numbers > MOST_NUMBERS:
        raise ExportError(f"It would hold {numbers} numbers; at most {MOST_NUMBERS} are written out")


def _ahead(trainer: Trainer, count: int) -> tuple[list[NDArray[Any]], list[float], list[float]]:
    """The rows, the rate and the loss of each of the next mini-batches, from making the updates and taking them back."""
    machine = trainer.machine
    kept = machine.everything()
    batches: list[NDArray[Any]] = []
    rates: list[float] = []
    losses: list[float] = []
    try:
        while len(batches) < count and ending(machine) is None:
            rate = trainer.rate
            first = int(machine.counters[codes.CURSOR])
            status = machine.updates(1)
            if status not in (codes.RUNNING, codes.SERIES_FULL):
                break
            machine.take_series()  # which a rule may act on
            rows = slice(first, first + int(machine.counters[codes.BATCH]))
            batches.append(machine.order[rows].copy() if machine.counters[codes.SHUFFLE] else np.arange(rows.start, rows.stop))
            rates.append(rate)
            losses.append(float(machine.hyper[codes.LAST_LOSS]))
    finally:
        machine.put_back(kept)
    return batches, rates, losses
