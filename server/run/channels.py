"""The pictures of a run: one function per channel, from a trainer to typed arrays. They run in a worker, between updates."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from server.run.controller import RunController
from server.run.layer_channels import flow, preactivations, rates
from server.session.activity import Channel
from server.session.channel_types import DIAGNOSIS, FRAME, READING, STUDY, Arrays, Cadence, Cursor, Picture, Want
from server.session.viewer import Slot, Viewer

if TYPE_CHECKING:
    from engine import Trainer
    from engine.recording.batch_losses import LossLine
    from engine.recording.series import Series

MISREAD = 40
"""Misclassified test samples shown, at most."""
MAP_BYTES = 4_000_000
"""The largest picture of unit maps: a network of thousands of units is drawn on a coarser grid."""
LINE_POINTS = 200
"""Points along the fit of a function of one variable."""


def data(trainer: Trainer, want: Want) -> Picture | None:
    """The samples as they were drawn or loaded, before features and standardizing: ``train_raw`` and ``train_target``
    (labels, or the outputs wanted), and the same for validation and test where there are any; where a formula tells classes
    apart their ``border``, pieces of lines (m, 4) from x, y to x, y. Once per run."""
    arrays: Arrays = {}
    for name, split in trainer.dataset.splits.items():
        if len(split.raw):
            arrays[f"{name}_raw"] = split.raw.astype(np.float32)
            target = split.labels
            arrays[f"{name}_target"] = split.y.astype(np.float32) if target is None else target.astype(np.int32)
    if trainer.dataset.formula is not None and trainer.dataset.task == "classification":
        arrays["border"] = trainer.dataset.formula.border().astype(np.float32)
    return Picture({}, arrays)


def series(trainer: Trainer, want: Want) -> Picture | None:
    """What is recorded along a run, as far as the viewer lacks it: drop the points from ``meta.from`` on, then append."""
    from engine.export.files import recorded  # in a worker, where the engine is there

    return _lacking(trainer.series, trainer, want, lambda name: recorded(trainer, name))


def batch_losses(trainer: Trainer, want: Want) -> Picture | None:
    """The loss of each update's mini-batch before it, thinned, as ``series`` has what is recorded: ``batch_loss`` at the
    updates made by then (``step``, ``epoch``). Nothing of it is kept: after a restart it begins where the run stands."""
    return _lacking(trainer.batch_losses, trainer, want)


def _lacking(
    line: Series | LossLine, trainer: Trainer, want: Want, drawn: Callable[[str], bool] = lambda name: True
) -> Picture:
    """Of a line of points those that the viewer lacks."""
    have = want.cursor if isinstance(want.cursor, Cursor) else None
    cursor = Cursor(want.run, trainer.branch, line.revision, len(line))
    start = have.length if have is not None and have[:3] == cursor[:3] and have.length <= cursor.length else 0
    meta = {"from": start, "total": cursor.length, "revision": cursor.revision}
    return Picture(meta, {name: values for name, values in line.columns(start).items() if drawn(name)}, cursor)


def parameters(trainer: Trainer, want: Want) -> Picture | None:
    """Every parameter after update `step`. ``meta.frozen``: by parameter, the stretches [first, count] of its entries, row by
    row, that no update changes."""
    frozen = {name: _stretches(np.flatnonzero(mask)) for name, mask in trainer.frozen.items()}
    return Picture({"frozen": frozen}, dict(trainer.named_parameters))


def _stretches(places: NDArray[np.int64]) -> list[list[int]]:
    """[first, count] of each run of places (n,) that follow one another."""
    runs = np.split(places, np.flatnonzero(np.diff(places) != 1) + 1)
    return [[int(run[0]), len(run)] for run in runs]


def gradients(trainer: Trainer, want: Want) -> Picture | None:
    """The gradient that update `step` used: on its mini-batch, before it."""
    gradient = trainer.last_gradient
    return None if gradient is None else Picture({}, dict(gradient))


def updates(trainer: Trainer, want: Want) -> Picture | None:
    """What update `step` added to every parameter."""
    change = trainer.last_update
    return None if change is None else Picture({}, dict(change))


def inputs(trainer: Trainer, want: Want) -> Picture | None:
    """The inputs over the plane, as ``maps`` has the units: they do not change, so they come once per run."""
    found = trainer.unit_maps(_grid(trainer, want), slice(1))
    return None if found is None else Picture({"units": found.units, "domain": _domain(trainer)}, {"maps": found.maps})


def maps(trainer: Trainer, want: Want) -> Picture | None:
    """Each unit's answer over the plane, as u8 from its ``low`` to its ``high``, layer by layer. For a function of one variable
    the fit, ``y`` (n, d_L) over ``x``, and every unit's ``responses`` (units, n), the inputs' first."""
    found = trainer.unit_maps(_grid(trainer, want), slice(1, None))
    if found is not None:
        arrays: Arrays = {"maps": found.maps}
        if found.classes is not None:
            arrays["classes"] = found.classes
        return Picture({"units": found.units, "domain": _domain(trainer)}, arrays)
    answers = trainer.unit_responses(LINE_POINTS)
    if answers is None:
        return None
    outputs = np.ascontiguousarray(answers.values[-trainer.tape.sizes[-1] :].T)
    return Picture(
        {"units": answers.units, "domain": _domain(trainer)}, {"x": answers.x, "y": outputs, "responses": answers.values}
    )


def _grid(trainer: Trainer, want: Want) -> int:
    return min(want.grid, max(10, int((MAP_BYTES / sum(trainer.tape.sizes)) ** 0.5)))


def _domain(trainer: Trainer) -> list[list[float]]:
    return [list(pair) for pair in trainer.dataset.domain or ()]


def deltas(trainer: Trainer, want: Want) -> Picture | None:
    """How much blame each unit gets at the present parameters: over the whole training set, the mean of δ, ``delta1`` …, and
    of its size |δ|, ``size1`` …"""
    arrays: Arrays = {}
    for layer, found in enumerate(trainer.unit_deltas(), 1):
        arrays |= {f"delta{layer}": found.mean, f"size{layer}": found.size}
    return Picture({"over": "train", "samples": len(trainer.dataset.splits["train"])}, arrays)


def health(trainer: Trainer, want: Want) -> Picture | None:
    """By layer: ‖∂𝓛/∂W‖ and ‖Δθ‖ of the last update, ‖θ‖ and ‖Δθ‖/‖θ‖ as they stand; null before the first update."""
    return Picture({"layers": [asdict(layer) for layer in trainer.health()]}, {})


def weights(trainer: Trainer, want: Want) -> Picture | None:
    """The spread of each layer's weights: ``counts1`` … in the cells between ``edges1`` …"""
    arrays: Arrays = {}
    for layer, found in enumerate(trainer.weight_histograms(), 1):
        arrays |= {f"counts{layer}": found.counts, f"edges{layer}": found.edges}
    return Picture({}, arrays)


