"""Of a run's coming update, as Step shows it: z, h and δ of its mini-batch, gradients, what changes."""

from __future__ import annotations

import math

import numpy as np

from engine.array import Array
from engine.lessons.building import Built
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.race import NEXT, actual_on_surface, promised_on_surface
from engine.lessons.vocabulary.row import STEP, Index, Lane, Layer, Parameter, Tells, measure
from engine.lessons.vocabulary.run import entry, tensor
from engine.machine.trace import MicroStep
from engine.microscope.in_place_update import in_place as updated_in_place
from engine.microscope.update_checks import Change, batch_objective
from engine.microscope.update_checks import change as change_of_objective

GRADIENTS: tuple[Tells, ...] = ("gradients", "updates", "health", "findings", *STEP)
VALUES: tuple[Tells, ...] = ("sample", "maps", *STEP)


def _results(built: Built, *, last: str) -> dict[str, Array]:
    """What the ops of the coming update made, by name, up to those of the phase `last`; later ones over earlier ones."""
    found: dict[str, Array] = {}
    phases = ("forward", "loss", "backward", "update")
    for step in built.update.steps:
        if phases.index(step.phase) <= phases.index(last):
            found |= step.results
    return found


def _value(built: Built, name: str, unit: int, sample: int, allowed: str) -> float:
    values = _results(built, last="backward")
    if name not in values:
        raise UnmeasurableError(f"there is no {name}", allowed)
    return entry(values[name], unit, sample)


def _layers(built: Built, first: int = 1) -> str:
    return f"layers {first} to {len(built.trainer.tape.sizes) - 1}"


@measure(tells=VALUES, latex=r"z_{{{layer}}}[{unit},\, {sample}]")
def preactivation(built: Built, layer: Layer, unit: Index, sample: Index) -> float:
    """z of a unit for a sample of the coming mini-batch: W h + b. Units and samples are counted from 0.

    >>> measured("preactivation(1, 0, 0)", run={"network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}})
    0.0
    """
    return _value(built, f"z{layer}", unit, sample, _layers(built))


@measure(tells=VALUES, latex=r"h_{{{layer}}}[{unit},\, {sample}]")
def activation(built: Built, layer: Layer, unit: Index, sample: Index) -> float:
    """h of a unit for a sample of the coming mini-batch; layer 0 are the inputs. Units and samples are counted from 0.

    >>> measured("activation(1, 0, 0)", run={"network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}})
    0.0
    """
    return _value(built, f"h{layer}", unit, sample, _layers(built, 0))


@measure(tells=("deltas", *STEP), latex=r"\delta_{{{layer}}}[{unit},\, {sample}]")
def signal(built: Built, layer: Layer, unit: Index, sample: Index) -> float:
    """δ of a unit for a sample of the coming mini-batch: the derivative of the sample's loss by the unit's z (under batch norm,
    of the batch's). Units and samples are counted from 0.

    >>> measured("signal(1, 0, 0)", run={"network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}})
    0.0
    """
    return _value(built, f"delta{layer}", unit, sample, _layers(built))


@measure(tells=STEP, latex=r"\phi'_{{{layer}}}[{unit},\, {sample}]")
def derivative(built: Built, layer: Layer, unit: Index, sample: Index) -> float:
    """φ′ of a unit for a sample of the coming mini-batch.

    >>> run = {"network": {"layers": [{"units": 2, "activation": "tanh"}], "initializer": {"name": "zeros"}}}
    >>> measured("derivative(1, 0, 0)", run=run)
    1.0
    """
    for each in built.update.steps:
        if f"slope{layer}" in each.operands:
            return entry(each.operands[f"slope{layer}"], unit, sample)
    raise UnmeasurableError(f"layer {layer} has no slope of each unit", _layers(built))


@measure(tells=STEP, latex=r"\hat z_{{{layer}}}[{unit},\, {sample}]")
def normalized(built: Built, layer: Layer, unit: Index, sample: Index) -> float:
    """z of a unit for a sample of the coming mini-batch, normalized by the layer's norm, before its scale and shift.

    >>> two = {"network": {"layers": [{"units": 2, "norm": "batch"}]}, "batch_size": 2}
    >>> round(abs(measured("normalized(1, 0, 0)", run=two)), 2)
    1.0
    """
    return _value(built, f"xhat{layer}", unit, sample, "layers with a norm")


