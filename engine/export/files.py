"""What can be taken along: the curves as CSV, the model as JSON, and as a PyTorch script that goes on with the same numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.export.csv_table import csv_text
from engine.export.torch_script import Ahead, script
from engine.kernels import codes
from engine.kernels.ops.norms import EPS
from engine.parts import giving_way_between
from engine.recording.stops import stop_reason
from engine.rows.activations import ACTIVATIONS

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
    """The recorded series of the present branch, every digit; what a point lacks is left empty. Beside each accuracy stands
    that of the largest class."""
    columns = {name: values for name, values in trainer.series.columns().items() if recorded(trainer, name)}
    shares = {name: np.full(len(trainer.series), share) for name, share in largest_classes(trainer).items()}
    columns = {name: (columns | shares)[name] for name in with_largest_classes(list(columns), list(shares))}
    return _table(columns)


def batch_losses(trainer: Trainer) -> str:
    """The loss of each update's mini-batch before it, every digit, along the present branch: thinned, as it is drawn."""
    return _table(trainer.batch_losses.columns())


def _table(columns: dict[str, Array]) -> str:
    lines = (
        [
            int(value) if name == "step" else None if math.isnan(value) else float(value)
            for name, value in zip(columns, row, strict=True)
        ]
        for row in zip(*columns.values(), strict=True)
    )
    return csv_text(list(columns), lines)


def largest_classes(trainer: Trainer) -> dict[str, float]:
    """The column that stands beside each split's accuracy, and what is in it: the accuracy of the largest class."""
    shares = {name: trainer.dataset.largest_class_share(name) for name in trainer.dataset.splits}
    return {f"{name}_largest_class": share for name, share in shares.items() if share is not None}


def with_largest_classes(columns: Sequence[str], beside: Iterable[str]) -> list[str]:
    """The names of columns, those of `largest_classes` each behind its split's accuracy."""
    names = set(beside)
    found = []
    for column in columns:
        largest = column.replace("_accuracy", "_largest_class")
        found += [column, largest] if largest in names else [column]
    return found


def model(trainer: Trainer) -> str:
    """The network as it stands, and how raw samples become its inputs, as JSON."""
    dataset, tape, view = trainer.dataset, trainer.tape, trainer.dataset.inputs_of
    _bounded(tape.parameter_count)
    scaled = view.mean is not None and view.scale is not None
    layers = [
        {"units": tape.sizes[layer], "activation": name, "weights": weights.tolist(), "bias": bias.tolist()}
        | _besides(trainer, layer)
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
    written = json.JSONEncoder(indent=1, ensure_ascii=False, allow_nan=False).iterencode(described)
    return "".join(giving_way_between(written, 2048)) + "\n"


def _besides(trainer: Trainer, layer: int) -> dict[str, Any]:
    """What else a layer has: norm with its scale, shift and running statistics, slopes, skip; dropout is off in use."""
    if layer > len(trainer.spec.network.layers):
        return {}
    own, named, running = trainer.spec.network.layers[layer - 1], trainer.named_parameters, trainer.running_statistics
    found: dict[str, Any] = {}
    if own.norm is not None:
        found["norm"] = {
            "kind": own.norm,
            "eps": EPS,
            "scale": named[f"gamma{layer}"].tolist(),
            "shift": named[f"beta{layer}"].tolist(),
        }
        if own.norm == "batch":
            found["norm"] |= {"mean": running[f"mean{layer}"].tolist(), "variance": running[f"var{layer}"].tolist()}
    if ACTIVATIONS[own.activation].learned_slopes:
        found["slopes"] = named[f"alpha{layer}"].tolist()
    if own.skip is not None:
        projection = named.get(f"P{layer}")
        found["skip"] = {"from": layer - own.skip, "projection": None if projection is None else projection.tolist()}
    return found


def torch(trainer: Trainer, updates: int = UPDATES) -> str:
    """A Python file that makes the next updates in PyTorch, float64, and prints the mini-batches' losses beside the engine's.

    It stops before the next edit: what follows is under other settings. Changes nothing in the trainer.
    """
    if trainer.machine.next_op:
        raise ExportError("An update is under way: finish it first")
    edit = trainer.script.branch.next_edit(trainer.steps_done) or trainer.steps_done + updates
    count = min(updates, edit - trainer.steps_done, trainer.max_steps - trainer.steps_done)
    state = trainer.optimizer_state
    numbers = (1 + len(state)) * trainer.tape.parameter_count
    _bounded(numbers)
    ahead = _ahead(trainer, count)
    if not ahead.batches:
        raise ExportError("The run ends here: there are no updates to go on with")
    masks = sum(mask.size for masks in ahead.masks for mask in masks.values())
    _bounded(ahead.x.size + ahead.y.size + masks + numbers)
    try:
        return script(trainer, ahead)
    except LookupError as error:
        raise ExportError(f"There is no PyTorch form of {error}") from error


def _bounded(numbers: int) -> None:
    if numbers > MOST_NUMBERS:
        raise ExportError(f"It would hold {numbers} numbers; at most {MOST_NUMBERS} are written out")


def _ahead(trainer: Trainer, count: int) -> Ahead:
    """The next mini-batches, from making the updates and taking them back. Augmented samples are each batch's own; else rows of
    the training set that are used more than once are written once."""
    machine, tape = trainer.machine, trainer.tape
    augmented = codes.AUGMENT in tape.ops[:, codes.CODE]
    kept = machine.copy_buffers()
    rows: list[NDArray[Any]] = []
    inputs, masks, rates, losses = [], [], [], []
    try:
        while len(rows) < count and stop_reason(machine) is None:
            rate = trainer.rate
            first = int(machine.int_state[codes.CURSOR])
            status = trainer.run.pieces.updates(1)
            if status not in (codes.RUNNING, codes.SERIES_FULL):
                break
            machine.take_series()  # which a rule may act on
            width = int(machine.int_state[codes.BATCH])
            taken = slice(first, first + width)
            rows.append(machine.order[taken].copy() if machine.int_state[codes.SHUFFLE] else np.arange(first, first + width))
            view = {
                name: tape.layout.view(machine.work, name, width).T.copy()
                for name in tape.layout.units
                if name == "h0" or name.startswith("mask")
            }
            inputs.append(view.pop("h0"))
            masks.append({int(name.removeprefix("mask")): mask for name, mask in view.items()})
            rates.append(rate)
            losses.append(float(machine.float_state[codes.LAST_LOSS]))
    finally:
        machine.restore_buffers(kept)
    if not rows:
        return Ahead(machine.x[:0], machine.y[:0], [], [], [], [])
    taken_rows, places = np.unique(np.concatenate(rows), return_inverse=True)
    x, y = machine.x[taken_rows], machine.y[taken_rows]
    if augmented:
        x, y, places = np.vstack(inputs), machine.y[np.concatenate(rows)], np.arange(sum(len(batch) for batch in rows))
    cuts = np.cumsum([len(batch) for batch in rows])[:-1]
    return Ahead(x, y, [part.tolist() for part in np.split(places, cuts)], masks, rates, losses)
