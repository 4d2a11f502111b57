"""What flows through the layers over the training set: sizes of h and δ, saturated and dead units, the spread of z.

A unit is *saturated* at a sample where the slope φ'(z) is below a twentieth of the steepest slope its activation has: an error
signal that passes there arrives at less than 5 %. Counted for activations that level off on both sides, as their rows say
(tanh: |h| > 0.975; sigmoid: h < 0.0127 or h > 0.9873). A hidden unit is *dead* where φ' is (all but) zero for every training
sample: no data gradient reaches it now; decay, momentum or earlier layers may revive it. Slopes are the backward pass's own:
its op, given ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array, zeros
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.machine.tape import slope_op
from engine.rows.activations import ACTIVATIONS

SATURATED_BELOW = 0.05  # of the steepest slope
DEAD_BELOW = 1e-3  # slope; ReLU's is exactly 0, a smooth kin's (ELU, GELU, SiLU) goes to 0 with z
BINS = 31


@dataclass(frozen=True)
class Flow:
    """Means over the training set of each sample's ‖h_l‖, l = 0 … L, (L + 1,), and ‖δ_l‖, l = 1 … L, (L,), at the present
    parameters."""

    h: Array
    delta: Array


@dataclass(frozen=True)
class LayerState:
    """One layer over the training set at the present parameters, with its own statistics under batch norm.

    `delta`, `h`: mean over samples of ‖δ_l‖, ‖h_l‖. `gradient`: ‖∂𝓛/∂W_l‖ of the data term. `pull`: mean over samples of
    ‖δ_l‖·‖h_{l−1}‖, the size of each sample's own gradient of W_l; far above `gradient` where samples disagree. `update_ratio`:
    ‖Δθ_l‖/‖θ_l‖ of the last update, None before the first. `saturated`: share of (unit, sample) pairs, None where the
    activation does not level off. `dead`: units, 1-based; hidden layers only.
    """

    layer: int
    activation: str
    units: int
    delta: float
    h: float
    gradient: float
    pull: float
    weights: float
    update_ratio: float | None
    saturated: float | None
    dead: tuple[int, ...]


@dataclass(frozen=True)
class NetworkState:
    """Every layer, the data loss over the training set, the share of samples with an output saturated on the wrong side, and
    each training sample's own loss (n,)."""

    loss: float
    layers: tuple[LayerState, ...]
    confidently_wrong: float
    losses: Array


@dataclass(frozen=True)
class Spread:
    """How a layer's z (what its activation takes) is spread over units and training samples: `counts` in `BINS` equal cells
    between `edges` (BINS + 1,), symmetric about zero; shares of saturated pairs (None: does not level off) and of dead units.
    Where a norm stands in between, `before` is the same of z itself: its counts and edges."""

    layer: int
    activation: str
    counts: NDArray[np.int64]
    edges: Array
    saturated: float | None
    dead: float
    before: tuple[NDArray[np.int64], Array] | None = None


def flow(evaluator: Evaluator) -> Flow:
    """‖h_l‖ and ‖δ_l‖ of every layer: one pass forward and back."""
    depth = len(evaluator.tape.sizes)
    x, y = evaluator.rows("train")
    h, delta = np.zeros(depth), np.zeros(depth - 1)
    for _, count in evaluator.passes("delta_ops", x, y, codes.STATISTICS):
        h += [_sizes(evaluator.values(f"h{layer}", count)).sum() for layer in range(depth)]
        delta += [_sizes(evaluator.values(f"delta{layer}", count)).sum() for layer in range(1, depth)]
    return Flow(h / len(x), delta / len(x))


def network_state(evaluator: Evaluator) -> NetworkState:
    """Every layer's sizes, saturation and dead units, and the loss, over the training set."""
    return _Measuring(evaluator).result()


def preactivation_histograms(evaluator: Evaluator) -> list[Spread]:
    """The spread of what each layer's activation takes, over the training set."""
    state = network_state(evaluator)
    names = inputs_of_activations(evaluator)
    normed = {layer: f"z{layer}" for layer, name in names.items() if name != f"z{layer}"}
    spreads = _histograms(evaluator, {*names.values(), *normed.values()})
    return [
        Spread(
            layer.layer,
            layer.activation,
            *spreads[names[layer.layer]],
            layer.saturated,
            len(layer.dead) / layer.units,
            spreads[normed[layer.layer]] if layer.layer in normed else None,
        )
        for layer in state.layers
    ]