def _gradients(built: Built) -> dict[str, Array]:
    """Of the coming mini-batch by the parameters' names, penalties included, before clipping; what is frozen has 0."""
    found: dict[str, Array] = {}
    for each in built.update.steps:
        if each.op != "clip":
            found |= {name[1:]: values for name, values in each.results.items() if name.startswith("d")}
    return {slot.name: found[slot.name] for slot in built.trainer.tape.slots if slot.name in found}


@measure(tells=GRADIENTS, latex=r"\partial J/\partial {parameter}[{row}{column}]")
def gradient(built: Built, parameter: Parameter, row: Index, column: Index | None = None) -> float:
    """The derivative of the coming mini-batch's objective by an entry of a parameter, before any clipping. Rows and columns are
    counted from 0.

    >>> measured("gradient(W1, 0, 1)", run={"network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}})
    0.0
    """
    return entry(tensor(built.trainer, _gradients(built), parameter), row, column)


@measure(tells=GRADIENTS, latex=r"\|\nabla_{{{parameter}}} J\|")
def gradient_norm(built: Built, parameter: Parameter | None = None) -> float:
    """The Euclidean length of the coming mini-batch's gradient by a parameter, or by all of them, before any clipping.

    >>> measured("gradient_norm(W1)", run={"network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}})
    0.0
    """
    gradients = _gradients(built)
    if parameter is not None:
        return float(np.linalg.norm(tensor(built.trainer, gradients, parameter)))
    return float(np.linalg.norm([np.linalg.norm(values) for values in gradients.values()]))


def _updated(built: Built) -> dict[str, Array]:
    """All parameters after the coming update."""
    trainer = built.trainer
    if not built.update.complete:
        raise UnmeasurableError("the coming update gives a value that is not finite", "an update that can be made")
    found = {name: values.copy() for name, values in trainer.named_parameters.items()}
    for each in built.update.steps:
        if _is_update(each):
            found |= {name: values for name, values in each.results.items() if name in found}
    return found


def _is_update(step: MicroStep) -> bool:
    return step.op.startswith("update")


@measure(tells=("updates", *STEP), latex=r"{parameter}^\text{{new}}[{row}{column}]")
def updated(built: Built, parameter: Parameter, row: Index, column: Index | None = None) -> float:
    """An entry of a parameter after the coming update.

    >>> run = {"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.0}}
    >>> measured("updated(W1, 0, 1) - weight(W1, 0, 1)", run=run)
    0.0
    """
    return entry(tensor(built.trainer, _updated(built), parameter), row, column)


@measure(tells=("updates", *STEP), latex=r"\Delta {parameter}[{row}{column}]")
def change(built: Built, parameter: Parameter, row: Index, column: Index | None = None) -> float:
    """What the coming update adds to an entry of a parameter.

    >>> run = {"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.0}}
    >>> measured("change(W1, 0, 1)", run=run)
    0.0
    """
    before = tensor(built.trainer, built.trainer.named_parameters, parameter)
    return entry(tensor(built.trainer, _updated(built), parameter) - before, row, column)


@measure(tells=("updates", "health", *STEP), latex=r"\|\Delta {parameter}\|")
def change_norm(built: Built, parameter: Parameter | None = None) -> float:
    """The Euclidean length of what the coming update adds to a parameter, or to all of them: the length of the step.

    >>> run = {"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.0}}
    >>> measured("change_norm()", run=run)
    0.0
    """
    trainer = built.trainer
    before, after = trainer.named_parameters, _updated(built)
    names = list(before) if parameter is None else [parameter]
    return float(
        np.linalg.norm([np.linalg.norm(tensor(trainer, after, name) - tensor(trainer, before, name)) for name in names])
    )


