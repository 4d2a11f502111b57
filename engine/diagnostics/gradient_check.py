"""Gradient check: backpropagation against central differences of the same objective, weight by weight.

(J(θ + h) − J(θ − h)) / 2h with h = ∛ε · max(1, |θ|) / s, ε the machine's, s the largest |input| that the weight multiplies:
∛ε balances the cut-off error h² against the rounding error ε/h, and dividing by s keeps the step in z the same whatever the
inputs' unit. How far rounding puts J off is measured once, and leaves that over h in each slope. Agreement is

    ‖a − n‖ ≤ 1e-6 (‖a‖ + ‖n‖) + error

per tensor (root of the sum of squares) and per weight; the relative error shown is ‖a − n‖ / max(‖a‖ + ‖n‖, 1e-8). Where a
weight disagrees, its slope is worked out over a ladder of steps, extrapolated, with an error of its own
(`engine.diagnostics.differences`): cut-off goes away, a wrong gradient stays. A tensor whose errors may be more than 1e-4 of it
is not `resolved`: what it shows is rounding, or steps that were all too long.

Where φ′ jumps, both sides are right and differ: samples with a z within 1e-4 of a kink are left out, and counted, and so are
weights within reach of zero under an L1 penalty. Large networks are checked on a subset: drawn for each tensor by a generator
of its own, at least `LEAST` of each; large training sets on as many samples as keep a slice short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array, copied, fill, pieces
from engine.diagnostics.differences import refined, rounding_of, step_for, steps_for
from engine.diagnostics.flow import inputs_of_activations
from engine.evaluation.clones import clone_on_rows
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.machine.layout import TensorSlot
from engine.machine.machine import Machine
from engine.parts import give_way, giving_way_between
from engine.randomness import generator
from engine.rows.activations import ACTIVATIONS

MARGIN = 1e-4  # around a kink, in z
BOUND = 1e-6  # relative
FLOOR = 1e-8
MOST_WEIGHTS = 2000
MOST_SAMPLES = 1000
LEAST = 10
RESOLVED = 1e-4


@dataclass(frozen=True)
class TensorCheck:
    """One parameter tensor. Maps have its shape: `analytic`, `numeric`, `relative`; NaN where a weight was not checked."""

    name: str
    analytic: Array
    numeric: Array
    relative: Array
    agrees: NDArray[np.bool_]
    checked: int
    error: float
    resolved: bool
    ok: bool


@dataclass(frozen=True)
class GradientReport:
    """The check so far: `done` of `total` weights (the network has `weights`), on `samples` of the training samples, `left_out`
    near a kink, `kinked` weights of an L1 penalty left out. `worst`: tensor name and 1-based entry of the largest disagreement
    beyond rounding; `error` is the largest of the resolved tensors'. `ok` is None until all is checked."""

    done: int
    total: int
    weights: int
    samples: int
    left_out: int
    kinked: int
    tensors: dict[str, TensorCheck]
    error: float
    worst: tuple[str, tuple[int, ...]] | None
    ok: bool | None

    def as_json(self) -> dict[str, Any]:
        tensors = {
            name: {key: getattr(found, key) for key in ("checked", "error", "resolved", "ok")}
            | {"relative": found.relative.tolist()}
            for name, found in self.tensors.items()
        }
        return {key: value for key, value in self.__dict__.items() if key != "tensors"} | {"tensors": tensors}