class _Measuring:
    """Sums over the training set, chunk by chunk: one pass forward and back, then the slopes."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.machine = evaluator, evaluator.machine
        tape = evaluator.tape
        self.depth = len(tape.sizes) - 1
        self.h, self.delta, self.pull = (np.zeros(self.depth + 1) for _ in range(3))
        self.saturated = np.zeros(self.depth + 1)
        self.alive = [np.zeros(size, dtype=bool) for size in tape.sizes]
        self.loss = self.wrong = 0.0
        self.losses = np.zeros(evaluator.machine.dataset.rows[0])
        self.rows = {layer: ACTIVATIONS[name] for layer, name in enumerate(tape.activations, 1)}
        kinds = [codes.BACK_ACTIVATION, *([codes.OUTPUT_DELTA] if self.rows[self.depth].levels_off else [])]
        self.sloping = np.isin(tape.ops[:, codes.CODE], kinds)

    def result(self) -> NetworkState:
        evaluator = self.evaluator
        x, y = evaluator.rows("train")
        gradient = zeros(evaluator.grad.size)
        with np.errstate(over="ignore", invalid="ignore"):
            for start, count in evaluator.passes("gradient_ops", x, y, codes.STATISTICS):
                gradient += evaluator.grad * (count / len(x))
                self._add_sizes(count)
                self.losses[start : start + count] = evaluator.values("losses", count)[0]
                slopes = self._slopes(count)
                self._add_slopes(slopes)
                if self.depth in slopes:
                    self._add_output(slopes[self.depth], count, y[start : start + count])
            layers = tuple(self._layer(layer, gradient, len(x)) for layer in range(1, self.depth + 1))
        return NetworkState(self.loss / len(x), layers, float(self.wrong) / len(x), self.losses)

    def _add_sizes(self, count: int) -> None:
        evaluator = self.evaluator
        self.loss += float(evaluator.float_state[codes.LAST_LOSS]) * count
        below = _sizes(evaluator.values("h0", count))
        for layer in range(1, self.depth + 1):
            delta = _sizes(evaluator.values(f"delta{layer}", count))
            self.pull[layer] += delta @ below
            below = _sizes(evaluator.values(f"h{layer}", count))
            self.delta[layer] += delta.sum()
            self.h[layer] += below.sum()

    def _slopes(self, count: int) -> dict[int, Array]:
        """|φ′(z)| of each hidden layer, and of an output that levels off, (units, count): in place of the layers' δ."""
        evaluator = self.evaluator
        layers = [word.layer for word, kept in zip(evaluator.tape.words, self.sloping, strict=True) if kept]
        for layer in layers:
            evaluator.values(f"delta{layer}", count)[...] = 1.0
        if layers:
            evaluator.rerun(np.array([slope_op(op) for op in evaluator.active_tape.ops[self.sloping]]), count)
        return {layer: np.abs(evaluator.values(f"delta{layer}", count)) for layer in layers}

    def _add_slopes(self, slopes: dict[int, Array]) -> None:
        for layer, slope in slopes.items():
            self.alive[layer] |= ~(slope <= DEAD_BELOW).all(axis=1)  # a slope that is no number is not called dead
            if self.rows[layer].levels_off:
                self.saturated[layer] += self._is_saturated(layer, slope).sum()

    def _is_saturated(self, layer: int, slope: Array) -> NDArray[np.bool_]:
        return slope < SATURATED_BELOW * (self.rows[layer].steepest or 0.0)

    def _add_output(self, slope: Array, count: int, y: Array) -> None:
        """Outputs where the slope is all but gone and the target is on the other side of the range's middle."""
        h = self.evaluator.values(f"h{self.depth}", count)
        within = self.rows[self.depth].range
        middle = 0.5 * (within.low + within.high)
        self.wrong += (self._is_saturated(self.depth, slope) & ((h > middle) != (middle < y.T))).any(axis=0).sum()

    def _layer(self, layer: int, gradient: Array, rows: int) -> LayerState:
        tape, machine = self.evaluator.tape, self.machine
        units, activation = tape.sizes[layer], tape.activations[layer - 1]
        own = [slot for slot in tape.slots if slot.layer == layer]
        weights = next(slot for slot in own if slot.name == f"W{layer}")
        size = _norm([slot.view(machine.theta) for slot in own])
        moved = _norm([slot.view(machine.change) for slot in own])
        return LayerState(
            layer=layer,
            activation=activation,
            units=units,
            delta=float(self.delta[layer]) / rows,
            h=float(self.h[layer]) / rows,
            gradient=_norm([weights.view(gradient)]),
            pull=float(self.pull[layer]) / rows,
            weights=_norm([weights.view(machine.theta)]),
            update_ratio=moved / size if machine.step and size else None,
            saturated=float(self.saturated[layer]) / (rows * units) if self.rows[layer].levels_off else None,
            dead=tuple(int(unit) + 1 for unit in np.flatnonzero(~self.alive[layer])) if layer < self.depth else (),
        )


def _histograms(evaluator: Evaluator, names: set[str]) -> dict[str, tuple[NDArray[np.int64], Array]]:
    """Counts and edges of each value of the workspace over the training set: once for its reach, once to count."""
    x, y = evaluator.rows("train")
    reach = dict.fromkeys(names, 0.0)
    for _, count in evaluator.passes("forward_ops", x, y, codes.STATISTICS):
        for name in names:
            reach[name] = max(reach[name], _reach(evaluator.values(name, count)))
    edges = {name: np.linspace(-top, top, BINS + 1) for name, top in ((n, _round_up(r)) for n, r in reach.items())}
    counts = {name: np.zeros(BINS, dtype=np.int64) for name in names}
    for _, count in evaluator.passes("forward_ops", x, y, codes.STATISTICS):
        for name in names:
            counts[name] += np.histogram(evaluator.values(name, count), edges[name])[0]
    return {name: (counts[name], edges[name]) for name in names}


def inputs_of_activations(evaluator: Evaluator) -> dict[int, str]:
    """Layer -> what its activation takes: z, or a norm's output."""
    tape = evaluator.tape
    activation = tape.ops[:, codes.CODE] == codes.ACTIVATION
    return {word.layer: word.reads[0] for word, found in zip(tape.words, activation, strict=True) if found}


def _sizes(columns: Array) -> Array:
    """The Euclidean length of each column."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", columns, columns)))


def _norm(parts: list[Array]) -> float:
    """Of several tensors together."""
    return float(np.sqrt(sum(float(np.vdot(part, part)) for part in parts)))


def _reach(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.max(np.abs(finite), initial=0.0))


def _round_up(value: float) -> float:
    """The next power of two: an axis that stands still while the values move a little."""
    return float(2.0 ** np.ceil(np.log2(value))) if value > 0.0 else 1.0
