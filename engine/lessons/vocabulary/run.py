"""Of a run where it stands: losses, accuracies, parameters."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from engine.array import Array
from engine.lessons.building import Built, NeverReachedError
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.row import STEP, Index, Parameter, Split, Tells, Word, measure
from engine.machine.named_views import named
from engine.trainer import Trainer

LOSSES: tuple[Tells, ...] = ("series", "evaluation", "findings")
WEIGHTS: tuple[Tells, ...] = ("parameters", "weights", *STEP)


def _of_split(trainer: Trainer, split: str) -> Split:
    """Raises where the run has no sample of it."""
    counts = dict(zip(("train", "validation", "test"), trainer.dataset.rows, strict=True))
    if not counts[split]:
        raise UnmeasurableError(f"there are no {split} samples", ", ".join(name for name, count in counts.items() if count))
    return cast(Split, split)


def tensor(trainer: Trainer, values: dict[str, Array], name: str) -> Array:
    """One parameter's, or what belongs to it."""
    if name not in values:
        raise UnmeasurableError(f"there is no {name}", ", ".join(slot.name for slot in trainer.tape.slots))
    return values[name]


def entry(values: Array, *index: int | None) -> float:
    """An entry of an array; an index is left out where it has fewer axes."""
    given = tuple(i for i in index if i is not None)
    if len(given) != values.ndim or any(not i < size for i, size in zip(given, values.shape, strict=True)):
        shape = " × ".join(str(size) for size in values.shape)
        raise UnmeasurableError(f"there is no entry {', '.join(map(str, given))}", f"indices from 0 within {shape}")
    return float(values[given])


@measure(tells=LOSSES, latex=r"\mathcal{{L}}_{{{split}}}")
def loss(built: Built, split: Split) -> float:
    """The mean loss of a split's samples, without penalties, in inference mode: no dropout, batch norm by its running
    statistics.

    >>> zeros = {"layers": [], "initializer": "zeros"}
    >>> round(measured("loss(train)", run={"data": {"name": "xor"}, "network": zeros}), 6)
    0.693147
    """
    trainer = built.trainer
    return trainer.loss(_of_split(trainer, split))


@measure(tells=LOSSES, latex=r"J_{{{split}}}")
def objective(built: Built, split: Split) -> float:
    """The loss of a split with the penalties: what gradients are of. Batch norm by the split's own statistics, no dropout.

    >>> plain = {"data": {"name": "xor"}, "network": {"layers": [{"units": 2}], "initializer": "xavier_uniform"}}
    >>> measured("objective(train) - loss(train)", run=plain | {"regularization": {"l2": 0.1}}) > 0.01
    True
    """
    trainer = built.trainer
    return trainer.objective(_of_split(trainer, split))


@measure(tells=LOSSES, latex=r"\text{{accuracy}}_{{{split}}}")
def accuracy(built: Built, split: Split) -> float:
    """The share of a split's samples whose class is predicted, from 0 to 1.

    >>> measured("accuracy(test)", run={"data": {"name": "gaussians", "noise": 0.1}}, step=500) > 0.9
    True
    """
    trainer = built.trainer
    if trainer.dataset.task != "classification":
        raise UnmeasurableError("a regression has no accuracy", "loss")
    return trainer.accuracy(_of_split(trainer, split))


@measure(tells=LOSSES)
def finite(built: Built) -> float:
    """1 where the training loss is finite, 0 where it is not, or the run broke before.

    >>> measured("finite()", run={"data": {"name": "xor"}})
    1.0
    """
    try:
        return float(math.isfinite(built.trainer.loss("train")))
    except NeverReachedError:
        return 0.0


@measure(latex=r"\text{{step}}")
def step(built: Built) -> float:
    """How many updates were made.

    >>> measured("step()", run={"data": {"name": "xor"}}, step=12)
    12.0
    """
    return float(built.step)


@measure(latex=r"\text{{epoch}}")
def epoch(built: Built) -> float:
    """How many times all training samples were used.

    >>> measured("epoch()", run={"data": {"name": "xor", "samples": 40}, "batch_size": 10}, step=5)
    2.0
    """
    return float(built.trainer.epoch)


@measure()
def steps_per_epoch(built: Built) -> float:
    """How many updates use all training samples once.

    >>> measured("steps_per_epoch()", run={"data": {"name": "xor", "samples": 40}, "batch_size": 10})
    2.0
    """
    return float(built.trainer.steps_per_epoch)