class GradientCheck:
    """A check in slices, on a copy at the present parameters: `advance` until it says that it is done."""

    def __init__(self, machine: Machine, weights: int = MOST_WEIGHTS, samples: int = MOST_SAMPLES, seed: int = 0) -> None:
        if weights < 1 or samples < 1:
            raise ValueError(f"weights, samples: {weights}, {samples} given; allowed: 1 or more")
        self.evaluator, self.samples, self.left_out = _away_from_kinks(machine, samples, seed)
        self.theta = self.evaluator.machine.theta
        self.slots = self.evaluator.machine.tape.slots
        self.analytic = self.evaluator.gradient("train")
        self.steps = self._steps()
        self.rounding = self._rounding(seed)
        self.errors = self.rounding / self.steps
        self.kinked = 0
        self.order = self._chosen(weights, seed)
        self.numeric = np.full(self.theta.size, np.nan)
        self.done = 0
        self.evaluations = 0  # of the objective: two a difference

    def _steps(self) -> Array:
        """h of every weight."""
        h = np.empty_like(self.theta)
        for piece in pieces(h.size):
            h[piece] = steps_for(self.theta[piece])
        layers = giving_way_between(self.evaluator.activations(self._x), 1)
        reach = [float(np.max(np.abs(layer), initial=0.0)) for layer in layers]
        for slot in giving_way_between(self.slots, 1):
            if len(slot.shape) == 2:
                source = reach[slot.layer - 1] if slot.name.startswith("W") else max(reach)
                slot.view(h)[...] *= step_for(0.0, source) / step_for(0.0, 1.0)
        return h

    def _rounding(self, seed: int) -> float:
        """By how much J is off by rounding, from its neighbours along a line so short that J is straight."""
        start, way, random = copied(self.theta), np.empty_like(self.theta), generator(seed, "gradient check rounding")
        for piece in pieces(way.size):
            way[piece] = random.normal(size=way[piece].size)

        def at(t: float) -> float:
            for piece in pieces(way.size):
                self.theta[piece] = start[piece] + 1e-5 * t * self.steps[piece] * way[piece]
            return self.evaluator.objective("train")

        found = rounding_of(at)
        fill(self.theta, start)
        return found

    @property
    def _x(self) -> Array:
        return self.evaluator.rows("train")[0]

    def _chosen(self, most: int, seed: int) -> NDArray[np.int64]:
        """Flat indices of the weights to check, all of them or a subset, in the order of the tensors."""
        shares = _shares([slot.size for slot in self.slots], most)
        l1 = self.evaluator.machine.spec.regularization.l1 > 0
        chosen = []
        for number, (slot, count) in enumerate(zip(self.slots, shares, strict=True)):
            entries = np.arange(slot.offset, slot.offset + slot.size)
            if l1 and len(slot.shape) == 2:
                near = np.abs(self.theta[entries]) <= 2 * self.steps[entries]
                self.kinked += int(near.sum())
                entries = entries[~near]
            if count < len(entries):
                entries = np.sort(generator(seed, "gradient check", number).choice(entries, count, replace=False))
            chosen.append(entries)
        return np.concatenate(chosen)

    def advance(self, weights: int = 50) -> bool:
        """Check up to `weights` more; true where all are done."""
        for index in self.order[self.done : self.done + weights]:
            self.numeric[index] = self._slope(int(index))
            give_way()
        self.done = min(self.done + weights, len(self.order))
        return self.done == len(self.order)

    def slices(self, weights: int = 50) -> Iterator[float]:
        """Run to the end in slices, yielding the share that is done."""
        while not self.advance(weights):
            yield self.done / len(self.order)

    def finish(self) -> GradientReport:
        """Run to the end; the whole report."""
        for _ in self.slices():
            pass
        return self.report

    def _slope(self, index: int) -> float:
        """The slope at h; where it disagrees, over a ladder of steps."""
        slope = self._difference(index, self.steps[index])
        if not self._agrees(index, slope):
            found = refined(lambda step: self._difference(index, step), self.steps[index], self.rounding)
            if np.isfinite(found.value):
                slope, self.errors[index] = found.value, found.error
        return slope

    def _agrees(self, index: int, slope: float) -> bool:
        a = float(self.analytic[index])
        return bool(abs(a - slope) <= BOUND * (abs(a) + abs(slope)) + self.errors[index])

    def _difference(self, index: int, step: float) -> float:
        self.evaluations += 2
        value = self.theta[index]
        up, down = value + step, value - step
        try:
            self.theta[index] = up
            above = self.evaluator.objective("train")
            self.theta[index] = down
            below = self.evaluator.objective("train")
        finally:
            self.theta[index] = value
        return float((above - below) / (up - down))  # up - down, not 2h: what was really moved

    @property
    def report(self) -> GradientReport:
        done = np.zeros(self.theta.size, dtype=bool)
        done[self.order[: self.done]] = True
        tensors = {slot.name: self._tensor(slot, done) for slot in giving_way_between(self.slots, 1)}
        checked = [found for found in tensors.values() if found.checked]
        return GradientReport(
            done=self.done,
            total=len(self.order),
            weights=self.theta.size,
            samples=self.samples,
            left_out=self.left_out,
            kinked=self.kinked,
            tensors=tensors,
            error=max((found.error for found in checked if found.resolved), default=0.0),
            worst=self._worst(tensors),
            ok=all(found.ok for found in checked) if self.done == len(self.order) else None,
        )

    def _tensor(self, slot: TensorSlot, done: NDArray[np.bool_]) -> TensorCheck:
        a, n, noise = (slot.view(flat) for flat in (self.analytic, self.numeric, self.errors))
        known = ~np.isnan(n) | done[slot.offset : slot.offset + slot.size].reshape(slot.shape)
        difference = np.abs(a - n)
        relative = np.where(known, difference / np.maximum(np.abs(a) + np.abs(n), FLOOR), np.nan)
        agrees = difference <= BOUND * (np.abs(a) + np.abs(n)) + noise
        error = _norm(difference[known]) / max(_norm(a[known]) + _norm(n[known]), FLOOR)
        size, rounding = _norm(a[known]) + _norm(n[known]), _norm(noise[known])
        within = _norm(difference[known]) <= BOUND * size + rounding
        return TensorCheck(
            slot.name,
            a,
            n,
            relative,
            agrees | ~known,
            int(known.sum()),
            error,
            rounding <= RESOLVED * size,
            bool(within and (agrees | ~known).all()),
        )

    def _worst(self, tensors: dict[str, TensorCheck]) -> tuple[str, tuple[int, ...]] | None:
        """By the error beyond what rounding leaves."""
        worst, most = None, 0.0
        for slot in self.slots:
            found = tensors[slot.name]
            beyond = np.where(found.agrees, 0.0, np.nan_to_num(found.relative, nan=np.inf, posinf=np.inf))
            if beyond.size and beyond.max() > most:
                most = float(beyond.max())
                at = np.unravel_index(int(np.argmax(beyond)), beyond.shape)
                worst = (slot.name, tuple(int(i) + 1 for i in at))
        return worst


