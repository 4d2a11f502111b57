"""Of a run's layers, over its whole training set: how large activations and error signals are, which units do nothing."""

from __future__ import annotations

import math

import numpy as np

from engine.diagnostics.flow import LayerState
from engine.kernels import codes
from engine.lessons.building import Built
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.row import STEP, Layer, Tells, measure
from engine.trainer import Trainer

SIGNALS: tuple[Tells, ...] = ("deltas", "flow", "health", "gradients", "findings", *STEP)
ACTIVATIONS: tuple[Tells, ...] = ("flow", "maps", "preactivations", "sample", "findings", *STEP)
UNITS: tuple[Tells, ...] = ("preactivations", "maps", "findings")


def _layer(trainer: Trainer, layer: int, first: int, last: int) -> int:
    """Raises where the network has no such layer."""
    if not first <= layer <= last:
        raise UnmeasurableError(f"there is no layer {layer}", f"{first} to {last}")
    return layer


def depth(trainer: Trainer) -> int:
    return len(trainer.tape.sizes) - 1


@measure(tells=SIGNALS, latex=r"\|\delta_{{{layer}}}\|")
def delta(built: Built, layer: Layer) -> float:
    """The size of a layer's error signal: the mean over the training samples of ‖δ_l‖, the derivatives of a sample's loss by
    the layer's z.

    >>> deep = {"network": {"layers": [{"units": 16, "activation": "sigmoid"}] * 10, "initializer": "xavier_normal"}}
    >>> measured("delta(1) / delta(10)", run=deep) < 1e-4
    True
    """
    trainer = built.trainer
    return float(trainer.flow().delta[_layer(trainer, layer, 1, depth(trainer)) - 1])


@measure(tells=ACTIVATIONS, latex=r"\|h_{{{layer}}}\|")
def h(built: Built, layer: Layer) -> float:
    """The size of a layer's activations: the mean over the training samples of ‖h_l‖; layer 0 are the inputs.

    >>> zeros = {"data": {"name": "xor"}, "network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}}
    >>> measured("h(1)", run=zeros)
    0.0
    """
    trainer = built.trainer
    return float(trainer.flow().h[_layer(trainer, layer, 0, depth(trainer))])


@measure(tells=ACTIVATIONS, latex=r"\text{{std}}(h_{{{layer}}})")
def deviation(built: Built, layer: Layer) -> float:
    """The standard deviation of a layer's activations over its units and the training samples; batch norm by their own
    statistics, no dropout.

    >>> zeros = {"data": {"name": "xor"}, "network": {"layers": [{"units": 2}], "initializer": {"name": "zeros"}}}
    >>> measured("deviation(1)", run=zeros)
    0.0
    """
    trainer = built.trainer
    _layer(trainer, layer, 0, depth(trainer))
    evaluator, seen, mean, squares = trainer.evaluator, 0, 0.0, 0.0
    for _, count in evaluator.passes("forward_ops", *evaluator.rows("train"), codes.STATISTICS):
        values = evaluator.values(f"h{layer}", count)
        size, own = values.size, float(values.mean())
        apart = own - mean  # two sets made one: Chan, Golub, LeVeque 1979
        squares += float(np.sum((values - own) ** 2)) + apart * apart * seen * size / (seen + size)
        mean += apart * size / (seen + size)
        seen += size
    return math.sqrt(squares / seen)


def _states(built: Built) -> tuple[LayerState, ...]:
    return built.trainer.network_state().layers


@measure(tells=UNITS)
def dead(built: Built, layer: Layer | None = None) -> float:
    """How many units of a hidden layer, or of all, are dead: their φ′ is (all but) zero for every training sample.

    >>> measured("dead()", run={"data": {"name": "xor"}})
    0.0
    """
    states = _states(built)
    if layer is not None:
        states = (states[_layer(built.trainer, layer, 1, len(states) - 1) - 1],)
    return float(sum(len(state.dead) for state in states))


@measure(tells=UNITS)
def dead_share(built: Built, layer: Layer | None = None) -> float:
    """The share of dead units of a hidden layer, or of all hidden layers.

    >>> measured("dead_share()", run={"data": {"name": "xor"}})
    0.0
    """
    states = _states(built)[:-1]
    if layer is not None:
        states = (states[_layer(built.trainer, layer, 1, len(states)) - 1],)
    units = sum(state.units for state in states)
    return sum(len(state.dead) for state in states) / units if units else 0.0


@measure(tells=UNITS)
def saturated(built: Built, layer: Layer) -> float:
    """The share of a layer's units and training samples at which the slope of its activation is below a twentieth of its
    steepest; of sigmoid, tanh and their like.

    >>> measured("saturated(1)", run={"data": {"name": "xor"}}) < 0.9
    True
    """
    states = _states(built)
    found = states[_layer(built.trainer, layer, 1, len(states)) - 1].saturated
    if found is None:
        raise UnmeasurableError(f"the activation of layer {layer} does not level off", "a layer whose activation does")
    return found


@measure(tells=("parameters", "maps", "weights", "findings", *STEP))
def largest_difference(built: Built, layer: Layer) -> float:
    """The largest difference between two units of a layer in what leads to them: one of their weights, or their bias. It is 0
    of twins.

    >>> zeros = {"data": {"name": "xor"}, "network": {"layers": [{"units": 4}], "initializer": {"name": "zeros"}}}
    >>> measured("largest_difference(1)", run=zeros)
    0.0
    """
    trainer = built.trainer
    W, b = trainer.parameters[_layer(trainer, layer, 1, depth(trainer)) - 1]
    return float(np.ptp(np.column_stack([W, b]), axis=0).max())