def sample(trainer: Trainer, want: Want) -> Picture | None:
    """The sample that is followed: its activations ``h0`` (the inputs), ``h1`` …, its ``target``; in ``meta`` which it is, the
    ``bounds`` of each layer or null, its own loss, and for classes its ``label`` and the class ``predicted``. Nothing where the
    run has no such sample."""
    chosen = want.sample
    if chosen is None or chosen.index >= len(trainer.dataset.splits[chosen.split]):
        return None
    found = trainer.sample_activations(chosen.split, chosen.index)
    meta: dict[str, Any] = {"split": chosen.split, "index": chosen.index, "bounds": found.bounds}
    meta |= {"loss": found.loss, "label": found.label, "predicted": found.predicted}
    return Picture(meta, {f"h{layer}": values for layer, values in enumerate(found.layers)} | {"target": found.target})


def evaluation(trainer: Trainer, want: Want) -> Picture | None:
    """Loss and accuracy over whole splits at exactly this step; for classes also the accuracy of the largest class
    (``baseline``), the balanced accuracy, the confusion, what each sample is told to be (``predicted_test`` …),
    ``meta.recall`` by split and class, and the misread samples; for a regression ``r_squared``."""
    splits = trainer.dataset.splits
    meta: dict[str, Any] = {"train": None, "validation": None, "test": None, "recall": {}}
    arrays: Arrays = {}
    for name in ("validation", "train", "test"):
        if name not in splits or not len(splits[name].x):
            continue
        found, labels = trainer.evaluate(name), splits[name].labels
        meta[name] = {"loss": found.loss, "accuracy": found.accuracy, "baseline": found.baseline}
        meta[name] |= {"balanced_accuracy": found.balanced_accuracy, "r_squared": found.r_squared}
        if name == "validation" or found.confusion is None or found.predicted is None or labels is None:
            continue
        arrays[f"confusion_{name}"] = found.confusion.astype(np.int32)
        arrays[f"predicted_{name}"] = found.predicted.astype(np.uint8 if len(found.confusion) <= 256 else np.int32)
        meta["recall"][name] = None if found.recall is None else found.recall.tolist()
        # The test samples, or where there are none those trained on: the later of the two stays.
        arrays |= misread(found.outputs, found.predicted, labels)
        meta["misread_split"] = name
    return Picture(meta, arrays)