def _norm(values: Array) -> float:
    return float(np.linalg.norm(values))


def _shares(sizes: list[int], most: int) -> list[int]:
    """How many of each tensor: all, or in proportion to sizes, `LEAST` at least."""
    if sum(sizes) <= most:
        return sizes
    return [min(size, max(min(LEAST, most), size * most // sum(sizes))) for size in sizes]


def _away_from_kinks(machine: Machine, most: int, seed: int) -> tuple[Evaluator, int, int]:
    """A clone's evaluator on the samples with no z within MARGIN of a kink, how many they are, and how many were left out for
    it.

    Under a norm the others' z move when a sample goes, so they are checked again."""
    rows = np.arange(machine.dataset.rows[0])
    if len(rows) > most:
        rows = np.sort(generator(seed, "gradient check samples").choice(rows, most, replace=False))
    taken = len(rows)
    for _ in range(5):
        made = clone_on_rows(machine, rows)
        near = near_kink(made)
        if not near.any():
            return made, len(rows), taken - len(rows)
        if near.all():
            raise ValueError("every training sample lies within 1e-4 of a kink; nothing is left to check")
        rows = rows[~near]
    return clone_on_rows(machine, rows), len(rows), taken - len(rows)


def near_kink(evaluator: Evaluator) -> NDArray[np.bool_]:
    """Which training samples (n,) have a z within MARGIN of a kink of its activation."""
    x, y = evaluator.rows("train")
    names = {
        name: ACTIVATIONS[evaluator.tape.activations[layer - 1]].kinks
        for layer, name in inputs_of_activations(evaluator).items()
        if ACTIVATIONS[evaluator.tape.activations[layer - 1]].kinks
    }
    found = np.zeros(len(x), dtype=bool)
    for start, count in evaluator.passes("forward_ops", x, y, codes.STATISTICS):
        for name, kinks in names.items():
            z = evaluator.values(name, count)
            for kink in kinks:
                found[start : start + count] |= (np.abs(z - kink) < MARGIN).any(axis=0)
    return found