@measure(tells=("rates",), latex=r"\eta")
def rate(built: Built) -> float:
    """The learning rate of the coming update, by the schedule.

    >>> measured("rate()", run={"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.25}})
    0.25
    """
    return built.trainer.rate


@measure()
def parameters(built: Built) -> float:
    """How many parameters the network has, those left out that never change.

    >>> measured("parameters()", run={"data": {"name": "xor"}, "network": {"layers": [{"units": 3}]}})
    13.0
    """
    trainer = built.trainer
    held = sum(
        slot.size for slot in trainer.tape.slots if slot.kind == "bias" and not trainer.effective_spec.network.train_bias
    )
    frozen = sum(
        int(mask.sum())
        for name, mask in trainer.frozen.items()
        if trainer.effective_spec.network.train_bias or not name.startswith("b")
    )
    return float(trainer.tape.parameter_count - held - frozen)


@measure(tells=WEIGHTS, latex="{parameter}[{row}{column}]")
def weight(built: Built, parameter: Parameter, row: Index, column: Index | None = None) -> float:
    """An entry of a parameter, rows and columns counted from 0; of a bias it has one index.

    >>> measured("weight(W1, 0, 1)", run={"network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}})
    0.0
    """
    trainer = built.trainer
    return entry(tensor(trainer, trainer.named_parameters, parameter), row, column)


@measure(tells=WEIGHTS, latex=r"\|{parameter}\|")
def weight_norm(built: Built, parameter: Parameter | None = None) -> float:
    """The Euclidean length of a parameter, all its entries together; of all parameters where none is named.

    >>> measured("weight_norm(W1)", run={"network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}})
    0.0
    """
    trainer = built.trainer
    if parameter is None:
        return float(np.linalg.norm(trainer.machine.theta))
    return float(np.linalg.norm(tensor(trainer, trainer.named_parameters, parameter)))


@measure(tells=STEP, latex=r"{name}({parameter})[{row}{column}]")
def state(built: Built, name: Word, parameter: Parameter, row: Index, column: Index | None = None) -> float:
    """What the optimizer keeps of an entry of a parameter, by its name in the formula, such as v or m.

    >>> run = {"data": {"name": "xor"}, "optimizer": {"name": "momentum", "lr": 0.1}}
    >>> measured("state(v, W1, 0, 1)", run=run)
    0.0
    """
    trainer = built.trainer
    kept = trainer.optimizer_state
    if name not in kept:
        raise UnmeasurableError(f"this optimizer keeps no {name}", ", ".join(kept) or "none: it keeps nothing")
    return entry(tensor(trainer, kept[name], parameter), row, column)


@measure(tells=("gradients", "health"), latex=r"\partial J/\partial {parameter}[{row}{column}]")
def full_gradient(built: Built, parameter: Parameter, row: Index, column: Index | None = None) -> float:
    """The derivative of the objective over all training samples by an entry of a parameter.

    >>> zeros = {"data": {"name": "xor"}, "network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}}
    >>> measured("full_gradient(W1, 0, 1)", run=zeros)
    0.0
    """
    trainer = built.trainer
    return entry(tensor(trainer, trainer.named_gradient("train"), parameter), row, column)


@measure(tells=("gradients", "health"), latex=r"\|\nabla_{{{parameter}}} J\|")
def full_gradient_norm(built: Built, parameter: Parameter | None = None) -> float:
    """The Euclidean length of the objective's gradient over all training samples, by one parameter or by all.

    >>> zeros = {"data": {"name": "xor"}, "network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}}
    >>> measured("full_gradient_norm(W1)", run=zeros)
    0.0
    """
    trainer = built.trainer
    gradient = trainer.evaluator.gradient("train")
    if parameter is None:
        return float(np.linalg.norm(gradient))
    return float(np.linalg.norm(tensor(trainer, named(trainer.tape.slots, gradient), parameter)))


@measure(live=False, tells=("findings",))
def finding(built: Built, name: Word) -> float:
    """1 where the diagnosis names it where the run stands, such as vanishing, else 0.

    >>> measured("finding(vanishing)", run={"data": {"name": "xor"}}, step=100)
    0.0
    """
    return float(any(each.name == name for each in built.trainer.findings()))