@measure(tells=STEP)
def in_place(built: Built, parameter: Parameter, row: Index, column: Index | None = None) -> float:
    """An entry of a parameter after an update made wrongly: each layer changes as soon as its gradient is there, and the error
    signal goes on through changed weights.

    >>> run = {"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.0}}
    >>> measured("in_place(W1, 0, 1) - weight(W1, 0, 1)", run=run)
    0.0
    """
    try:
        wrong = updated_in_place(built.trainer).wrong
    except ValueError as problem:
        raise UnmeasurableError(str(problem).partition("; allowed")[0], "a run without clipping") from problem
    return entry(tensor(built.trainer, wrong, parameter), row, column)


def _difference(built: Built, parameter: Parameter, row: Index, column: Index | None, epsilon: float) -> tuple[float, float]:
    """By backpropagation, and the central difference."""
    trainer = built.trainer
    entry(tensor(trainer, trainer.named_parameters, parameter), row, column)  # raises where there is none
    slot = next(slot for slot in trainer.tape.slots if slot.name == parameter)
    at = slot.offset + (row if column is None else row * slot.shape[1] + column)
    with batch_objective(trainer.machine) as made:
        theta = trainer.machine.theta.copy()
        analytic = float(made.gradient(theta)[at])
        up, down = theta.copy(), theta.copy()
        up[at] += epsilon
        down[at] -= epsilon
        if up[at] == down[at]:
            return analytic, math.nan
        above, below = made.objective(up), made.objective(down)
        return analytic, (above - below) / (2.0 * epsilon)


@measure(tells=GRADIENTS)
def difference(built: Built, parameter: Parameter, row: Index, column: float, epsilon: float | None = None) -> float:
    """The central difference (J(θ + ε) − J(θ − ε)) / 2ε of the coming mini-batch's objective in an entry of a parameter; of a
    bias it has one index: ``difference(b1, 0, 1e-5)``.

    >>> run = {"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.1}}
    >>> abs(measured("difference(W1, 0, 1, 1e-5) - gradient(W1, 0, 1)", run=run)) < 1e-8
    True
    """
    return _difference(built, parameter, row, *_split(column, epsilon))[1]


@measure(tells=STEP)
def difference_error(built: Built, parameter: Parameter, row: Index, column: float, epsilon: float | None = None) -> float:
    """How far that central difference is from the derivative by backpropagation, as a part of it: |n − a| / |a|.

    >>> run = {"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.1}}
    >>> measured("difference_error(W1, 0, 1, 1e-5)", run=run) < 1e-6
    True
    """
    analytic, numeric = _difference(built, parameter, row, *_split(column, epsilon))
    return abs(numeric - analytic) / abs(analytic) if analytic else math.inf


def _split(column: float, epsilon: float | None) -> tuple[Index | None, float]:
    """Column and ε of what is given: of a bias the column is left out."""
    if epsilon is None:
        return None, column
    if column != int(column) or column < 0:
        raise UnmeasurableError(f"there is no column {column:g}", "a whole number from 0")
    return Index(int(column)), epsilon


@measure(kinds=("run", "race"), tells=(*STEP, *NEXT), latex=r"g \cdot \Delta")
def promised(built: Built, lane: Lane | None = None) -> float:
    """What the gradient promises of the coming update: g·Δ, the change of the mini-batch's objective were it straight; of a
    lane of a race, the change of f.

    >>> measured("promised()", run={"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.1}}) < 0
    True
    """
    return _change(built).linear if built.kind == "run" else promised_on_surface(built, lane)


@measure(kinds=("run", "race"), tells=(*STEP, *NEXT), latex=r"\Delta J")
def actual(built: Built, lane: Lane | None = None) -> float:
    """By how much the coming update does change the mini-batch's objective; of a lane of a race, f.

    >>> measured("actual()", run={"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.1}}) < 0
    True
    """
    return _change(built).actual if built.kind == "run" else actual_on_surface(built, lane)


def _change(built: Built) -> Change:
    try:
        return change_of_objective(built.trainer)
    except ValueError as problem:
        raise UnmeasurableError(str(problem).partition("; allowed")[0], "an update that can be made") from problem