def misread(outputs: NDArray[Any], predicted: NDArray[Any], labels: NDArray[Any]) -> Arrays:
    """The samples told wrong, the most confident first. Confidence is the output of the class told; a single output speaks for
    class 1, and for class 0 by its complement to one."""
    wrong = np.flatnonzero(predicted != labels)
    if outputs.shape[1] > 1:
        confidence = outputs[wrong, predicted[wrong]]
    else:
        single = outputs[wrong, 0]
        confidence = np.where(predicted[wrong] == 1, single, 1 - single)
    order = np.argsort(-confidence, kind="stable")[:MISREAD]
    chosen = wrong[order]
    return {
        "misread": chosen.astype(np.int32),
        "misread_as": predicted[chosen].astype(np.int32),
        "misread_true": labels[chosen].astype(np.int32),
        "misread_confidence": confidence[order].astype(np.float64),
    }


def findings(trainer: Trainer, want: Want) -> Picture | None:
    """What ails the run where it stands, the cause first, as `engine.diagnostics.findings.Finding`; empty where all is well."""
    return Picture({"findings": [found.as_json() for found in trainer.findings()]}, {})


def _row(
    make: Callable[[Trainer, Want], Picture | None],
    cadence: Cadence = FRAME,
    key: Callable[[RunController, Viewer], Hashable] = lambda run, viewer: run.point(),
) -> Channel:
    """The channel that is named like the function that makes it. Without a run there is nothing to draw."""

    def picture(run: RunController, want: Want) -> Picture | None:
        return make(run.present(), want)

    def depends(run: RunController, viewer: Viewer, slot: Slot) -> Hashable:
        return None if run.trainer is None else key(run, viewer)

    return Channel(make.__name__, picture, depends, cadence)


def _recorded(run: RunController, viewer: Viewer) -> Hashable:
    trainer = run.present()
    return run.number, trainer.branch, trainer.series.revision, len(trainer.series)


CHANNELS = (
    _row(data, key=lambda run, viewer: run.number),
    _row(inputs, key=lambda run, viewer: (run.number, viewer.grid)),
    _row(series, READING, _recorded),
    _row(batch_losses, READING),
    _row(parameters),
    _row(gradients),
    _row(updates),
    _row(maps, key=lambda run, viewer: (run.point(), viewer.grid)),
    _row(deltas),
    _row(evaluation, READING),
    _row(health, READING),
    _row(weights, READING),
    _row(sample, key=lambda run, viewer: (run.point(), viewer.sample)),
    _row(rates, READING),
    _row(flow, STUDY),
    _row(preactivations, STUDY),
    _row(findings, DIAGNOSIS),
)
"""The cheap and the eye-catching come first."""
